"""A version as somebody of one area may see it: a database whose tables hold the rows of that area and what lies below
it.

Everything that is asked of such a version is asked of this database, whatever asks: no question can reach beyond it. A
table that no rule is known for has no rows in it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from sql.errors import WarehouseError

# Where the version's whole tables lie; nothing but the views made here names it.
_WHOLE = "whole"
_LEVELS = ("community", "street", "county", "city", "province")
# Nothing of a place: dates, definitions, the names of checks.
_OF_NO_PLACE = {"meta.build", "meta.checks", "meta.sql_files", "raw.months"}
# Whose rows above the area serve it too: names of what it lies in, what is held, set and offered for all of it.
_FROM_ABOVE = {"raw.areas", "raw.partners", "raw.standards", "raw.training_sessions"}
# Told by the district that sent a file, and only to who may see all of that district.
_OF_DISTRICTS = {
    "raw.files",
    "raw.rejects",
    "raw.rejected_rows",
    "raw.full_rosters",
    "raw.full_roster_gaps",
    "intermediate.report_status",
}
# Which district has sent which table at all: without it nothing sent would look like none.
_OF_OWN_DISTRICT = {"intermediate.reports", "intermediate.tables_reported"}
# Known by something that has a place.
_OF_OTHERS = {
    "raw.assessments": ("worker_id", "raw.workers"),
    "raw.career_events": ("worker_id", "raw.workers"),
    "raw.grid_duties": ("worker_id", "raw.workers"),
    "raw.partner_ratings": ("partner_id", "raw.partners"),
    "raw.training_attendance": ("session_id", "raw.training_sessions"),
}
# Shapes are those of an area or of a grid.
_SHAPES = "raw.shapes"
_PLACED_BY = ("area_code", "community_code")


def connect_area(path: Path, area: str) -> duckdb.DuckDBPyConnection:
    """A connection to the version at `path` as somebody of that area may see it; nothing where there is no such
    area."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{escape_path(path)}' as {_WHOLE} (read_only)")
    for statement in _statements(connection, area, "view"):
        connection.execute(statement)
    return connection


def copy_area(path: Path, area: str) -> Path:
    """A file, beside the version, that holds what somebody of that area may see of it and nothing else; made once."""
    into = path.with_name(f"{path.stem}.within-{area}.part")
    if not into.is_file():
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{into.name}.") as aside:
            made = Path(aside) / "copy"
            with duckdb.connect(str(made)) as connection:
                connection.execute(f"attach '{escape_path(path)}' as {_WHOLE} (read_only)")
                for statement in _statements(connection, area, "table"):
                    connection.execute(statement)
                connection.execute(f"detach {_WHOLE}")
            os.replace(made, into)
    return into


def rules(connection: duckdb.DuckDBPyConnection, area: str) -> dict[str, str | None]:
    """The condition that a row of each table of the attached version meets where the area may see it; None: no row may
    be seen."""
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
    if table in _OF_NO_PLACE:
        return "true"
    if level is None:
        return None
    here = f"{level} = {_literal(area)}"
    inside = f"select area_code from {_WHOLE}.intermediate.area_paths where {here}"
    districts = f"select district from {_WHOLE}.intermediate.area_paths where {here} and district is not null"
    if table in _OF_OWN_DISTRICT:
        return f"district in ({districts})"
    if table in _OF_DISTRICTS:
        others = (
            f"select district from {_WHOLE}.intermediate.area_paths where {level} is distinct from {_literal(area)} "
            "and district is not null"
        )
        return f"district in ({districts}) and district not in ({others})"
    if table == _SHAPES:
        grids = f"select grid_code from {_WHOLE}.raw.grids where community_code in ({inside})"
        return f"code in ({inside}) or code in ({grids})"
    if table in _OF_OTHERS:
        by, of = _OF_OTHERS[table]
        return f"{by} in (select {by} from {_WHOLE}.{of} where {_placed(of)} in ({inside}))"
    if level in columns:
        return here
    placed = next((column for column in _PLACED_BY if column in columns), None)
    if placed is None:
        return None
    condition = f"{placed} in ({inside})"
    if table in _FROM_ABOVE:
        above = f"select ancestor_code from {_WHOLE}.intermediate.area_ancestors where area_code = {_literal(area)}"
        condition += f" or {placed} in ({above})"
    return condition


def _placed(table: str) -> str:
    return "community_code" if table == "raw.workers" else "area_code"


def _statements(connection: duckdb.DuckDBPyConnection, area: str, kind: str) -> list[str]:
    """What makes the database: its schemas, each table as a view or a table of the rows seen, and the version's own
    views."""
    found = [f"create schema if not exists {schema}" for schema in ("raw", "staging", "intermediate", "meta", "main")]
    for table, rule in rules(connection, area).items():
        condition, projection = rule or "false", "*"
        if table == "intermediate.area_paths":
            # What lies above is not there: the area is where its tree begins, and a place of its own where it lies in
            # one.
            here = _literal(area)
            projection = (
                f"* replace (case when area_code = {here} then null else parent_code end as parent_code, "
                f"case when place in (select area_code from {_WHOLE}.intermediate.area_paths where {condition}) "
                f"then place "
                f"when place is not null then {here} end as place)"
            )
        found.append(f"create {kind} {table} as select {projection} from {_WHOLE}.{table} where {condition}")
    views = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() where database_name = $whole and not internal",
        {"whole": _WHOLE},
    ).fetchall()
    # Staging is views over raw; each is made again over what is seen of it.
    return found + [sql for _schema, _view, sql in views]


def _level(connection: duckdb.DuckDBPyConnection, area: str) -> str | None:
    """The level of the area; None where the version has no such area, so that nothing of it is seen."""
    row = connection.execute(
        f"select level from {_WHOLE}.intermediate.area_paths where area_code = $area", {"area": area}
    ).fetchone()
    if row is None:
        return None
    if row[0] not in _LEVELS:
        raise WarehouseError(
            f"区划 {area} 的层级 {row[0]} 不认识", f"the level {row[0]} of the area {area} is not known"
        )
    return row[0]


def _literal(text: str) -> str:
    # A view keeps its condition as text and takes no parameter; the area is from access.toml, which no visitor writes.
    return "'" + text.replace("'", "''") + "'"


def escape_path(path: Path) -> str:
    """Returns a path as it stands between the quotes of an ATTACH, which takes no parameter."""
    return str(path).replace("'", "''")
