"""Draws grids with and without a leader: the headline, the map and the table."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name, whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.panels import panels
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.kit.targets import judged
from pages.ui.maps import maps, venues
from pages.ui.maps.labels import Label
from pages.ui.maps.maps import MapItem
from pages.ui.maps.scale import legend, swatch
from pages.ui.theme.colours import mix
from pages.ui.theme.theme import palette
from sql import metric, query
from sql.files.sql_file import Text
from sql.security.release import Frame
from sql.semantic.scope import Scope

# Above this number of polygons a browser takes too long.
_MAX_GRIDS = 5_000
_TYPES = {
    "residential": Text("居民网格", "Residential"),
    "business": Text("商圈网格", "Business"),
    "special": Text("专属网格", "Special"),
}


def headline(scope: Scope) -> str:
    """Returns the page's headline: how many grids have no leader, and where there are most."""
    leaderless = metric("grids_without_leader", scope.version)
    grids = metric("grids", scope.version).value(scope)
    leaderless_row = leaderless.rows(scope).row(0, named=True)
    leaderless_count = leaderless_row["value"]
    subject = whole_name(scope)
    if not grids:
        return _("{who}还没有网格数据。").format(who=subject)
    sentence = _("{who}的 {grids} 个网格").format(who=subject, grids=texts.number(grids))
    if leaderless_count is None:
        return sentence + _("，还没有网格任职数据。")
    if leaderless_count == 0:
        return sentence + _("，{verdict}。").format(verdict=judged(_("每个都有网格长"), leaderless, leaderless_row))
    verdict = _("{count} 个没有网格长").format(count=texts.number(leaderless_count))
    sentence += _("中 {verdict}").format(verdict=judged(verdict, leaderless, leaderless_row))
    if scope.child_level is None:
        return sentence + _("。")
    rows = leaderless.rows(scope, by=scope.child_level)
    leading_areas = rows.filter(pl.col("value") == pl.col("value").max())
    if rows.height == 1 or leading_areas.height > 2:
        return sentence + _("。")
    areas = texts.join_words([spoken_name(name) for name in leading_areas[f"{scope.child_level}_name"]])
    return sentence + _("，{areas}最多（{count} 个）。").format(
        areas=areas, count=texts.number(leading_areas["value"][0])
    )


def can_draw(scope: Scope) -> bool:
    """Returns whether the scope's grids are few enough, and close enough together, for a map."""
    is_near = scope.area.level in ("county", "street", "community")
    return is_near and (metric("grids", scope.version).value(scope) or 0) <= _MAX_GRIDS


def panel(scope: Scope, key: str, has_choice: bool = True) -> None:
    """Draws the map of the grids, those without a leader marked, with households and members in the tooltip.

    The venues that the URL names are drawn on it; `has_choice` adds the choice of their kinds.
    """
    rows = query("grids_at_month_end", scope)
    leaderless = metric("grids_without_leader", scope.version)
    # Rows are sorted worst first: the first row without a leader has the most households.
    first_leaderless = rows.filter(~pl.col("has_leader")).head(1)
    fallback_title = _("每个网格都有网格长") if rows["has_leader"].any() else _("没有网格任职数据")
    title = (
        fallback_title
        if first_leaderless.is_empty()
        else _("没有网格长的网格里，{grid}户数最多：{households} 户").format(
            grid=_grid_name(first_leaderless.row(0, named=True)),
            households=texts.number(first_leaderless["households"][0]),
        )
    )
    subtitle = panels.subtitle(leaderless, scope, _("每个多边形是一个网格"))
    with panels.panel(title, subtitle, leaderless, scope, rows, ("grid",), key):
        # Sorted by code, which keeps a community's grids together where they are drawn as squares.
        colours = _fills()
        items = [_item(row, scope, colours) for row in rows.sort("grid").iter_rows(named=True)]
        map_venues = venues.choose(scope, key) if has_choice else venues.read_venues(scope)
        maps.draw(scope, items, key, alt=_("网格长的地图"), map_venues=map_venues)
        words = {"below": _("无网格长"), "on_target": _("有网格长"), "no_data": _("没有网格任职数据")}
        states = {_state(has_leader) for has_leader in rows["has_leader"].unique()}
        parts = [
            f"{swatch(colours[state])} {status.SYMBOLS[state]} {word}"
            for state, word in words.items()
            if state in states
        ]
        st.html(legend(parts, palette()))


def table(scope: Scope, key: str) -> None:
    """Draws every grid of the scope, those without a leader first, with a download of exactly these rows."""
    rows = _list_rows(scope)
    columns: Columns = {
        "community_name": _("社区"),
        "grid_name": _("网格"),
        "leader": _("网格长"),
        "grid_type": _("性质"),
        "households": Column(_("户数"), decimals=0),
        "members": Column(_("网格员（人）"), decimals=0),
    }

    with st.container(border=True, gap="xsmall", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("## " + _("网格清单"), width="stretch")
            exports.download_buttons(
                Frame(lambda policy: _list_rows(policy.view(scope))),
                f"grids_{scope.area_code or 'all'}_{scope.period}",
                key,
            )
        data_table.draw(rows, columns, f"{key}_{scope.area_code}", _("网格清单"))


def _list_rows(scope: Scope) -> pl.DataFrame:
    """Returns the grids for the list, with their types and whether they have a leader in words."""
    return (
        query("grids_at_month_end", scope)
        .with_columns(
            pl.col("grid_type").cast(pl.String).replace({name: texts.of(word) for name, word in _TYPES.items()}),
            leader=pl.col("has_leader").replace_strict(
                {True: _("● 有"), False: _("▼ 无"), None: _("○ 无数据")}, return_dtype=pl.String
            ),
        )
        .select("grid", "community_name", "grid_name", "leader", "grid_type", "households", "members")
    )


def _item(row: dict, scope: Scope, colours: dict[str, str]) -> MapItem:
    state = _state(row["has_leader"])
    symbol = status.SYMBOLS[state]
    name = row["grid_name"] if scope.area.level == "community" else _grid_name(row)
    households = _("{count} 户").format(count=texts.number(row["households"]))
    state_text = {
        "below": _("▼ 无网格长"),
        "on_target": _("● 有网格长，每名 {count} 户").format(count=texts.number(row["households_per_leader"])),
        "no_data": _("○ 没有网格任职数据"),
    }[state]
    kind = texts.of(_TYPES[row["grid_type"]])
    # Where text does not fit, only the grids without a leader are marked: hundreds of dots would hide them.
    symbol_alone = "" if state == "on_target" else symbol
    label = Label(row["grid_name"], f"{symbol} {households}", symbol_alone, colours[state])
    members = _("网格员 {count} 人").format(count=texts.number(row["members"]))
    return MapItem(row["grid"], label, (state_text, f"{kind} · {households} · {members}"), name)


def _grid_name(row: dict) -> str:
    """Returns a grid's name behind its community's; a grid keeps its Chinese name in English."""
    between = "" if texts.language() == "zh" else " "
    return f"{spoken_name(row['community_name'])}{between}{row['grid_name']}"


def _state(has_leader: bool | None) -> status.Status:
    return "no_data" if has_leader is None else "on_target" if has_leader else "below"


def _fills() -> dict[str, str]:
    colours = palette()
    below, middle, above = colours.diverging
    # The many with a leader stay pale, so that the few without stand out.
    return {"below": below, "on_target": mix(middle, above, 0.4), "no_data": colours.no_data}
