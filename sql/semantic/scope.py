"""Describes the scope of a query: one version, an area, a period and filters. Everything on a page is queried with
one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from sql.errors import InputError
from sql.semantic.periods import Period
from sql.warehouse import Version


@dataclass(frozen=True)
class Area:
    """Holds one row of intermediate.area_paths and its children's codes. `code` None is the root: all pilot areas."""

    code: str | None
    name: str
    level: str
    parent: str | None
    place: str | None
    is_whole: bool
    counties: int
    map_approval_no: str | None
    children: tuple[str, ...]


@lru_cache(maxsize=64)
def areas(version: Version) -> dict[str | None, Area]:
    """Returns every area of the version by its code, sorted by code; None is the root."""
    rows = version.rows("select * from intermediate.area_paths order by area_code")
    children: dict[str | None, list[str]] = {}
    for row in rows.iter_rows(named=True):
        children.setdefault(row["parent_code"], []).append(row["area_code"])
    areas_by_code = {
        row["area_code"]: Area(
            row["area_code"],
            row["area_name"],
            row["level"],
            row["parent_code"],
            row["place"],
            row["is_whole"],
            row["counties"],
            row["map_approval_no"],
            tuple(children.get(row["area_code"], ())),
        )
        for row in rows.iter_rows(named=True)
    }
    counties = sum(area.level == "county" for area in areas_by_code.values())
    root = Area(None, "", "root", None, None, False, counties, None, tuple(children.get(None, ())))
    return {None: root, **areas_by_code}


@dataclass(frozen=True)
class Scope:
    """Holds an area (None: all pilot areas), a period and filters, in one version of the warehouse."""

    version: Version
    area_code: str | None
    period: Period
    where: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.area_code not in areas(self.version):
            raise InputError(
                f"没有代码为 {self.area_code!r} 的区划；python -m etl metric --help 说明如何指定区域",
                f"there is no area with the code {self.area_code!r}; use an area_code from the areas file",
            )

    @property
    def area(self) -> Area:
        return areas(self.version)[self.area_code]

    @property
    def path(self) -> list[Area]:
        """Returns the areas from the root, or from the area that the version is restricted to, down to this one."""
        tree, steps = areas(self.version), [self.area]
        while steps[-1].code != self.version.area and steps[-1].code is not None:
            steps.append(tree[steps[-1].parent])
        return steps[::-1]

    @property
    def child_level(self) -> str | None:
        """Returns the dimension one step down: `place` if this area only contains pilot areas, else the level below.

        None for a community, which contains only grids.
        """
        if not self.area.is_whole:
            return "place"
        tree = areas(self.version)
        return tree[self.area.children[0]].level if self.area.children else None

    @property
    def ancestors(self) -> dict[str, str]:
        """Returns the names of the area and of all areas above it by code, nearest first, including those above the
        area that the version is restricted to."""
        return dict(
            self.version.rows(
                "select ancestors.ancestor_code, areas.area_name from intermediate.area_ancestors as ancestors "
                "inner join staging.areas as areas on ancestors.ancestor_code = areas.area_code "
                "where ancestors.area_code = $area order by ancestors.distance",
                {"area": self.area_code},
            ).iter_rows()
        )

    def children(self) -> list[Area]:
        """Returns the areas one step down, at `child_level`."""
        tree = areas(self.version)
        if self.child_level is None:
            return []
        return [tree[code] for code in self.members(self.child_level)[self.child_level]]

    def map_approvals(self) -> list[str]:
        """Returns the map approval numbers (审图号) of all areas that the scope's maps may draw: those above it, it
        and those below it."""
        above = {area.code for area in self.path}
        approved = [(area, area.map_approval_no) for area in areas(self.version).values() if area.map_approval_no]
        return sorted(
            {
                number
                for area, number in approved
                if area.code in above or self.area_code in {step.code for step in self.with_area(area.code).path}
            }
        )

    def members(self, level: str) -> pl.DataFrame:
        """Returns the areas of a level inside this one, or the one that contains it: columns `<level>` (code) and
        `<level>_name`, sorted by code."""
        rows = self.version.rows("select * from intermediate.area_paths")
        names = rows.select(pl.col("area_code").alias(level), pl.col("area_name").alias(f"{level}_name"))
        if self.area_code is not None:
            rows = rows.filter(pl.col(self.area.level) == self.area_code)
        return rows.select(pl.col(level).unique().drop_nulls()).join(names, on=level).sort(level)

    @property
    def with_rounding(self) -> Scope:
        """Returns the scope with counts of people rounded, as in everything that leaves the office."""
        return replace(self, version=self.version.with_rounding)

    def with_area(self, area_code: str | None) -> Scope:
        """Returns the scope for another area."""
        return replace(self, area_code=area_code)

    def with_filters(self, *where: tuple[str, str]) -> Scope:
        """Returns the scope with these filters in place of its own; without arguments, unfiltered."""
        return replace(self, where=where)

    def with_period(self, period: Period) -> Scope:
        """Returns the scope for another period."""
        return replace(self, period=period)
