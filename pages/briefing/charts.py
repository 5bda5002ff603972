"""Builds and styles native charts, which users edit in their office suite; slides and documents share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from pages.ui.kit.panels import panels
from pages.ui.theme.theme import LIGHT
from sql.security.spreadsheet import TEXT_FORMAT
from sql.semantic.metrics import metric
from sql.stats.assurance import side

# A chart with more bars or lines than this is unreadable; the workbook has them all.
MAX_BARS, MAX_LINES = 20, 8
_MAX_LABEL = 24
_NO_FRAME = (
    '<c:spPr xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
)
_LINES = (LIGHT.accent, LIGHT.below, LIGHT.on_target, "#7a5195", "#8c6d31", "#3a86a8", "#b04a5a", LIGHT.muted)

_SIGNAL_COLOURS = {"better": LIGHT.on_target, "worse": LIGHT.below, "higher": LIGHT.muted, "lower": LIGHT.muted}


@dataclass(frozen=True)
class ChartSpec:
    """Describes a chart by its categories and series; `colours` has one entry per bar if bars differ in colour.

    `is_single` marks a single line with its standard and limits; `signals` has a colour for each index of a
    month outside normal variation.
    """

    kind: str
    categories: list[str] | list[date]
    series: dict[str, list[float | None]]
    decimals: int
    colours: list[str]
    signals: dict[int, str] = field(default_factory=dict)
    is_single: bool = False


class _Workbook(CategoryWorkbookWriter):
    @contextmanager
    def _open_worksheet(self, xlsx_file) -> Iterator[tuple]:
        # A name that begins with = must not become a formula, nor an address a link.
        workbook = Workbook(xlsx_file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        worksheet, text_format = workbook.add_worksheet(), workbook.add_format(TEXT_FORMAT)
        # The names of series and categories remain text when somebody edits them.
        worksheet.set_row(0, None, text_format)
        worksheet.set_column(0, 0, None, text_format)
        yield workbook, worksheet
        workbook.close()


class ChartData(NativeData):
    """Holds chart data; its workbook, which opens when the chart is edited, stores texts as text."""

    @property
    def _workbook_writer(self) -> CategoryWorkbookWriter:
        return _Workbook(self)


def chart_spec(section: Section) -> ChartSpec | None:
    """Returns the section's chart; None if it has none, or no values to draw."""
    if section.kind == "bars":
        spec = _bars(section)
    elif section.kind == "line":
        spec = _lines(section)
    else:
        return None
    return spec if spec.categories and any(value is not None for row in spec.series.values() for value in row) else None


def _bars(section: Section) -> ChartSpec:
    rows = tables.sort_rows(section).head(MAX_BARS)
    by, metric = section.by[0], section.chart_metric
    categories = [_short(label) for label in tables.labels(rows, by)]
    if "value" not in rows.columns:
        names = sections.value_columns(rows, section.by)
        series = {_series_name(section, name): rows[name].to_list() for name in names}
        return ChartSpec("bars", categories, series, metric.decimals, [])
    fill = {"on_target": LIGHT.on_target, "below": LIGHT.below}
    colours = [fill.get(state, LIGHT.accent) for state in rows["status"]]
    return ChartSpec(
        "bars", categories, {_series_name(section, "value"): rows["value"].to_list()}, metric.decimals, colours
    )


def _series_name(section: Section, name: str) -> str:
    named_metric = section.metric if name == "value" else metric(name, section.scope.version)
    return printable(panels.header("value", named_metric))


def _lines(section: Section) -> ChartSpec:
    rows, time, metric = section.rows, section.by[-1], section.chart_metric
    if "is_ripe" in rows.columns:
        # A printed line cannot say that its last months are still open.
        rows = rows.filter(pl.col("is_ripe"))
    if len(section.by) == 1:
        rows = rows.sort(time)
        series = {_series_name(section, "value"): rows["value"].to_list()}
        for column, name in {"standard": _("标准"), "recommended": _("推荐值")}.items():
            if column in rows.columns and rows[column].null_count() < rows.height:
                series[name] = rows[column].to_list()
        signals: dict[int, str] = {}
        if "centre" in rows.columns and rows["centre"].null_count() < rows.height:
            series |= {_("通常上限"): rows["upper"].to_list(), _("通常下限"): rows["lower"].to_list()}
            signals = {
                index: _SIGNAL_COLOURS[side(row, metric)]
                for index, row in enumerate(rows.iter_rows(named=True))
                if row["is_signal"]
            }
        return ChartSpec("line", _times(rows[time], time), series, metric.decimals, [], signals, is_single=True)
    dimension = section.by[0]
    sizes = (
        rows.group_by(dimension)
        .agg(pl.col("value").sum())
        .sort("value", dimension, descending=[True, False], nulls_last=True)
    )
    wide = rows.pivot(dimension, index=time, values="value").sort(time)
    largest = [value for value in sizes[dimension].head(MAX_LINES) if str(value) in wide.columns]
    series = {printable(values.word(dimension, value)): wide[str(value)].to_list() for value in largest}
    return ChartSpec("line", _times(wide[time], time), series, metric.decimals, [])


