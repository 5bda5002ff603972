"""Which names and values fit on a map, and where they stand."""

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
# A symbol alone is smaller than the words: it marks polygons that are no larger.
_SYMBOL = 10
# The part of a label that its own polygon must hold; the rest may reach over its border.
_HELD = 0.95
# What is kept free between a label beside a polygon and the polygon, or the middle of its dot.
_GAP, _BESIDE = 5, 13
# About what a name of three or four characters takes beside its polygon.
BESIDE_WIDTH = 60

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """What to write at a shape: its name and its value, or, where there is no room, the symbol alone."""

    name: str
    value: str
    symbol: str
    fill: str


def place_inside(labels: Sequence[tuple[Label, Shape]], view: View) -> tuple[list[dict], list[dict]]:
    """Names and values in their polygons, the largest first; where there is no room the value or the symbol.

    Rows for two text layers: names, and values and symbols.
    """
    names, values, taken = [], [], _Taken()
    crowded = []
    for label, shape in sorted(labels, key=lambda pair: -math.prod(view.size(pair[1].bounds))):
        box = _words(label, *view.pixels(*shape.point))
        if not fits(label, shape, view) or taken.has(box):
            crowded.append((label, shape))
            continue
        taken.add(box)
        colour = readable_on(label.fill)
        names.append(_row(shape, label.name, colour, (0, -_LINE / 2)))
        values.append(_row(shape, label.value, colour, (0, _LINE / 2)))
    for label, shape in crowded:
        value = _box(*view.pixels(*shape.point), _width(label.value), _LINE)
        symbol = _box(*view.pixels(*shape.point), _SYMBOL, _SYMBOL)
        if label.value and share_inside(shape, view, *_size(value)) >= _HELD and not taken.has(value):
            taken.add(value)
            values.append(_row(shape, label.value, readable_on(label.fill), (0, 0)))
        elif label.symbol and not taken.has(symbol):
            taken.add(symbol)
            values.append(_row(shape, label.symbol, readable_on(label.fill), (0, 0), size=_SYMBOL))
    return names, values


def place_beside(labels: Sequence[tuple[Label, Shape]], view: View, colour: str) -> tuple[list[dict], list[dict]]:
    """Names and values next to polygons, on the first side that is free: rows for two text layers."""
    names, values = [], []
    grounds = [_ground(shape, view) for _label, shape in labels]
    taken = _Taken()
    for ground in grounds:
        taken.add(ground)
    for (label, shape), (left, top, right, bottom) in zip(labels, grounds, strict=True):
        x, y = view.pixels(*shape.point)
        wide = max(_width(label.name), _width(label.value))
        sides = (
            ("start", right - x, 0, wide / 2),
            ("end", left - x, 0, -wide / 2),
            ("middle", 0, top - y - _LINE, 0),
            ("middle", 0, bottom - y + _LINE, 0),
        )
        for anchor, across, down, to_middle in sides:
            box = _words(label, x + across + to_middle, y + down)
            on_picture = box[0] >= 0 and box[2] <= view.width
            if on_picture and not taken.has(box):
                taken.add(box)
                names.append(_row(shape, label.name, colour, (across, down - _LINE / 2), anchor))
                values.append(_row(shape, label.value, colour, (across, down + _LINE / 2), anchor))
                break
    return names, values


def fits(label: Label, shape: Shape, view: View) -> bool:
    """Whether the polygon has room for name and value."""
    return share_inside(shape, view, *_size(_words(label, 0, 0))) >= _HELD


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
    # A Chinese character is as wide as high, a Latin letter or digit a little over half of it.
    return sum(_SIZE if ord(character) > 0x2000 else _SIZE * 0.58 for character in text)


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _words(label: Label, x: float, y: float) -> Box:
    return _box(x, y, max(_width(label.name), _width(label.value)), 2 * _LINE)


def _ground(shape: Shape, view: View) -> Box:
    """What a polygon covers together with its dot."""
    x, y = view.pixels(*shape.point)
    left, top = view.pixels(shape.bounds[0], shape.bounds[3])
    right, bottom = view.pixels(shape.bounds[2], shape.bounds[1])
    return (
        min(left - _GAP, x - _BESIDE),
        min(top, y - _BESIDE),
        max(right + _GAP, x + _BESIDE),
        max(bottom, y + _BESIDE),
    )


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


class _Taken:
    """The boxes in a picture that are taken, found by the square of the picture they lie in: maps have thousands."""

    _SIDE = 64

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for square in self._of(box):
            self._squares.setdefault(square, []).append(box)

    def has(self, box: Box) -> bool:
        """Whether a part of the box is taken."""
        return any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for square in self._of(box)
            for other in self._squares.get(square, ())
        )

    def _of(self, box: Box) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = (int(edge // self._SIDE) for edge in box)
        return product(range(left, right + 1), range(top, bottom + 1))
