"""What a unit holds by itself, before it is compared with what others hold."""

from dataclasses import dataclass, field

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import PROBLEM

Texts = tuple[str, str]


@dataclass(frozen=True)
class Alone:
    """What a unit holds when nothing else is looked at.

    rows: those that keep their contract, in its columns and types, personal values as digests. refused: source_row and
    the key of the others, as far as it could be read. found: their problems. header: the clerk's own. extra: the
    headers that aren't used. notes: what was left out, and why. is_empty: it is a sheet without anything in it.
    source_unit is 0 in all frames.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    found: pl.DataFrame
    header: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    notes: list[Texts] = field(default_factory=list)
    is_empty: bool = False

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.rows.height + self.refused.height


def nothing(table: Table) -> Alone:
    """The outcome of a sheet without anything in it."""
    rows = pl.DataFrame(schema={name: column.dtype for name, column in table.schema.columns().items()})
    return Alone(rows, rows.select("source_row", *table.key), pl.DataFrame(schema=PROBLEM), is_empty=True)
