"""Decides which names and values fit on a map, and where they are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pages.ui.maps.geometry import Shape, View, share_inside
from pages.ui.theme.colours import readable_on, rgb

_SIZE = 13
_LINE = 17
# A symbol alone is smaller than text: it marks small polygons.
_SYMBOL = 10
# Share of a label that must lie inside its own polygon; the rest may cross its border.
_MIN_SHARE_INSIDE = 0.95
# Pixels between a label beside a polygon and the polygon, or the middle of its dot.
_GAP, _DOT_GAP = 5, 13
# Approximate width of a name of three or four characters beside its polygon.
BESIDE_WIDTH = 60

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """Describes what to write at a shape: its name and value, or only the symbol where there is no room."""

    name: str
    value: str
    symbol: str
    fill: str


def place_inside(labels: Sequence[tuple[Label, Shape]], view: View) -> tuple[list[dict], list[dict]]:
    """Places names and values inside their polygons, the largest first; where there is no room, the value or the
    symbol.

    Returns rows for two text layers: names, and values or symbols.
    """
    names, values, occupied = [], [], _OccupiedBoxes()
    crowded = []
    for label, shape in sorted(labels, key=lambda pair: -math.prod(view.size(pair[1].bounds))):
        box = _text_box(label, *view.pixels(*shape.point))
        if not fits(label, shape, view) or occupied.has(box):
            crowded.append((label, shape))
            continue
        occupied.add(box)
        colour = readable_on(label.fill)
        names.append(_row(shape, label.name, colour, (0, -_LINE / 2)))
        values.append(_row(shape, label.value, colour, (0, _LINE / 2)))
    for label, shape in crowded:
        value = _box(*view.pixels(*shape.point), _width(label.value), _LINE)
        symbol = _box(*view.pixels(*shape.point), _SYMBOL, _SYMBOL)
        if label.value and share_inside(shape, view, *_size(value)) >= _MIN_SHARE_INSIDE and not occupied.has(value):
            occupied.add(value)
            values.append(_row(shape, label.value, readable_on(label.fill), (0, 0)))
        elif label.symbol and not occupied.has(symbol):
            occupied.add(symbol)
            values.append(_row(shape, label.symbol, readable_on(label.fill), (0, 0), size=_SYMBOL))
    return names, values


def place_beside(labels: Sequence[tuple[Label, Shape]], view: View, colour: str) -> tuple[list[dict], list[dict]]:
    """Places names and values beside polygons, on the first free side. Returns rows for two text layers."""
    names, values = [], []
    shape_boxes = [_shape_box(shape, view) for _label, shape in labels]
    occupied = _OccupiedBoxes()
    for shape_box in shape_boxes:
        occupied.add(shape_box)
    for (label, shape), (left, top, right, bottom) in zip(labels, shape_boxes, strict=True):
        x, y = view.pixels(*shape.point)
        text_width = max(_width(label.name), _width(label.value))
        sides = (
            ("start", right - x, 0, text_width / 2),
            ("end", left - x, 0, -text_width / 2),
            ("middle", 0, top - y - _LINE, 0),
            ("middle", 0, bottom - y + _LINE, 0),
        )
        for anchor, offset_x, offset_y, to_middle in sides:
            box = _text_box(label, x + offset_x + to_middle, y + offset_y)
            is_on_map = box[0] >= 0 and box[2] <= view.width
            if is_on_map and not occupied.has(box):
                occupied.add(box)
                names.append(_row(shape, label.name, colour, (offset_x, offset_y - _LINE / 2), anchor))
                values.append(_row(shape, label.value, colour, (offset_x, offset_y + _LINE / 2), anchor))
                break
    return names, values


def fits(label: Label, shape: Shape, view: View) -> bool:
    """Returns whether the polygon has room for name and value."""
    return share_inside(shape, view, *_size(_text_box(label, 0, 0))) >= _MIN_SHARE_INSIDE


def _row(
    shape: Shape, text: str, colour: str, offset: tuple[float, float], anchor: str = "middle", size: int = _SIZE
) -> dict:
    return {
        "position": list(shape.point),
        "text": text,
        "colour": rgb(colour),
        "offset": list(offset),
        "anchor": anchor,
        "size": size,
    }


@lru_cache(maxsize=16384)
def _width(text: str) -> float:
    # A Chinese character is as wide as it is high, a Latin letter or digit a little over half of that.
    return sum(_SIZE if ord(character) > 0x2000 else _SIZE * 0.58 for character in text)


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _text_box(label: Label, x: float, y: float) -> Box:
    return _box(x, y, max(_width(label.name), _width(label.value)), 2 * _LINE)


def _shape_box(shape: Shape, view: View) -> Box:
    """Returns the box that a polygon covers together with its dot."""
    x, y = view.pixels(*shape.point)
    left, top = view.pixels(shape.bounds[0], shape.bounds[3])
    right, bottom = view.pixels(shape.bounds[2], shape.bounds[1])
    return (
        min(left - _GAP, x - _DOT_GAP),
        min(top, y - _DOT_GAP),
        max(right + _GAP, x + _DOT_GAP),
        max(bottom, y + _DOT_GAP),
    )


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


class _OccupiedBoxes:
    """Holds the occupied boxes of a map, indexed by the map square they lie in: maps have thousands."""

    _SIDE = 64

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for square in self._squares_of(box):
            self._squares.setdefault(square, []).append(box)

    def has(self, box: Box) -> bool:
        """Returns whether any part of the box is occupied."""
        return any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for square in self._squares_of(box)
            for other in self._squares.get(square, ())
        )

    def _squares_of(self, box: Box) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = (int(edge // self._SIDE) for edge in box)
        return product(range(left, right + 1), range(top, bottom + 1))
