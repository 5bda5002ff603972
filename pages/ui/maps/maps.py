"""Draws maps without tiles, token or outside request: the scope's child areas, or its grids, coloured by a number.

Colour is never the only sign: the polygon has a symbol, and the tooltip and the legend have the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pydeck as pdk
import streamlit as st

from pages.internals.drawing import Deck
from pages.server.delivery import map_features
from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name, short_name, spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.panels import panels
from pages.ui.kit.targets import Targets
from pages.ui.maps import container_width, geometry, hatching, labels, static_map, venues
from pages.ui.maps.geometry import Shape, View
from pages.ui.maps.labels import Label
from pages.ui.maps.scale import Scale, legend
from pages.ui.maps.venues import Venues
from pages.ui.shell import current_user, page_scope, selection
from pages.ui.theme.colours import rgb
from pages.ui.theme.theme import FONT, Palette, enlargement, palette
from sql import query
from sql.semantic.metrics import Metric
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope

# The wheel scrolls the page, and north stays up.
_CONTROLLER = {"scrollZoom": False, "dragRotate": False, "touchRotate": False}
# A polygon smaller than this many pixels is hard to hit.
_DOT_BELOW = 48
# Width in pixels that a static map is laid out for; it is then scaled to the screen.
_STATIC_WIDTH = 900


@dataclass(frozen=True)
class MapItem:
    """Describes one polygon: its code, its label and colour, the lines and the heading of its tooltip, and if it is
    hatched."""

    code: str
    label: Label
    tooltip: tuple[str, ...]
    name: str
    is_hatched: bool = False

    @property
    def fill(self) -> str:
        return self.label.fill


def by_area(scope: Scope, metric: Metric, key: str, with_venues: bool = False) -> None:
    """Draws a panel with the scope's child areas, coloured by the metric; a click opens an area.

    In a community it draws the grids, where the metric has the dimension `grid`, else the community alone.
    `with_venues` adds the choice of venue kinds to draw on the map.
    """
    rows = with_status(_rows(scope, metric), metric)
    by = (scope.child_level,) if scope.child_level else ()
    hint = _("点击进入") if scope.child_level else ""
    with panels.panel(headline(rows, metric), panels.subtitle(metric, scope, hint), metric, scope, rows, by, key):
        scale = Scale.of(rows, metric, palette())
        items = [_item(row, metric, scale) for row in rows.iter_rows(named=True)]
        map_venues = venues.choose(scope, key) if with_venues else None
        draw(scope, items, key, alt=_("{metric}的地图").format(metric=texts.of(metric.title)), map_venues=map_venues)
        st.html(scale.legend())


def headline(rows: pl.DataFrame, metric: Metric) -> str:
    """Returns the title of a map: the areas furthest from the standard, or those with the most and the least."""
    known_rows = rows.filter(pl.col("value").is_not_null())
    if known_rows.is_empty():
        return status.word("held") if (rows["status"] == "held").any() else _("没有数据")
    if known_rows.height == 1:
        value = texts.amount(known_rows["value"][0], metric)
        return _("{area} {value}").format(area=spoken_name(known_rows["name"][0]), value=value)
    distance = (pl.col("value") - pl.col("standard")).abs()
    below = known_rows.filter(pl.col("status") == "below").sort(distance, "code")
    met_standard = known_rows.filter(pl.col("status") == "on_target")
    if below.is_empty() and met_standard.is_empty():
        sorted_rows = known_rows.sort("value", "code")
        if sorted_rows["value"][0] == sorted_rows["value"][-1]:
            value = texts.amount(sorted_rows["value"][0], metric)
            return _("{area} {value}").format(area=texts.of(metric.short_title), value=value)
        return _("{most}最多，{least}最少").format(
            most=spoken_name(sorted_rows["name"][-1]), least=spoken_name(sorted_rows["name"][0])
        )
    if below.is_empty():
        return _("全部达标")
    worst_names = texts.join_words([spoken_name(name) for name in below["name"].tail(2).reverse()])
    if met_standard.height == 1:
        return _("{worst}差距最大，只有{met}达标").format(worst=worst_names, met=spoken_name(met_standard["name"][0]))
    return _("{worst}差距最大").format(worst=worst_names)


def _rows(scope: Scope, metric: Metric) -> pl.DataFrame:
    """Returns the metric's rows with the columns `code` and `name`."""
    level = scope.child_level
    if level is not None:
        return metric.rows(scope, by=level).rename({level: "code", f"{level}_name": "name"})
    if "grid" in metric.dimensions:
        names = query("grids_at_month_end", scope).select(code="grid", name="grid_name")
        return metric.rows(scope, by="grid").rename({"grid": "code"}).join(names, on="code", how="inner")
    return metric.rows(scope).with_columns(code=pl.lit(scope.area_code), name=pl.lit(scope.area.name))


