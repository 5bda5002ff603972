"""Records how many rows each district's tables hold now, and held when their numbers were last used.

A table that lost much of its rows between two versions is not counted until somebody has looked: see
sql/intermediate/held_tables.sql. The comparison is with the last version in which the table was used, so building again
does not forgive a loss.
"""

from __future__ import annotations

import duckdb
import polars as pl

from etl.build.load import Changes
from etl.contracts import all_tables
from etl.engines.arrow import as_table, read_frame

# The day on which a row ceased to stand: people who left are no loss of rows.
_END_COLUMNS = {
    "workers": "leave_date",
    "partners": "left_on",
    **dict.fromkeys(("grid_duties", "partner_posts", "partner_services"), "until"),
    **dict.fromkeys(("grids", "estates", "party_orgs", "places", "shop_zones"), "closed_on"),
}
_KEY = ["district", "table_name"]
_COMPARED = ("ended_since_rows", "good_rows", "good_ended_rows", "good_date")
_SCHEMA = pl.Schema(
    {
        "district": pl.String(),
        "table_name": pl.String(),
        "standing_rows": pl.Int64(),
        "ended_rows": pl.Int64(),
        "ended_since_rows": pl.Int64(),
        "good_rows": pl.Int64(),
        "good_ended_rows": pl.Int64(),
        "good_date": pl.Date(),
    }
)


def record(connection: duckdb.DuckDBPyConnection, changes: Changes) -> None:
    """Writes raw.table_counts for the loaded rows of an open build, before its models replace those of the previous
    version; adds the table to `changes` where it differs."""
    previous, used = _previous(connection)
    counts = _counts(connection, used).join(used, on=_KEY, how="left")
    if previous is not None:
        counts = _keep_unchanged(counts, previous)
    counts = counts.select(list(_SCHEMA)).cast(_SCHEMA).sort(_KEY)
    if previous is not None and previous.equals(counts):
        return
    with as_table(connection, "counted", counts):
        connection.execute("create or replace table raw.table_counts as select * from counted")
    changes.replaced_tables.add("table_counts")


def _keep_unchanged(counts: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Returns the counts, where a used table holds as many rows as before with what they were compared with before:
    building again without changes changes nothing."""
    counts = counts.join(previous, on=_KEY, how="left", suffix="_before")
    is_unchanged = ~pl.col("was_held") & pl.all_horizontal(
        pl.col(name) == pl.col(f"{name}_before") for name in ("standing_rows", "ended_rows")
    )
    return counts.with_columns(
        pl.when(is_unchanged).then(f"{name}_before").otherwise(name).alias(name) for name in _COMPARED
    )


def _previous(connection: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """Returns raw.table_counts of the version that the build started from (None: it has none), and for each district's
    table the rows and data date of the last version in which it was used."""
    try:
        previous = read_frame(connection, "select * from raw.table_counts").cast(_SCHEMA)
        used = read_frame(
            connection,
            "select counts.district, counts.table_name, held.district is not null as was_held, "
            "case when held.district is null then counts.standing_rows else counts.good_rows end as good_rows, "
            "case when held.district is null then counts.ended_rows else counts.good_ended_rows end "
            "as good_ended_rows, "
            "case when held.district is null then build.data_date else counts.good_date end as good_date "
            "from raw.table_counts as counts cross join meta.build as build "
            "left join intermediate.held_tables as held "
            "on counts.district = held.district and counts.table_name = held.table_name",
        )
    except duckdb.CatalogException:
        # A first build, or one that starts from a version of an earlier release.
        return None, pl.DataFrame(schema={name: _SCHEMA[name] for name in (*_KEY, *_COMPARED[1:])})
    return previous, used


def _counts(connection: duckdb.DuckDBPyConnection, used: pl.DataFrame) -> pl.DataFrame:
    """Returns by district and table the rows that stand at the data date, those that have ended, and those that ended
    since the table was last used."""
    parts = []
    with as_table(connection, "used", used):
        for table in all_tables():
            end = _END_COLUMNS.get(table, "null::date")
            # Of dated rosters the newest counts: the earlier ones are history.
            latest = (
                "qualify rank() over (partition by source_district order by rows.as_of desc nulls last) = 1"
                if table == "workers"
                else ""
            )
            parts.append(
                f"select source_district as district, '{table}' as table_name, "
                "count(*) filter (where ended_on is null or ended_on > today.observed_on) as standing_rows, "
                "count(*) filter (where ended_on <= today.observed_on) as ended_rows, "
                "count(*) filter (where ended_on > used.good_date and ended_on <= today.observed_on) "
                "as ended_since_rows "
                f'from (select source_district, {end} as ended_on from raw."{table}" as rows {latest}) as rows '
                "cross join (select max(observed_on) as observed_on from raw.months) as today "
                f"left join used on rows.source_district = used.district and used.table_name = '{table}' "
                "where source_district is not null group by source_district"
            )
        return read_frame(connection, " union all ".join(parts))
