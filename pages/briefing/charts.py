"""Native charts, which people edit in their office suite: data and look, the same in slides and documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl
from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import ChartData as NativeData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook

from pages.briefing import sections, tables
from pages.briefing.section import Section, printable
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.theme.theme import LIGHT
from sql.security.spreadsheet import TEXT_FORMAT
from sql.semantic.metrics import metric

# More bars or lines than these are no picture; the workbook has them all.
MAX_BARS, MAX_LINES = 20, 8
_MAX_LABEL = 24
_NO_FRAME = (
    '<c:spPr xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
)
_LINES = (LIGHT.accent, LIGHT.below, LIGHT.on_target, "#7a5195", "#8c6d31", "#3a86a8", "#b04a5a", LIGHT.muted)


@dataclass(frozen=True)
class ChartSpec:
    """A chart's categories and series; `colours` are those of single bars where they have their own.

    `is_single` is one line with what it is held against, `signals` its months out of the usual.
    """

    kind: str
    categories: list[str] | list[date]
    series: dict[str, list[float | None]]
    decimals: int
    colours: list[str]
    signals: tuple[int, ...] = ()
    is_single: bool = False


class _Workbook(CategoryWorkbookWriter):
    @contextmanager
    def _open_worksheet(self, xlsx_file) -> Iterator[tuple]:
        # What begins with = is a name, never a formula; an address is no link.
        workbook = Workbook(xlsx_file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        page, quoted = workbook.add_worksheet(), workbook.add_format(TEXT_FORMAT)
        # Names of series and of categories, which stay texts when somebody edits them.
        page.set_row(0, None, quoted)
        page.set_column(0, 0, None, quoted)
        yield workbook, page
        workbook.close()


class ChartData(NativeData):
    """Data whose workbook, which opens when the chart is edited, holds texts as texts."""

    @property
    def _workbook_writer(self) -> CategoryWorkbookWriter:
        return _Workbook(self)


def chart_spec(section: Section) -> ChartSpec | None:
    """What the section's chart draws; None where it has none, or nothing to draw."""
    if section.kind == "bars":
        found = _bars(section)
    elif section.kind == "line":
        found = _lines(section)
    else:
        return None
    return (
        found if found.categories and any(value is not None for row in found.series.values() for value in row) else None
    )


def _bars(section: Section) -> ChartSpec:
    rows = tables.sort_rows(section).head(MAX_BARS)
    by, asked = section.by[0], section.chart_metric
    categories = [_short(label) for label in tables.labels(rows, by)]
    if "value" not in rows.columns:
        names = sections.value_columns(rows, section.by)
        series = {_named(section, name): rows[name].to_list() for name in names}
        return ChartSpec("bars", categories, series, asked.decimals, [])
    fill = {"on_target": LIGHT.on_target, "below": LIGHT.below}
    colours = [fill.get(state, LIGHT.accent) for state in rows["status"]]
    return ChartSpec("bars", categories, {_named(section, "value"): rows["value"].to_list()}, asked.decimals, colours)


def _named(section: Section, name: str) -> str:
    if name == "value":
        return printable(panels.header("value", section.metric))
    return printable(panels.header("value", metric(name, section.scope.version)))


def _lines(section: Section) -> ChartSpec:
    rows, time, asked = section.rows, section.by[-1], section.chart_metric
    if len(section.by) == 1:
        rows = rows.sort(time)
        series = {_named(section, "value"): rows["value"].to_list()}
        if "standard" in rows.columns and rows["standard"].null_count() < rows.height:
            series[_("标准")] = rows["standard"].to_list()
        signals = ()
        if "centre" in rows.columns and rows["centre"].null_count() < rows.height:
            series |= {_("通常上限"): rows["upper"].to_list(), _("通常下限"): rows["lower"].to_list()}
            signals = tuple(rows["is_signal"].fill_null(False).arg_true())
        return ChartSpec("line", _times(rows[time], time), series, asked.decimals, [], signals, is_single=True)
    other = section.by[0]
    sizes = (
        rows.group_by(other).agg(pl.col("value").sum()).sort("value", other, descending=[True, False], nulls_last=True)
    )
    wide = rows.pivot(other, index=time, values="value").sort(time)
    kept = [value for value in sizes[other].head(MAX_LINES) if str(value) in wide.columns]
    series = {printable(values.word(other, value)): wide[str(value)].to_list() for value in kept}
    return ChartSpec("line", _times(wide[time], time), series, asked.decimals, [])


