"""Builds the headlines of the training page: the share trained, how many were not, and the change in scores."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import spoken_name, whole_name
from pages.ui.i18n.phrases import worst_areas
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.targets import Targets
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns the share trained and how many were not, where it is worst, and by how much scores rose."""
    coverage = read_metric(metric("training_coverage", scope.version), scope)
    subject = whole_name(scope)
    if coverage.value is None:
        return _("{who}没有报送参训记录。").format(who=subject)
    period_text = texts.period(clip_period(scope))
    untrained = metric("workers_untrained", scope.version).value(scope)
    if untrained or coverage.value < 100:
        sentence = _("{who}{when}培训覆盖 {share}").format(
            who=subject, when=period_text, share=texts.amount(coverage.value, coverage.metric)
        )
        if target := Targets.of_reading(coverage).standard_text():
            sentence += _("，{target}").format(target=status.colour_text(target, coverage.status))
        if untrained:
            sentence += _("，{count} 人没有参训").format(count=texts.number(untrained))
    else:
        verdict = _("培训全覆盖")
        if coverage.status == "on_target":
            verdict = status.colour_text(verdict, coverage.status)
        sentence = _("{who}{when}{verdict}，在岗 {count} 人都参过训").format(
            who=subject, when=period_text, verdict=verdict, count=texts.number(coverage.denominator)
        )
    gain = metric("score_gain", scope.version)
    gain_value = gain.value(scope)
    scores = (
        _("；训后平均提高 {points}").format(points=texts.amount(gain_value, gain)) if gain_value is not None else ""
    )
    return sentence + worst_areas(scope, coverage) + scores + _("。")


def ladder_headline(rows: pl.DataFrame) -> str:
    """Returns the programme that reaches the smallest share of its target group."""
    known_rows = rows.drop_nulls("share")
    if known_rows.is_empty():
        return _("没有数据")
    lowest = known_rows.sort("share", "rung").row(0, named=True)
    return _("{count} 级阶梯中，{programme}覆盖最低：{whom} {workers} 人中 {reached} 人完成过").format(
        count=known_rows.height,
        programme=values.word("programme", lowest["programme"]),
        whom=values.word("for_whom", lowest["for_whom"]),
        workers=texts.number(lowest["workers"]),
        reached=texts.number(lowest["reached"]),
    )


def gaps_headline(rows: pl.DataFrame, level: str) -> str:
    """Returns the area and post with the most people without training."""
    known_rows = rows.filter(pl.col("value") > 0)
    if known_rows.is_empty():
        return _("人人都参过训")
    largest = known_rows.sort("value", level, "post", descending=[True, False, False]).row(0, named=True)
    return _("没有参训的人最多的是{area}的{post}，{count} 人").format(
        area=spoken_name(largest[f"{level}_name"]),
        post=values.word("post", largest["post"]),
        count=texts.number(largest["value"]),
    )
