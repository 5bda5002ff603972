"""A briefing as slides, 16:9: contents, a finding a slide with its chart and the best and worst areas, annexes."""

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
_WHOLE = Box(0.6, 1.75, 12.13, 4.95)
# Of a definition: its name, words, formula, standards and file, in points.
_DEFINITIONS = (140.0, 235.0, 140.0, 150.0, 208.36)


def write(briefing: Briefing) -> bytes:
    """The slides as a PPTX."""
    deck = parts.new_deck(briefing)
    parts.add_cover(deck, briefing)
    decisions = briefing.nonempty_decisions
    count = len(briefing.sections) + (decisions is not None) + 2
    contents = [parts.add_slide(deck, _("目录")) for _page in range(-(-count // _CONTENTS_LINES))]
    entries = [(section.headline, _section(deck, briefing, section)) for section in briefing.sections]
    if decisions is not None:
        entries.append(_annex(deck, _("议定事项"), tables.frame_table(decisions)))
    entries.append(_annex(deck, _("附：指标口径"), tables.definitions_table(briefing.definitions), widths=_DEFINITIONS))
    entries.append(
        _annex(deck, _("附：数据来源"), tables.frame_table(briefing.sources), texts.join_words(list(briefing.remarks)))
    )
    numbers = {slide.slide_id: place for place, slide in enumerate(deck.slides, 1)}
    for page, slide in enumerate(contents):
        listed = entries[page * _CONTENTS_LINES : (page + 1) * _CONTENTS_LINES]
        parts.add_contents(slide, listed, [numbers[target.slide_id] for _title, target in listed], _WHOLE)
    parts.number_slides(deck, briefing)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _section(deck: Deck, briefing: Briefing, section: Section) -> Slide:
    slide = parts.add_slide(deck, section.headline, section.subtitle)
    # The notes stand at the foot.
    box = Box(_WHOLE.left, _WHOLE.top, _WHOLE.width, _WHOLE.height - 0.3 * min(3, len(section.notes)))
    if section.kind == "numbers":
        parts.add_table(slide, tables.readings_table(section, briefing.previous_values), box)
    elif shown := charts.chart_spec(section):
        sides = tables.best_and_worst(section, briefing.previous_values) if tables.is_by_area(section) else []
        parts.add_chart(slide, shown, Box(box.left, box.top, 7.2 if sides else box.width, box.height), section.headline)
        for place, side in enumerate(sides):
            beside = Box(8.0, box.top + place * box.height / 2, 4.73, box.height / 2 - 0.1)
            parts.add_table(slide, side, beside, SMALL_SIZES)
    else:
        parts.add_table(slide, tables.rows_table(section), box)
    parts.add_notes(slide, section.notes)
    return slide


def _annex(deck: Deck, title: str, shown: Table, note: str = "", widths: tuple[float, ...] = ()) -> tuple[str, Slide]:
    """A table of any length, over as many slides as it takes; its title and its first slide."""
    whole = layout.fit_table(shown, _WHOLE.width * 72, (11,), 0, widths)
    slides = []
    for part in layout.split_table(whole, _WHOLE.height * 72):
        slides.append(parts.add_slide(deck, title, note))
        parts.place_table(slides[-1], part, _WHOLE)
    return title, slides[0]