def _times(column: pl.Series, time: str) -> list[str] | list[date]:
    return column.to_list() if column.dtype == pl.Date else [printable(values.word(time, value)) for value in column]


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL else label[: _MAX_LABEL - 1] + "…"


def data(shown: ChartSpec) -> tuple[XL_CHART_TYPE, ChartData]:
    """The chart's type and data as python-pptx takes them."""
    number = "#,##0" + ("." + "0" * shown.decimals if shown.decimals else "")
    made = ChartData(number_format=number)
    made.categories = shown.categories
    for name, row in shown.series.items():
        made.add_series(name, row)
    return (XL_CHART_TYPE.BAR_CLUSTERED if shown.kind == "bars" else XL_CHART_TYPE.LINE), made


def style(chart: Chart, shown: ChartSpec, size: int) -> None:
    """Gives a chart the look of the product's pictures, its texts in points of this size."""
    chart.font.size = Pt(size)
    chart.font.color.rgb = _rgb(LIGHT.text)
    chart.has_title = False
    chart.has_legend = len(shown.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    # No frame around it; a:ln stands in c:spPr, which comes before the texts.
    frame = etree.fromstring(_NO_FRAME)
    chart._chartSpace.find(qn("c:txPr")).addprevious(frame)
    (_style_bars if shown.kind == "bars" else _style_lines)(chart, shown, size)


def _style_bars(chart: Chart, shown: ChartSpec, size: int) -> None:
    # The first category on top, as a list is read.
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.context)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    if min(value for row in shown.series.values() for value in row if value is not None) >= 0:
        chart.value_axis.minimum_scale = 0
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(size)
    labels.number_format, labels.number_format_is_linked = _format(shown), False
    for place, series in enumerate(plot.series):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(
            LIGHT.accent if place else LIGHT.context if len(shown.series) > 1 else LIGHT.accent
        )
        for bar, colour in enumerate(shown.colours):
            if colour != LIGHT.accent:
                fill = series.points[bar].format.fill
                fill.solid()
                fill.fore_color.rgb = _rgb(colour)


def _style_lines(chart: Chart, shown: ChartSpec, size: int) -> None:
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(LIGHT.grid)
    chart.value_axis.format.line.fill.background()
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = (
        _format(shown),
        False,
    )
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.context)
    chart.category_axis.has_major_gridlines = False
    # Below what is negative, not across it.
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if isinstance(shown.categories[0], date):
        _in_months(chart, shown)
    beside = {_("标准"): MSO_LINE.DASH, _("通常上限"): MSO_LINE.ROUND_DOT, _("通常下限"): MSO_LINE.ROUND_DOT}
    for place, series in enumerate(chart.plots[0].series):
        dash = beside.get(series.name) if shown.is_single else None
        series.smooth = False
        line = series.format.line
        line.width = Pt(1.25 if dash else 2.25)
        line.color.rgb = _rgb(LIGHT.muted if dash else _LINES[place])
        if dash:
            line.dash_style = dash
    for place in shown.signals:
        marker = chart.plots[0].series[0].points[place].marker
        marker.style, marker.size = XL_MARKER_STYLE.DIAMOND, 8
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = _rgb(LIGHT.below)
    if shown.is_single:
        _label_last(chart, shown, size)


def _in_months(chart: Chart, shown: ChartSpec) -> None:
    """A month a step, a label for every year, or half of one where there are few."""
    labels = chart.category_axis.tick_labels
    labels.number_format, labels.number_format_is_linked = "yyyy-mm", False
    axis = chart.category_axis._element
    step = 12 if len(shown.categories) > 30 else 3 if len(shown.categories) > 8 else 1
    axis.find(qn("c:baseTimeUnit")).set("val", "months")
    for name, value in (("c:majorUnit", str(step)), ("c:majorTimeUnit", "months")):
        etree.SubElement(axis, qn(name)).set("val", value)


def _label_last(chart: Chart, shown: ChartSpec, size: int) -> None:
    row = next(iter(shown.series.values()))
    last = max(place for place, value in enumerate(row) if value is not None)
    label = chart.plots[0].series[0].points[last].data_label
    label.position = XL_LABEL_POSITION.ABOVE
    frame = label.text_frame
    frame.text = texts.number(row[last], shown.decimals)
    run = frame.paragraphs[0].runs[0]
    run.font.bold, run.font.size = True, Pt(size)


def _format(shown: ChartSpec) -> str:
    return "#,##0" + ("." + "0" * shown.decimals if shown.decimals else "")


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())
