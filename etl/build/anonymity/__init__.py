"""Proves of each model whose header offers it to the SQL workbench that it tells of no single person.

`-- sql_lab: no_person` says that a model counts people at most. `-- sql_lab: groups` says that it tells of groups of
people, whose counts `-- people: workers` names, and that their numbers are empty where there are fewer than five; all
other numbers stand in `-- of_people:` lines. What is personal is known from the contracts and is followed through the
models; the rows of groups are looked at.
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
from sql.security.disclosure import MIN_PEOPLE, derived_columns, people_columns
from sql.semantic.files import catalog, parse_cache
from sql.semantic.files.sql_file import SqlFile
from sql.warehouse import fetch_value

_CODE = tuple(map(str, sorted(Path(__file__).parent.glob("*.py"))))
_NUMBER = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT|FLOAT|DOUBLE|DECIMAL")
# By table, the columns with DuckDB's types.
Columns = Mapping[TableName, dict[str, str]]
_WORDS = {
    "row": ("{what} 会带出整行；请逐列写出需要的列", "{what} gives on whole rows; name the columns one by one"),
    "naming": ("{what} 另起了列名，查不到来处；请在 SELECT 里起名", "{what} renames columns; name them in the SELECT"),
    "attribute": (
        "列 {what} 说的是个人；请去掉，或改为按组汇总并写 sql_lab: groups",
        "the column {what} tells of single people; leave it out, or add up groups and write sql_lab: groups",
    ),
    "key": (
        "列 {what} 能指认个人或账户，或是其日期；请去掉，只可用来计数和连接",
        "the column {what} says which person or account a row is of, or its date; leave it out, it may be counted and "
        "joined by alone",
    ),
    "rows": (
        "每行是一个人或一个账户；请按区域和时期汇总",
        "each row is one person's or account's; add them up by area and period",
    ),
    "people": (
        "数字列 {what} 没有写明是什么；人数列写进 -- people:，其余写成 -- of_people: 列 = 算式",
        "the column of numbers {what} is not declared; a count stands in -- people:, another in -- of_people: "
        "column = expression",
    ),
    "count": (
        "people 或 of_people 里的 {what} 不是它的列，或没有人数列",
        "people names no count of people, or it or of_people {what}, which is no column",
    ),
    "few": (
        f"有 {{what}} 行说出了不足 {MIN_PEOPLE} 人的组；请把它们的数字置空",
        f"{{what}} rows tell of groups of fewer than {MIN_PEOPLE} people; leave their numbers empty",
    ),
}


def check(connection: duckdb.DuckDBPyConnection, files: Mapping[str, SqlFile | SqlFileError]) -> None:
    """Raises SqlFileError for the first model in the open database that is offered and tells of a single person."""
    columns = _columns(connection)
    known: dict[TableName, PersonalColumns] = {}
    for file in order_models(dict(files)):
        name = (MATERIALIZATIONS[file.folder][0], file.name)
        read = {table: _personal(table, columns, known) for table in tables_read(file)}
        personal = {table: what for table, what in sorted(read.items()) if what}
        if file.folder == "staging" and personal:
            known[name] = _of_staging(file, personal)
        elif personal:
            known[name] = people.classify_derived(columns[name])
        if catalog.SQL_LAB in file.header:
            _prove(connection, file, name, personal, columns)
            known[name] = PersonalColumns()


def _prove(
    connection: duckdb.DuckDBPyConnection,
    file: SqlFile,
    name: TableName,
    personal: dict[TableName, PersonalColumns],
    columns: Columns,
) -> None:
    is_of_groups = file.header[catalog.SQL_LAB] == catalog.GROUPS
    if wrong := _first_wrong(file, personal, sorted(columns[name]), is_of_groups):
        raise _error(file, *wrong)
    if is_of_groups:
        _look_at_groups(connection, file, name, columns[name])


def _first_wrong(
    file: SqlFile, personal: dict[TableName, PersonalColumns], columns: list[str], is_of_groups: bool
) -> list[str] | None:
    """Returns why a file may not be offered and what that is about; None where it may."""
    if not personal:
        return None
    read = [[*table, *map(sorted, (of.keys, of.attributes)), of.is_of_people] for table, of in personal.items()]

    def compute() -> list[str] | None:
        # sqlglot is imported where a text is in no cache yet.
        from etl.build.anonymity.lineage import first_violation

        return first_violation(file, personal, columns, is_of_groups)

    parts = ("sql_lab", file.text, read, columns, is_of_groups)
    return parse_cache.get_or_compute(parse_cache.fingerprint(*_CODE), parts, compute)


def _look_at_groups(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, name: TableName, columns: dict[str, str]
) -> None:
    """Raises SqlFileError where a number of a group is not declared, or is told of fewer than five people."""
    counts, others = people_columns(file), [made for made, _words in derived_columns(file)]
    declared = {*counts, *others}
    if not counts or declared - set(columns):
        raise _error(file, "count", ", ".join(sorted(declared - set(columns))))
    for column, kind in columns.items():
        if column not in declared and _NUMBER.match(kind):
            raise _error(file, "people", column)
    # Names are the file's own columns, as DuckDB lists them.
    wrong = [f'"{count}" between 1 and {MIN_PEOPLE - 1}' for count in counts]
    wrong += [f'("{count}" is null and "{other}" is not null)' for count in counts for other in others]
    rows = connection.execute(f'select count(*) from {name[0]}."{name[1]}" where {" or ".join(wrong)}')
    if few := fetch_value(rows):
        raise _error(file, "few", str(few))


def _personal(table: TableName, columns: Columns, known: dict[TableName, PersonalColumns]) -> PersonalColumns:
    schema, name = table
    if schema != "raw":
        return known.get(table, PersonalColumns())
    contract = all_tables().get(name)
    own = columns.get(table, {})
    return people.classify_contract(contract, own) if contract else people.classify_other(name, own)


def _of_staging(file: SqlFile, personal: dict[TableName, PersonalColumns]) -> PersonalColumns:
    """Returns what a staging view tells of people: what its raw table does, under the names that it gives columns."""
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


def _error(file: SqlFile, why: str, what: str = "") -> SqlFileError:
    zh, en = (words.format(what=what) for words in _WORDS[why])
    key = f"{catalog.SQL_LAB}: {file.header[catalog.SQL_LAB]}"
    return SqlFileError(f"sql/{file.path}：写了 {key}，但{zh}", f"sql/{file.path} says {key}, but {en}")
