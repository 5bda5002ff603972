"""The five tiers as one tree: committees area by area, then what stands below the lowest of them."""
from __future__ import annotations

import polars as pl

from pages.ui import charts, texts
from pages.ui.findings.words import areas_counted
from pages.ui.names import area_name, shortened
from pages.ui.texts import _
from sql import metric, query
from sql.scope import Scope

# Above a county its communities would be too many to read: there the streets are the lowest.
_LEVELS = {
    "county": ("county", "street", "community"), "street": ("street", "community"), "community": ("community",),
}
_ABOVE = ("county", "street")


def panel(at: Scope, key: str) -> None:
    """The tree of the scope; every area of the lowest level is one line of it, whatever stands below it."""
    levels = _LEVELS.get(at.area.level, _ABOVE)
    nodes = query("organisation_tree", at.filtered(), levels=levels)
    charts.icicle(
        at, metric("focal_households", at.version), _rows(at, nodes, levels), finding(nodes, levels), key,
        note=_("从左到右：党委（党工委）、社区党组织、党支部、党员中心户；每行一个最低一级的区划"),
    )


def finding(nodes: pl.DataFrame, levels: tuple[str, ...]) -> str:
    """How many of the lowest areas have no branch, or no focal household."""
    lowest = nodes.filter(pl.col("tier") == levels[-1])
    if lowest.is_empty():
        return _("没有数据")
    areas = areas_counted(levels[-1], lowest.height)
    bare = lowest.filter(pl.col("branches") == 0)
    unfinished = lowest.filter(pl.col("focal_households") == 0)
    for missing, words in ((bare, _("{areas}中 {count} 个没有党支部")), (unfinished, _("{areas}中 {count} 个没有党员中心户"))):
        if not missing.is_empty():
            return words.format(areas=areas, count=missing.height)
    return _("{areas}都有党支部和党员中心户").format(areas=areas)


def _rows(at: Scope, nodes: pl.DataFrame, levels: tuple[str, ...]) -> pl.DataFrame:
    """What the picture takes: id, parent, name, count, note. The scope itself stands at the top."""
    top = at.area_code or "all"
    rows = [
        {
            "id": node["id"], "parent": None if node["id"] == top else node["parent"] or top, "name": _name(node),
            "count": node["count"], "note": _note(node, levels),
        }
        for node in nodes.iter_rows(named=True)
    ]
    if rows and rows[0]["id"] != top:
        below = nodes.filter(pl.col("parent").is_null())["count"].sum()
        rows.insert(0, {"id": top, "parent": None, "name": area_name(at.area), "count": below, "note": ""})
    schema = {"id": pl.String, "parent": pl.String, "name": pl.String, "count": pl.Int64, "note": pl.String}
    return pl.DataFrame(rows, schema=schema)


def _name(node: dict) -> str:
    if node["tier"] == "branch":
        if not node["building_groups"]:
            return _("{count} 个党支部").format(count=texts.number(node["branches"]))
        return _("{count} 个党支部 · {groups} 个党小组").format(
            count=texts.number(node["branches"]), groups=texts.number(node["building_groups"])
        )
    if node["tier"] == "focal_household":
        return _("{count} 户党员中心户").format(count=texts.number(node["focal_households"]))
    return shortened(node["area_name"])


def _note(node: dict, levels: tuple[str, ...]) -> str:
    """Beside an area above the lowest, what it adds up to; beside one of the lowest, what is missing."""
    if node["tier"] not in levels:
        return ""
    if not node["branches"]:
        return _("▼ 没有党支部")
    if not node["focal_households"]:
        return _("▼ 没有党员中心户")
    if node["tier"] == levels[-1]:
        return ""
    return _("{branches} 个支部 · {households} 户").format(
        branches=texts.number(node["branches"]), households=texts.number(node["focal_households"])
    )
