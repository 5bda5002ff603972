"""Draws the five tiers of the organisation as one tree: committees by area, then what the lowest area contains."""

from __future__ import annotations

import polars as pl

from pages.ui import charts
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, short_name
from pages.ui.i18n.phrases import area_count
from pages.ui.i18n.texts import _
from sql import metric, query
from sql.semantic.scope import Scope

# Above a county there are too many communities to read, so streets are the lowest level.
_LEVELS = {"county": ("county", "street", "community"), "street": ("street", "community"), "community": ("community",)}
_LEVELS_ABOVE_COUNTY = ("county", "street")
# Id suffix of the part that combines the streets without an urban community.
_RURAL = "rural"


def panel(scope: Scope, key: str) -> None:
    """Draws the scope's tree. Every area of the lowest level takes one line, whatever it contains."""
    levels = _LEVELS.get(scope.area.level, _LEVELS_ABOVE_COUNTY)
    nodes = query("organisation_tree", scope.with_filters(), levels=levels)
    focal_households = metric("focal_households", scope.version)
    note = _("从左到右：党委（党工委）、社区党组织、党支部、党员中心户")
    charts.icicle(scope, focal_households, _rows(scope, nodes, levels), headline(nodes, levels), key, note)


def headline(nodes: pl.DataFrame, levels: tuple[str, ...]) -> str:
    """Returns how many of the lowest areas with communities have no branch, or no focal household."""
    lowest = nodes.filter((pl.col("tier") == levels[-1]) & (pl.col("communities") > 0))
    if lowest.is_empty():
        return _("没有数据")
    areas = area_count(levels[-1], lowest.height)
    without_branch = lowest.filter(pl.col("branches") == 0).height
    without_household = lowest.filter(pl.col("focal_households") == 0).height
    if without_branch:
        return _("{areas}中 {count} 个没有党支部").format(areas=areas, count=without_branch)
    if without_household:
        return _("{areas}中 {count} 个没有党员中心户").format(areas=areas, count=without_household)
    return _("{areas}都有党支部和党员中心户").format(areas=areas)


def _rows(scope: Scope, nodes: pl.DataFrame, levels: tuple[str, ...]) -> pl.DataFrame:
    """Returns the rows of the chart. The scope is at the top; a county's streets without an urban community share one
    part of two lines."""
    top = scope.area_code or "all"
    is_rural = (pl.col("tier") == "street") & (pl.col("communities") == 0) & (pl.col("id") != top)
    rows = [
        {
            "id": node["id"],
            "parent": None if node["id"] == top else node["parent"] or top,
            "name": _name(node),
            "count": node["count"],
            "note": _note(node, levels),
            "state": _state(node, levels),
            "lines": 1,
        }
        for node in nodes.filter(~is_rural).iter_rows(named=True)
    ]
    for (parent,), rural_streets in nodes.filter(is_rural).group_by("parent", maintain_order=True):
        names = [short_name(name) for name in rural_streets["area_name"]]
        rows.append(
            {
                "id": f"{parent or top}:{_RURAL}",
                "parent": parent or top,
                "count": rural_streets.height,
                "name": _("{count} 个街道乡镇").format(count=texts.number(rural_streets.height)),
                "note": _("没有城市社区") + "：" + texts.join_words(names),
                "state": "no_data",
                "lines": 2,
            }
        )
    if rows and rows[0]["id"] != top:
        total = nodes.filter(pl.col("parent").is_null())["count"].sum()
        rows.insert(
            0,
            {
                "id": top,
                "parent": None,
                "name": area_name(scope.area),
                "count": total,
                "note": "",
                "state": "none",
                "lines": 1,
            },
        )
    schema = {
        "id": pl.String,
        "parent": pl.String,
        "name": pl.String,
        "count": pl.Int64,
        "note": pl.String,
        "state": pl.String,
        "lines": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema)


def _name(node: dict) -> str:
    if node["tier"] == "branch":
        if not node["building_groups"]:
            return _("{count} 支部").format(count=texts.number(node["branches"]))
        return _("{count} 支部 · {groups} 小组").format(
            count=texts.number(node["branches"]), groups=texts.number(node["building_groups"])
        )
    if node["tier"] == "focal_household":
        return _("{count} 户").format(count=texts.number(node["focal_households"]))
    return short_name(node["area_name"])


def _state(node: dict, levels: tuple[str, ...]) -> str:
    """Returns `below` where an area lacks a branch or a focal household, else `none`."""
    is_incomplete = node["tier"] in levels and not (node["branches"] and node["focal_households"])
    return "below" if is_incomplete else "none"


def _note(node: dict, levels: tuple[str, ...]) -> str:
    """Returns an area's totals; for one of the lowest level only what it lacks."""
    if node["tier"] not in levels:
        return ""
    if not node["branches"]:
        return _("▼ 没有党支部")
    if not node["focal_households"]:
        return _("▼ 没有党员中心户")
    if node["tier"] == levels[-1]:
        return ""
    return _("{branches} 支部 · {households} 户").format(
        branches=texts.number(node["branches"]), households=texts.number(node["focal_households"])
    )
