"""Draws charts, each defined once for all pages: from rows and a metric to a panel titled with its headline."""

from pages.ui.charts.bars import bars
from pages.ui.charts.calendar import calendar
from pages.ui.charts.flow import flow
from pages.ui.charts.funnel import funnel
from pages.ui.charts.heatmap import heatmap
from pages.ui.charts.icicle import icicle
from pages.ui.charts.multiples import multiples
from pages.ui.charts.pairs import pairs
from pages.ui.charts.pyramid import pyramid
from pages.ui.charts.ranking import ranking
from pages.ui.charts.steps import steps
from pages.ui.charts.survival import survival
from pages.ui.charts.trend import trend

__all__ = [
    "bars",
    "calendar",
    "flow",
    "funnel",
    "heatmap",
    "icicle",
    "multiples",
    "pairs",
    "pyramid",
    "ranking",
    "steps",
    "survival",
    "trend",
]
