"""Finds the areas whose numbers are held: most rows of a table that they count were sent back, or are suddenly gone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from sql.files.sql_file import Text
from sql.semantic.scope import areas
from sql.source_tables import SOURCE_TABLES
from sql.warehouse import Version

_MODEL = "intermediate/held_areas.sql"


@dataclass(frozen=True)
class HeldTable:
    """Describes a held table of a district, as one area sees it.

    `is_held` is true if the area's numbers are held with it; otherwise they are counted without the district. `reason`
    is `rejected` (rows_rejected of rows_read were sent back) or `fallen` (rows_now stand, of rows_before).
    """

    table: str
    district: str
    district_name: str
    is_held: bool
    reason: str
    rows_read: int
    rows_rejected: int
    rows_now: int
    rows_before: int | None

    def message(self, district_name: str) -> Text:
        """Returns why the table is held, with the district called by that name."""
        table = SOURCE_TABLES[self.table]
        if self.reason == "fallen":
            return Text(
                f"{district_name}的{table.zh}由 {self.rows_before:,} 行变为 {self.rows_now:,} 行",
                f"{table.en} of {district_name} fell from {self.rows_before:,} to {self.rows_now:,} rows",
            )
        return Text(
            f"{district_name}的{table.zh} {self.rows_read:,} 行退回 {self.rows_rejected:,} 行",
            f"{self.rows_rejected:,} of {self.rows_read:,} rows of {table.en} from {district_name} were rejected",
        )


def held_tables(version: Version, tables: frozenset[str], area_code: str | None) -> tuple[HeldTable, ...]:
    """Returns the held tables of the districts in an area (None: all areas), among the given source tables."""
    rows = _rows(version)
    if rows.is_empty():
        return ()
    code = area_code or version.area
    return tuple(
        HeldTable(
            row["table_name"],
            row["district"],
            row["district_name"],
            row["is_held"],
            row["reason"],
            row["rows_read"],
            row["rows_rejected"],
            row["rows_now"],
            row["rows_before"],
        )
        for row in rows.filter(pl.col("area_code").eq_missing(pl.lit(code, pl.String))).iter_rows(named=True)
        if row["table_name"] in tables
    )


@lru_cache(maxsize=1024)
def held_areas(version: Version, tables: frozenset[str]) -> frozenset[str]:
    """Returns the codes of the areas whose numbers that count one of these tables are held."""
    rows = _rows(version)
    if rows.is_empty():
        return frozenset()
    return frozenset(
        rows.filter(pl.col("is_held") & pl.col("table_name").is_in(list(tables)))["area_code"].drop_nulls()
    )


@lru_cache(maxsize=1024)
def left_out(version: Version, tables: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Returns the level and code of the topmost areas of every district that holds one of these tables: no number of an
    area above them counts them, neither above nor below the line."""
    rows = _rows(version)
    if rows.is_empty():
        return ()
    districts = set(rows.filter(pl.col("table_name").is_in(list(tables)))["district"])
    known = areas(version)
    return tuple(
        (known[code].level, code)
        for code, district, parent_district in _districts(version)
        if district in districts and parent_district != district
    )


@lru_cache(maxsize=64)
def _rows(version: Version) -> pl.DataFrame:
    # A version from before this model existed holds nothing.
    if version.sql_file(_MODEL) is None:
        return pl.DataFrame()
    return version.rows("select * from intermediate.held_areas order by table_name, district")


def _districts(version: Version) -> list[tuple[str, str | None, str | None]]:
    """Returns every area with its district and that of the area above it."""
    rows = version.rows(
        "select paths.area_code, paths.district, parents.district as parent_district "
        "from intermediate.area_paths as paths "
        "left join intermediate.area_paths as parents on paths.parent_code = parents.area_code "
        "order by paths.area_code"
    )
    return list(rows.iter_rows())
