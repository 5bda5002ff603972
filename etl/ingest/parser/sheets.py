"""A unit alone: read, brought to the contract's columns and types, and checked as far as no other file is needed."""

from pathlib import Path

import polars as pl

from etl.contracts import Table
from etl.ingest.boundaries import shapes
from etl.ingest.mapping.application import chosen
from etl.ingest.mapping.mapping import Section
from etl.ingest.parser.results import Alone, nothing
from etl.ingest.readers.cells import overlong
from etl.ingest.readers.files import Cells, read
from etl.ingest.validation.reasons import shown
from etl.ingest.validation.validate import conforming
from etl.ingest.values.masking import hide_numbers
from etl.ingest.values.personal import concealed
from etl.ingest.values.types import typed


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


def _as_written(table: Table, cells: Cells, places: dict[str, int]) -> pl.DataFrame:
    used = {place: column for column, place in places.items()}
    return cells.rows.select(
        "source_row", *(shown(table, column, pl.col(str(place))).alias(str(place)) for place, column in used.items())
    )
