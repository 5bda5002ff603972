"""Defines the result of parsing one sheet, before it is compared with others."""

from dataclasses import dataclass, field

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import PROBLEM_SCHEMA

BilingualText = tuple[str, str]


@dataclass(frozen=True)
class ParsedSheet:
    """Holds a sheet parsed on its own, without regard to other files.

    rows: those that satisfy their contract, in its columns and types, personal values as digests. rejected_keys:
    source_row and the key of the others, as far as it could be read. problems: the problems of those. header: the
    clerk's own. unused_headers: the headers that aren't used. notes: what was left out, and why. is_empty: the sheet is
    empty. source_unit is 0 in all frames.
    """

    rows: pl.DataFrame
    rejected_keys: pl.DataFrame
    problems: pl.DataFrame
    header: list[str] = field(default_factory=list)
    unused_headers: list[str] = field(default_factory=list)
    notes: list[BilingualText] = field(default_factory=list)
    is_empty: bool = False

    @property
    def row_count(self) -> int:
        """Returns the number of rows read."""
        return self.rows.height + self.rejected_keys.height


def empty_sheet(table: Table) -> ParsedSheet:
    """Returns the result for an empty sheet."""
    rows = pl.DataFrame(schema={name: column.dtype for name, column in table.schema.columns().items()})
    return ParsedSheet(rows, rows.select("source_row", *table.key), pl.DataFrame(schema=PROBLEM_SCHEMA), is_empty=True)
