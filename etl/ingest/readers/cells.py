"""What every reader gives: a header and the text cells below it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.contracts import Table
from etl.ingest.errors import FileError
from etl.ingest.validation.reasons import no_problems, problems

OVERFLOW = "overflow"
# What Excel itself can hold.
_MAX_COLUMNS = 16_384
_MAX_CHARACTERS = 32_767
# No name of a column is longer, and nobody reads more of a cell that is told.
_MAX_HEADER_SHARE = 255
_MAX_SHOWN = 60


@dataclass(frozen=True)
class Cells:
    """A header row and the rows below it: `rows` has a text column a header cell, named by its place,
    source_row (1-based, as seen in the file) and overflow (text beyond the last header, else null).
    notes: what was left out, in Chinese and in English."""

    header: list[str | None]
    rows: pl.DataFrame
    notes: list[tuple[str, str]] = field(default_factory=list)


def check_width(columns: int) -> None:
    """Raise FileError where there are more columns than Excel can hold."""
    if columns > _MAX_COLUMNS:
        raise FileError(
            f"文件有 {columns:,} 列，超过 Excel 的上限 {_MAX_COLUMNS:,} 列；请只保留需要的列",
            f"the file has {columns:,} columns, more than the {_MAX_COLUMNS:,} Excel can hold; keep those needed",
        )


def unnamed_columns(header: Sequence[str | None]) -> list[str]:
    """The places of the columns without a header."""
    return [str(place) for place, cell in enumerate(header) if not (cell or "").strip()]


def with_overflow(rows: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """Gather what stands in `places`, columns that have no header, into the overflow column."""
    if not places:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(OVERFLOW))
    texts = [pl.when(pl.col(place).str.strip_chars() != "").then(place) for place in places]
    return rows.with_columns(pl.concat_str(texts, separator=" ", ignore_nulls=True).alias(OVERFLOW)).with_columns(
        pl.when(pl.col(OVERFLOW) != "").then(OVERFLOW)
    )


def truncate(cells: Cells) -> Cells:
    """Cells of which none is much longer than Excel can hold: enough is left of one to know it by."""
    limits = dict.fromkeys(cells.rows.columns, _MAX_CHARACTERS + 1) | {OVERFLOW: _MAX_HEADER_SHARE}
    rows = cells.rows.with_columns(pl.col(name).str.slice(0, limits[name]) for name in _long(cells.rows, limits))
    return Cells([cell and cell[:_MAX_HEADER_SHARE] for cell in cells.header], rows, cells.notes)


def overlong_cells(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The problems of cells longer than Excel can hold, among rows of contract columns as text."""
    limits = {name: _MAX_CHARACTERS for name in table.columns if (table.name, name) != ("shapes", "geometry")}
    found = [no_problems()]
    for column in _long(rows, limits):
        begun = rows.filter(pl.col(column).str.len_chars() > _MAX_CHARACTERS).select(
            "source_row", pl.col(column).str.slice(0, _MAX_SHOWN), source_unit=pl.lit(0, dtype=pl.UInt32)
        )
        found.append(
            problems(
                begun,
                table,
                column,
                f"{table.header(column)}的内容超过 {_MAX_CHARACTERS:,} 个字，Excel 也放不下；请改正单元格",
                f"{column} holds more than {_MAX_CHARACTERS:,} characters, more than Excel can; correct the cell",
            )
        )
    return pl.concat(found)


def _long(rows: pl.DataFrame, limits: dict[str, int]) -> list[str]:
    """The columns with a cell of more bytes than these, which is soon told."""
    texts = [name for name, dtype in rows.schema.items() if name in limits and dtype == pl.String]
    most = rows.select(pl.col(name).str.len_bytes().max() for name in texts)
    return [name for name, longest in most.row(0, named=True).items() if (longest or 0) > limits[name]]
