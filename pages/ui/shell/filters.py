"""Cross-filtering: a click on a bar, a cell or a partner narrows the page, stays in the URL, and one control clears
it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.shell import page_scope
from sql import query
from sql.semantic.scope import Scope

_OFFERED = "filters_offered"


def reset() -> None:
    """Before a page runs, no filters are offered: each page says which it has."""
    st.session_state[_OFFERED] = ()


def current(*dimensions: str) -> Scope:
    """The scope of the URL with the filters among these dimensions that it names; shows them with one control to clear.

    Every metric asked with it has to know these dimensions; `at.filtered()` is the same scope without them.
    """
    st.session_state[_OFFERED] = dimensions
    scope = page_scope.current()
    scope = scope.with_filters(*((name, value) for name in dimensions if (value := st.query_params.get(name))))
    if scope.where:
        _bar(scope)
    return scope


def page_dimensions() -> tuple[str, ...]:
    """The dimensions that the page can be filtered by."""
    return st.session_state.get(_OFFERED, ())


def selected_value(dimension: str) -> str | None:
    """The value that the page is filtered by, if it is by this dimension."""
    return st.query_params.get(dimension) if dimension in page_dimensions() else None


def drop_filters(scope: Scope, *dimensions: str) -> Scope:
    """The scope with its filters but those by these dimensions: a picture of a dimension shows all its values, the
    chosen one marked."""
    return scope.with_filters(*(pair for pair in scope.where if pair[0] not in dimensions))


def toggle_callback(*dimensions: str) -> Callable[[object], None]:
    """What a click does: sets the dimensions to the values clicked, or takes them away where they are set already."""

    def click(data: object) -> None:
        clicked = data if isinstance(data, list) else [data]
        # A browser may send anything.
        if len(clicked) != len(dimensions) or None in clicked:
            return
        pairs = dict(zip(dimensions, clicked, strict=True))
        if all(st.query_params.get(name) == value for name, value in pairs.items()):
            clear(dimensions)
        else:
            st.query_params.update(pairs)

    return click


def clear(dimensions: tuple[str, ...]) -> None:
    """Takes filters out of the URL; to be called from a widget's callback."""
    for name in dimensions:
        page_scope.set_parameter(name, None)


def _bar(scope: Scope) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        st.markdown(":small[:gray[" + _("只看") + "]]")
        for name, value in scope.where:
            st.markdown(f":blue-badge[{values.name(name)}：{texts.escape_markdown(_word(scope, name, value))}]")
        st.button(
            _("清除筛选"),
            key="clear_filters",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=clear,
            args=(page_dimensions(),),
        )


def _word(scope: Scope, name: str, value: str) -> str:
    if name == "partner_id":
        found = query("partner_names", scope.with_area(None).with_filters(), partner_id=value)
        return value if found.is_empty() else found["partner_name"][0]
    return values.word(name, value)
