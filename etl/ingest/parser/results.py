"""What a unit holds by itself, before it is compared with what others hold."""

from dataclasses import dataclass, field

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import PROBLEM_SCHEMA

BilingualText = tuple[str, str]


@dataclass(frozen=True)
class ParsedSheet:
    """What a unit holds when nothing else is looked at.

    rows: those that keep their contract, in its columns and types, personal values as digests. refused: source_row and
    the key of the others, as far as it could be read. found: their problems. header: the clerk's own. extra: the
    headers that aren't used. notes: what was left out, and why. is_empty: it is a sheet without anything in it.
    source_unit is 0 in all frames.
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
        """How many rows were read."""
        return self.rows.height + self.rejected_keys.height


def empty_sheet(table: Table) -> ParsedSheet:
    """The outcome of a sheet without anything in it."""
    rows = pl.DataFrame(schema={name: column.dtype for name, column in table.schema.columns().items()})
    return ParsedSheet(rows, rows.select("source_row", *table.key), pl.DataFrame(schema=PROBLEM_SCHEMA), is_empty=True)
