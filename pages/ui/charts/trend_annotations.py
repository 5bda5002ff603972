"""Analysts' notes in a trend: a number at the month, its text above the picture, where texts never lie on one
another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.theme import theme
from sql.semantic.annotations import Annotation
from sql.semantic.scope import Scope

# What a phone of 390 px leaves the months, and the margins beside them that a text may reach into.
_MONTHS_WIDE, _LEFT, _RIGHT = 190, 44, 66
# Of a text of size 12: how wide a Latin letter is, how far apart two texts are, how high a line is.
_LETTER, _GAP, _LINE = 6.6, 10, 18
_MAX_LINES = 4


@dataclass(frozen=True)
class MonthAnnotation:
    """The notes of one month, numbered; `text` is what they say, with the area's name where it is not the one shown."""

    number: str
    month: date
    text: str


def by_month(noted: list[Annotation], scope: Scope) -> list[MonthAnnotation]:
    """The notes by month, the earliest first."""
    months = sorted({note.month for note in noted})
    return [
        MonthAnnotation(
            _number(place), month, _("；").join(_said(note, scope) for note in noted if note.month == month)
        )
        for place, month in enumerate(months, 1)
    ]


def add_column(rows: pl.DataFrame, marked: list[MonthAnnotation]) -> pl.DataFrame:
    """Monthly rows with a column `note` for the table twin and the download."""
    said = pl.DataFrame(
        [(mark.month, f"{mark.number} {mark.text}") for mark in marked],
        schema={"month": pl.Date, "note": pl.String},
        orient="row",
    )
    return rows.join(said, on="month", how="left", maintain_order="left")


def place_texts(marked: list[MonthAnnotation], rows: pl.DataFrame) -> tuple[list[dict], int, list[MonthAnnotation]]:
    """What to draw of the marks: annotations, how much room above the picture they take, and those whose text is not
    there whole, to be told beneath."""
    colours = theme.palette()
    months = rows["month"].to_list()
    values = dict(rows.select("month", "value").iter_rows())
    lines: list[list[tuple[float, float]]] = []
    found, beneath = [], []
    for mark in marked:
        if (value := values.get(mark.month)) is not None:
            found.append(
                figure.label(
                    mark.month,
                    value,
                    f"<b>{mark.number}</b>",
                    yshift=13,
                    font={"color": colours.text, "size": 14},
                    hovertext=figure.escape(mark.text),
                )
            )
        x = _MONTHS_WIDE * months.index(mark.month) / max(len(months) - 1, 1)
        is_left = x <= _MONTHS_WIDE / 2
        room = _MONTHS_WIDE - x + _RIGHT if is_left else x + _LEFT
        text = _fitting(f"{mark.number} {mark.text}", room)
        reach = _LETTER * texts.display_width(text)
        span = (x, x + reach) if is_left else (x - reach, x)
        line = _line(lines, span)
        if line is None or not text.endswith(mark.text):
            beneath.append(mark)
        if line is not None:
            found.append(
                figure.label(
                    mark.month,
                    1,
                    figure.escape(text),
                    yref="paper",
                    yanchor="bottom",
                    yshift=8 + _LINE * line,
                    xanchor="left" if is_left else "right",
                    font={"color": colours.text, "size": 12},
                    hovertext=figure.escape(mark.text),
                )
            )
    return found, _LINE * len(lines), beneath


def to_markdown(marked: list[MonthAnnotation]) -> str:
    """The notes whose text does not stand in the picture, as markdown."""
    return "  \n".join(f"{mark.number} {texts.month(mark.month)} {texts.escape_markdown(mark.text)}" for mark in marked)


def _line(lines: list[list[tuple[float, float]]], span: tuple[float, float]) -> int | None:
    """The lowest line in which a text has room, taken for it; None where no line has."""
    for place, taken in enumerate(lines):
        if all(span[1] + _GAP < start or end + _GAP < span[0] for start, end in taken):
            taken.append(span)
            return place
    if len(lines) == _MAX_LINES:
        return None
    lines.append([span])
    return len(lines) - 1


def _fitting(text: str, room: float) -> str:
    if _LETTER * texts.display_width(text) <= room:
        return text
    while _LETTER * texts.display_width(text + "…") > room:
        text = text[:-1]
    return text + "…"


def _number(place: int) -> str:
    return chr(0x245F + place) if place <= 20 else f"({place})"


def _said(note: Annotation, scope: Scope) -> str:
    text = texts.of(note.text)
    return (
        text if note.area.code == scope.area_code else _("{area}：{text}").format(area=area_name(note.area), text=text)
    )
