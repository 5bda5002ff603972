"""Parses one sheet: reads it, converts it to the contract's columns and types, and checks it without other files."""

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
    """Reads and checks one sheet; `key` is the secret key of the digests. Raises FileError if it can't be read.

    Also returns every row as the clerk wrote it: source_row and a text column per used header, named by index; personal
    values are masked.
    """
    cells = read_cells(path, sheet, table, section)
    if cells is None:
        return empty_sheet(table), pl.DataFrame(schema={"source_row": pl.UInt32})
    mapped = apply_mapping(table, cells, section)
    unmapped = pl.concat([mapped.problems, overlong_cells(table, mapped.rows)])
    rows, unreadable = parse_cells(table, mapped.rows.with_columns(source_unit=pl.lit(0, dtype=pl.UInt32)), unmapped)
    valid_rows, problems = check_contract(table, rows, unreadable)
    problems = pl.concat([unreadable, problems])
    if table.name == "shapes":
        valid_rows, shape_problems = shapes.validate_polygons(table, valid_rows)
        problems = pl.concat([problems, shape_problems])
    rejected_rows = rows.join(valid_rows, on="source_row", how="anti", maintain_order="left")
    outcome = ParsedSheet(
        conceal(table, valid_rows, key),
        conceal(table, rejected_rows, key).select("source_row", *table.key),
        problems,
        [hide_numbers(cell or "") for cell in cells.header],
        mapped.unused_headers,
        [(hide_numbers(zh), hide_numbers(en)) for zh, en in [*cells.notes, *mapped.notes]],
    )
    return outcome, _original_cells(table, cells, mapped.column_indexes)


def _original_cells(table: Table, cells: Cells, column_indexes: dict[str, int]) -> pl.DataFrame:
    column_by_index = {index: column for column, index in column_indexes.items()}
    return cells.rows.select(
        "source_row",
        *(redact(table, column, pl.col(str(index))).alias(str(index)) for index, column in column_by_index.items()),
    )
