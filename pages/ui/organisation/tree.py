"""The five tiers as one tree: committees area by area, then what stands below the lowest of them."""

from __future__ import annotations

import polars as pl

from pages.ui import charts
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, short_name
from pages.ui.i18n.phrases import area_count
from pages.ui.i18n.texts import _
from sql import metric, query
from sql.semantic.scope import Scope

# Above a county its communities would be too many to read: there the streets are the lowest.
_LEVELS = {"county": ("county", "street", "community"), "street": ("street", "community"), "community": ("community",)}
_ABOVE = ("county", "street")
# The streets without an urban community, together.
_RURAL = "rural"


def panel(scope: Scope, key: str) -> None:
    """The tree of the scope; every area of the lowest level is one line of it, whatever stands below it."""
    levels = _LEVELS.get(scope.area.level, _ABOVE)
    nodes = query("organisation_tree", scope.with_filters(), levels=levels)
    asked = metric("focal_households", scope.version)
    note = _("从左到右：党委（党工委）、社区党组织、党支部、党员中心户")
    charts.icicle(scope, asked, _rows(scope, nodes, levels), headline(nodes, levels), key, note)


def headline(nodes: pl.DataFrame, levels: tuple[str, ...]) -> str:
    """How many of the lowest areas that have communities have no branch, or no focal household."""
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
    """What the picture takes of the nodes. The scope itself stands at the top; the streets of a county that have no
    urban community share one place, of two lines."""
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
    for (parent,), rural in nodes.filter(is_rural).group_by("parent", maintain_order=True):
        names = [short_name(name) for name in rural["area_name"]]
        rows.append(
            {
                "id": f"{parent or top}:{_RURAL}",
                "parent": parent or top,
                "count": rural.height,
                "name": _("{count} 个街道乡镇").format(count=texts.number(rural.height)),
                "note": _("没有城市社区") + "：" + texts.join_words(names),
                "state": "no_data",
                "lines": 2,
            }
        )
    if rows and rows[0]["id"] != top:
        below = nodes.filter(pl.col("parent").is_null())["count"].sum()
        rows.insert(
            0,
            {
                "id": top,
                "parent": None,
                "name": area_name(scope.area),
                "count": below,
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
    """below where an area lacks what should stand below it, else none."""
    is_bare = node["tier"] in levels and not (node["branches"] and node["focal_households"])
    return "below" if is_bare else "none"


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
    return _("{branches} 支部 · {households} 户").format(
        branches=texts.number(node["branches"]), households=texts.number(node["focal_households"])
    )
