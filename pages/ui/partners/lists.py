"""Draws the lists about partners; a click on a row opens the partner's profile."""

from __future__ import annotations

from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope

_TIME = "YYYY-MM-DD HH:mm"


def contributions(scope: Scope) -> None:
    """Draws each partner's contributions in the period, sortable by every column."""
    tables.listing(
        scope,
        "partner_contributions",
        _("各合伙人的贡献"),
        {
            "partner_name": values.name("partner_id"),
            "partner_kind": values.name("partner_kind"),
            "claimed": Column(_("认领（件）"), decimals=0),
            "resolved": Column(_("办结（件）"), decimals=0),
            "activities": Column(_("活动（次）"), decimals=0),
            "hours": Column(_("时长（小时）"), decimals=0),
            "beneficiaries": Column(_("受益（人次）"), decimals=0),
            "resident_score": Column(_("居民评价"), decimals=1),
            "community_score": Column(_("社区考核"), decimals=1),
            "industry_score": Column(_("行业评议"), decimals=1),
            "honours": Column(_("荣誉（次）"), decimals=0),
        },
        key="contributions",
        note=_("期内有贡献或评价的合伙人；点表头排序，点一行看这家合伙人"),
        opens="partner_id",
    )


def quiet_partners(scope: Scope) -> None:
    """Draws the inactive partners, never-active ones first."""
    tables.listing(
        scope,
        "quiet_partners",
        _("沉寂的合伙人"),
        {
            "partner_name": values.name("partner_id"),
            "partner_kind": values.name("partner_kind"),
            "area_name": _("登记在"),
            "joined_on": _("加入日期"),
            "last_heard_in": Column(_("最近一次动静"), pattern="%Y-%m"),
        },
        key="quiet_listing",
        note=_("近 6 个月没有认领、办结、活动或评价；从未有过的在前"),
        opens="partner_id",
    )


def exits(scope: Scope) -> None:
    """Draws the partners that left, with their reason, the latest first."""
    tables.listing(
        scope,
        "partner_exits",
        _("退出的合伙人"),
        {
            "partner_name": values.name("partner_id"),
            "partner_kind": values.name("partner_kind"),
            "area_name": _("登记在"),
            "joined_on": _("加入日期"),
            "left_on": _("退出日期"),
            "exit_reason": values.name("exit_reason"),
        },
        key="exits",
        note=_("{period}退出，最近的在前；点一行看这家合伙人").format(period=texts.period(clip_period(scope))),
        opens="partner_id",
    )


def reporting_units(scope: Scope) -> None:
    """Draws the number of members that each unit has reporting, and the households they are linked to."""
    tables.listing(
        scope,
        "reporting_by_unit",
        _("各单位的报到党员"),
        {
            "partner_name": _("单位"),
            "partner_kind": values.name("partner_kind"),
            "reporting_members": Column(_("报到党员（人）"), decimals=0),
            "communities": Column(_("报到社区（个）"), decimals=0),
            "households_linked": Column(_("联系户数（户）"), decimals=0),
        },
        key="reporting_units",
        note=_("期末在任；点一行看这家单位"),
        opens="partner_id",
    )


def unoffered_services(scope: Scope) -> None:
    """Draws the needs that nobody offers a service for."""
    tables.listing(
        scope,
        "needs_nobody_offers",
        _("有人要、没人给"),
        {
            "category": values.name("category"),
            "focus_group": values.name("focus_group"),
            "raised": Column(_("上报（件）"), decimals=0),
            "unmet": Column(_("未满足（件）"), decimals=0),
            "communities": Column(_("社区（个）"), decimals=0),
        },
        key="nobody",
        note=_("没有针对这类对象、也没有不限对象的服务"),
        area=scope.area_code,
    )


def joint_meetings(scope: Scope) -> None:
    """Draws the issues of joint meetings, unresolved ones first."""
    tables.listing(
        scope,
        "joint_meeting_issues",
        _("联席会议事项"),
        {
            "category": values.name("category"),
            "area_name": _("区域"),
            "partner_name": _("承办合伙人"),
            "raised_at": Column(_("上报时间"), pattern="%Y-%m-%d"),
            "closed_at": Column(_("办结时间"), pattern="%Y-%m-%d"),
            "is_resolved": _("是否解决"),
        },
        key="joint_issues",
        note=_("期内上报；没有解决的在前，等得久的在前"),
        opens="partner_id",
    )


def services(scope: Scope, key: str, has_names: bool = True) -> None:
    """Draws the services on offer at the end of the period, with the partners' names if `has_names`."""
    tables.listing(
        scope,
        "services_on_offer",
        _("供给清单"),
        {
            **({"partner_name": values.name("partner_id")} if has_names else {}),
            "category": values.name("category"),
            "focus_group": values.name("focus_group"),
            "area_name": _("提供范围"),
            "capacity": Column(_("月供给量"), decimals=0),
            "since": _("开始日期"),
        },
        key=key,
        note=texts.month(clip_period(scope).last),
        opens="partner_id" if has_names else None,
    )


def honours(scope: Scope, key: str, has_names: bool = True) -> None:
    """Draws the honours given to partners in the period, with the partners' names if `has_names`."""
    tables.listing(
        scope,
        "partner_honours",
        _("合伙人获得的荣誉"),
        {
            **(
                {"partner_name": values.name("partner_id"), "partner_kind": values.name("partner_kind")}
                if has_names
                else {}
            ),
            "honour": values.name("honour"),
            "awarded_on": _("授予日期"),
            "area_name": _("社区"),
        },
        key=key,
        note=texts.period(clip_period(scope)),
        opens="partner_id" if has_names else None,
    )


def claims(scope: Scope) -> None:
    """Draws the requests that partners claimed, the latest first."""
    tables.listing(
        scope,
        "partner_claims",
        _("认领的工单"),
        {
            "kind": _("事项类型"),
            "category": values.name("category"),
            "focus_group": values.name("focus_group"),
            "area_name": _("区域"),
            "raised_at": _("上报时间"),
            "claimed_at": _("认领时间"),
            "closed_at": _("办结时间"),
            "is_resolved": _("是否解决"),
            "satisfaction": Column(_("满意度（1–5）"), decimals=0),
        },
        key="profile_claims",
        note=_("{period}上报，最近的在前").format(period=texts.period(clip_period(scope))),
    )


def activities(scope: Scope) -> None:
    """Draws the activities that partners held, the latest first."""
    tables.listing(
        scope,
        "partner_activities",
        _("组织的活动"),
        {
            "started_at": _("开始时间"),
            "kind": _("活动类型"),
            "title": _("活动名称"),
            "area_name": _("区域"),
            "participants": Column(_("参与人次"), decimals=0),
            "beneficiaries": Column(_("受益人次"), decimals=0),
            "hours": Column(_("时长（小时）"), decimals=0),
        },
        key="profile_activities",
        note=texts.period(clip_period(scope)),
    )