def _item(row: dict, metric: Metric, scale: Scale) -> MapItem:
    symbol = status.SYMBOLS[row["status"]]
    tooltip = [f"{texts.of(metric.title)} {texts.amount(row['value'], metric)}"]
    if row["status"] in ("on_target", "below"):
        tooltip.append(" · ".join(filter(None, (status.label(row["status"]), Targets.of_row(metric, row).text()))))
    elif row["status"] == "none" and row["recommended"] is not None:
        tooltip.append(Targets.of_row(metric, row).text())
    elif row["status"] in ("no_data", "held"):
        tooltip = [status.label(row["status"])]
    value_text = "" if row["value"] is None else texts.number(row["value"], metric.decimals)
    fill = scale.fill(row["value"], row["standard"], row["status"])
    label = Label(short_name(row["name"]), f"{symbol} {value_text}".strip(), symbol, fill)
    return MapItem(row["code"], label, tuple(tooltip), full_name(row["name"]), row["status"] == "held")


def draw(scope: Scope, items: Sequence[MapItem], key: str, alt: str, map_venues: Venues | None = None) -> None:
    """Draws the polygons on a transparent background and the venues on them; a click on a child area opens it."""
    if not items:
        st.info(_("这个范围没有可以画的区划或网格。补上 行政区划 和 网格 两张表后会显示在这里。"))
        return
    shapes = geometry.shapes(scope, [item.code for item in items])
    has_dots = scope.child_level == "place"
    if enlargement() != 1:
        _draw_static(items, shapes, has_dots, alt)
        return
    _draw_interactive(scope, items, shapes, has_dots, key, alt, map_venues)


# A fragment, so that the width, reported after the first run, redraws only the map: redrawing the page could undo a
# click on a link that a quick user had made meanwhile.
@st.fragment
def _draw_interactive(
    scope: Scope,
    items: Sequence[MapItem],
    shapes: dict[str, Shape],
    has_dots: bool,
    key: str,
    alt: str,
    map_venues: Venues | None,
) -> None:
    """Draws the map so that it can be moved and clicked."""
    if current_user.area() != scope.version.area:
        # The user's area has changed since the page was drawn.
        st.rerun()
    child_codes = {area.code for area in scope.children()}
    # Each area has its own widget, so that a selection does not carry over to the next map.
    widget = f"{key}_{scope.area_code or 'all'}"
    with st.container(gap=None):
        # Labels beside dots need more space than the dots.
        label_space = 2 * labels.BESIDE_WIDTH if has_dots else 0
        width = container_width.measure(key)
        view = geometry.fit([shape.bounds for shape in shapes.values()], width, label_space)
        if not has_dots and geometry.is_dust(shapes.values(), view):
            shapes = geometry.tiles(shapes)
            view = geometry.fit([shape.bounds for shape in shapes.values()], width)
        polygon_bounds = [shape.bounds for shape in shapes.values() if not shape.is_tile]
        # The squares are not at the venues' locations.
        marker_layers = venues.layers(map_venues, shapes, view, palette()) if map_venues and polygon_bounds else []
        st.pydeck_chart(
            _deck(items, shapes, view, palette(), has_dots, marker_layers),
            height=view.height,
            key=widget,
            alt=alt,
            on_select=(lambda: _open_area(widget)) if child_codes.issuperset(shapes) else "ignore",
        )
    tile_count = sum(shape.is_tile for shape in shapes.values())
    if tile_count:
        st.caption(_("{count} 个没有边界或相距太远，以方格示意，一格一个。").format(count=tile_count))
    if marker_layers and map_venues:
        st.html(legend(venues.legend(map_venues), palette()))
    if map_venues and (missing := venues.caption(map_venues, polygon_bounds)):
        st.caption(missing)


def _open_area(widget: str) -> None:
    for code in selection.codes(widget)[:1]:
        page_scope.go_to_area(code)
        # Reruns the whole page, not only the map.
        st.rerun()


def _deck(
    items: Sequence[MapItem],
    shapes: dict[str, Shape],
    view: View,
    colours: Palette,
    has_dots: bool,
    marker_layers: Sequence[pdk.Layer] = (),
) -> pdk.Deck:
    names, values = _labels(items, shapes, view, colours, has_dots)
    layers = [
        _polygons(items, shapes, view, colours),
        _hatches(items, shapes, view, colours),
        _dots(_small(items, shapes, view, has_dots), shapes, colours),
        _texts("names", names, 400),
        _texts("values", values, 700),
        *marker_layers,
    ]
    return Deck(
        layers,
        views=[pdk.View(type="MapView", controller=_CONTROLLER)],
        initial_view_state=pdk.ViewState(
            longitude=view.lon, latitude=view.lat, zoom=view.zoom, min_zoom=view.zoom - 1, max_zoom=view.zoom + 5
        ),
        map_provider=None,
        tooltip={
            "html": "<b>{name}</b><br>{tooltip}",
            "style": {
                "backgroundColor": colours.ground,
                "color": colours.text,
                "border": f"1px solid {colours.context}",
                "borderRadius": "6px",
                "fontFamily": FONT,
                "fontSize": "13px",
                "whiteSpace": "pre-line",
            },
        },
    )


