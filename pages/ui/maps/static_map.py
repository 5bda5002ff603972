"""Draws a map as one static image, for a meeting screen that nobody points at and that runs for hours.

deck.gl keeps memory for every map it has drawn, and its glyph textures look coarse on a video wall.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pages.ui.maps.geometry import Shape, View
from pages.ui.theme.theme import FONT, Palette

_DOT = 8


def image(
    fills: Mapping[str, str],
    hatches: Sequence[Sequence[tuple[float, float]]],
    shapes: Mapping[str, Shape],
    view: View,
    colours: Palette,
    dots: Sequence[str],
    texts: Sequence[tuple[Mapping, int]],
    alt: str,
) -> str:
    """Returns an `img` element: the shapes in their colours, lines over the hatched ones, dots on those too small to
    see, and the text rows of `labels`, each with its weight."""
    svg = Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {view.width} {view.height}", "font-family": FONT},
    )
    for code, fill in fills.items():
        SubElement(
            svg,
            "path",
            {
                "d": _path(shapes[code].geometry, view),
                "fill": fill,
                "stroke": colours.border,
                "stroke-width": "1.2",
                "stroke-linejoin": "round",
                "fill-rule": "evenodd",
            },
        )
    for line in hatches:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (view.pixels(*point) for point in line))
        SubElement(svg, "polyline", {"points": points, "fill": "none", "stroke": colours.muted, "stroke-width": "1.2"})
    for code in dots:
        x, y = view.pixels(*shapes[code].point)
        SubElement(
            svg,
            "circle",
            {
                "cx": f"{x:.1f}",
                "cy": f"{y:.1f}",
                "r": str(_DOT),
                "fill": fills[code],
                "stroke": colours.text,
                "stroke-width": "1.5",
            },
        )
    for row, weight in texts:
        x, y = (
            position + offset for position, offset in zip(view.pixels(*row["position"]), row["offset"], strict=True)
        )
        red, green, blue = row["colour"][:3]
        SubElement(
            svg,
            "text",
            {
                "x": f"{x:.1f}",
                "y": f"{y:.1f}",
                "font-size": str(row["size"]),
                "font-weight": str(weight),
                "text-anchor": row["anchor"],
                "dominant-baseline": "central",
                "fill": f"rgb({red},{green},{blue})",
            },
        ).text = row["text"]
    picture = b64encode(ElementTree.tostring(svg, encoding="utf-8")).decode()
    return ElementTree.tostring(
        Element("img", {"class": "map-picture", "src": f"data:image/svg+xml;base64,{picture}", "alt": alt}),
        encoding="unicode",
        method="html",
    )


def _path(geometry: str, view: View) -> str:
    parsed = json.loads(geometry)
    polygons = parsed["coordinates"] if parsed["type"] == "MultiPolygon" else [parsed["coordinates"]]
    rings = [[view.pixels(*point[:2]) for point in ring] for polygon in polygons for ring in polygon]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
