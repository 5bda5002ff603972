"""Settles rows of one key that come from two districts, and records who claimed what.

A row belongs to the district that itself sent the area the row is in or, if nobody sent that area, the nearest area
above it.
"""

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import no_problems, problems, redact
from etl.ingest.validation.validate import repeated_keys

CLAIM_SCHEMA = {
    "table_name": pl.String,
    "key": pl.String,
    "source_unit": pl.UInt32,
    "source_row": pl.UInt32,
    "is_kept": pl.Boolean,
}
SENDER_SCHEMA = {"area_code": pl.String, "district": pl.String}
_ROW_ID = ["source_unit", "source_row"]
_AREA_COLUMNS = ("community_code", "area_code")
# The code of a community begins with its street's, and that with its county's.
_PARENT_DIGITS = (9, 6)


def no_claims() -> pl.DataFrame:
    """Returns an empty frame of claims."""
    return pl.DataFrame(schema=CLAIM_SCHEMA)


def senders(areas: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """Returns which district sent which area (`SENDER_SCHEMA`), from rows of areas including repeats.

    `locations` has source_unit and source_district.
    """
    return areas.join(locations, on="source_unit").select("area_code", district="source_district").unique()


def settle_claims(
    table: Table, rows: pl.DataFrame, locations: pl.DataFrame, area_senders: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Settles the keys that come from two districts, in a table whose rows are in an area.

    If exactly one of them sent the area its row is in, and its rows of the key agree, its row is kept; if all rows
    agree, the first is kept. Returns the remaining rows, including unsettled ones; the exact repeats of kept rows; the
    problems of the others; and the claims (`CLAIM_SCHEMA`), one per row of such a key. `locations` has source_unit,
    the `place` as named in reasons, and `district` of every source; `area_senders` is the result of `senders`.
    """
    area_column = next((column for column in _AREA_COLUMNS if column in table.columns), None)
    contested = None if area_column is None or table.name == "areas" else _contested(table, rows, locations)
    if area_column is None or contested is None:
        return rows, rows.clear(), no_problems(), no_claims()
    group = _choose_row(table, _mark_owners(contested, area_column, area_senders))
    is_settled = pl.col("chosen").is_not_null()
    lost_rows = group.filter(is_settled & ~pl.col("is_kept"))
    is_repeat = pl.col("content") == pl.col("chosen")
    return (
        rows.join(lost_rows, on=_ROW_ID, how="anti", maintain_order="left"),
        lost_rows.filter(is_repeat).select(rows.columns),
        _lost_claim_problems(table, lost_rows.filter(~is_repeat)),
        _claims(table, group),
    )


def confirm_claims(claims: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """Returns the claims after all other checks: is_kept is true only for accepted rows."""
    if claims.is_empty():
        return claims
    accepted_ids = accepted.select(*_ROW_ID, is_there=pl.lit(True))
    return claims.join(accepted_ids, on=_ROW_ID, how="left", maintain_order="left").select(
        pl.exclude("is_kept", "is_there"), is_kept=pl.col("is_there").fill_null(False)
    )


def _contested(table: Table, rows: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame | None:
    """Returns the rows whose key comes from two districts, with their locations, independent of file order."""
    if locations["district"].n_unique() < 2:
        return None
    repeated = repeated_keys(table, rows)
    if repeated is None:
        return None
    group = rows.filter(repeated).join(locations, on="source_unit", how="left").sort("place", "source_row")
    group = group.filter(pl.col("district").n_unique().over(table.key) > 1)
    return None if group.is_empty() else group


def _mark_owners(group: pl.DataFrame, area_column: str, area_senders: pl.DataFrame) -> pl.DataFrame:
    """Adds is_owner: whether the row's district sent the area the row is in."""
    code = pl.col(area_column)
    sent_areas = area_senders["area_code"].implode()
    parts = [code, *(code.str.slice(0, digits) for digits in _PARENT_DIGITS)]
    nearest_sent = pl.coalesce(pl.when(part.is_in(sent_areas)).then(part) for part in parts)
    owners = area_senders.select(pl.col("area_code").alias("nearest"), "district", is_owner=pl.lit(True))
    return (
        group.with_columns(nearest=nearest_sent)
        .join(owners, on=["nearest", "district"], how="left", maintain_order="left")
        .with_columns(pl.col("is_owner").fill_null(False))
    )


def _choose_row(table: Table, group: pl.DataFrame) -> pl.DataFrame:
    """Adds `content`, the content `chosen` for the key (null if unsettled), is_kept, and the kept row's `other` (its
    place) and other_row."""
    key = list(table.key)
    content, district = pl.col("content"), pl.col("district")
    group = group.with_columns(content=pl.struct(list(table.columns)).hash()).with_columns(
        owners=district.filter("is_owner").n_unique().over(key), owner=district.filter("is_owner").first().over(key)
    )
    is_consistent = content.filter(district == pl.col("owner")).n_unique().over(key) == 1
    group = group.with_columns(
        chosen=pl.when((pl.col("owners") == 1) & is_consistent)
        .then(content.filter("is_owner").first().over(key))
        .when(content.n_unique().over(key) == 1)
        .then(content.first().over(key))
    )
    is_candidate = (content == pl.col("chosen")) & (pl.col("is_owner") | (pl.col("owners") != 1))
    group = group.with_columns(candidate=is_candidate.fill_null(False)).with_columns(
        is_kept=pl.col("candidate") & (pl.col("candidate").cum_sum().over(key) == 1)
    )
    return group.with_columns(
        other=pl.col("place").filter("is_kept").first().over(key),
        other_row=pl.col("source_row").filter("is_kept").first().over(key),
    )


def _lost_claim_problems(table: Table, lost_rows: pl.DataFrame) -> pl.DataFrame:
    headers = "、".join(table.header(column) for column in table.key)
    return problems(
        lost_rows,
        table,
        table.key[0],
        f"与 {{other}} 第 {{other_row}} 行的 {headers} 相同；两个地区报送同一条时，采用其所在区划由本地区报送的那一行，"
        "因此采用那一行而不采用本行；请与对方核对，只由一方报送",
        f"has the same {', '.join(table.key)} as {{other}} row {{other_row}}; "
        "if two districts send the same item, the row of the district that itself sent its area is used, so "
        "that row is used and this one is not; agree with the other district which of you sends it",
    )


def _claims(table: Table, group: pl.DataFrame) -> pl.DataFrame:
    parts = [redact(table, column, pl.col(column)) for column in table.key]
    return group.select(
        pl.lit(table.name).alias("table_name"),
        pl.concat_str(parts, separator="、", ignore_nulls=True).alias("key"),
        *_ROW_ID,
        "is_kept",
    )
