"""Builds the parts of sentences that several pages use."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name, whole_name
from pages.ui.i18n.texts import _
from sql.semantic.cohort import ripe_days
from sql.semantic.held import HeldTable
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading, find_last_good, shown_period, with_status
from sql.semantic.scope import Scope


def area_count(level: str, count: int) -> str:
    """Returns a count of areas, such as 8 个县区 or 8 counties."""
    labels = {
        "place": _("{count} 个地区"),
        "province": _("{count} 个省"),
        "city": _("{count} 个市"),
        "county": _("{count} 个县区"),
        "street": _("{count} 个街道乡镇"),
        "community": _("{count} 个社区"),
    }
    return labels[level].format(count=count)


def span(metric: Metric, scope: Scope) -> str:
    """Returns the months that a metric's value describes: 2026年6月 for a level, 2026年1–6月, or for a cohort
    2026年1–5月上报; that no month is old enough to be judged where that is so."""
    period = shown_period(metric, scope)
    if not metric.is_ripe_only:
        return texts.month(period.last) if metric.aggregation == "latest" else texts.period(period)
    if period.first is not None and period.first > period.last:
        return _("上报未满 {days} 天").format(days=ripe_days(scope))
    return _("{period}上报").format(period=texts.period(period))


def missing(metric: Metric, scope: Scope, no_data: str) -> str:
    """Returns why a metric has no value: its number is held, with the file's own reason, else the given sentence."""
    tables = [table for table in metric.held_tables(scope) if table.is_held]
    if not tables:
        return no_data
    last_good = find_last_good(metric, scope)
    parts = [held_table(table) for table in tables]
    if last_good:
        parts.append(
            _("上次可用的数是 {value}（{date}）").format(
                value=texts.amount(last_good.value, metric), date=last_good.data_date
            )
        )
    return _("{who}的数字未采用：{reasons}。").format(who=whole_name(scope), reasons=_("；").join(parts))


def held_table(table: HeldTable) -> str:
    """Returns why a table is held: 高密市的社区工作者 46 行退回 42 行."""
    return texts.of(table.message(spoken_name(table.district_name)))


def better_or_worse(reading: Reading) -> str:
    """Returns 、比上年好转 or 、比上年变差 by the change shown; empty where nothing changed or can be compared."""
    if reading.year_change is None or round(reading.year_change, reading.metric.decimals) == 0:
        return ""
    is_improved = (reading.year_change > 0) == (reading.metric.direction == "higher")
    return _("、比上年好转") if is_improved else _("、比上年变差")


def worst_areas(scope: Scope, reading: Reading) -> str:
    """Returns how many child areas miss the standard, and the worst: ；8 个县区中 7 个未达标，环县差距最大.

    Returns an empty text where fewer than two have a value.
    """
    if scope.child_level is None:
        return ""
    rows = with_status(reading.metric.rows(scope, by=scope.child_level), reading.metric)
    known_rows = rows.filter(pl.col("value").is_not_null())
    below = known_rows.filter(pl.col("status") == "below")
    if known_rows.height < 2:
        return ""
    of_all = area_count(scope.child_level, known_rows.height)
    if below.is_empty():
        return _("；{areas}全部达标").format(areas=of_all) if (known_rows["status"] == "on_target").all() else ""
    furthest = below.sort("value", descending=reading.metric.direction == "lower")[f"{scope.child_level}_name"][0]
    return _("；{areas}中 {below} 个未达标，{worst}差距最大").format(
        areas=of_all, below=below.height, worst=spoken_name(furthest)
    )
