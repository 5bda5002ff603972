"""Draws rows as a table of the product's own: what a browser is sent is what stands on the screen, and no more.

Streamlit's own table sends every row and column, hidden ones too, and offers them as a file that is neither stamped nor
recorded. Here Python writes each cell as text, sorts the rows, and sends one page of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import AREA_NAMES, full_name
from pages.ui.i18n.texts import _
from pages.ui.kit.tables.columns import Column, Columns, as_column
from pages.ui.shell import current_user

# So many rows are sent at a time; who looks for one among more sorts or filters.
PAGE_SIZE = 250
# A column is at least as wide as its longest text, up to the first; of longer ones up to the second, else the third,
# in Latin letters. A header may stand on two lines, and a bar takes room for so many letters.
_ONE_LINE, _LONG, _NARROW, _WIDE, _HEADER, _BAR = 18, 60, 24, 56, 14, 6

_TABLE = st.components.v2.component(
    "data_table", js=(Path(__file__).parent / "data_table.js").read_text(encoding="utf-8"), isolate_styles=False
)


@dataclass(frozen=True)
class _View:
    """What a reader has a table show: its rows by a column, by its place among those shown, and one page of them."""

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
    chosen: int | None = None,
) -> None:
    """Draws the columns named of the rows, in that order; higher than `height` pixels the table scrolls.

    `choose` is called with the place of the row that a reader clicks on, and the page is drawn anew; `chosen` is the
    place of the one that stands open. `label` says what the table holds to those who cannot see it.
    """
    shown = {name: as_column(column) for name, column in columns.items()}
    _drawn(rows.select(list(shown)), shown, key, label, height, choose, chosen, current_user.area())


# By itself, so that sorting a table draws the table alone.
@st.fragment
def _drawn(
    rows: pl.DataFrame,
    columns: dict[str, Column],
    key: str,
    label: str,
    height: int,
    choose: Callable[[int], None] | None,
    chosen: int | None,
    area: str | None,
) -> None:
    if current_user.area() != area:
        # What who looks may see is another since the page was drawn.
        st.rerun()

    def chosen_now() -> None:
        state = st.session_state.get(key)
        number = state.get("chosen") if state else None
        # A browser may send anything, and of a table that the page has been drawn without meanwhile.
        if choose and type(number) is int and 0 <= number < rows.height:
            choose(number)
            # The page, not the table alone.
            st.rerun()

    view = _view(st.session_state.get(key), rows)
    ordered = _sorted(rows, view)
    first = view.page * PAGE_SIZE
    part = ordered[first : first + PAGE_SIZE]
    cells = [[_cell(name, column, value) for value in rows[name].gather(part)] for name, column in columns.items()]
    _TABLE(
        key=key,
        height="content",
        on_view_change=lambda: None,
        on_chosen_change=chosen_now,
        data={
            "label": label,
            "height": height,
            "columns": [
                {
                    "name": name,
                    "header": column.header,
                    "help": column.help,
                    "least": _least(column, written),
                    "isNumber": column.is_number or rows[name].dtype.is_numeric(),
                    "isBar": column.is_bar,
                    "isSortable": _is_sortable(rows[name]),
                }
                for (name, column), written in zip(columns.items(), cells, strict=True)
            ],
            "rows": [list(row) for row in zip(*cells, strict=True)],
            # Where a click on a row leads nowhere its place in another order says nothing that a browser needs.
            "places": part.to_list() if choose else None,
            "chosen": chosen,
            "view": {"column": view.column, "descending": view.is_descending, "page": view.page},
            "pages": _pages(rows),
            "words": {
                "page": _("第 {first}–{last} 行，共 {count} 行").format(
                    first=f"{first + 1:,}", last=f"{first + len(part):,}", count=f"{rows.height:,}"
                ),
                "before": _("上一页"),
                "after": _("下一页"),
            },
        },
    )


def _view(state: Any, rows: pl.DataFrame) -> _View:
    """What the browser asks to be shown, as far as there is that; a browser may send anything."""
    asked = state.get("view") if state is not None else None
    if not isinstance(asked, dict):
        return _View()
    column, page = asked.get("column"), asked.get("page")
    if type(column) is not int or not 0 <= column < rows.width or not _is_sortable(rows[:, column]):
        column = None
    if type(page) is not int or not 0 <= page < _pages(rows):
        page = 0
    return _View(column, asked.get("descending") is True, page)


def _sorted(rows: pl.DataFrame, view: _View) -> pl.Series:
    """The places of the rows in the order asked for; as they come where none is, and empty cells last."""
    places = pl.Series("place", range(rows.height), dtype=pl.UInt32)
    if view.column is None:
        return places
    by = rows[:, view.column].alias("by")
    return pl.DataFrame([by, places]).sort("by", descending=view.is_descending, nulls_last=True, maintain_order=True)[
        "place"
    ]


def _is_sortable(column: pl.Series) -> bool:
    return not (column.dtype.is_nested() or column.dtype == pl.Object)


def _pages(rows: pl.DataFrame) -> int:
    return max(1, -(-rows.height // PAGE_SIZE))


def _cell(name: str, column: Column, value: Any) -> str | list[str | float] | None:
    """A cell as it is sent: its text, with the share of a bar or the address of a link beside it."""
    if value is None:
        return None
    if column.link:
        return [column.link, value]
    if name in AREA_NAMES:
        value = full_name(value)
    text = column.format_value(value)
    return [text or "", min(100, max(0, round(value)))] if column.is_bar else text


def _least(column: Column, cells: list[Any]) -> int:
    """The least width of a column, in Latin letters: short texts stay on one line, long ones are wrapped."""
    written = [cell[0] if isinstance(cell, list) else cell for cell in cells if cell is not None]
    longest = max((texts.display_width(line) for text in written for line in text.split("\n")), default=1)
    longest = max(longest, min(_HEADER, texts.display_width(column.header)))
    if longest <= _ONE_LINE:
        return round(longest) + _BAR * column.is_bar
    return _NARROW if longest <= _LONG else _WIDE
