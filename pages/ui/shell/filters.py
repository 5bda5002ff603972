"""Cross-filters a page: a click on a bar, a cell or a partner narrows it, stays in the URL, and one button clears
it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.shell import page_scope
from sql import query
from sql.semantic.scope import Scope

_DIMENSIONS = "filters_offered"


def reset() -> None:
    """Clears the page's dimensions before it runs: each page declares its own."""
    st.session_state[_DIMENSIONS] = ()


def current(*dimensions: str) -> Scope:
    """Returns the URL's scope with the filters it has among these dimensions; draws them with one button to clear them.

    Every metric read with it must know these dimensions; `scope.with_filters()` is the same scope without them.
    """
    st.session_state[_DIMENSIONS] = dimensions
    scope = page_scope.current()
    scope = scope.with_filters(*((name, value) for name in dimensions if (value := st.query_params.get(name))))
    if scope.where:
        _bar(scope)
    return scope


def page_dimensions() -> tuple[str, ...]:
    """Returns the dimensions that the page can be filtered by."""
    return st.session_state.get(_DIMENSIONS, ())


def selected_value(dimension: str) -> str | None:
    """Returns the value that the page is filtered by in this dimension, if any."""
    return st.query_params.get(dimension) if dimension in page_dimensions() else None


def drop_filters(scope: Scope, *dimensions: str) -> Scope:
    """Returns the scope without the filters by these dimensions: a chart of a dimension shows all its values and marks
    the selected one."""
    return scope.with_filters(*(pair for pair in scope.where if pair[0] not in dimensions))


def toggle_callback(*dimensions: str) -> Callable[[object], None]:
    """Returns a callback that sets the dimensions to the clicked values, or clears them where they are set already."""

    def click(data: object) -> None:
        clicked_values = data if isinstance(data, list) else [data]
        # A browser may send anything.
        if len(clicked_values) != len(dimensions) or None in clicked_values:
            return
        pairs = dict(zip(dimensions, clicked_values, strict=True))
        if all(st.query_params.get(name) == value for name, value in pairs.items()):
            clear(dimensions)
        else:
            st.query_params.update(pairs)

    return click


def clear(dimensions: tuple[str, ...]) -> None:
    """Removes filters from the URL. Call from a widget callback."""
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
        rows = query("partner_names", scope.with_area(None).with_filters(), partner_id=value)
        return value if rows.is_empty() else rows["partner_name"][0]
    return values.word(name, value)
