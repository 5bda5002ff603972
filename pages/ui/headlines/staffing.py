"""Builds the headlines of the staffing page: whether there are enough workers, where they are missing, and the pace."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.phrases import missing, worst_areas
from pages.ui.i18n.texts import _
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.readings import read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns whether there are enough workers, how many are missing, and where most."""
    ratio = read_metric(metric("staffing_ratio", scope.version), scope)
    gap = metric("staffing_gap", scope.version)
    subject = whole_name(scope)
    if ratio.value is None:
        return missing(ratio.metric, scope, _("{who}还没有名册或人口数据。").format(who=subject))
    value = texts.number(ratio.value, ratio.metric.decimals)
    sentence = _("{who}每万人 {value} 名社区工作者").format(who=subject, value=value)
    if ratio.standard is None:
        return sentence + (_("，取整后不判断是否达标。") if scope.version.is_rounded else _("，没有执行的标准。"))
    standard = texts.number(ratio.standard, 0)
    shortfall = gap.value(scope)
    if ratio.status == "below":
        verdict = _("，:orange[低于标准 {standard} 名，缺 {short} 人]").format(
            standard=standard, short=texts.number(shortfall)
        )
    else:
        verdict = _("，:green[达到标准 {standard} 名]").format(standard=standard)
    return sentence + verdict + worst_areas(scope, ratio) + _("。")


def pace(scope: Scope) -> str:
    """Returns when the pace of the last 12 months reaches the standard."""
    rows = query("staffing_pace", scope.with_period(scope.period.last_months(13)))
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