def _labels(
    items: Sequence[MapItem], shapes: dict[str, Shape], view: View, colours: Palette, has_dots: bool
) -> tuple[list[dict], list[dict]]:
    """Returns rows of names and of values: inside their polygons, and beside those of areas too small for them."""
    pairs = [(item.label, shapes[item.code]) for item in items]
    outside_pairs = [pair for pair in pairs if has_dots and not labels.fits(*pair, view)]
    names, values = labels.place_inside([pair for pair in pairs if pair not in outside_pairs], view)
    names_beside, values_beside = labels.place_beside(outside_pairs, view, colours.text)
    return names + names_beside, values + values_beside


def _small(items: Sequence[MapItem], shapes: dict[str, Shape], view: View, has_dots: bool) -> list[MapItem]:
    return [item for item in items if has_dots and max(view.size(shapes[item.code].bounds)) < _DOT_BELOW]


def _draw_static(items: Sequence[MapItem], shapes: dict[str, Shape], has_dots: bool, alt: str) -> None:
    """Draws the map as a static image."""
    view = geometry.fit(
        [shape.bounds for shape in shapes.values()], _STATIC_WIDTH, 2 * labels.BESIDE_WIDTH if has_dots else 0
    )
    names, values = _labels(items, shapes, view, palette(), has_dots)
    st.html(
        static_map.image(
            {item.code: item.fill for item in items},
            [line for item in items if item.is_hatched for line in hatching.lines(shapes[item.code], view)],
            shapes,
            view,
            palette(),
            [item.code for item in _small(items, shapes, view, has_dots)],
            [*((row, 400) for row in names), *((row, 700) for row in values)],
            alt,
        )
    )


def _polygons(items: Sequence[MapItem], shapes: dict[str, Shape], view: View, colours: Palette) -> pdk.Layer:
    features = [
        {"type": "Feature", "geometry": geometry.simplify(shapes[item.code], view), "properties": _properties(item)}
        for item in items
    ]
    return pdk.Layer(
        "GeoJsonLayer",
        map_features.add(features, current_user.area()),
        id="areas",
        pickable=True,
        get_fill_color="properties.fill",
        get_line_color=rgb(colours.border),
        get_line_width=1.2,
        line_width_units=pdk.types.String("pixels"),
        line_joint_rounded=True,
        auto_highlight=True,
        highlight_color=[*rgb(colours.text), 40],
    )


def _hatches(items: Sequence[MapItem], shapes: dict[str, Shape], view: View, colours: Palette) -> pdk.Layer:
    """Returns a layer of lines over the hatched polygons."""
    rows = [{"path": line} for item in items if item.is_hatched for line in hatching.lines(shapes[item.code], view)]
    return pdk.Layer(
        "PathLayer",
        rows,
        id="hatches",
        pickable=False,
        get_path="path",
        get_color=rgb(colours.muted),
        get_width=1.2,
        width_units=pdk.types.String("pixels"),
    )


def _dots(items: Sequence[MapItem], shapes: dict[str, Shape], colours: Palette) -> pdk.Layer:
    """Returns a layer of dots for polygons too small to see or click, such as those of distant areas."""
    rows = [{"position": list(shapes[item.code].point), **_properties(item)} for item in items]
    return pdk.Layer(
        "ScatterplotLayer",
        rows,
        id="places",
        pickable=True,
        get_position="position",
        get_fill_color="fill",
        get_radius=8,
        radius_units=pdk.types.String("pixels"),
        stroked=True,
        get_line_color=rgb(colours.text),
        line_width_units=pdk.types.String("pixels"),
        get_line_width=1.5,
        auto_highlight=True,
    )


def _properties(item: MapItem) -> dict[str, object]:
    return {"code": item.code, "name": item.name, "tooltip": "\n".join(item.tooltip), "fill": rgb(item.fill)}


def _texts(name: str, rows: list[dict], weight: int) -> pdk.Layer:
    characters = "".join(sorted({character for row in rows for character in row["text"]}))
    return pdk.Layer(
        "TextLayer",
        rows,
        id=name,
        pickable=False,
        get_position="position",
        get_text="text",
        get_color="colour",
        font_settings={"fontSize": 28},
        get_pixel_offset="offset",
        get_text_anchor="anchor",
        get_size="size",
        font_family=pdk.types.String(FONT),
        font_weight=weight,
        character_set=pdk.types.String(characters),
    )
