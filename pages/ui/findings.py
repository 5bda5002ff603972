"""Findings: one sentence from the rows, the largest text on every page and the title of every picture."""
from __future__ import annotations

import polars as pl

from pages.ui import texts
from pages.ui.names import whole_name
from pages.ui.texts import _
from sql import query
from sql.metrics import Metric, metric
from sql.readings import Reading, reading, with_status
from sql.scope import Scope


def areas_counted(level: str, count: int) -> str:
    """8 个县区, 8 counties."""
    labels = {
        "place": _("{count} 个地区"), "province": _("{count} 个省"), "city": _("{count} 个市"),
        "county": _("{count} 个县区"), "street": _("{count} 个街道乡镇"), "community": _("{count} 个社区"),
    }
    return labels[level].format(count=count)


def staffing(at: Scope) -> str:
    """Whether there are enough workers, how many are missing, and where most."""
    ratio = reading(metric("staffing_ratio", at.version), at)
    gap = metric("staffing_gap", at.version)
    who = whole_name(at)
    if ratio.value is None:
        return _("{who}还没有名册或人口数据。").format(who=who)
    value = texts.number(ratio.value, ratio.metric.decimals)
    start = _("{who}每万人 {value} 名社区工作者").format(who=who, value=value)
    if ratio.standard is None:
        return start + _("，没有执行的标准。")
    standard = texts.number(ratio.standard, 0)
    short = gap.value(at)
    if ratio.status == "below":
        stand = _("，:orange[低于标准 {standard} 名，缺 {short} 人]").format(
            standard=standard, short=texts.number(short)
        )
    else:
        stand = _("，:green[达到标准 {standard} 名]").format(standard=standard)
    return start + stand + _worst(at, ratio) + _("。")


def overview(at: Scope) -> str:
    """Whether the area is on target, better or worse than a year ago, and where it is worst."""
    ratio = reading(metric("staffing_ratio", at.version), at)
    leaderless = metric("grids_without_leader", at.version).value(at)
    if ratio.value is None:
        return _("{who}还没有名册或人口数据。").format(who=whole_name(at))
    shown = _("每万人 {value} 名社区工作者").format(value=texts.number(ratio.value, ratio.metric.decimals))
    stand = {
        "on_target": _(":green[配备达标]"), "below": _(":orange[配备未达标]"), "none": _("没有执行的标准"),
    }[ratio.status]
    parts = [whole_name(at) + stand + _better_or_worse(ratio) + _("：") + shown + _worst(at, ratio)]
    if leaderless:
        parts.append(_(":orange[{count} 个网格没有网格长]").format(count=texts.number(leaderless)))
    return _("；").join(parts) + _("。")


def _better_or_worse(read: Reading) -> str:
    """，比上年好转 or 变差, by the change shown; empty where nothing moved or nothing is to compare with."""
    if read.year_change is None or round(read.year_change, read.metric.decimals) == 0:
        return ""
    improved = (read.year_change > 0) == (read.metric.better == "higher")
    return _("、比上年好转") if improved else _("、比上年变差")


def _worst(at: Scope, read: Reading) -> str:
    """How many areas below miss the standard, and the worst of them."""
    if at.child_level is None:
        return ""
    rows = with_status(read.metric.rows(at, by=at.child_level), read.metric)
    known = rows.filter(pl.col("value").is_not_null())
    below = known.filter(pl.col("status") == "below")
    if known.height < 2:
        return ""
    of_all = areas_counted(at.child_level, known.height)
    if below.is_empty():
        return _("；{areas}全部达标").format(areas=of_all)
    worst = below.sort("value", descending=read.metric.better == "lower")[f"{at.child_level}_name"][0]
    return _("；{areas}中 {below} 个未达标，{worst}差距最大").format(areas=of_all, below=below.height, worst=worst)


def ranking(at: Scope, rows: pl.DataFrame, metric: Metric) -> str:
    """The title of a ranking: how many areas miss the standard, or which is highest."""
    level = at.child_level
    known = rows.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return _("没有数据")
    areas = areas_counted(level, known.height)
    below = known.filter(pl.col("status") == "below")
    if known["status"].is_in(["below", "on_target"]).any():
        if below.is_empty():
            return _("{areas}全部达标").format(areas=areas)
        return _("{areas}中 {below} 个未达标").format(areas=areas, below=below.height)
    top = known.sort("value", descending=True).row(0, named=True)
    return _("{area}最高，{value}").format(area=top[f"{level}_name"], value=texts.amount(top["value"], metric))


def trend(read: Reading, limits: pl.DataFrame) -> str:
    """The title of a trend: the change in a year, and the months that are signals."""
    if read.year_change is None:
        change = _("不足一年，尚不能比较")
    elif round(read.year_change, read.metric.decimals) == 0:
        change = _("一年来没有变化")
    else:
        change = _("一年来 {change}").format(change=texts.change(read.year_change, read.metric))
    signals = limits.filter(pl.col("is_signal"))
    if limits["centre"].null_count() == limits.height:
        return change
    if signals.is_empty():
        return change + _("，没有信号月份")
    return change + _("，{count} 个月份是信号，最近在 {month}").format(
        count=signals.height, month=texts.month(signals["month"].max())
    )


def funnel(rows: pl.DataFrame) -> str:
    """The title of a funnel plot: how many areas differ by more than chance."""
    beyond = rows.filter(~pl.col("is_within_chance")).height
    if beyond == 0:
        return _("各地的差别都在机会范围之内")
    return _("{count} 个与整体的差别超出机会范围").format(count=beyond)


def pace(at: Scope) -> str:
    """When the pace of the last 12 months reaches the standard."""
    rows = query("staffing_pace", at.during(at.period.ending(13)))
    if rows.is_empty():
        return ""
    row = rows.row(0, named=True)
    if row["change_per_year"] is None or row["standard_now"] is None:
        return _("不足一年的数据，尚不能推算何时达标。")
    yearly = texts.number(row["change_per_year"], 1, signed=True)
    if row["months_to_standard"] == 0:
        return _("已达到标准；近 12 个月每万人 {yearly} 名。").format(yearly=yearly)
    if row["reached_in"] is None:
        return _("近 12 个月每万人 {yearly} 名，按这个速度十年内达不到标准。").format(yearly=yearly)
    return _("近 12 个月每万人 {yearly} 名，按这个速度 {month}达到标准。").format(
        yearly=yearly, month=texts.month(row["reached_in"])
    )
