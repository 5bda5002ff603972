"""What was done in the period, whether it is more than a year before, and where nothing was."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """How many activities and participants, more or fewer than a year before, and how many communities had none."""
    held = read_metric(metric("activities_held", scope.version), scope)
    came = metric("participants", scope.version).value(scope)
    who = whole_name(scope)
    if held.value is None:
        return _("{who}没有这个时期的活动数据。").format(who=who)
    when = texts.period(clip_period(scope))
    if not held.value:
        return _("{who}{when}:orange[没有开展活动]。").format(who=who, when=when)
    parts = [
        _("{who}{when}开展活动 {count} 次、{people} 人次参加").format(
            who=who, when=when, count=texts.number(held.value), people=texts.number(came)
        ),
        *_changed(held.year_change),
        *_idle(scope),
    ]
    return _("，").join(parts) + _("。")


def _changed(change: float | None) -> list[str]:
    if not change:
        return []
    count = texts.number(abs(change))
    if change > 0:
        return [_(":green[比上年同期多 {count} 次]").format(count=count)]
    return [_(":orange[比上年同期少 {count} 次]").format(count=count)]


def _idle(scope: Scope) -> list[str]:
    """Which communities had none; of a community itself the number says so."""
    if scope.child_level is None:
        return []
    idle = query("communities_without_activities", scope).height
    if not idle:
        return [_("每个社区都有活动")]
    return [_(":orange[{count} 个社区一次没有]").format(count=texts.number(idle))]
