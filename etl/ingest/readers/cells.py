"""Defines what every reader returns: a header and the text cells below it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.contracts import Table
from etl.ingest.errors import FileError
from etl.ingest.validation.reasons import no_problems, problems

OVERFLOW = "overflow"
# Excel's own limits.
_MAX_COLUMNS = 16_384
_MAX_CHARACTERS = 32_767
# No column name is longer, and nobody reads more of a cell quoted in a message.
_MAX_QUOTED_CHARACTERS = 255
_MAX_VALUE_CHARACTERS = 60


@dataclass(frozen=True)
class Cells:
    """Holds a header row and the rows below it.

    rows: a text column per header cell, named by its index, source_row (1-based, as seen in the file) and overflow
    (text beyond the last header, else null). notes: what was left out, in Chinese and English.
    """

    header: list[str | None]
    rows: pl.DataFrame
    notes: list[tuple[str, str]] = field(default_factory=list)


def check_width(columns: int) -> None:
    """Raises FileError if there are more columns than Excel can hold."""
    if columns > _MAX_COLUMNS:
        raise FileError(
            f"文件有 {columns:,} 列，超过 Excel 的上限 {_MAX_COLUMNS:,} 列；请只保留需要的列",
            f"the file has {columns:,} columns, more than Excel's limit of {_MAX_COLUMNS:,}; keep only those needed",
        )


def unnamed_columns(header: Sequence[str | None]) -> list[str]:
    """Returns the indexes of the columns without a header."""
    return [str(index) for index, cell in enumerate(header) if not (cell or "").strip()]


def with_overflow(rows: pl.DataFrame, indexes: list[str]) -> pl.DataFrame:
    """Collects the text in `indexes`, the columns without a header, in the overflow column."""
    if not indexes:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(OVERFLOW))
    texts = [pl.when(pl.col(index).str.strip_chars() != "").then(index) for index in indexes]
    return rows.with_columns(pl.concat_str(texts, separator=" ", ignore_nulls=True).alias(OVERFLOW)).with_columns(
        pl.when(pl.col(OVERFLOW) != "").then(OVERFLOW)
    )


def truncate(cells: Cells) -> Cells:
    """Cuts cells to little more than Excel can hold, which leaves enough to recognise overlong ones."""
    limits = dict.fromkeys(cells.rows.columns, _MAX_CHARACTERS + 1) | {OVERFLOW: _MAX_QUOTED_CHARACTERS}
    rows = cells.rows.with_columns(
        pl.col(name).str.slice(0, limits[name]) for name in _columns_over_limit(cells.rows, limits)
    )
    return Cells([cell and cell[:_MAX_QUOTED_CHARACTERS] for cell in cells.header], rows, cells.notes)


def overlong_cells(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the problems of cells longer than Excel can hold, among rows of contract columns as text."""
    limits = {name: _MAX_CHARACTERS for name in table.columns if (table.name, name) != ("shapes", "geometry")}
    frames = [no_problems()]
    for column in _columns_over_limit(rows, limits):
        beginnings = rows.filter(pl.col(column).str.len_chars() > _MAX_CHARACTERS).select(
            "source_row", pl.col(column).str.slice(0, _MAX_VALUE_CHARACTERS), source_unit=pl.lit(0, dtype=pl.UInt32)
        )
        frames.append(
            problems(
                beginnings,
                table,
                column,
                f"{table.header(column)}的内容超过 {_MAX_CHARACTERS:,} 个字，Excel 也放不下；请改正单元格",
                f"{column} holds more than {_MAX_CHARACTERS:,} characters, more than Excel allows; correct the cell",
            )
        )
    return pl.concat(frames)


def _columns_over_limit(rows: pl.DataFrame, limits: dict[str, int]) -> list[str]:
    """Returns the columns with a cell of more bytes than its limit; counting bytes is faster than characters."""
    text_columns = [name for name, dtype in rows.schema.items() if name in limits and dtype == pl.String]
    max_bytes = rows.select(pl.col(name).str.len_bytes().max() for name in text_columns)
    return [name for name, longest in max_bytes.row(0, named=True).items() if (longest or 0) > limits[name]]
