"""Restricts a version to what a user of one area may see: a database with only the rows of that area and below it.

Every query on such a version runs on this database, whichever code sends it, so no query can reach other rows. A table
without a rule has no rows.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from sql.errors import WarehouseError
from sql.files.columns import LEVELS

# The attached database with the version's unrestricted tables; only the views created here refer to it.
_WHOLE = "whole"
# Tables that concern no area: dates, definitions, the names of checks.
_WITHOUT_AREA = {"meta.build", "meta.checks", "meta.column_titles", "meta.sql_files", "raw.months"}
# Rows of areas above are visible too: names of parent areas, and what is organised, set or offered for all of them.
_FROM_ABOVE = {"raw.areas", "raw.partners", "raw.standards", "raw.training_sessions"}
# Rows belong to the district that sent a file, and are visible only to those who may see all of that district.
_BY_WHOLE_DISTRICT = {
    "raw.files",
    "raw.rejects",
    "raw.rejected_rows",
    "raw.full_rosters",
    "raw.full_roster_gaps",
    "raw.table_counts",
    "intermediate.report_status",
}
# Which district has sent which table, and which is held: without this, a table that was not sent would look like one
# without rows.
_BY_DISTRICT = {
    "intermediate.held_tables",
    "intermediate.report_dates",
    "intermediate.reports",
    "intermediate.tables_reported",
}
# Tables whose area is that of a row in another table.
_BY_REFERENCE = {
    "raw.assessments": ("worker_id", "raw.workers"),
    "raw.career_events": ("worker_id", "raw.workers"),
    "raw.grid_duties": ("worker_id", "raw.workers"),
    "raw.partner_ratings": ("partner_id", "raw.partners"),
    "raw.training_attendance": ("session_id", "raw.training_sessions"),
}
# A shape belongs to an area or to a grid.
_SHAPES = "raw.shapes"
_AREA_COLUMNS = ("area_code", "community_code")


def connect_area(path: Path, area: str) -> duckdb.DuckDBPyConnection:
    """Returns a connection to the version at `path` with only the rows that a user of the area may see; without any
    rows if there is no such area."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{escape_path(path)}' as {_WHOLE} (read_only)")
    for statement in _statements(connection, area, "view"):
        connection.execute(statement)
    return connection


def copy_area(path: Path, area: str) -> Path:
    """Returns a file beside the version that holds only what a user of the area may see; created on first use."""
    target = path.with_name(f"{path.stem}.within-{area}.part")
    if not target.is_file():
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{target.name}.") as folder:
            copy = Path(folder) / "copy"
            with duckdb.connect(str(copy)) as connection:
                connection.execute(f"attach '{escape_path(path)}' as {_WHOLE} (read_only)")
                for statement in _statements(connection, area, "table"):
                    connection.execute(statement)
                connection.execute(f"detach {_WHOLE}")
            os.replace(copy, target)
    return target


def rules(connection: duckdb.DuckDBPyConnection, area: str) -> dict[str, str | None]:
    """Returns, for each table of the attached version, the condition on the rows that the area may see; None: no
    rows."""
    columns: dict[str, list[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = $whole "
        "and not internal",
        {"whole": _WHOLE},
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", []).append(column)
    views = {
        f"{schema}.{view}"
        for schema, view in connection.execute(
            "select schema_name, view_name from duckdb_views() where database_name = $whole and not internal",
            {"whole": _WHOLE},
        ).fetchall()
    }
    level = _level(connection, area)
    return {table: _rule(table, names, area, level) for table, names in columns.items() if table not in views}


def _rule(table: str, columns: list[str], area: str, level: str | None) -> str | None:
    if table in _WITHOUT_AREA:
        return "true"
    if level is None:
        return None
    here = f"{level} = {_literal(area)}"
    inside = f"select area_code from {_WHOLE}.intermediate.area_paths where {here}"
    districts = f"select district from {_WHOLE}.intermediate.area_paths where {here} and district is not null"
    if table in _BY_DISTRICT:
        return f"district in ({districts})"
    if table in _BY_WHOLE_DISTRICT:
        others = (
            f"select district from {_WHOLE}.intermediate.area_paths where {level} is distinct from {_literal(area)} "
            "and district is not null"
        )
        return f"district in ({districts}) and district not in ({others})"
    if table == _SHAPES:
        grids = f"select grid_code from {_WHOLE}.raw.grids where community_code in ({inside})"
        return f"code in ({inside}) or code in ({grids})"
    if table in _BY_REFERENCE:
        key, referenced = _BY_REFERENCE[table]
        return f"{key} in (select {key} from {_WHOLE}.{referenced} where {_area_column(referenced)} in ({inside}))"
    if level in columns:
        return here
    area_column = next((column for column in _AREA_COLUMNS if column in columns), None)
    if area_column is None:
        return None
    condition = f"{area_column} in ({inside})"
    if table in _FROM_ABOVE:
        above = f"select ancestor_code from {_WHOLE}.intermediate.area_ancestors where area_code = {_literal(area)}"
        condition += f" or {area_column} in ({above})"
    return condition


def _area_column(table: str) -> str:
    return "community_code" if table == "raw.workers" else "area_code"


def _statements(connection: duckdb.DuckDBPyConnection, area: str, kind: str) -> list[str]:
    """Returns the statements that create the database: its schemas, each table as a view or a table of the visible
    rows, and the version's own views."""
    statements = [
        f"create schema if not exists {schema}" for schema in ("raw", "staging", "intermediate", "meta", "main")
    ]
    for table, rule in rules(connection, area).items():
        condition, projection = rule or "false", "*"
        if table == "intermediate.area_paths":
            # Areas above are not visible: the area is the root of its tree, and counts as a pilot area itself if it is
            # inside one.
            here = _literal(area)
            projection = (
                f"* replace (case when area_code = {here} then null else parent_code end as parent_code, "
                f"case when place in (select area_code from {_WHOLE}.intermediate.area_paths where {condition}) "
                f"then place "
                f"when place is not null then {here} end as place)"
            )
        statements.append(f"create {kind} {table} as select {projection} from {_WHOLE}.{table} where {condition}")
    views = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() where database_name = $whole and not internal",
        {"whole": _WHOLE},
    ).fetchall()
    # Staging consists of views over raw; each is created again over the visible rows.
    return statements + [sql for _schema, _view, sql in views]


def _level(connection: duckdb.DuckDBPyConnection, area: str) -> str | None:
    """Returns the level of the area; None if the version has no such area, so that no rows are visible."""
    row = connection.execute(
        f"select level from {_WHOLE}.intermediate.area_paths where area_code = $area", {"area": area}
    ).fetchone()
    if row is None:
        return None
    if row[0] not in LEVELS:
        raise WarehouseError(f"区划 {area} 的层级 {row[0]} 不认识", f"the level {row[0]} of the area {area} is unknown")
    return row[0]


def _literal(text: str) -> str:
    # A view stores its condition as text and takes no parameters. The area comes from access.toml, which users cannot
    # change.
    return "'" + text.replace("'", "''") + "'"


def escape_path(path: Path) -> str:
    """Returns a path escaped for the quotes of an ATTACH statement, which takes no parameters."""
    return str(path).replace("'", "''")
