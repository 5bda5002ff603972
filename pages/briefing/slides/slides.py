"""Writes a briefing as 16:9 slides: contents, one section per slide with its chart and the best and worst areas,
annexes."""

from __future__ import annotations

import io

from pptx.presentation import Presentation as Deck
from pptx.slide import Slide

from pages.briefing import charts, layout, tables
from pages.briefing.section import Briefing, Section
from pages.briefing.slides import parts
from pages.briefing.slides.parts import SMALL_SIZES, Box
from pages.briefing.tables import Table
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _

_CONTENTS_LINES = 16
_BODY = Box(0.6, 1.75, 12.13, 4.95)
# Column widths of the definitions, in points: title, note, formula, standards, file.
_DEFINITION_WIDTHS = (140.0, 235.0, 140.0, 150.0, 208.36)


def write(briefing: Briefing) -> bytes:
    """Returns the slides as PPTX."""
    deck = parts.new_deck(briefing)
    parts.add_cover(deck, briefing)
    decisions = briefing.nonempty_decisions
    count = len(briefing.sections) + (decisions is not None) + 2
    contents = [parts.add_slide(deck, _("目录")) for _page in range(-(-count // _CONTENTS_LINES))]
    entries = [(section.headline, _section(deck, briefing, section)) for section in briefing.sections]
    if decisions is not None:
        entries.append(_annex(deck, _("议定事项"), tables.frame_table(decisions)))
    entries.append(
        _annex(deck, _("附：指标口径"), tables.definitions_table(briefing.definitions), widths=_DEFINITION_WIDTHS)
    )
    entries.append(
        _annex(deck, _("附：数据来源"), tables.frame_table(briefing.sources), texts.join_words(list(briefing.remarks)))
    )
    numbers = {slide.slide_id: number for number, slide in enumerate(deck.slides, 1)}
    for page, slide in enumerate(contents):
        listed = entries[page * _CONTENTS_LINES : (page + 1) * _CONTENTS_LINES]
        parts.add_contents(slide, listed, [numbers[target.slide_id] for _title, target in listed], _BODY)
    parts.number_slides(deck, briefing)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _section(deck: Deck, briefing: Briefing, section: Section) -> Slide:
    slide = parts.add_slide(deck, section.headline, section.subtitle)
    # Leave room for the notes at the bottom.
    box = Box(_BODY.left, _BODY.top, _BODY.width, _BODY.height - 0.3 * min(3, len(section.notes)))
    if section.kind == "numbers":
        parts.add_table(slide, tables.readings_table(section, briefing.previous_values), box)
    elif spec := charts.chart_spec(section):
        sides = tables.best_and_worst(section, briefing.previous_values) if tables.is_by_area(section) else []
        parts.add_chart(slide, spec, Box(box.left, box.top, 7.2 if sides else box.width, box.height), section.headline)
        for index, side in enumerate(sides):
            beside = Box(8.0, box.top + index * box.height / 2, 4.73, box.height / 2 - 0.1)
            parts.add_table(slide, side, beside, SMALL_SIZES)
    else:
        parts.add_table(slide, tables.rows_table(section), box)
    parts.add_notes(slide, section.notes)
    return slide


def _annex(deck: Deck, title: str, table: Table, note: str = "", widths: tuple[float, ...] = ()) -> tuple[str, Slide]:
    """Adds a table of any length on as many slides as it needs; returns its title and its first slide."""
    whole = layout.fit_table(table, _BODY.width * 72, (11,), 0, widths)
    slides = []
    for part in layout.split_table(whole, _BODY.height * 72):
        slides.append(parts.add_slide(deck, title, note))
        parts.place_table(slides[-1], part, _BODY)
    return title, slides[0]
