"""Draws rows in a table component of its own: a browser receives what is on the screen and no more.

Streamlit's table sends every row and column, hidden ones too, and offers them as a file that is neither stamped nor
recorded. Here Python formats each cell as text, sorts the rows, and sends one page of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit.tables.columns import Column, Columns, as_column
from pages.ui.shell import current_user

# Rows per page; to find one among more, the user sorts or filters.
PAGE_SIZE = 250
# Column widths in Latin letters. A text up to _ONE_LINE stays on one line; up to _LONG the column is _NARROW, beyond it
# _WIDE. Up to _HEADER of a header counts, as it may wrap onto two lines; a bar adds _BAR.
_ONE_LINE, _LONG, _NARROW, _WIDE, _HEADER, _BAR = 18, 60, 24, 56, 14, 6

_TABLE = st.components.v2.component(
    "data_table", js=(Path(__file__).parent / "data_table.js").read_text(encoding="utf-8"), isolate_styles=False
)


@dataclass(frozen=True)
class _View:
    """Describes the state of a table: the index of the column it is sorted by, the direction, and the page."""

    column: int | None = None
    is_descending: bool = False
    page: int = 0


def draw(
    rows: pl.DataFrame,
    columns: Columns,
    key: str,
    label: str,
    height: int = 440,
    choose: Callable[[int], None] | None = None,
    selected: int | None = None,
) -> None:
    """Draws the named columns of the rows, in that order. The table scrolls beyond `height` pixels.

    `choose` is called with the index of the row that the user clicks, and the page is redrawn; `selected` is the index
    of the selected row. `label` describes the table to screen readers.
    """
    table_columns = {name: as_column(column) for name, column in columns.items()}
    _draw(rows.select(list(table_columns)), table_columns, key, label, height, choose, selected, current_user.area())


# A fragment, so that sorting redraws only the table.
@st.fragment
def _draw(
    rows: pl.DataFrame,
    columns: dict[str, Column],
    key: str,
    label: str,
    height: int,
    choose: Callable[[int], None] | None,
    selected: int | None,
    area: str | None,
) -> None:
    if current_user.area() != area:
        # The user's area has changed since the page was drawn.
        st.rerun()

    def on_choose() -> None:
        state = st.session_state.get(key)
        index = state.get("chosen") if state else None
        # A browser may send anything, and the table may no longer be on the page.
        if choose and type(index) is int and 0 <= index < rows.height:
            choose(index)
            # Reruns the whole page, not only the table.
            st.rerun()

    view = _view(st.session_state.get(key), rows)
    order = _sort_order(rows, view)
    first = view.page * PAGE_SIZE
    page_rows = order[first : first + PAGE_SIZE]
    cells = [[_cell(column, value) for value in rows[name].gather(page_rows)] for name, column in columns.items()]
    _TABLE(
        key=key,
        height="content",
        on_view_change=lambda: None,
        on_chosen_change=on_choose,
        data={
            "label": label,
            "height": height,
            "columns": [
                {
                    "name": name,
                    "header": column.header,
                    "help": column.help,
                    "least": _min_width(column, cell_texts),
                    "isNumber": column.is_number or rows[name].dtype.is_numeric(),
                    "isBar": column.is_bar,
                    "isSortable": _is_sortable(rows[name]),
                }
                for (name, column), cell_texts in zip(columns.items(), cells, strict=True)
            ],
            "rows": [list(row) for row in zip(*cells, strict=True)],
            # Without a click action the browser does not need the original indexes.
            "places": page_rows.to_list() if choose else None,
            "chosen": selected,
            "view": {"column": view.column, "descending": view.is_descending, "page": view.page},
            "pages": _pages(rows),
            "words": {
                "page": _("第 {first}–{last} 行，共 {count} 行").format(
                    first=f"{first + 1:,}", last=f"{first + len(page_rows):,}", count=f"{rows.height:,}"
                ),
                "before": _("上一页"),
                "after": _("下一页"),
            },
        },
    )


def _view(state: Any, rows: pl.DataFrame) -> _View:
    """Returns the state that the browser sent, with invalid parts reset; a browser may send anything."""
    view = state.get("view") if state is not None else None
    if not isinstance(view, dict):
        return _View()
    column, page = view.get("column"), view.get("page")
    if type(column) is not int or not 0 <= column < rows.width or not _is_sortable(rows[:, column]):
        column = None
    if type(page) is not int or not 0 <= page < _pages(rows):
        page = 0
    return _View(column, view.get("descending") is True, page)


def _sort_order(rows: pl.DataFrame, view: _View) -> pl.Series:
    """Returns the row indexes in the requested order, empty cells last; in the original order where none is
    requested."""
    indexes = pl.Series("place", range(rows.height), dtype=pl.UInt32)
    if view.column is None:
        return indexes
    by = rows[:, view.column].alias("by")
    return pl.DataFrame([by, indexes]).sort("by", descending=view.is_descending, nulls_last=True, maintain_order=True)[
        "place"
    ]


def _is_sortable(column: pl.Series) -> bool:
    return not (column.dtype.is_nested() or column.dtype == pl.Object)


def _pages(rows: pl.DataFrame) -> int:
    return max(1, -(-rows.height // PAGE_SIZE))


def _cell(column: Column, value: Any) -> str | list[str | float] | None:
    """Returns a cell as it is sent: its text, with the percentage of a bar or the address of a link."""
    if value is None:
        return None
    if column.link:
        return [column.link, value]
    text = column.format_value(value)
    return [text or "", min(100, max(0, round(value)))] if column.is_bar else text


def _min_width(column: Column, cells: list[Any]) -> int:
    """Returns the least width of a column in Latin letters: short texts stay on one line, long ones wrap."""
    cell_texts = [cell[0] if isinstance(cell, list) else cell for cell in cells if cell is not None]
    longest = max((texts.display_width(line) for text in cell_texts for line in text.split("\n")), default=1)
    longest = max(longest, min(_HEADER, texts.display_width(column.header)))
    if longest <= _ONE_LINE:
        return round(longest) + _BAR * column.is_bar
    return _NARROW if longest <= _LONG else _WIDE
