"""Classifies columns that describe single people or accounts.

The classification follows from the contracts, so a new table or column is covered without being listed here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import dataframely as dy

from etl.contracts import all_tables
from etl.contracts.columns import Table, metadata_of
from sql.files.columns import AREA_CODE, AREA_DIMENSIONS

# Tables that ingest writes besides those of the contracts: cells as districts sent them, and the keys of rows.
CELL_TABLES = frozenset({"claims", "rejects", "rejected_rows"})
# The origin of a row, and its area.
_OF_FILES = frozenset({"source_district", "source_file", "source_sheet", "source_row", "loaded_at"})
AREA_COLUMNS = frozenset({*AREA_DIMENSIONS, AREA_CODE, "community_code", "district"})


@dataclass(frozen=True)
class PersonalColumns:
    """Holds the personal columns of a table.

    `keys` identify the person or account of a row, or are dates of theirs: models may count, compare and join on them,
    but not return them. `attributes` describe the person. `is_of_people`: each row is about one person or account, or a
    handful.
    """

    keys: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    is_of_people: bool = False

    def __bool__(self) -> bool:
        return self.is_of_people or bool(self.keys | self.attributes)


def identifying_columns(table: Table) -> frozenset[str]:
    """Returns the columns that identify the person or account of a row.

    These are the columns declared so or withheld as personal, the columns that refer to one of them, and the key where
    it is one column and each row is about one person.
    """
    identifiers = {name for name in table.columns if _identifies(table, name)}
    return frozenset(
        identifiers | set(table.key) if _is_of_people(table, identifiers) and len(table.key) == 1 else identifiers
    )


@functools.cache
def identifying_names() -> frozenset[str]:
    """Returns the names of the identifying columns of all tables."""
    return frozenset(name for table in all_tables().values() for name in identifying_columns(table))


def classify_contract(table: Table, columns: dict[str, str]) -> PersonalColumns:
    """Returns the personal columns of a raw table with a contract.

    `columns` are all its columns, with DuckDB's types; one that the contract does not know counts as an attribute of
    the person.
    """
    identifiers = identifying_columns(table)
    if not _is_of_people(table, identifiers):
        return PersonalColumns(keys=identifiers & set(columns))
    links = {name for name, references in table.columns_with("references").items() if references} - identifiers
    public = {*links, *table.columns_with("office"), *table.key, *_OF_FILES} - identifiers
    dates = {name for name, column in table.columns.items() if isinstance(column, (dy.Date, dy.Datetime))}
    keys = (identifiers | dates) & set(columns)
    return PersonalColumns(keys, frozenset(set(columns) - keys - public), True)


def classify_other(name: str, columns: dict[str, str]) -> PersonalColumns:
    """Returns the personal columns of a raw table without a contract: all, where it holds cells as sent or identifies
    people."""
    is_of_people = name in CELL_TABLES or bool(identifying_names() & set(columns))
    return classify_derived(columns) if is_of_people else PersonalColumns()


def classify_derived(columns: dict[str, str]) -> PersonalColumns:
    """Returns the personal columns of a table derived from rows of people: all but month and area."""
    public = AREA_COLUMNS | {"month", "period_start"}
    dates = {name for name, kind in columns.items() if kind.startswith(("DATE", "TIMESTAMP"))}
    keys = frozenset((identifying_names() | dates) & set(columns)) - public
    return PersonalColumns(keys, frozenset(set(columns) - keys - public), True)


def _identifies(table: Table, name: str) -> bool:
    metadata = metadata_of(table.columns[name])
    if metadata.get("identifies") or metadata.get("personal"):
        return True
    return any(_identifies(all_tables()[other.table], other.column) for other in metadata.get("references") or ())


def _is_of_people(table: Table, identifiers: set[str] | frozenset[str]) -> bool:
    """Returns true where each row is about a person: where an identifying column is required."""
    return any(not table.columns[name].nullable for name in identifiers)
