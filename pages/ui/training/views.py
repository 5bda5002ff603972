"""Draws the views of the training page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.training import charts as training_charts
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope

count = partial(Column, decimals=0)


def coverage(scope: Scope) -> None:
    """Draws who has been trained, by area and post."""
    everyone = scope.with_filters()
    training_coverage, workers_untrained = (
        metric("training_coverage", scope.version),
        metric("workers_untrained", scope.version),
    )
    if scope.child_level:
        left, right = st.columns([9, 11])
        with left:
            charts.ranking(everyone, training_coverage, key="coverage_ranking", gap_metric=workers_untrained)
        with right:
            training_charts.gaps(everyone, key="untrained_gaps")
    left, right = st.columns([1, 1])
    with left:
        charts.bars(everyone, training_coverage, by="post", key="coverage_posts")
    with right:
        charts.bars(everyone, workers_untrained, by="post", key="untrained_posts")
    if scope.child_level:
        tables.areas(
            everyone,
            "training_coverage",
            "workers_untrained",
            "workers_never_trained",
            "trained_people",
            "training_person_times",
            "training_hours_per_worker",
            key="coverage_table",
        )


def people(scope: Scope) -> None:
    """Draws people against attendances: somebody who completes two courses counts once and twice."""
    both = metric("trained_people", scope.version), metric("training_person_times", scope.version)
    st.caption(
        _(
            "人次是结业的次数，人数是不同的人：一人结业两期，是 2 人次、1 人。"
            "一人参加几个项目，各项目都有他，所以人数不能相加。"
        )
    )
    left, right = st.columns([11, 9])
    with left:
        charts.pairs(scope, both, by="programme", key="people_programmes")
    with right:
        cards.facts(
            scope,
            _("人数与人次"),
            "trained_people",
            "training_person_times",
            "training_times_per_person",
            "training_completion_rate",
            key="people_facts",
        )
        charts.pairs(scope, both, by="organiser_level", key="people_levels")
    left, right = st.columns([11, 9])
    with left:
        charts.bars(
            scope, metric("training_completion_rate", scope.version), by="programme", key="completion_programmes"
        )
    with right:
        charts.pairs(scope.with_filters(*scope.where, ("attendee_kind", "worker")), both, by="post", key="people_posts")


def scores(scope: Scope) -> None:
    """Draws scores before and after training."""
    both = metric("average_score_before", scope.version), metric("average_score_after", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.pairs(scope, both, by="programme", key="scores_programmes")
    with right:
        cards.facts(
            scope,
            _("训前与训后"),
            "average_score_before",
            "average_score_after",
            "score_gain",
            "score_improved_share",
            key="score_facts",
        )
    left, right = st.columns([11, 9])
    with left:
        charts.pairs(cumulative_scope(scope), both, by="year", key="scores_years")
    with right:
        charts.pairs(scope.with_filters(*scope.where, ("attendee_kind", "worker")), both, by="post", key="scores_posts")
    st.caption(_("得分比训前高，不等于都是培训的作用：没有同期不参训的人作对照，前后两次的题目难度也可能不同。"))


def ladder(scope: Scope) -> None:
    """Draws the levels of training, from city to community, and the salons."""
    everyone = scope.with_filters()
    left, right = st.columns([11, 9])
    with left:
        training_charts.ladder(everyone, key="ladder")
    with right:
        charts.bars(scope, metric("training_sessions", scope.version), by="programme", key="sessions_programmes")
    tables.listing(
        cumulative_scope(everyone).with_filters(("programme", "salon")),
        "training_sessions_held",
        _("治理沙龙"),
        {
            "started_on": _("开始"),
            "title": _("名称"),
            "organiser": _("举办地"),
            "place_name": _("地点"),
            "attended": count(_("参加")),
            "completed": count(_("结业")),
        },
        key="salons",
        note=_("有记录以来"),
    )


def sessions(scope: Scope) -> None:
    """Draws the sessions of the period."""
    left, right = st.columns([1, 1])
    with left:
        charts.trend(scope, metric("training_sessions", scope.version), key="sessions_trend")
    with right:
        charts.trend(scope, metric("training_person_times", scope.version), key="person_times_trend")
    tables.listing(
        scope,
        "training_sessions_held",
        _("期内班次"),
        {
            "started_on": _("开始"),
            "title": _("名称"),
            "programme": _("培训项目"),
            "organiser": _("举办地"),
            "course": _("课程"),
            "topic": _("专题"),
            "university": _("合作院校"),
            "place_name": _("教学点"),
            "hours": Column(_("学时"), decimals=0),
            "attended": count(_("参训")),
            "completed": count(_("结业")),
        },
        key="sessions_held",
        note=_("本地举办的，和本地人员参加的上级班次；人数只计本地人员"),
    )


def resources(scope: Scope) -> None:
    """Draws courses, teachers, teaching points and partner universities."""
    everyone = scope.with_filters()
    cumulative = cumulative_scope(everyone)
    left, right = st.columns([11, 9])
    with left:
        tables.listing(
            cumulative,
            "training_offers_held",
            _("课程和专题"),
            {
                "offer_kind": _("类别"),
                "offer": _("名称"),
                "is_current": _("近 12 个月开过"),
                "sessions": count(_("期数")),
                "person_times": count(_("结业人次")),
                "last_held_on": _("最近一期"),
            },
            key="offers",
            note=_("有记录以来；近 12 个月开过的计入课程数、专题数"),
        )
    with right:
        cards.facts(
            everyone,
            _("课程与资源"),
            "training_courses",
            "training_topics",
            "partner_universities",
            "teaching_points",
            "secretary_studios",
            "teacher_pools",
            key="resource_facts",
        )
        standards_list.listing(everyone, "teacher_pool", _("师资库"), key="teacher_pools")
    session_columns: Columns = {"sessions": count(_("期数")), "last_held_on": _("最近一期")}
    left, right = st.columns([11, 9])
    with left:
        tables.listing(
            cumulative,
            "training_places",
            _("现场教学点和书记工作室"),
            {
                "place_name": _("名称"),
                "kind": _("类型"),
                "community_name": _("社区"),
                "opened_on": _("启用"),
                **session_columns,
            },
            key="places",
            note=_("期数为在此举办的班次，有记录以来"),
        )
    with right:
        tables.listing(
            cumulative,
            "training_universities",
            _("共建院校"),
            {"partner_name": _("院校"), "joined_on": _("共建起"), **session_columns},
            key="universities",
            note=_("期数为与该院校合办的班次，有记录以来"),
            area=scope.area_code,
        )


def practice(scope: Scope) -> None:
    """Draws shadowing and rotation."""
    everyone = scope.with_filters()
    if not empty_states.has_tables(everyone, "career_events"):
        return
    shadowing, rotation = (everyone.with_filters(("kind", kind)) for kind in ("shadowing", "rotation"))
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            everyone,
            _("实训、轮岗与沙龙"),
            "shadowing_placements",
            "deputies_rotated",
            "workers_rotated",
            "training_salons",
            key="practice_facts",
        )
    with right:
        charts.bars(shadowing, metric("shadowing_placements", scope.version), by="detail", key="shadowing_kinds")
    left, right = st.columns([9, 11])
    with left:
        charts.bars(rotation, metric("workers_rotated", scope.version), by="post_at_event", key="rotated_posts")
    with right:
        charts.bars(rotation, metric("workers_rotated", scope.version), by="detail", key="rotated_kinds")
    if scope.child_level:
        tables.areas(everyone, "shadowing_placements", "deputies_rotated", "workers_rotated", key="practice_table")
