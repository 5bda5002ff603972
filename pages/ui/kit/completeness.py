"""What a number is without: ▲ beside it where a part of its area has not reported, or is overdue."""

from __future__ import annotations

from collections.abc import Iterable

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from sql.quality.reporting import Gap, find_gaps
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# More districts than this are counted, not named: their names stand in the explanation.
_MAX_NAMED = 2


def note(scope: Scope, *metrics: Metric) -> str:
    """▲ 基数不完整：高密市未报参训记录; empty where the base of all the metrics is whole."""
    gaps = dict.fromkeys(gap for metric in metrics for gap in find_gaps(metric, scope))
    if not gaps:
        return ""
    return _("▲ 基数不完整：{what}").format(what=_("；").join(_phrases(gaps)))


def small_note(scope: Scope, *metrics: Metric) -> str:
    """The note in small type and the colour of what to mind, as markdown; empty where there is none."""
    told = note(scope, *metrics)
    return f":small[:orange[{texts.escape_markdown(told)}]]" if told else ""


def gap_lines(scope: Scope, metric: Metric) -> list[str]:
    """Every district that the number is without, one a line, with what it has not sent or how far that reaches."""
    return [
        _("{who}：从未报送{table}，不在这个数字里").format(who=spoken_name(gap.district), table=texts.table(gap.table))
        if gap.last_date is None
        else _("{who}：{table}只到 {date}，应在 {due} 前再报").format(
            who=spoken_name(gap.district), table=texts.table(gap.table), date=gap.last_date, due=gap.due_on
        )
        for gap in find_gaps(metric, scope)
    ]


def _phrases(gaps: Iterable[Gap]) -> list[str]:
    """What is missing, in few words: districts that lack the same tables together."""
    told: dict[str, list[str]] = {}
    tables = dict.fromkeys(gap.table for gap in gaps)
    for table in tables:
        mine = [gap for gap in gaps if gap.table == table]
        never = [gap for gap in mine if gap.last_date is None]
        overdue = [gap for gap in mine if gap.last_date is not None]
        if never:
            told.setdefault(_never(never), []).append(texts.table(table))
        if overdue:
            told.setdefault(_overdue(overdue), []).append(texts.table(table))
    return [phrase.format(table=texts.join_words(names)) for phrase, names in told.items()]


def _never(gaps: list[Gap]) -> str:
    """庆阳市未报{table}; 仅高密市报了{table} where those are fewer to name."""
    names = [spoken_name(gap.district) for gap in gaps]
    reported_by = [spoken_name(name) for name in gaps[0].reported_by]
    if len(names) <= _MAX_NAMED:
        return _braced(_("{who}未报{table}"), who=texts.join_words(names))
    if len(reported_by) <= _MAX_NAMED:
        return _braced(_("仅{who}报了{table}"), who=texts.join_words(reported_by))
    return _braced(_("{count} 个地区未报{table}"), count=str(len(names)))


def _overdue(gaps: list[Gap]) -> str:
    if len(gaps) <= _MAX_NAMED:
        dates = texts.join_words([f"{spoken_name(gap.district)} {gap.last_date}" for gap in gaps])
        return _braced(_("{table}逾期（数据只到：{dates}）"), dates=dates)
    return _braced(_("{count} 个地区{table}逾期"), count=str(len(gaps)))


def _braced(phrase: str, **words: str) -> str:
    """The phrase with the words in it and the place for the tables left open."""
    return phrase.format(table="{table}", **words)
