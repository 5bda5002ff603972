"""Marks numbers with ▲ where a district of the area has not reported or is overdue, and with ▨ where a file of one is
held."""

from __future__ import annotations

from collections.abc import Iterable

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from sql.quality.reporting import Gap, find_gaps
from sql.semantic.held import HeldTable
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Above this number districts are counted, not named; the explanation names them.
_MAX_NAMED = 2


def note(scope: Scope, *metrics: Metric) -> str:
    """Returns a note such as ▲ 基数不完整：高密市未报参训记录; empty where the base of every metric is complete."""
    gaps = dict.fromkeys(gap for metric in metrics for gap in find_gaps(metric, scope))
    if not gaps:
        return ""
    return _("▲ 基数不完整：{what}").format(what=_("；").join(_phrases(gaps)))


def held_note(scope: Scope, *metrics: Metric) -> str:
    """Returns a note such as ▨ 未采用：高密市的社区工作者 46 行退回 42 行; empty where no number is held."""
    return _("；").join(dict.fromkeys(held_line(table) for metric in metrics for table in metric.held_tables(scope)))


def held_line(table: HeldTable) -> str:
    """Returns the mark of a held table: ▨ 未采用：高密市的社区工作者 46 行退回 42 行.

    For an area that is counted without the district it is ▨ 不含高密市：….
    """
    if table.is_held:
        return _("▨ 未采用：{reason}").format(reason=phrases.held_table(table))
    return _("▨ 不含{who}：{reason}").format(who=spoken_name(table.district_name), reason=phrases.held_table(table))


def full_note(scope: Scope, *metrics: Metric) -> str:
    """Returns both notes, of held numbers and of gaps."""
    return _("；").join(filter(None, (held_note(scope, *metrics), note(scope, *metrics))))


def small_note(scope: Scope, *metrics: Metric) -> str:
    """Returns the notes in small type as markdown, of held numbers in grey and of gaps in orange; empty where there is
    none."""
    coloured = (("gray", held_note(scope, *metrics)), ("orange", note(scope, *metrics)))
    return " ".join(f":small[:{colour}[{texts.escape_markdown(text)}]]" for colour, text in coloured if text)


def gap_lines(scope: Scope, metric: Metric) -> list[str]:
    """Returns one line per missing district: the table it has not sent, or the date its data end."""
    return [
        _("{who}：从未报送{table}，不在这个数字里").format(who=spoken_name(gap.district), table=texts.table(gap.table))
        if gap.covers_until is None
        else _("{who}：{table}只到 {date}，应在 {due} 前再报").format(
            who=spoken_name(gap.district), table=texts.table(gap.table), date=gap.covers_until, due=gap.due_on
        )
        for gap in find_gaps(metric, scope)
    ]


def _phrases(gaps: Iterable[Gap]) -> list[str]:
    """Returns the gaps in a few words; districts that lack the same tables share a phrase."""
    tables_by_phrase: dict[str, list[str]] = {}
    tables = dict.fromkeys(gap.table for gap in gaps)
    for table in tables:
        table_gaps = [gap for gap in gaps if gap.table == table]
        never = [gap for gap in table_gaps if gap.covers_until is None]
        overdue = [gap for gap in table_gaps if gap.covers_until is not None]
        if never:
            tables_by_phrase.setdefault(_never(never), []).append(texts.table(table))
        if overdue:
            tables_by_phrase.setdefault(_overdue(overdue), []).append(texts.table(table))
    return [phrase.format(table=texts.join_words(names)) for phrase, names in tables_by_phrase.items()]


def _never(gaps: list[Gap]) -> str:
    """Returns 庆阳市未报{table}, or 仅高密市报了{table} where the reporting districts are fewer to name."""
    names = [spoken_name(gap.district) for gap in gaps]
    reported_by = [spoken_name(name) for name in gaps[0].reported_by]
    if len(names) <= _MAX_NAMED:
        return _fill_phrase(_("{who}未报{table}"), who=texts.join_words(names))
    if len(reported_by) <= _MAX_NAMED:
        return _fill_phrase(_("仅{who}报了{table}"), who=texts.join_words(reported_by))
    return _fill_phrase(_("{count} 个地区未报{table}"), count=str(len(names)))


def _overdue(gaps: list[Gap]) -> str:
    if len(gaps) <= _MAX_NAMED:
        dates = texts.join_words([f"{spoken_name(gap.district)} {gap.covers_until}" for gap in gaps])
        return _fill_phrase(_("{table}逾期（数据只到：{dates}）"), dates=dates)
    return _fill_phrase(_("{count} 个地区{table}逾期"), count=str(len(gaps)))


def _fill_phrase(phrase: str, **words: str) -> str:
    """Fills in the words and leaves `{table}` open."""
    return phrase.format(table="{table}", **words)
