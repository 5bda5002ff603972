"""Draws a page's views one at a time. The URL names the view, so the page stays fast and a link opens what its sender
saw."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import page_scope
from sql.semantic.scope import Scope

PARAMETER = "view"


def draw(scope: Scope, *views: tuple[str, Callable[[Scope], None]]) -> None:
    """Draws a choice between views, each a title and the function that draws it for a scope, and the selected view. The
    URL holds the function's name."""
    titles = {view.__name__: title for title, view in views}
    functions = {view.__name__: view for _title, view in views}
    requested = st.query_params.get(PARAMETER)
    current = requested if requested in functions else next(iter(functions))
    # The key contains the URL's view: a link that changes it makes a new widget.
    key = f"view_{current}"
    st.segmented_control(
        _("内容"),
        list(titles),
        default=current,
        format_func=texts.option_formatter(titles),
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=page_scope.set_from_widget,
        args=(PARAMETER, key),
    )
    functions[current](scope)
