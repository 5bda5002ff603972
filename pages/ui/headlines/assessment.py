"""Builds the headlines of the assessment page: the last results, whether areas differ by more than chance, and what
followed fails."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.phrases import area_count
from pages.ui.i18n.texts import _
from sql.semantic.metrics import metric, reporting_areas
from sql.semantic.periods import Period
from sql.semantic.readings import cumulative_scope, with_status
from sql.semantic.scope import Scope
from sql.stats.signals import with_chance


def last_assessed_year(scope: Scope) -> Scope:
    """Returns the scope for the last year with results by the end of the period. A year's results come in its last
    month."""
    years = (
        metric("workers_assessed", scope.version).rows(cumulative_scope(scope), by="year").filter(pl.col("value") > 0)
    )
    if years.is_empty():
        return cumulative_scope(scope)
    return scope.with_period(Period.parse(str(years["year"].max()), scope.version.data_month))


def headline(scope: Scope) -> str:
    """Returns the results of the last year assessed, how far areas differ, and what followed fails."""
    assessed = last_assessed_year(scope)
    count = metric("workers_assessed", scope.version).value(assessed)
    subject = whole_name(scope)
    if not count:
        return _("{who}没有报送考核结果。").format(who=subject)
    excellent, failed = (metric(name, scope.version) for name in ("excellent_share", "failed_share"))
    share = excellent.value(assessed)
    if share is None:
        return _("{who}参加考核的只有 {count} 人，人数过少，不显示结果。").format(
            who=subject, count=texts.number(count)
        )
    sentence = _("{who} {year} 年考核 {count} 人，优秀 {excellent}、不称职 {failed}").format(
        who=subject,
        year=assessed.period.last.year,
        count=texts.number(count),
        excellent=texts.amount(share, excellent),
        failed=texts.amount(failed.value(assessed), failed),
    )
    return sentence + _spread(assessed) + _follow_ups(scope) + _("。")


def _spread(assessed: Scope) -> str:
    """Returns whether the areas' shares rated excellent differ by more than chance."""
    if assessed.child_level is None:
        return ""
    rated = metric("excellent_share", assessed.version)
    rows = with_chance(
        with_status(rated.rows(assessed, by=assessed.child_level), rated), rated, rated.value(assessed)
    ).drop_nulls("value")
    if rows.height < 2:
        return ""
    areas = area_count(assessed.child_level, rows.height)
    outliers = rows.filter(~pl.col("is_within_chance"))
    if outliers.is_empty():
        return _("；{areas}的优秀占比差别:green[都在机会范围之内]").format(areas=areas)
    return _("；{areas}中 :orange[{count} 个的优秀占比超出机会范围]").format(areas=areas, count=outliers.height)


def _follow_ups(scope: Scope) -> str:
    """Returns what followed fails, over all years so far; empty without a register or where too few failed."""
    if scope.area_code not in reporting_areas(scope.version, "career_events"):
        return ""
    share = metric("failed_followed_share", scope.version)
    row = share.rows(cumulative_scope(scope)).row(0, named=True)
    if row["value"] is None:
        return ""
    if row["value"] >= 100:
        template = _("；历年不称职 {count} 人次，:green[其后都有处理]")
    else:
        template = _("；历年不称职 {count} 人次，其后有处理的占 :orange[{share}]")
    return template.format(count=texts.number(row["denominator"]), share=texts.amount(row["value"], share))


def results_headline(rows: pl.DataFrame, by: str) -> str:
    """Returns the groups with the largest share rated excellent and the largest share of fails."""
    parts = []
    for result, words in (
        ("excellent", _("{what}优秀占比最高，{share}%")),
        ("incompetent", _("{what}不称职占比最高，{share}%")),
    ):
        known_rows = rows.filter((pl.col("result") == result) & (pl.col("share") > 0))
        if not known_rows.is_empty():
            largest = known_rows.sort("share", by, descending=[True, False]).row(0, named=True)
            parts.append(words.format(what=group_label(by, largest[by]), share=texts.number(largest["share"], 1)))
    return _("；").join(parts) or _("没有数据")


def group_label(by: str, value: object) -> str:
    """Returns a group in words, a post or a year: 社区正职, 2025 年."""
    return _("{year} 年").format(year=value) if by == "year" else values.word(by, value)


def tiers_headline(rows: pl.DataFrame) -> str:
    """Returns whether the shares of the tiers match the rule."""
    known_rows = rows.drop_nulls(["share", "target_share"])
    if known_rows.is_empty():
        return _("书记等级")
    by_difference = known_rows.with_columns(apart=(pl.col("share") - pl.col("target_share")).abs()).sort(
        "apart", descending=True
    )
    ratio = " : ".join(texts.number(share, 1) for share in known_rows["share"])
    target = " : ".join(texts.number(share) for share in known_rows["target_share"])
    # Shares of few people cannot match to a tenth of a percent: a share is met where one person more or less would be
    # further away.
    if by_difference["apart"][0] <= 100 / max(known_rows["secretaries"].sum(), 1):
        return _("三级书记为 {ratio}，符合 {target} 的规定").format(ratio=ratio, target=target)
    furthest = by_difference.row(0, named=True)
    return _("三级书记为 {ratio}，规定 {target}，{tier}相差最大").format(
        ratio=ratio, target=target, tier=values.word("tier", furthest["tier"])
    )
