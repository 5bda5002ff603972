"""Says which columns tell of single people or accounts. All of it follows from the contracts, so that a new table or
column is known without anybody listing it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import dataframely as dy

from etl.contracts import all_tables
from etl.contracts.columns import Table, metadata_of

# What the intake writes down beside the contracts' tables: cells as districts sent them, and the keys of rows.
CELL_TABLES = frozenset({"claims", "rejects", "rejected_rows"})
# Where a row came from, and which area it is of.
_OF_FILES = frozenset({"source_district", "source_file", "source_sheet", "source_row", "loaded_at"})
AREA_COLUMNS = frozenset(
    {"province", "city", "county", "street", "community", "place", "area_code", "community_code", "district"}
)


@dataclass(frozen=True)
class PersonalColumns:
    """The personal columns of a table.

    `keys` say whose row it is, and when: they may be counted, compared and joined by, but not given on. `attributes`
    say something of the person. `is_of_people`: each row is one person's or account's, or a handful's.
    """

    keys: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    is_of_people: bool = False

    def __bool__(self) -> bool:
        return self.is_of_people or bool(self.keys | self.attributes)


def identifying_columns(table: Table) -> frozenset[str]:
    """Returns the columns that say which person or account a row is of: those declared so or kept from readers, those
    that refer to one of these, and the one key of rows that each are a person's."""
    own = {name for name in table.columns if _identifies(table, name)}
    return frozenset(own | set(table.key) if _is_of_people(table, own) and len(table.key) == 1 else own)


@functools.cache
def identifying_names() -> frozenset[str]:
    """Returns what identifying columns are called, in whatever table."""
    return frozenset(name for table in all_tables().values() for name in identifying_columns(table))


def classify_contract(table: Table, columns: dict[str, str]) -> PersonalColumns:
    """Returns what a raw table tells of people. `columns` are all that it has, with DuckDB's types: one that the
    contract does not know is taken to say something of the person."""
    own = identifying_columns(table)
    if not _is_of_people(table, own):
        return PersonalColumns(keys=own & set(columns))
    places = {name for name, references in table.columns_with("references").items() if references} - own
    public = {*places, *table.columns_with("office"), *table.key, *_OF_FILES} - own
    dates = {name for name, column in table.columns.items() if isinstance(column, (dy.Date, dy.Datetime))}
    keys = (own | dates) & set(columns)
    return PersonalColumns(keys, frozenset(set(columns) - keys - public), True)


def classify_other(name: str, columns: dict[str, str]) -> PersonalColumns:
    """Returns what a raw table without a contract tells of people: all of it, where it holds cells as sent or names a
    person."""
    is_of_people = name in CELL_TABLES or bool(identifying_names() & set(columns))
    return classify_derived(columns) if is_of_people else PersonalColumns()


def classify_derived(columns: dict[str, str]) -> PersonalColumns:
    """Returns what a table made of people's rows tells of them: everything but month and area."""
    free = AREA_COLUMNS | {"month", "period_start"}
    dates = {name for name, kind in columns.items() if kind.startswith(("DATE", "TIMESTAMP"))}
    keys = frozenset((identifying_names() | dates) & set(columns)) - free
    return PersonalColumns(keys, frozenset(set(columns) - keys - free), True)


def _identifies(table: Table, name: str) -> bool:
    metadata = metadata_of(table.columns[name])
    if metadata.get("identifies") or metadata.get("personal"):
        return True
    return any(_identifies(all_tables()[other.table], other.column) for other in metadata.get("references") or ())


def _is_of_people(table: Table, own: set[str] | frozenset[str]) -> bool:
    """Tells whether a row is a person's, which it is where it cannot be without one."""
    return any(not table.columns[name].nullable for name in own)