def _times(column: pl.Series, time: str) -> list[str] | list[date]:
    return column.to_list() if column.dtype == pl.Date else [printable(values.word(time, value)) for value in column]


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL else label[: _MAX_LABEL - 1] + "…"


def data(spec: ChartSpec) -> tuple[XL_CHART_TYPE, ChartData]:
    """Returns the chart's type and data for python-pptx."""
    number = "#,##0" + ("." + "0" * spec.decimals if spec.decimals else "")
    chart_data = ChartData(number_format=number)
    chart_data.categories = spec.categories
    for name, row in spec.series.items():
        chart_data.add_series(name, row)
    return (XL_CHART_TYPE.BAR_CLUSTERED if spec.kind == "bars" else XL_CHART_TYPE.LINE), chart_data


def style(chart: Chart, spec: ChartSpec, size: int) -> None:
    """Styles a chart like the charts on pages, with text of that size in points."""
    chart.font.size = Pt(size)
    chart.font.color.rgb = _rgb(LIGHT.text)
    chart.has_title = False
    chart.has_legend = len(spec.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    # The chart has no frame: a:ln belongs in c:spPr, which must precede the text properties.
    frame = etree.fromstring(_NO_FRAME)
    chart._chartSpace.find(qn("c:txPr")).addprevious(frame)
    (_style_bars if spec.kind == "bars" else _style_lines)(chart, spec, size)


def _style_bars(chart: Chart, spec: ChartSpec, size: int) -> None:
    # The first category is on top, as in a list.
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.context)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    if min(value for row in spec.series.values() for value in row if value is not None) >= 0:
        chart.value_axis.minimum_scale = 0
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(size)
    labels.number_format, labels.number_format_is_linked = _format(spec), False
    for index, series in enumerate(plot.series):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(
            LIGHT.accent if index else LIGHT.context if len(spec.series) > 1 else LIGHT.accent
        )
        for bar, colour in enumerate(spec.colours):
            if colour != LIGHT.accent:
                fill = series.points[bar].format.fill
                fill.solid()
                fill.fore_color.rgb = _rgb(colour)


def _style_lines(chart: Chart, spec: ChartSpec, size: int) -> None:
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(LIGHT.grid)
    chart.value_axis.format.line.fill.background()
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = (
        _format(spec),
        False,
    )
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.context)
    chart.category_axis.has_major_gridlines = False
    # Labels stay below negative values instead of crossing them.
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if isinstance(spec.categories[0], date):
        _style_month_axis(chart, spec)
    # What is required is a solid line, what is recommended a dashed one.
    dash_styles = {
        _("标准"): MSO_LINE.SOLID,
        _("推荐值"): MSO_LINE.DASH,
        _("通常上限"): MSO_LINE.ROUND_DOT,
        _("通常下限"): MSO_LINE.ROUND_DOT,
    }
    for index, series in enumerate(chart.plots[0].series):
        dash = dash_styles.get(series.name) if spec.is_single else None
        series.smooth = False
        line = series.format.line
        line.width = Pt(1.25 if dash else 2.25)
        line.color.rgb = _rgb(LIGHT.muted if dash else _LINES[index])
        if dash:
            line.dash_style = dash
    for index, colour in spec.signals.items():
        marker = chart.plots[0].series[0].points[index].marker
        marker.style, marker.size = XL_MARKER_STYLE.DIAMOND, 8
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = _rgb(colour)
    if spec.is_single:
        _label_last(chart, spec, size)


def _style_month_axis(chart: Chart, spec: ChartSpec) -> None:
    """Sets steps of a month, with a label every 12, 3 or 1 months depending on their number."""
    labels = chart.category_axis.tick_labels
    labels.number_format, labels.number_format_is_linked = "yyyy-mm", False
    axis = chart.category_axis._element
    step = 12 if len(spec.categories) > 30 else 3 if len(spec.categories) > 8 else 1
    axis.find(qn("c:baseTimeUnit")).set("val", "months")
    for name, value in (("c:majorUnit", str(step)), ("c:majorTimeUnit", "months")):
        etree.SubElement(axis, qn(name)).set("val", value)


def _label_last(chart: Chart, spec: ChartSpec, size: int) -> None:
    row = next(iter(spec.series.values()))
    last = max(index for index, value in enumerate(row) if value is not None)
    label = chart.plots[0].series[0].points[last].data_label
    label.position = XL_LABEL_POSITION.ABOVE
    frame = label.text_frame
    frame.text = texts.number(row[last], spec.decimals)
    run = frame.paragraphs[0].runs[0]
    run.font.bold, run.font.size = True, Pt(size)


def _format(spec: ChartSpec) -> str:
    return "#,##0" + ("." + "0" * spec.decimals if spec.decimals else "")


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())
