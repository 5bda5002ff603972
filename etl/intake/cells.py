"""What every reader gives: a header and the text cells below it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.intake.errors import FileError

OVERFLOW = "overflow"
# What Excel itself can hold.
_MOST_COLUMNS = 16_384


@dataclass(frozen=True)
class Cells:
    """A header row and the rows below it: `rows` has a text column a header cell, named by its place,
    source_row (1-based, as seen in the file) and overflow (text beyond the last header, else null).
    notes: what was left out, in Chinese and in English."""

    header: list[str | None]
    rows: pl.DataFrame
    notes: list[tuple[str, str]] = field(default_factory=list)


def refuse_too_wide(columns: int) -> None:
    """Raise FileError where there are more columns than Excel can hold."""
    if columns > _MOST_COLUMNS:
        raise FileError(
            f"文件有 {columns:,} 列，超过 Excel 的上限 {_MOST_COLUMNS:,} 列；请只保留需要的列",
            f"the file has {columns:,} columns, more than the {_MOST_COLUMNS:,} Excel can hold; keep those needed",
        )


def unnamed_places(header: Sequence[str | None]) -> list[str]:
    """The places of the columns without a header."""
    return [str(place) for place, cell in enumerate(header) if not (cell or "").strip()]


def with_overflow(rows: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """Gather what stands in `places`, columns that have no header, into the overflow column."""
    if not places:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(OVERFLOW))
    texts = [pl.when(pl.col(place).str.strip_chars() != "").then(place) for place in places]
    return rows.with_columns(
        pl.concat_str(texts, separator=" ", ignore_nulls=True).alias(OVERFLOW)
    ).with_columns(pl.when(pl.col(OVERFLOW) != "").then(OVERFLOW))
