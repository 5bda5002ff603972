"""Which columns tell of single people or accounts. All of it follows from the contracts, so that a new table or column
is known without anybody listing it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import dataframely as dy

from etl.contracts import registered
from etl.contracts.columns import Table, about

# What the intake writes down beside the contracts' tables: cells as districts sent them, and the keys of rows.
AS_SENT = frozenset({"claims", "rejects", "rejected_rows"})
# Where a row came from, and which area it is of.
_OF_FILES = frozenset({"source_district", "source_file", "source_sheet", "source_row", "loaded_at"})
AREAS = frozenset(
    {"province", "city", "county", "street", "community", "place", "area_code", "community_code", "district"}
)


@dataclass(frozen=True)
class Personal:
    """What a table tells of single people.

    `compared` may be counted, compared and joined by, but not given on: whose row it is, and its dates. `hidden` says
    something of the person. `is_of_people`: each row is one person's or account's, or a handful's.
    """

    compared: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    is_of_people: bool = False

    def __bool__(self) -> bool:
        return self.is_of_people or bool(self.compared | self.hidden)


def identifying(table: Table) -> frozenset[str]:
    """Returns the columns that say which person or account a row is of: those declared so or kept from readers, those
    that refer to one of these, and the one key of rows that each are a person's."""
    own = {name for name in table.columns if _identifies(table, name)}
    return frozenset(own | set(table.key) if _is_of_people(table, own) and len(table.key) == 1 else own)


@functools.cache
def identifying_names() -> frozenset[str]:
    """Returns what identifying columns are called, in whatever table."""
    return frozenset(name for table in registered().values() for name in identifying(table))


def of_contract(table: Table, columns: dict[str, str]) -> Personal:
    """Returns what a raw table tells of people. `columns` are all that it has, with DuckDB's types: one that the
    contract does not know is taken to say something of the person."""
    found = identifying(table)
    if not _is_of_people(table, found):
        return Personal(compared=found & set(columns))
    places = {name for name, references in table.where("references").items() if references} - found
    public = {*places, *table.where("office"), *table.key, *_OF_FILES} - found
    dates = {name for name, column in table.columns.items() if isinstance(column, (dy.Date, dy.Datetime))}
    compared = (found | dates) & set(columns)
    return Personal(compared, frozenset(set(columns) - compared - public), True)


def of_other(name: str, columns: dict[str, str]) -> Personal:
    """Returns what a raw table without a contract tells of people: all of it, where it holds cells as sent or names a
    person."""
    is_of_people = name in AS_SENT or bool(identifying_names() & set(columns))
    return derived(columns) if is_of_people else Personal()


def derived(columns: dict[str, str]) -> Personal:
    """Returns what a table made of people's rows tells of them: everything but month and area."""
    free = AREAS | {"month", "period_start"}
    dates = {name for name, kind in columns.items() if kind.startswith(("DATE", "TIMESTAMP"))}
    compared = frozenset((identifying_names() | dates) & set(columns)) - free
    return Personal(compared, frozenset(set(columns) - compared - free), True)


def _identifies(table: Table, name: str) -> bool:
    said = about(table.columns[name])
    if said.get("identifies") or said.get("personal"):
        return True
    return any(_identifies(registered()[other.table], other.column) for other in said.get("references") or ())


def _is_of_people(table: Table, own: set[str] | frozenset[str]) -> bool:
    """A row that cannot be without its person is the person's."""
    return any(not table.columns[name].nullable for name in own)
