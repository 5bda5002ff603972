"""Proves that no model whose header offers it to the SQL lab reveals anything about a single person.

`-- sql_lab: no_person` declares that a model does no more than count people. `-- sql_lab: groups` declares that it
describes groups of people: `-- people: workers` names the columns with their counts, `-- of_people:` lines declare all
other numbers, and both are null for groups of fewer than five. The contracts say which columns are personal; these are
followed through the models. For models of groups the rows are checked as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from etl.build.models import MATERIALIZATIONS, TableName, order_models, tables_read
from etl.contracts import all_tables, people
from etl.contracts.people import PersonalColumns
from sql.errors import SqlFileError
from sql.files import parse_cache
from sql.files.sql_file import SqlFile
from sql.security.disclosure import MIN_PEOPLE, derived_columns, people_columns
from sql.semantic.catalog import catalog
from sql.warehouse import fetch_value

_CODE = tuple(map(str, sorted(Path(__file__).parent.glob("*.py"))))
_NUMBER = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT|FLOAT|DOUBLE|DECIMAL")
# The columns of each table, with DuckDB's types.
Columns = Mapping[TableName, dict[str, str]]
_MESSAGES = {
    "row": ("{subject} 会带出整行；请逐列写出需要的列", "{subject} returns whole rows; list the columns one by one"),
    "naming": (
        "{subject} 另起了列名，查不到来处；请在 SELECT 里起名",
        "{subject} renames columns, so they cannot be traced; name them in the SELECT",
    ),
    "attribute": (
        "列 {subject} 说的是个人；请去掉，或改为按组汇总并写 sql_lab: groups",
        "the column {subject} describes single people; remove it, or aggregate by group and write sql_lab: groups",
    ),
    "key": (
        "列 {subject} 能指认个人或账户，或是其日期；请去掉，只可用来计数和连接",
        "the column {subject} identifies a person or an account, or is a date of theirs; remove it, "
        "it may only be counted and joined on",
    ),
    "rows": (
        "每行是一个人或一个账户；请按区域和时期汇总",
        "each row is one person or one account; aggregate by area and period",
    ),
    "people": (
        "数字列 {subject} 没有写明是什么；人数列写进 -- people:，其余写成 -- of_people: 列 = 算式",
        "the numeric column {subject} is not declared; list a count of people under -- people:, "
        "any other number as -- of_people: column = expression",
    ),
    "count": (
        "people 或 of_people 里的 {subject} 不是它的列，或没有人数列",
        "people names no count of people, or people or of_people names columns that do not exist: {subject}",
    ),
    "few": (
        f"有 {{subject}} 行说出了不足 {MIN_PEOPLE} 人的组；请把它们的数字置空",
        f"{{subject}} rows describe groups of fewer than {MIN_PEOPLE} people; set their numbers to null",
    ),
}


def check(connection: duckdb.DuckDBPyConnection, files: Mapping[str, SqlFile | SqlFileError]) -> None:
    """Raises SqlFileError for the first model in the open database that is offered but reveals a single person."""
    columns = _columns(connection)
    classified: dict[TableName, PersonalColumns] = {}
    for file in order_models(dict(files)):
        name = (MATERIALIZATIONS[file.folder][0], file.name)
        read = {table: _classify_table(table, columns, classified) for table in tables_read(file)}
        personal = {table: personal_columns for table, personal_columns in sorted(read.items()) if personal_columns}
        if file.folder == "staging" and personal:
            classified[name] = _classify_staging(file, personal)
        elif personal:
            classified[name] = people.classify_derived(columns[name])
        if catalog.SQL_LAB in file.header:
            _prove(connection, file, name, personal, columns)
            classified[name] = PersonalColumns()


def _prove(
    connection: duckdb.DuckDBPyConnection,
    file: SqlFile,
    name: TableName,
    personal: dict[TableName, PersonalColumns],
    columns: Columns,
) -> None:
    is_of_groups = file.header[catalog.SQL_LAB] == catalog.GROUPS
    if violation := _first_violation(file, personal, sorted(columns[name]), is_of_groups):
        raise _error(file, *violation)
    if is_of_groups:
        _check_groups(connection, file, name, columns[name])


def _first_violation(
    file: SqlFile, personal: dict[TableName, PersonalColumns], columns: list[str], is_of_groups: bool
) -> list[str] | None:
    """Returns why a file may not be offered, as a key of the messages and its subject; None where it may."""
    if not personal:
        return None
    read = [
        [*table, *map(sorted, (personal_columns.keys, personal_columns.attributes)), personal_columns.is_of_people]
        for table, personal_columns in personal.items()
    ]

    def compute() -> list[str] | None:
        # Imports sqlglot only for a text that is not in the cache.
        from etl.build.anonymity.lineage import first_violation

        return first_violation(file, personal, columns, is_of_groups)

    parts = ("sql_lab", file.text, read, columns, is_of_groups)
    return parse_cache.get_or_compute(parse_cache.fingerprint(*_CODE), parts, compute)


def _check_groups(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, name: TableName, columns: dict[str, str]
) -> None:
    """Raises SqlFileError where a number of a group is undeclared, or is not null for fewer than five people."""
    counts, others = people_columns(file), [column for column, _expression in derived_columns(file)]
    declared = {*counts, *others}
    if not counts or declared - set(columns):
        raise _error(file, "count", ", ".join(sorted(declared - set(columns))))
    for column, kind in columns.items():
        if column not in declared and _NUMBER.match(kind):
            raise _error(file, "people", column)
    # The names are the columns of the model as DuckDB lists them, so no text from outside is in the statement.
    conditions = [f'"{count}" between 1 and {MIN_PEOPLE - 1}' for count in counts]
    conditions += [f'("{count}" is null and "{other}" is not null)' for count in counts for other in others]
    rows = connection.execute(f'select count(*) from {name[0]}."{name[1]}" where {" or ".join(conditions)}')
    if row_count := fetch_value(rows):
        raise _error(file, "few", str(row_count))


def _classify_table(
    table: TableName, columns: Columns, classified: dict[TableName, PersonalColumns]
) -> PersonalColumns:
    schema, name = table
    if schema != "raw":
        return classified.get(table, PersonalColumns())
    contract = all_tables().get(name)
    columns_of_table = columns.get(table, {})
    if contract:
        return people.classify_contract(contract, columns_of_table)
    return people.classify_other(name, columns_of_table)


def _classify_staging(file: SqlFile, personal: dict[TableName, PersonalColumns]) -> PersonalColumns:
    """Returns the personal columns of a staging view: those of its raw table, under the names of the view."""
    (raw,) = personal.values()

    def compute() -> list[list[str]]:
        from etl.build.anonymity.lineage import staging_columns

        return staging_columns(file)

    pairs = parse_cache.get_or_compute(parse_cache.fingerprint(*_CODE), ("staging_columns", file.text), compute)
    return PersonalColumns(
        frozenset(name for name, column in pairs if column in raw.keys),
        frozenset(name for name, column in pairs if column in raw.attributes),
        raw.is_of_people,
    )


def _columns(connection: duckdb.DuckDBPyConnection) -> Columns:
    tables: dict[TableName, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ).fetchall():
        tables.setdefault((schema, table), {})[column] = kind
    return tables


def _error(file: SqlFile, kind: str, subject: str = "") -> SqlFileError:
    zh, en = (message.format(subject=subject) for message in _MESSAGES[kind])
    key = f"{catalog.SQL_LAB}: {file.header[catalog.SQL_LAB]}"
    return SqlFileError(f"sql/{file.path}：写了 {key}，但{zh}", f"sql/{file.path} says {key}, but {en}")
