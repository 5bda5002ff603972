"""Lists what became of every file and row: files, rejects with their reasons, and rejected rows as the clerk wrote
them."""

from collections.abc import Collection
from datetime import date

import polars as pl

from etl.contracts import all_tables
from etl.ingest.discovery.sources import SheetSource
from etl.ingest.mapping.templates import date_in
from etl.ingest.parser.requests import Reader
from etl.ingest.tables import Outcome
from etl.ingest.validation.notices import unknown_words
from sql.semantic.extremes import max_date

_COUNTS = ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
_FILES: dict[str, pl.DataType | type[pl.DataType]] = {
    "district": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "table_name": pl.String,
    "status": pl.String,
    **dict.fromkeys(_COUNTS, pl.Int64),
    "header": pl.List(pl.String),
    "extra_columns": pl.String,
    "last_event": pl.Date,
    "valid_on": pl.Date,
    "modified_on": pl.Date,
    "message_zh": pl.String,
    "message_en": pl.String,
    "content_hash": pl.String,
    "bytes": pl.Int64,
}
_REJECTED_ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "district": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "table_name": pl.String,
    "row_number": pl.Int64,
    "cells": pl.List(pl.String),
}


def files(sources: list[SheetSource], outcomes: dict[str, Outcome], today: date) -> pl.DataFrame:
    """Returns the list of files, with the dates up to today of their rows and of themselves.

    Raises RuntimeError if a row is unaccounted for, which is a bug.
    """
    notices: dict[int, list[tuple[str, str]]] = {}
    last_events: dict[int, date] = {}
    declared_dates: dict[int, date] = {}
    counts = {name: dict.fromkeys(range(len(sources)), 0) for name in _COUNTS}
    for table, outcome in outcomes.items():
        notices |= unknown_words(all_tables()[table], outcome.accepted_rows)
        last_events |= _latest_dates(all_tables()[table].columns_with("event"), outcome.accepted_rows, today)
        if all_tables()[table].is_register:
            declared_dates |= _latest_dates(
                {"as_of"} & all_tables()[table].columns.keys(), outcome.accepted_rows, today
            )
        rejected = outcome.problems.unique(["source_unit", "source_row"])
        for number, count in outcome.row_counts.items():
            counts["rows_read"][number] += count
        for name, disposed_rows in zip(_COUNTS[1:], (outcome.accepted_rows, rejected, outcome.duplicates), strict=True):
            for number, count in disposed_rows["source_unit"].value_counts().iter_rows():
                counts[name][number] += count
    rows = []
    for number, source in enumerate(sources):
        if source.is_empty:
            continue
        read_count, loaded_count, rejected_count, duplicate_count = (counts[name][number] for name in _COUNTS)
        if read_count != loaded_count + rejected_count + duplicate_count:
            raise RuntimeError(
                f"{source.file}: {read_count} read, {loaded_count} + {rejected_count} + {duplicate_count} accounted for"
            )
        messages = [(source.error.zh, source.error.en)] if source.error else [*source.notes, *notices.get(number, [])]
        rows.append(
            {
                "district": source.district,
                "file": source.file,
                "sheet": source.sheet_label,
                "table_name": source.table.name if source.table else None,
                "status": source.status,
                **{name: counts[name][number] for name in _COUNTS},
                "header": source.header,
                "extra_columns": "、".join(source.extra_columns) or None,
                "last_event": last_events.get(number),
                "valid_on": declared_dates.get(number) or _date_in_name(source, today),
                "modified_on": min(source.modified_on or today, today),
                "message_zh": "。".join(zh for zh, _ in messages) or None,
                "message_en": ". ".join(en for _, en in messages) or None,
                "content_hash": source.content_hash,
                "bytes": source.bytes,
            }
        )
    return pl.DataFrame(rows, schema=_FILES)


