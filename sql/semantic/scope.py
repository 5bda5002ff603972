"""What is asked about: one version, an area, a period and filters. Everything a page shows is asked with one of
these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from sql.errors import InputError
from sql.semantic.periods import Period
from sql.warehouse import Version

LEVELS = ("province", "city", "county", "street", "community")


@dataclass(frozen=True)
class Area:
    """One row of intermediate.area_paths, and its children's codes. `code` None is the root: all places."""

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
    """Every area of the version by its code, in the order of codes; None is the root."""
    rows = version.rows("select * from intermediate.area_paths order by area_code")
    children: dict[str | None, list[str]] = {}
    for row in rows.iter_rows(named=True):
        children.setdefault(row["parent_code"], []).append(row["area_code"])
    everything = {
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
    counties = sum(area.level == "county" for area in everything.values())
    root = Area(None, "", "root", None, None, False, counties, None, tuple(children.get(None, ())))
    return {None: root, **everything}


@dataclass(frozen=True)
class Scope:
    """An area (None: all places), a period and filters, in one version of the warehouse."""

    version: Version
    area_code: str | None
    period: Period
    where: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.area_code not in areas(self.version):
            raise InputError(
                f"没有代码为 {self.area_code!r} 的区划；python -m etl metric --help 说明如何指定区域",
                f"there is no area with the code {self.area_code!r}; give an area_code of the areas file",
            )

    @property
    def area(self) -> Area:
        return areas(self.version)[self.area_code]

    @property
    def path(self) -> list[Area]:
        """From the root, or from the area that is all that is seen of the version, to the area itself."""
        tree, steps = areas(self.version), [self.area]
        while steps[-1].code != self.version.area and steps[-1].code is not None:
            steps.append(tree[steps[-1].parent])
        return steps[::-1]

    @property
    def child_level(self) -> str | None:
        """The dimension one step down: `place` where this area only leads to places, else the level below.

        None in a community: below it there are only grids.
        """
        if not self.area.is_whole:
            return "place"
        tree = areas(self.version)
        return tree[self.area.children[0]].level if self.area.children else None

    @property
    def ancestors(self) -> dict[str, str]:
        """Returns the names of the area and of all above it by code, the nearest first: also of those above what is
        seen of the version."""
        return dict(
            self.version.rows(
                "select ancestors.ancestor_code, areas.area_name from intermediate.area_ancestors as ancestors "
                "inner join staging.areas as areas on ancestors.ancestor_code = areas.area_code "
                "where ancestors.area_code = $area order by ancestors.distance",
                {"area": self.area_code},
            ).iter_rows()
        )

    def children(self) -> list[Area]:
        """The areas one step down, as `child_level` has them."""
        tree = areas(self.version)
        if self.child_level is None:
            return []
        return [tree[code] for code in self.members(self.child_level)[self.child_level]]

    def map_approvals(self) -> list[str]:
        """审图号 of the areas that the scope's maps may draw: those above it, itself and those below it."""
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
        """The areas of a level inside this one, or the one it lies in: columns `<level>` (code) and `<level>_name`,
        ordered by code."""
        rows = self.version.rows("select * from intermediate.area_paths")
        names = rows.select(pl.col("area_code").alias(level), pl.col("area_name").alias(f"{level}_name"))
        if self.area_code is not None:
            rows = rows.filter(pl.col(self.area.level) == self.area_code)
        return rows.select(pl.col(level).unique().drop_nulls()).join(names, on=level).sort(level)

    @property
    def with_rounding(self) -> Scope:
        """The same question, answered with counts of people rounded, as what leaves the office tells them."""
        return replace(self, version=self.version.with_rounding)

    def with_area(self, area_code: str | None) -> Scope:
        """The same question about another area."""
        return replace(self, area_code=area_code)

    def with_filters(self, *where: tuple[str, str]) -> Scope:
        """The same question about what has these values; without any, about everything."""
        return replace(self, where=where)

    def with_period(self, period: Period) -> Scope:
        """The same question about another period."""
        return replace(self, period=period)
