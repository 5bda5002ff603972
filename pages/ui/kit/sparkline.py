"""Draws a line of the last months, small enough for a card, as SVG: there is no chart library to load."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.theme import theme
from sql.semantic.readings import Reading

WIDTH, HEIGHT, PAD = 200, 38, 3


@dataclass(frozen=True)
class Sparkline:
    """Holds the points of a line as SVG writes them, in an image of WIDTH by HEIGHT, and a label that describes it."""

    points: str
    label: str


def build(reading: Reading) -> Sparkline | None:
    """Returns the months as a line; None where there are fewer than two."""
    months = reading.months.drop_nulls("value")
    if months.height < 2:
        return None
    values = months["value"].to_list()
    low, high = min(values), max(values)
    spread = (high - low) or 1
    points = [
        (
            PAD + index * (WIDTH - 2 * PAD) / (len(values) - 1),
            HEIGHT - PAD - (value - low) / spread * (HEIGHT - 2 * PAD) if high > low else HEIGHT / 2,
        )
        for index, value in enumerate(values)
    ]
    label = _("{months} 个月：从 {first} 到 {last}").format(
        months=len(values), first=texts.amount(values[0], reading.metric), last=texts.amount(values[-1], reading.metric)
    )
    return Sparkline(" ".join(f"{x:.1f},{y:.1f}" for x, y in points), label)


def draw(parent: Element, line: Sparkline) -> None:
    """Adds the line to an element as an image."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polyline points="{line.points}" fill="none" stroke="{theme.palette().accent}" stroke-width="1.8" '
        'stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    SubElement(
        parent,
        "img",
        {
            "class": "piece-line",
            "src": f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}",
            "alt": line.label,
        },
    )
