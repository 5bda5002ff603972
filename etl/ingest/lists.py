"""The lists that say what became of every file and row: files, rejects with their reasons, and the rejected rows as the
clerk wrote them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from etl.contracts import all_tables
from etl.ingest.discovery.sources import SheetSource
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


def files(units: list[SheetSource], outcomes: dict[str, Outcome]) -> pl.DataFrame:
    """The list of files; raises RuntimeError where a row is unaccounted for, which is an error of ours."""
    notices: dict[int, list[tuple[str, str]]] = {}
    last_events: dict[int, date] = {}
    counted = {name: dict.fromkeys(range(len(units)), 0) for name in _COUNTS}
    for table, outcome in outcomes.items():
        notices |= unknown_words(all_tables()[table], outcome.accepted_rows)
        last_events |= _last_events(table, outcome.accepted_rows)
        rejected = outcome.problems.unique(["source_unit", "source_row"])
        for number, count in outcome.row_counts.items():
            counted["rows_read"][number] += count
        for name, counted_rows in zip(_COUNTS[1:], (outcome.accepted_rows, rejected, outcome.duplicates), strict=True):
            for number, count in counted_rows["source_unit"].value_counts().iter_rows():
                counted[name][number] += count
    rows = []
    for number, unit in enumerate(units):
        if unit.is_empty:
            continue
        read, loaded, refused, duplicate = (counted[name][number] for name in _COUNTS)
        if read != loaded + refused + duplicate:
            raise RuntimeError(f"{unit.file}: {read} read, {loaded} + {refused} + {duplicate} accounted for")
        said = [(unit.error.zh, unit.error.en)] if unit.error else [*unit.notes, *notices.get(number, [])]
        rows.append(
            {
                "district": unit.district,
                "file": unit.file,
                "sheet": unit.sheet_label,
                "table_name": unit.table.name if unit.table else None,
                "status": unit.status,
                **{name: counted[name][number] for name in _COUNTS},
                "header": unit.header,
                "extra_columns": "、".join(unit.extra_columns) or None,
                "last_event": last_events.get(number),
                "message_zh": "。".join(zh for zh, _ in said) or None,
                "message_en": ". ".join(en for _, en in said) or None,
                "content_hash": unit.content_hash,
                "bytes": unit.bytes,
            }
        )
    return pl.DataFrame(rows, schema=_FILES)


def rejected_rows(
    units: list[SheetSource], outcomes: dict[str, Outcome], places: pl.DataFrame, reader: Reader
) -> pl.DataFrame:
    """Every rejected row of the files that could be read, its cells in the file's own order: empty those of columns
    that aren't used, hidden the personal ones."""
    frames = [pl.DataFrame(schema=_REJECTED_ROWS)]
    for name, outcome in outcomes.items():
        for (number,), group in outcome.problems.group_by("source_unit", maintain_order=True):
            unit = units[number]
            if unit.error is not None:
                continue
            cells = reader.cells(
                unit.path, unit.sheet, unit.table, unit.section, unit.content_hash, group["source_row"].unique()
            )
            texts = [
                pl.col(str(place)).fill_null("") if str(place) in cells.columns else pl.lit("")
                for place in range(len(unit.header))
            ]
            frames.append(
                cells.select(
                    pl.lit(number, dtype=pl.UInt32).alias("source_unit"),
                    pl.lit(name).alias("table_name"),
                    pl.col("source_row").cast(pl.Int64).alias("row_number"),
                    pl.concat_list(texts).alias("cells"),
                )
                .join(places, on="source_unit", how="left")
                .rename({"source_district": "district", "source_file": "file", "source_sheet": "sheet"})
                .select(list(_REJECTED_ROWS))
            )
    return pl.concat(frames).sort("district", "file", "sheet", "row_number", maintain_order=True)


def claims(outcomes: dict[str, Outcome], places: pl.DataFrame) -> pl.DataFrame:
    """Every row whose key came from two districts, by table and key, with its place and whether it was accepted."""
    rows = pl.concat(outcome.claims for outcome in outcomes.values()).join(places, on="source_unit", how="left")
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
    """The latest date of something that has happened, over all files."""
    return max_date(files["last_event"])


def _last_events(table: str, accepted: pl.DataFrame) -> dict[int, date]:
    """By unit the latest date of something that has happened, not after today."""
    events = list(all_tables()[table].columns_with("event"))
    if not events or accepted.is_empty():
        return {}
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    days = [pl.col(column).cast(pl.Date) for column in events]
    # A plain maximum of each group is quick; a filter within each is not.
    happened = accepted.select("source_unit", latest=pl.max_horizontal(pl.when(day <= today).then(day) for day in days))
    return dict(happened.group_by("source_unit").max().drop_nulls().iter_rows())


def rejects(units: list[SheetSource], outcomes: dict[str, Outcome], places: pl.DataFrame) -> pl.DataFrame:
    """Every problem with its place, by district, file, sheet and row; a failed file's own problem first."""
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
    of_files = [
        {
            "district": unit.district,
            "file": unit.file,
            "sheet": unit.sheet_label,
            "table_name": unit.table.name,
            "reason_zh": unit.error.zh,
            "reason_en": unit.error.en,
        }
        for unit in units
        if unit.status in ("failed", "stale") and unit.table is not None and unit.error is not None
    ]
    frames = [pl.DataFrame(of_files, schema=columns)]
    for name, outcome in outcomes.items():
        rows = outcome.problems.join(places, on="source_unit", how="left").with_columns(table_name=pl.lit(name))
        renamed = rows.rename(
            {"source_district": "district", "source_file": "file", "source_sheet": "sheet", "source_row": "row_number"}
        )
        frames.append(renamed.select(list(columns)).cast(pl.Schema(columns)))
    return pl.concat(frames).sort("district", "file", "sheet", "row_number", maintain_order=True)
