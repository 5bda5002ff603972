"""A unit alone: read, brought to the contract's columns and types, and checked as far as no other file is needed."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from etl.contracts import Table
from etl.intake import shapes
from etl.intake.cells import overlong
from etl.intake.hiding import hide_numbers
from etl.intake.mapped import chosen
from etl.intake.mapping import Section
from etl.intake.personal import concealed
from etl.intake.readers import Cells, read
from etl.intake.reasons import PROBLEM, shown
from etl.intake.validate import conforming
from etl.intake.values import typed

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


def alone(path: Path, sheet: str, table: Table, section: Section | None, key: bytes) -> tuple[Alone, pl.DataFrame]:
    """Read and check one unit; `key` is that of the digests. Raises FileError where it can't be read.

    Comes with every row as the clerk wrote it: source_row and a text column a header, by place; personal ones hidden,
    those of columns that aren't used left out.
    """
    cells = read(path, sheet, table, section)
    if cells is None:
        return nothing(table), pl.DataFrame(schema={"source_row": pl.UInt32})
    taken = chosen(table, cells, section)
    unmapped = pl.concat([taken.found, overlong(table, taken.rows)])
    rows, unreadable = typed(table, taken.rows.with_columns(source_unit=pl.lit(0, dtype=pl.UInt32)), unmapped)
    kept, found = conforming(table, rows, unreadable)
    found = pl.concat([unreadable, found])
    if table.name == "shapes":
        kept, misshapen = shapes.measured(table, kept)
        found = pl.concat([found, misshapen])
    refused = rows.join(kept, on="source_row", how="anti", maintain_order="left")
    outcome = Alone(
        concealed(table, kept, key),
        concealed(table, refused, key).select("source_row", *table.key),
        found,
        [hide_numbers(cell or "") for cell in cells.header],
        taken.extra,
        [(hide_numbers(zh), hide_numbers(en)) for zh, en in [*cells.notes, *taken.notes]],
    )
    return outcome, _as_written(table, cells, taken.places)


def nothing(table: Table) -> Alone:
    """The outcome of a sheet without anything in it."""
    rows = pl.DataFrame(schema={name: column.dtype for name, column in table.schema.columns().items()})
    return Alone(rows, rows.select("source_row", *table.key), pl.DataFrame(schema=PROBLEM), is_empty=True)


def _as_written(table: Table, cells: Cells, places: dict[str, int]) -> pl.DataFrame:
    used = {place: column for column, place in places.items()}
    return cells.rows.select(
        "source_row", *(shown(table, column, pl.col(str(place))).alias(str(place)) for place, column in used.items())
    )