def rejected_rows(
    sources: list[SheetSource], outcomes: dict[str, Outcome], locations: pl.DataFrame, reader: Reader
) -> pl.DataFrame:
    """Returns every rejected row of the readable files, with its cells in the file's own order.

    Cells of unused columns are empty, personal ones masked.
    """
    frames = [pl.DataFrame(schema=_REJECTED_ROWS)]
    for name, outcome in outcomes.items():
        for (number,), row_problems in outcome.problems.group_by("source_unit", maintain_order=True):
            source = sources[number]
            if source.error is not None:
                continue
            cells = reader.cells(
                source.path,
                source.sheet,
                source.table,
                source.section,
                source.content_hash,
                row_problems["source_row"].unique(),
            )
            texts = [
                pl.col(str(index)).fill_null("") if str(index) in cells.columns else pl.lit("")
                for index in range(len(source.header))
            ]
            frames.append(
                cells.select(
                    pl.lit(number, dtype=pl.UInt32).alias("source_unit"),
                    pl.lit(name).alias("table_name"),
                    pl.col("source_row").cast(pl.Int64).alias("row_number"),
                    pl.concat_list(texts).alias("cells"),
                )
                .join(locations, on="source_unit", how="left")
                .rename({"source_district": "district", "source_file": "file", "source_sheet": "sheet"})
                .select(list(_REJECTED_ROWS))
            )
    return pl.concat(frames).sort("district", "file", "sheet", "row_number", maintain_order=True)


def claims(outcomes: dict[str, Outcome], locations: pl.DataFrame) -> pl.DataFrame:
    """Returns every row whose key came from two districts, by table and key, with its location and is_kept."""
    rows = pl.concat(outcome.claims for outcome in outcomes.values()).join(locations, on="source_unit", how="left")
    return rows.select(
        "table_name",
        "key",
        pl.col("source_district").alias("district"),
        pl.col("source_file").alias("file"),
        pl.col("source_sheet").alias("sheet"),
        pl.col("source_row").cast(pl.Int64).alias("row_number"),
        "is_kept",
    ).sort("table_name", "key", "district", "file", "sheet", "row_number")


def latest_event(files: pl.DataFrame) -> date | None:
    """Returns the latest date of an event over all files."""
    return max_date(files["last_event"])


def _latest_dates(columns: Collection[str], accepted_rows: pl.DataFrame, today: date) -> dict[int, date]:
    """Returns the latest date in these columns, not after today, by source number."""
    if not columns or accepted_rows.is_empty():
        return {}
    dates = [pl.col(column).cast(pl.Date) for column in columns]
    # A plain maximum per group is fast; a filter within each group is slow.
    dates_to_date = accepted_rows.select(
        "source_unit", latest=pl.max_horizontal(pl.when(each <= today).then(each) for each in dates)
    )
    return dict(dates_to_date.group_by("source_unit").max().drop_nulls().iter_rows())


def _date_in_name(source: SheetSource, today: date) -> date | None:
    """Returns the date in the name of a register's file, not after today; None for other files and unread ones."""
    if source.table is None or not source.table.is_register or source.status != "loaded":
        return None
    named = date_in(source.file)
    return min(named, today) if named else None


def rejects(sources: list[SheetSource], outcomes: dict[str, Outcome], locations: pl.DataFrame) -> pl.DataFrame:
    """Returns every problem, ordered by district, file, sheet and row; a file's own error comes first."""
    columns = {
        "district": pl.String,
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
        "table_name": pl.String,
        "column_name": pl.String,
        "value": pl.String,
        "reason_zh": pl.String,
        "reason_en": pl.String,
    }
    file_errors = [
        {
            "district": source.district,
            "file": source.file,
            "sheet": source.sheet_label,
            "table_name": source.table.name,
            "reason_zh": source.error.zh,
            "reason_en": source.error.en,
        }
        for source in sources
        if source.status in ("failed", "stale") and source.table is not None and source.error is not None
    ]
    frames = [pl.DataFrame(file_errors, schema=columns)]
    for name, outcome in outcomes.items():
        rows = outcome.problems.join(locations, on="source_unit", how="left").with_columns(table_name=pl.lit(name))
        renamed = rows.rename(
            {"source_district": "district", "source_file": "file", "source_sheet": "sheet", "source_row": "row_number"}
        )
        frames.append(renamed.select(list(columns)).cast(pl.Schema(columns)))
    return pl.concat(frames).sort("district", "file", "sheet", "row_number", maintain_order=True)
