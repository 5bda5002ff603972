"""Draws annotations in a trend: a number at the month, and its text above the chart, without overlaps."""

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

# Width in pixels of the months on a 390 px phone, and of the margins that a text may use.
_MONTHS_WIDE, _LEFT, _RIGHT = 190, 44, 66
# In pixels at font size 12: width of a Latin letter, gap between two texts, height of a line.
_LETTER, _GAP, _LINE = 6.6, 10, 18
_MAX_LINES = 4


@dataclass(frozen=True)
class MonthAnnotation:
    """Holds the numbered annotations of one month. `text` has the area's name where it is not the page's area."""

    number: str
    month: date
    text: str


def by_month(annotations: list[Annotation], scope: Scope) -> list[MonthAnnotation]:
    """Returns the annotations by month, the earliest first."""
    months = sorted({annotation.month for annotation in annotations})
    return [
        MonthAnnotation(
            _number(index),
            month,
            _("；").join(_text(annotation, scope) for annotation in annotations if annotation.month == month),
        )
        for index, month in enumerate(months, 1)
    ]


def add_column(rows: pl.DataFrame, month_annotations: list[MonthAnnotation]) -> pl.DataFrame:
    """Adds a column `note` to monthly rows, for the data table and the download."""
    notes = pl.DataFrame(
        [(annotation.month, f"{annotation.number} {annotation.text}") for annotation in month_annotations],
        schema={"month": pl.Date, "note": pl.String},
        orient="row",
    )
    return rows.join(notes, on="month", how="left", maintain_order="left")


def place_texts(
    month_annotations: list[MonthAnnotation], rows: pl.DataFrame
) -> tuple[list[dict], int, list[MonthAnnotation]]:
    """Returns the Plotly annotations, the space in pixels they need above the chart, and the month annotations whose
    full text does not fit, to list below it."""
    colours = theme.palette()
    months = rows["month"].to_list()
    values = dict(rows.select("month", "value").iter_rows())
    lines: list[list[tuple[float, float]]] = []
    labels, remaining = [], []
    for annotation in month_annotations:
        if (value := values.get(annotation.month)) is not None:
            labels.append(
                figure.label(
                    annotation.month,
                    value,
                    f"<b>{annotation.number}</b>",
                    yshift=13,
                    font={"color": colours.text, "size": 14},
                    hovertext=figure.escape(annotation.text),
                )
            )
        x = _MONTHS_WIDE * months.index(annotation.month) / max(len(months) - 1, 1)
        is_left = x <= _MONTHS_WIDE / 2
        available_width = _MONTHS_WIDE - x + _RIGHT if is_left else x + _LEFT
        text = _cut_to_width(f"{annotation.number} {annotation.text}", available_width)
        width = _LETTER * texts.display_width(text)
        span = (x, x + width) if is_left else (x - width, x)
        line = _line(lines, span)
        if line is None or not text.endswith(annotation.text):
            remaining.append(annotation)
        if line is not None:
            labels.append(
                figure.label(
                    annotation.month,
                    1,
                    figure.escape(text),
                    yref="paper",
                    yanchor="bottom",
                    yshift=8 + _LINE * line,
                    xanchor="left" if is_left else "right",
                    font={"color": colours.text, "size": 12},
                    hovertext=figure.escape(annotation.text),
                )
            )
    return labels, _LINE * len(lines), remaining


def to_markdown(month_annotations: list[MonthAnnotation]) -> str:
    """Returns the annotations whose text does not fit in the chart, as markdown."""
    return "  \n".join(
        f"{annotation.number} {texts.month(annotation.month)} {texts.escape_markdown(annotation.text)}"
        for annotation in month_annotations
    )


def _line(lines: list[list[tuple[float, float]]], span: tuple[float, float]) -> int | None:
    """Returns the lowest line with space for a text and reserves the space; None where no line has any."""
    for index, spans in enumerate(lines):
        if all(span[1] + _GAP < start or end + _GAP < span[0] for start, end in spans):
            spans.append(span)
            return index
    if len(lines) == _MAX_LINES:
        return None
    lines.append([span])
    return len(lines) - 1


def _cut_to_width(text: str, available_width: float) -> str:
    if _LETTER * texts.display_width(text) <= available_width:
        return text
    while _LETTER * texts.display_width(text + "…") > available_width:
        text = text[:-1]
    return text + "…"


def _number(index: int) -> str:
    return chr(0x245F + index) if index <= 20 else f"({index})"


def _text(annotation: Annotation, scope: Scope) -> str:
    text = texts.of(annotation.text)
    return (
        text
        if annotation.area.code == scope.area_code
        else _("{area}：{text}").format(area=area_name(annotation.area), text=text)
    )
