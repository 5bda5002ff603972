"""Rows of one key from two districts: whose they are, and who claimed what.

What lies in an area belongs to the district that itself sent that area or, where nobody sent it, the nearest one above.
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
_PLACE = ["source_unit", "source_row"]
_LOCATIONS = ("community_code", "area_code")
# The code of a community begins with its street's, and that with its county's.
_DIGITS_ABOVE = (9, 6)


def no_claims() -> pl.DataFrame:
    """No claims."""
    return pl.DataFrame(schema=CLAIM_SCHEMA)


def senders(areas: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Which district sent which area (SENT), from rows of areas, repeats among them; `places` gives source_unit and
    source_district."""
    return areas.join(places, on="source_unit").select("area_code", district="source_district").unique()


def settle_claims(
    table: Table, rows: pl.DataFrame, places: pl.DataFrame, sent: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Settle the keys that come from two districts, of a table whose rows lie in an area.

    Where exactly one of them sent the area its row lies in, and says one thing only, its row stays; where all say the
    same the first stays. Gives the rows left, those that nothing settles among them; the exact repeats of rows that
    stay; the problems of the others; and CLAIMS, a row for each of such a key. `places` gives source_unit, `place` in
    words and `district` of every unit; `sent` is what `senders` gives.
    """
    location = next((column for column in _LOCATIONS if column in table.columns), None)
    contested = None if location is None or table.name == "areas" else _contested(table, rows, places)
    if location is None or contested is None:
        return rows, rows.clear(), no_problems(), no_claims()
    group = _with_the_row_kept(table, _with_owners(contested, location, sent))
    is_settled = pl.col("chosen").is_not_null()
    lost = group.filter(is_settled & ~pl.col("is_kept"))
    is_repeat = pl.col("content") == pl.col("chosen")
    return (
        rows.join(lost, on=_PLACE, how="anti", maintain_order="left"),
        lost.filter(is_repeat).select(rows.columns),
        _lost_claims(table, lost.filter(~is_repeat)),
        _claims(table, group),
    )


def confirm_claims(claims: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """The claims after everything else that may refuse a row: is_kept only where the row was accepted."""
    if claims.is_empty():
        return claims
    there = accepted.select(*_PLACE, is_there=pl.lit(True))
    return claims.join(there, on=_PLACE, how="left", maintain_order="left").select(
        pl.exclude("is_kept", "is_there"), is_kept=pl.col("is_there").fill_null(False)
    )


def _contested(table: Table, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame | None:
    """The rows whose key comes from two districts, with their places, in an order that no file order changes."""
    if places["district"].n_unique() < 2:
        return None
    repeated = repeated_keys(table, rows)
    if repeated is None:
        return None
    group = rows.filter(repeated).join(places, on="source_unit", how="left").sort("place", "source_row")
    group = group.filter(pl.col("district").n_unique().over(table.key) > 1)
    return None if group.is_empty() else group


def _with_owners(group: pl.DataFrame, location: str, sent: pl.DataFrame) -> pl.DataFrame:
    """With is_owner: its district sent the area the row lies in."""
    code = pl.col(location)
    known = sent["area_code"].implode()
    parts = [code, *(code.str.slice(0, digits) for digits in _DIGITS_ABOVE)]
    nearest = pl.coalesce(pl.when(part.is_in(known)).then(part) for part in parts)
    owners = sent.select(pl.col("area_code").alias("nearest"), "district", is_owner=pl.lit(True))
    return (
        group.with_columns(nearest=nearest)
        .join(owners, on=["nearest", "district"], how="left", maintain_order="left")
        .with_columns(pl.col("is_owner").fill_null(False))
    )


def _with_the_row_kept(table: Table, group: pl.DataFrame) -> pl.DataFrame:
    """With `content`, the one `chosen` for the key (empty where nothing settles it), is_kept, and the row kept as
    `other` and other_row."""
    key = list(table.key)
    content, district = pl.col("content"), pl.col("district")
    group = group.with_columns(content=pl.struct(list(table.columns)).hash()).with_columns(
        owners=district.filter("is_owner").n_unique().over(key), owner=district.filter("is_owner").first().over(key)
    )
    says_one_thing = content.filter(district == pl.col("owner")).n_unique().over(key) == 1
    group = group.with_columns(
        chosen=pl.when((pl.col("owners") == 1) & says_one_thing)
        .then(content.filter("is_owner").first().over(key))
        .when(content.n_unique().over(key) == 1)
        .then(content.first().over(key))
    )
    candidate = (content == pl.col("chosen")) & (pl.col("is_owner") | (pl.col("owners") != 1))
    group = group.with_columns(candidate=candidate.fill_null(False)).with_columns(
        is_kept=pl.col("candidate") & (pl.col("candidate").cum_sum().over(key) == 1)
    )
    return group.with_columns(
        other=pl.col("place").filter("is_kept").first().over(key),
        other_row=pl.col("source_row").filter("is_kept").first().over(key),
    )


def _lost_claims(table: Table, lost: pl.DataFrame) -> pl.DataFrame:
    headers = "、".join(table.header(column) for column in table.key)
    return problems(
        lost,
        table,
        table.key[0],
        f"与 {{other}} 第 {{other_row}} 行的 {headers} 相同；两个地区报送同一条时，采用其所在区划由本地区报送的那一行，"
        "因此采用那一行而不采用本行；请与对方核对，只由一方报送",
        f"has the same {', '.join(table.key)} as {{other}} row {{other_row}}; "
        "where two districts send one, the row of the district that itself sent the area it lies in is used, so "
        "that row is and this one is not; agree which of you sends it",
    )


def _claims(table: Table, group: pl.DataFrame) -> pl.DataFrame:
    parts = [redact(table, column, pl.col(column)) for column in table.key]
    return group.select(
        pl.lit(table.name).alias("table_name"),
        pl.concat_str(parts, separator="、", ignore_nulls=True).alias("key"),
        *_PLACE,
        "is_kept",
    )
