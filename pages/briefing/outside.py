"""A briefing as it may leave the office: no count of few people in its pictures, tables, sentences and definitions."""

from __future__ import annotations

from dataclasses import replace

from pages.briefing.section import Briefing, Definition, Section
from sql import told
from sql.disclosure import counted, is_small
from sql.metrics import metric


def outside(made: Briefing) -> Briefing:
    """The briefing with `<5` in place of every count of one to four people, and `*` for what would give one away."""
    at = made.sections[0].scope if made.sections else None
    earlier = {
        (name, area): then
        for (name, area), then in made.earlier.items()
        if at is not None and not (is_small(then.value) and "value" in counted(metric(name, at.version).file))
    }
    return replace(
        made,
        sections=tuple(map(_section, made.sections)),
        definitions=tuple(map(_definition, made.definitions)),
        earlier=earlier,
        decisions=None if made.decisions is None else told.of_texts(made.decisions),
    )


def _section(section: Section) -> Section:
    rows = section.rows
    if section.told is not None:
        words = section.told(rows)
    else:
        words = told.of_metric(rows, section.metric, section.by) if section.metric and not rows.is_empty() else rows
    return replace(
        section,
        rows=told.split(rows, words),
        words=words,
        readings=tuple(map(told.of_reading, section.readings)),
        finding=told.in_words(section.finding),
        subtitle=told.in_words(section.subtitle),
        notes=tuple(map(told.in_words, section.notes)),
    )


def _definition(one: Definition) -> Definition:
    return replace(one, formula="" if one.counts_few else one.formula)
