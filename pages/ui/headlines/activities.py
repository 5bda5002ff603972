"""Builds the headline of the activities page: how much was done, the change on a year before, and who did nothing."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns the number of activities and participants, the change on a year before, and the number of idle
    communities."""
    activities = read_metric(metric("activities_held", scope.version), scope)
    participants = metric("participants", scope.version).value(scope)
    subject = whole_name(scope)
    if activities.value is None:
        return _("{who}没有这个时期的活动数据。").format(who=subject)
    period_text = texts.period(clip_period(scope))
    if not activities.value:
        return _("{who}{when}:orange[没有开展活动]。").format(who=subject, when=period_text)
    parts = [
        _("{who}{when}开展活动 {count} 次、{people} 人次参加").format(
            who=subject, when=period_text, count=texts.number(activities.value), people=texts.number(participants)
        ),
        *_change(activities.year_change),
        *_idle_communities(scope),
    ]
    return _("，").join(parts) + _("。")


def _change(change: float | None) -> list[str]:
    if not change:
        return []
    count = texts.number(abs(change))
    if change > 0:
        return [_(":green[比上年同期多 {count} 次]").format(count=count)]
    return [_(":orange[比上年同期少 {count} 次]").format(count=count)]


def _idle_communities(scope: Scope) -> list[str]:
    """Returns the number of communities without activities; in a community the headline already says so."""
    if scope.child_level is None:
        return []
    idle_count = query("communities_without_activities", scope).height
    if not idle_count:
        return [_("每个社区都有活动")]
    return [_(":orange[{count} 个社区一次没有]").format(count=texts.number(idle_count))]
