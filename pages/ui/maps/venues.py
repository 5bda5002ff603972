"""Places of the service network on a map: which kinds are chosen, their marks, and which could not be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
import pydeck as pdk
import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import full_name
from pages.ui.i18n.texts import _
from pages.ui.maps.geometry import Bounds, Shape, View, union
from pages.ui.shell import page_scope, selection
from pages.ui.theme.colours import readable_on, rgb
from pages.ui.theme.theme import FONT, Palette
from sql import metric, query
from sql.semantic.files.sql_file import Text
from sql.semantic.scope import Scope

PARAMETER = "places"
# Where the URL names no kinds, these are shown where they can be told apart: a county's lie on top of one another.
_FIRST = ("service_centre",)
_NEAR = ("street", "community")
# What the URL says when none is chosen.
NONE = "none"
# Letters in pixels; so many large ones, and small ones when there are more.
_LARGE, _SMALL = 11, 9
_MANY = 120
# About the ground that a mark covers, in pixels; with more places than this on each spot they are counted, not drawn.
_SPOT = 14
_CROWDED = 2.5
_LINE = 17


@dataclass(frozen=True)
class Marker:
    """What a kind looks like: one letter on its own colour."""

    letter: Text
    colour: str


# In the order of the list beside the map. Every letter is told apart without its colour.
MARKERS = {
    "service_centre": Marker(Text("中", "C"), "#b3261e"),
    "service_station": Marker(Text("驿", "S"), "#6a3d9a"),
    "pavilion": Marker(Text("亭", "P"), "#00695c"),
    "rider_station": Marker(Text("骑", "R"), "#0b5cad"),
    "lei_feng_station": Marker(Text("锋", "L"), "#9c2764"),
    "teaching_point": Marker(Text("教", "T"), "#5d4037"),
    "secretary_studio": Marker(Text("书", "O"), "#37474f"),
    "partner_shop": Marker(Text("超", "M"), "#6b6410"),
}


@dataclass(frozen=True)
class Venues:
    """The places of the kinds chosen, in the scope they were asked for."""

    rows: pl.DataFrame
    scope: Scope

    @property
    def with_coordinates(self) -> pl.DataFrame:
        """Those that have coordinates, in the order of the marks."""
        order = {kind: place for place, kind in enumerate(MARKERS)}
        rows = self.rows.drop_nulls(["lon", "lat"])
        return rows.sort(pl.col("kind").replace_strict(order, return_dtype=pl.Int64), "place_id")


def choose(scope: Scope, key: str) -> Venues:
    """Draws the choice of kinds, each with its mark and its number, and returns the places of the chosen ones."""
    counts = _counts(scope)
    if counts:
        asked = _asked(scope, counts)
        # As with the period, a link that changes the kinds makes a new widget.
        widget = f"{key}_kinds_{scope.area_code}_{'_'.join(asked)}"
        st.pills(
            _("阵地图层"),
            list(counts),
            default=asked,
            selection_mode="multi",
            key=widget,
            label_visibility="collapsed",
            format_func=lambda kind: (
                f"{_letter(kind)} {texts.escape_markdown(values.word('kind', kind))} {texts.number(counts[kind])}"
            ),
            on_change=_change,
            args=(widget, asked),
        )
    return read_venues(scope)


def read_venues(scope: Scope) -> Venues:
    """The places of the kinds that the URL names, for a map beside the one with the choice."""
    kinds = tuple(sorted(_asked(scope, _counts(scope))))
    return Venues(query("places_on_map", scope.with_filters(), kinds=kinds), scope)


def _counts(scope: Scope) -> dict[str, float]:
    """How many places of each kind are open, in the order of MARKS, without the kinds that there are none of."""
    rows = metric("places", scope.version).rows(scope.with_filters(), by="kind")
    counts = dict(rows.select("kind", "value").iter_rows())
    return {kind: counts[kind] for kind in MARKERS if counts.get(kind)}


def _asked(scope: Scope, offered: Iterable[str]) -> list[str]:
    asked = st.query_params.get(PARAMETER)
    if asked is None:
        wanted: Iterable[str] = _FIRST if scope.area.level in _NEAR else ()
    else:
        wanted = asked.split(",")
    return [kind for kind in offered if kind in wanted]


def _change(widget: str, asked: Sequence[str]) -> None:
    """Puts the kinds into the URL where they are others than it has: going back draws the choice anew, and that is
    none."""
    chosen = selection.values(widget)
    if chosen is not None and set(chosen) != set(asked):
        page_scope.set_parameter(PARAMETER, _written(chosen))


def _written(kinds: Sequence[str]) -> str:
    return ",".join(kind for kind in MARKERS if kind in kinds) or NONE


def layers(places: Venues, shapes: dict[str, Shape], view: View, colours: Palette) -> list[pdk.Layer]:
    """A layer for every kind: its letter on its colour at each place, or, where they would lie on top of one another,
    with their number in each area below. A click on one goes where the ground under it does."""
    rows = places.with_coordinates
    if places.scope.child_level and _crowding(rows, view) > _CROWDED:
        marks, size = _counted(rows, places.scope, shapes), _LARGE
    else:
        marks, size = _single(rows, places.scope), _LARGE if rows.height <= _MANY else _SMALL
    return [
        pdk.Layer(
            "TextLayer",
            points,
            id=f"kind_{kind}",
            pickable=True,
            get_position="position",
            get_text="text",
            get_size=size,
            get_pixel_offset="offset",
            font_family=pdk.types.String(FONT),
            font_weight=700,
            font_settings={"fontSize": 28},
            character_set=pdk.types.String("".join(sorted({letter for point in points for letter in point["text"]}))),
            get_color=rgb(readable_on(MARKERS[kind].colour)),
            background=True,
            get_background_color=rgb(MARKERS[kind].colour),
            background_padding=[3, 2] if size == _LARGE else [2, 1],
            background_border_radius=4,
            get_border_color=rgb(colours.ground),
            get_border_width=size == _LARGE,
        )
        for kind, points in marks.items()
    ]


def _crowding(rows: pl.DataFrame, view: View) -> float:
    """How many places there are for each spot of a mark's size that has any."""
    pixels = (view.pixels(lon, lat) for lon, lat in rows.select("lon", "lat").iter_rows())
    spots = {(x // _SPOT, y // _SPOT) for x, y in pixels}
    return rows.height / len(spots) if spots else 0


def _single(rows: pl.DataFrame, scope: Scope) -> dict[str, list[dict]]:
    code = scope.child_level or "community"
    marks: dict[str, list[dict]] = {}
    for row in rows.iter_rows(named=True):
        marks.setdefault(row["kind"], []).append(
            {
                "position": [row["lon"], row["lat"]],
                "text": _letter(row["kind"]),
                "name": row["place_name"],
                "tooltip": values.word("kind", row["kind"]),
                "code": row[code],
                "offset": [0, 0],
            }
        )
    return marks


def _counted(rows: pl.DataFrame, scope: Scope, shapes: dict[str, Shape]) -> dict[str, list[dict]]:
    """One mark for each kind and area below: beneath the area's own label, else in the middle of its places."""
    level = scope.child_level
    names = {area.code: full_name(area.name) for area in scope.children()}
    middles = {code: [lon, lat] for code, lon, lat in rows.group_by(level).agg(pl.mean("lon", "lat")).iter_rows()}
    kinds = list(rows["kind"].unique(maintain_order=True))
    marks: dict[str, list[dict]] = {}
    for code, kind, count in rows.group_by(level, "kind", maintain_order=True).len().iter_rows():
        word = values.word("kind", kind)
        marks.setdefault(kind, []).append(
            {
                "position": list(shapes[code].point) if code in shapes else middles[code],
                "text": f"{_letter(kind)}{count}",
                "name": names[code],
                "tooltip": _("{kind} {count} 处").format(kind=word, count=texts.number(count)),
                "code": code,
                "offset": [0, _LINE * (kinds.index(kind) + 1.5)],
            }
        )
    return marks


def caption(places: Venues, grounds: Sequence[Bounds]) -> str:
    """Which of the places chosen are not to be seen, and why; empty where all are.

    `grounds` are the bounds of the polygons drawn where they lie; none where all are squares.
    """
    if places.rows.is_empty():
        return ""
    if not grounds:
        return _("以方格示意的图上画不出阵地的位置。")
    parts = []
    if without := places.rows.height - places.with_coordinates.height:
        parts.append(_("{count} 处没有经纬度，未画在图上。").format(count=texts.number(without)))
    west, south, east, north = union(grounds)
    inside = places.with_coordinates.filter(
        pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)
    )
    if outside := places.with_coordinates.height - inside.height:
        parts.append(_("{count} 处的经纬度在图外，请核对 阵地 表。").format(count=texts.number(outside)))
    return "".join(parts)


def legend(places: Venues) -> list[str]:
    """The marks of the kinds drawn with their words, as HTML."""
    return [
        f"<span style='display:inline-block;padding:0 .2rem;border-radius:3px;font-weight:700;"
        f"color:{readable_on(MARKERS[kind].colour)};background:{MARKERS[kind].colour}'>{_letter(kind)}</span> "
        f"{values.word('kind', kind)}"
        for kind in places.with_coordinates["kind"].unique(maintain_order=True)
    ]


def _letter(kind: str) -> str:
    return texts.of(MARKERS[kind].letter)
