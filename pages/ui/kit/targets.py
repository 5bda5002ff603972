"""Words what a number is held against: a standard, a yearly target by its pace, or a recommended value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from sql.files.columns import TARGETS
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading, row_status


class Targets(NamedTuple):
    """Holds a metric's targets: what it is judged by, what is recommended, and the whole year's of a yearly one."""

    metric: Metric
    standard: float | None
    recommended: float | None
    year_standard: float | None

    @classmethod
    def of_row(cls, metric: Metric, row: Mapping[str, Any]) -> Targets:
        """Returns the targets in one of the metric's rows."""
        return cls(metric, *(row[name] for name in TARGETS))

    @classmethod
    def of_reading(cls, reading: Reading) -> Targets:
        """Returns the targets of a reading."""
        return cls(reading.metric, reading.standard, reading.recommended, reading.year_standard)

    @classmethod
    def last_of(cls, metric: Metric, rows: pl.DataFrame) -> Targets:
        """Returns the last known value of each target in the metric's rows."""
        known = (rows[name].drop_nulls() for name in TARGETS)
        return cls(metric, *(values[-1] if len(values) else None for values in known))

    @property
    def is_paced(self) -> bool:
        """Returns true where the period is held against a part of the year's target."""
        return self.standard is not None and self.year_standard is not None and self.standard < self.year_standard

    def standard_text(self) -> str:
        """Returns 标准 18, for a yearly target 按进度应 50%（全年 100%）; empty without a standard or where it is 0."""
        if self.is_paced:
            return _("按进度应 {value}（全年 {year}）").format(
                value=self._with_percent(self.standard), year=self._with_percent(self.year_standard)
            )
        return _("标准 {value}").format(value=number(self.standard, self.metric)) if self.standard else ""

    def recommended_text(self) -> str:
        """Returns 推荐 12; empty where nothing is recommended."""
        return "" if self.recommended is None else _("推荐 {value}").format(value=number(self.recommended, self.metric))

    def text(self) -> str:
        """Returns everything that the number is held against, for beside it."""
        return " · ".join(filter(None, (self.standard_text(), self.recommended_text())))

    def cell(self) -> str:
        """Returns the same for a column of standards, where a plain standard is its number."""
        plain = self.standard is not None and not self.is_paced
        standard = number(self.standard, self.metric) if plain else self.standard_text()
        return " · ".join(filter(None, (standard, self.recommended_text())))

    def line_name(self) -> str:
        """Returns the name of the standard's line in a chart: 标准 18, or 按进度 50."""
        template = _("按进度 {value}") if self.is_paced else _("标准 {value}")
        return template.format(value=number(self.standard, self.metric))

    def recommended_line_name(self) -> str:
        """Returns the name of the recommended value's line in a chart."""
        return _("推荐值 {value}").format(value=number(self.recommended, self.metric))

    def _with_percent(self, value: float | None) -> str:
        return number(value, self.metric) + ("%" if self.metric.unit == "percent" else "")


def number(value: float | None, metric: Metric) -> str:
    """Returns a target as people write it: 18, or 17.6 where it is not a whole number."""
    is_whole = value is not None and float(value).is_integer()
    return texts.number(value, 0 if is_whole else max(metric.decimals, 1))


def judged(text: str, metric: Metric, row: Mapping[str, Any]) -> str:
    """Returns a part of a headline in green or orange where the metric's row meets or misses a standard; unchanged
    where no standard applies."""
    state = row_status(row, metric)
    return status.colour_text(text, state) if state in ("on_target", "below") else text
