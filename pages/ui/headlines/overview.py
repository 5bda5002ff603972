"""Builds the headline of the overview page: on target or not, the change in a year, and the worst area."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.phrases import better_or_worse, missing, worst_areas
from pages.ui.i18n.texts import _
from pages.ui.kit.targets import judged
from sql.semantic.metrics import metric
from sql.semantic.readings import read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns whether the area is on target, better or worse than a year ago, and where it is worst."""
    ratio = read_metric(metric("staffing_ratio", scope.version), scope)
    leaderless = metric("grids_without_leader", scope.version)
    leaderless_row = leaderless.rows(scope).row(0, named=True)
    if ratio.value is None:
        return missing(ratio.metric, scope, _("{who}还没有名册或人口数据。").format(who=whole_name(scope)))
    ratio_text = _("每万人 {value} 名社区工作者").format(value=texts.number(ratio.value, ratio.metric.decimals))
    verdict = {
        "on_target": _(":green[配备达标]"),
        "below": _(":orange[配备未达标]"),
        "none": _("取整后不判断是否达标") if scope.version.is_rounded else _("没有执行的标准"),
    }[ratio.status]
    parts = [whole_name(scope) + verdict + better_or_worse(ratio) + _("：") + ratio_text + worst_areas(scope, ratio)]
    if leaderless_row["value"]:
        count_text = _("{count} 个网格没有网格长").format(count=texts.number(leaderless_row["value"]))
        parts.append(judged(count_text, leaderless, leaderless_row))
    return _("；").join(parts) + _("。")
