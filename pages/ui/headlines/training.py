"""Whether everyone was trained in the period, how many were not, and whether scores rose."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import spoken_name, whole_name
from pages.ui.i18n.phrases import worst_areas
from pages.ui.i18n.texts import _
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Which share was trained and how many were not, where it is worst, and by how much scores rose."""
    covered = read_metric(metric("training_coverage", scope.version), scope)
    who = whole_name(scope)
    if covered.value is None:
        return _("{who}没有报送参训记录。").format(who=who)
    when = texts.period(clip_period(scope))
    untrained = metric("workers_untrained", scope.version).value(scope)
    if untrained or covered.status != "on_target":
        start = _("{who}{when}培训覆盖 {share}").format(
            who=who, when=when, share=texts.amount(covered.value, covered.metric)
        )
        if untrained:
            start += _("，:orange[{count} 人没有参训]").format(count=texts.number(untrained))
    else:
        start = _("{who}{when}:green[培训全覆盖]，在岗 {count} 人都参过训").format(
            who=who, when=when, count=texts.number(covered.denominator)
        )
    gain = metric("score_gain", scope.version)
    rose = gain.value(scope)
    scores = _("；训后平均提高 {points}").format(points=texts.amount(rose, gain)) if rose is not None else ""
    return start + worst_areas(scope, covered) + scores + _("。")


def ladder_headline(rows: pl.DataFrame) -> str:
    """Which rung reaches the fewest of those it is for."""
    known = rows.drop_nulls("share")
    if known.is_empty():
        return _("没有数据")
    lowest = known.sort("share", "rung").row(0, named=True)
    return _("{count} 级阶梯中，{programme}覆盖最低：{whom} {workers} 人中 {reached} 人完成过").format(
        count=known.height,
        programme=values.word("programme", lowest["programme"]),
        whom=values.word("for_whom", lowest["for_whom"]),
        workers=texts.number(lowest["workers"]),
        reached=texts.number(lowest["reached"]),
    )


def gaps_headline(rows: pl.DataFrame, level: str) -> str:
    """In which area and post most people had no training."""
    known = rows.filter(pl.col("value") > 0)
    if known.is_empty():
        return _("人人都参过训")
    most = known.sort("value", level, "post", descending=[True, False, False]).row(0, named=True)
    return _("没有参训的人最多的是{area}的{post}，{count} 人").format(
        area=spoken_name(most[f"{level}_name"]),
        post=values.word("post", most["post"]),
        count=texts.number(most["value"]),
    )
