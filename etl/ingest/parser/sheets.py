"""A unit alone: read, brought to the contract's columns and types, and checked as far as no other file is needed."""

from pathlib import Path

import polars as pl

from etl.contracts import Table
from etl.ingest.boundaries import shapes
from etl.ingest.mapping.application import apply_mapping
from etl.ingest.mapping.sections import Section
from etl.ingest.parser.results import ParsedSheet, empty_sheet
from etl.ingest.readers.cells import overlong_cells
from etl.ingest.readers.files import Cells, read_cells
from etl.ingest.validation.reasons import redact
from etl.ingest.validation.validate import check_contract
from etl.ingest.values.digests import conceal
from etl.ingest.values.masking import hide_numbers
from etl.ingest.values.types import parse_cells


def parse_sheet(
    path: Path, sheet: str, table: Table, section: Section | None, key: bytes
) -> tuple[ParsedSheet, pl.DataFrame]:
    """Read and check one unit; `key` is that of the digests. Raises FileError where it can't be read.

    Comes with every row as the clerk wrote it: source_row and a text column a header, by place; personal ones hidden,
    those of columns that aren't used left out.
    """
    cells = read_cells(path, sheet, table, section)
    if cells is None:
        return empty_sheet(table), pl.DataFrame(schema={"source_row": pl.UInt32})
    taken = apply_mapping(table, cells, section)
    unmapped = pl.concat([taken.problems, overlong_cells(table, taken.rows)])
    rows, unreadable = parse_cells(table, taken.rows.with_columns(source_unit=pl.lit(0, dtype=pl.UInt32)), unmapped)
    kept, found = check_contract(table, rows, unreadable)
    found = pl.concat([unreadable, found])
    if table.name == "shapes":
        kept, misshapen = shapes.validate_polygons(table, kept)
        found = pl.concat([found, misshapen])
    refused = rows.join(kept, on="source_row", how="anti", maintain_order="left")
    outcome = ParsedSheet(
        conceal(table, kept, key),
        conceal(table, refused, key).select("source_row", *table.key),
        found,
        [hide_numbers(cell or "") for cell in cells.header],
        taken.unused_headers,
        [(hide_numbers(zh), hide_numbers(en)) for zh, en in [*cells.notes, *taken.notes]],
    )
    return outcome, _as_written(table, cells, taken.column_indexes)


def _as_written(table: Table, cells: Cells, places: dict[str, int]) -> pl.DataFrame:
    used = {place: column for column, place in places.items()}
    return cells.rows.select(
        "source_row", *(redact(table, column, pl.col(str(place))).alias(str(place)) for place, column in used.items())
    )
