"""Reads one file or sheet into text cells, whatever its kind."""

from pathlib import Path

import polars as pl

from etl.contracts import Table
from etl.ingest.boundaries import shapes
from etl.ingest.discovery.file_kinds import EXCEL_SUFFIXES, READABLE_SUFFIXES, check_file_kind, open_error
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.cells import OVERFLOW, Cells, check_width, truncate, with_overflow
from etl.ingest.readers.csv_files import read_csv
from etl.ingest.readers.workbooks import open_workbook, read_sheet, sheet_names

__all__ = [
    "EXCEL_SUFFIXES",
    "OVERFLOW",
    "READABLE_SUFFIXES",
    "Cells",
    "open_error",
    "open_workbook",
    "read_cells",
    "sheet_names",
]


def read_cells(path: Path, sheet: str, table: Table, section: Section | None = None) -> Cells | None:
    """Returns the cells of a file or sheet, None if a sheet is empty; overlong cells are cut.

    Raises FileError if the file can't be read or has no header row.
    """
    try:
        cells = _read(path, sheet, table, section)
    except OSError as error:
        raise open_error(error) from error
    # The text of a geometry may be of any length.
    return cells if cells is None or table.name == "shapes" else truncate(cells)


def _read(path: Path, sheet: str, table: Table, section: Section | None) -> Cells | None:
    if path.suffix.lower() not in EXCEL_SUFFIXES:
        check_file_kind(path)
    match path.suffix.lower():
        case ".csv":
            return read_csv(path.read_bytes(), table, section)
        case ".parquet":
            return _read_parquet(path)
        case ".geojson":
            return Cells(*shapes.read_features(path.read_bytes()))
        case ".toml":
            if section is None:
                raise ValueError(f"{path} can only be read through a section of a mapping, and none was passed")
            return Cells(*section.inline_cells())
        case _:
            return read_sheet(path, sheet, table, section)


def _read_parquet(path: Path) -> Cells:
    try:
        frame = pl.read_parquet(path, glob=False)
        header: list[str | None] = [*frame.columns]
        frame.columns = [str(index) for index in range(frame.width)]
        rows = frame.cast(pl.String).with_row_index("source_row", offset=1)
    except pl.exceptions.PolarsError as error:
        raise FileError(
            "不是可读的 Parquet 文件，或有嵌套的列；请重新导出",
            "not a readable Parquet file, or it has nested columns; export it again",
        ) from error
    check_width(len(header))
    return Cells(header, with_overflow(rows, []))
