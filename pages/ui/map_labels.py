"""Which names and values fit on a map, and where they stand."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.map_geometry import Shape, View, held
from pages.ui.map_scale import readable_on, rgb

_SIZE = 13
_LINE = 17
# A symbol alone is smaller than the words: it marks polygons that are no larger.
_SYMBOL = 10
# The part of a label that its own polygon must hold; the rest may reach over its border.
_HELD = 0.85
_BESIDE = 13
_ENDINGS = {
    "社区居民委员会": "社区", "社区居委会": "社区", "居民委员会": "", "居委会": "", "办事处街道": "街道",
}
# About what a name of three or four characters takes beside its dot.
BESIDE_WIDTH = 60

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """What to write at a shape: its name and its value, or, where there is no room, the symbol alone."""

    name: str
    value: str
    symbol: str
    fill: str


def inside(labels: Sequence[tuple[Label, Shape]], view: View) -> tuple[list[dict], list[dict]]:
    """Names and values in their polygons, the largest first; where there is no room the value, or the symbol alone.

    Rows for two text layers: names, and values and symbols.
    """
    names, values, taken = [], [], []
    crowded = []
    for label, shape in sorted(labels, key=lambda pair: -math.prod(view.size(pair[1].bounds))):
        box = _box(*view.pixels(*shape.point), max(_width(label.name), _width(label.value)), 2 * _LINE)
        if held(shape, view, *_size(box)) < _HELD or _is_taken(box, taken):
            crowded.append((label, shape))
            continue
        taken.append(box)
        colour = readable_on(label.fill)
        names.append(_row(shape, label.name, colour, (0, -_LINE / 2)))
        values.append(_row(shape, label.value, colour, (0, _LINE / 2)))
    for label, shape in crowded:
        value = _box(*view.pixels(*shape.point), _width(label.value), _LINE)
        symbol = _box(*view.pixels(*shape.point), _SYMBOL, _SYMBOL)
        if label.value and held(shape, view, *_size(value)) >= _HELD and not _is_taken(value, taken):
            taken.append(value)
            values.append(_row(shape, label.value, readable_on(label.fill), (0, 0)))
        elif label.symbol and not _is_taken(symbol, taken):
            taken.append(symbol)
            values.append(_row(shape, label.symbol, readable_on(label.fill), (0, 0), size=_SYMBOL))
    return names, values


def beside(labels: Sequence[tuple[Label, Shape]], view: View, colour: str) -> tuple[list[dict], list[dict]]:
    """Names and values next to dots, on the first side that is free: rows for two text layers."""
    names, values, taken = [], [], [_box(*view.pixels(*shape.point), 2 * _BESIDE, 2 * _BESIDE) for _, shape in labels]
    for label, shape in labels:
        x, y = view.pixels(*shape.point)
        wide = max(_width(label.name), _width(label.value))
        sides = {
            ("start", _BESIDE, 0): x + _BESIDE + wide / 2,
            ("end", -_BESIDE, 0): x - _BESIDE - wide / 2,
            ("middle", 0, -_BESIDE - _LINE): x,
            ("middle", 0, _BESIDE + _LINE): x,
        }
        for (anchor, right, down), centre in sides.items():
            box = _box(centre, y + down, wide, 2 * _LINE)
            on_picture = box[0] >= 0 and box[2] <= view.width
            if on_picture and not _is_taken(box, taken):
                taken.append(box)
                names.append(_row(shape, label.name, colour, (right, down - _LINE / 2), anchor))
                values.append(_row(shape, label.value, colour, (right, down + _LINE / 2), anchor))
                break
    return names, values


def shortened(name: str) -> str:
    """An area's name without the words that all of its kind share: 梅园社区居民委员会 is 梅园社区."""
    for ending, kept in _ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending) + kept
    return name


def _row(
    shape: Shape, text: str, colour: str, offset: tuple[float, float], anchor: str = "middle", size: int = _SIZE
) -> dict:
    return {
        "position": list(shape.point), "text": text, "colour": rgb(colour), "offset": list(offset),
        "anchor": anchor, "size": size,
    }


def _width(text: str) -> float:
    # A Chinese character is as wide as high, a Latin letter or digit a little over half of it.
    return sum(_SIZE if ord(character) > 0x2000 else _SIZE * 0.58 for character in text)


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _is_taken(box: Box, taken: Sequence[Box]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )
