"""Draws the venues of the service network on a map: the choice of kinds, their markers, and those that could not be
drawn."""

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
from sql.files.sql_file import Text
from sql.semantic.scope import Scope

PARAMETER = "places"
# Kinds shown by default, at levels where they can be told apart: in a county they would overlap.
_DEFAULT_KINDS = ("service_centre",)
_DEFAULT_LEVELS = ("street", "community")
# The URL's value where none is chosen.
NONE = "none"
# Letter sizes in pixels; above _MANY venues the letters are small.
_LARGE, _SMALL = 11, 9
_MANY = 120
# Approximate size of a mark in pixels; with more than _CROWDED venues per spot they are counted, not drawn.
_SPOT = 14
_CROWDED = 2.5
_LINE = 17


@dataclass(frozen=True)
class Marker:
    """Describes the mark of a kind: one letter on its own colour."""

    letter: Text
    colour: str


# In the order of the list beside the map. The letters can be told apart without colour.
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
    """Holds the venues of the chosen kinds, and the scope they were queried for."""

    rows: pl.DataFrame
    scope: Scope

    @property
    def with_coordinates(self) -> pl.DataFrame:
        """Returns the venues that have coordinates, in the order of MARKERS."""
        order = {kind: index for index, kind in enumerate(MARKERS)}
        rows = self.rows.drop_nulls(["lon", "lat"])
        return rows.sort(pl.col("kind").replace_strict(order, return_dtype=pl.Int64), "place_id")


def choose(scope: Scope, key: str) -> Venues:
    """Draws the choice of kinds, each with its mark and count, and returns the venues of the chosen ones."""
    counts = _counts(scope)
    if counts:
        requested = _requested_kinds(scope, counts)
        # As with the period, a link that changes the kinds makes a new widget.
        widget = f"{key}_kinds_{scope.area_code}_{'_'.join(requested)}"
        st.pills(
            _("阵地图层"),
            list(counts),
            default=requested,
            selection_mode="multi",
            key=widget,
            label_visibility="collapsed",
            format_func=lambda kind: (
                f"{_letter(kind)} {texts.escape_markdown(values.word('kind', kind))} {texts.number(counts[kind])}"
            ),
            on_change=_change,
            args=(widget, requested),
        )
    return read_venues(scope)


def read_venues(scope: Scope) -> Venues:
    """Returns the venues of the kinds in the URL, for a map beside the one with the choice."""
    kinds = tuple(sorted(_requested_kinds(scope, _counts(scope))))
    return Venues(query("places_on_map", scope.with_filters(), kinds=kinds), scope)


def _counts(scope: Scope) -> dict[str, float]:
    """Returns the number of open venues by kind, in the order of MARKERS, without empty kinds."""
    rows = metric("places", scope.version).rows(scope.with_filters(), by="kind")
    counts = dict(rows.select("kind", "value").iter_rows())
    return {kind: counts[kind] for kind in MARKERS if counts.get(kind)}


def _requested_kinds(scope: Scope, available: Iterable[str]) -> list[str]:
    parameter = st.query_params.get(PARAMETER)
    if parameter is None:
        requested: Iterable[str] = _DEFAULT_KINDS if scope.area.level in _DEFAULT_LEVELS else ()
    else:
        requested = parameter.split(",")
    return [kind for kind in available if kind in requested]


def _change(widget: str, requested: Sequence[str]) -> None:
    """Puts the kinds into the URL where they have changed: going back redraws the choice, which is no change."""
    chosen_kinds = selection.values(widget)
    if chosen_kinds is not None and set(chosen_kinds) != set(requested):
        page_scope.set_parameter(PARAMETER, _parameter_value(chosen_kinds))


def _parameter_value(kinds: Sequence[str]) -> str:
    return ",".join(kind for kind in MARKERS if kind in kinds) or NONE


def layers(venues: Venues, shapes: dict[str, Shape], view: View, colours: Palette) -> list[pdk.Layer]:
    """Returns a layer for every kind: its letter at each venue or, where they would overlap, with their count in each
    child area. A click on a mark acts like a click on the area below it."""
    rows = venues.with_coordinates
    if venues.scope.child_level and _crowding(rows, view) > _CROWDED:
        marks, size = _count_marks(rows, venues.scope, shapes), _LARGE
    else:
        marks, size = _single_marks(rows, venues.scope), _LARGE if rows.height <= _MANY else _SMALL
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
    """Returns the number of venues per occupied spot of a mark's size."""
    pixels = (view.pixels(lon, lat) for lon, lat in rows.select("lon", "lat").iter_rows())
    spots = {(x // _SPOT, y // _SPOT) for x, y in pixels}
    return rows.height / len(spots) if spots else 0


def _single_marks(rows: pl.DataFrame, scope: Scope) -> dict[str, list[dict]]:
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


def _count_marks(rows: pl.DataFrame, scope: Scope, shapes: dict[str, Shape]) -> dict[str, list[dict]]:
    """Returns one mark for each kind and child area: below the area's own label, else in the middle of its venues."""
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


def caption(venues: Venues, polygon_bounds: Sequence[Bounds]) -> str:
    """Returns which of the chosen venues are not drawn, and why; empty where all are.

    `polygon_bounds` are the bounds of the polygons drawn at their true location; empty where all are squares.
    """
    if venues.rows.is_empty():
        return ""
    if not polygon_bounds:
        return _("以方格示意的图上画不出阵地的位置。")
    parts = []
    if missing_count := venues.rows.height - venues.with_coordinates.height:
        parts.append(_("{count} 处没有经纬度，未画在图上。").format(count=texts.number(missing_count)))
    west, south, east, north = union(polygon_bounds)
    inside = venues.with_coordinates.filter(
        pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)
    )
    if outside_count := venues.with_coordinates.height - inside.height:
        parts.append(_("{count} 处的经纬度在图外，请核对 阵地 表。").format(count=texts.number(outside_count)))
    return "".join(parts)


def legend(venues: Venues) -> list[str]:
    """Returns the marks of the kinds drawn with their words, as HTML."""
    return [
        f"<span style='display:inline-block;padding:0 .2rem;border-radius:3px;font-weight:700;"
        f"color:{readable_on(MARKERS[kind].colour)};background:{MARKERS[kind].colour}'>{_letter(kind)}</span> "
        f"{values.word('kind', kind)}"
        for kind in venues.with_coordinates["kind"].unique(maintain_order=True)
    ]


def _letter(kind: str) -> str:
    return texts.of(MARKERS[kind].letter)
