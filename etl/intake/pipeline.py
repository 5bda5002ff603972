"""The way of a source into accepted tables: find its files, take in table by table, and draw up the lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from etl.contracts import Table, load_order, registered
from etl.contracts.columns import Frames
from etl.intake import shapes
from etl.intake.notices import unknown_words
from etl.intake.sources import Unit, find_units
from etl.intake.tables import LastGood, Outcome, take_table

Progress = Callable[[int, str], None]

_COUNTS = ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
_FILES = {
    "district": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "table_name": pl.String,
    "status": pl.String,
    **dict.fromkeys(_COUNTS, pl.Int64),
    "extra_columns": pl.String,
    "message_zh": pl.String,
    "message_en": pl.String,
    "content_hash": pl.String,
    "bytes": pl.Int64,
}


@dataclass(frozen=True)
class Intake:
    """What a source gave.

    tables: by table name the accepted rows: the contract's columns (enums as their English word, a name as
    张*, id_number and phone gone), source_district, source_file, source_sheet, source_row. `shapes` has the
    columns of `etl.intake.shapes.complete` instead.
    files: one row a district, file, sheet and table. status: loaded; failed (nothing of it is loaded); stale
    (it failed, and the rows are those of the version before); ignored (no table of ours). rows_read is always
    rows_loaded + rows_rejected + rows_duplicate; a row with several problems is rejected once. The message of
    a loaded file names its words that no topic knows.
    rejects: one row a problem; row_number and column_name are empty where it is the whole file's.
    latest_event: the latest date of something that has happened, not after today; None without any.
    """

    tables: Frames
    files: pl.DataFrame
    rejects: pl.DataFrame
    latest_event: date | None


def take_in(
    source: Path,
    national: Path | None,
    last_good: LastGood | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Read and validate a source folder, one folder a district, and the national standards file.

    `last_good(district, table)` gives the accepted rows of the version before, or None; they stand in for a
    file that can't be read. `progress(rows, description)` is told how many rows are done.
    Raises SourceError where the source as a whole can't be read.
    """
    units = find_units(source, national)
    outcomes: dict[str, Outcome] = {}
    accepted: Frames = {}
    done = 0
    for table in load_order():
        if progress is not None:
            progress(done, f"{table.title} {table.name}")
        mine = {number: unit for number, unit in enumerate(units) if unit.table is table}
        outcome = take_table(table, mine, accepted, last_good or _nothing_before)
        outcomes[table.name] = outcome
        accepted[table.name] = outcome.accepted
        done += len(outcome.read)
    if progress is not None:
        progress(done, "完成 done")
    places = _places(units)
    tables = {table.name: _published(table, accepted[table.name], places) for table in load_order()}
    tables["shapes"] = shapes.complete(tables["areas"], tables["shapes"])
    return Intake(tables, _files(units, outcomes), _rejects(units, outcomes, places), _latest_event(accepted))


def _nothing_before(_district: str, _table: str) -> None:
    """No version was published before this one."""


def _places(units: list[Unit]) -> pl.DataFrame:
    schema = {name: pl.String for name in ("source_district", "source_file", "source_sheet")}
    rows = [(unit.district, unit.file, unit.sheet) for unit in units]
    places = pl.DataFrame(rows, schema=schema, orient="row")
    return places.with_row_index("source_unit")


def _published(table: Table, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows without what is personal, with the names of their sources."""
    if table.name == "shapes":
        rows = shapes.placed(rows)
    personal = table.where("personal")
    masked = [name for name, kind in personal.items() if kind == "mask"]
    dropped = [name for name, kind in personal.items() if kind == "drop"]
    unit, *names = places.columns
    named = [
        pl.col(unit).replace_strict(places[unit], places[name], return_dtype=pl.String).alias(name)
        for name in names
    ]
    return rows.select(
        pl.exclude("source_unit", "source_row", "source_readable", *dropped),
        *named,
        pl.col("source_row").cast(pl.Int64),
    ).with_columns(pl.col(pl.Enum).cast(pl.String), *(pl.col(name).str.slice(0, 1) + "*" for name in masked))


def _files(units: list[Unit], outcomes: dict[str, Outcome]) -> pl.DataFrame:
    """The list of files; raises RuntimeError where a row is unaccounted for, which is an error of ours."""
    notices: dict[int, tuple[str, str]] = {}
    counted = {name: dict.fromkeys(range(len(units)), 0) for name in _COUNTS}
    for table, outcome in outcomes.items():
        notices |= unknown_words(registered()[table], outcome.accepted)
        rejected = outcome.found.unique(["source_unit", "source_row"])
        for name, numbers in zip(
            _COUNTS,
            (
                outcome.read,
                outcome.accepted["source_unit"],
                rejected["source_unit"],
                outcome.duplicates["source_unit"],
            ),
            strict=True,
        ):
            for number, count in numbers.value_counts().iter_rows():
                counted[name][number] += count
    rows = []
    for number, unit in enumerate(units):
        if unit.is_empty:
            continue
        read, loaded, rejected, duplicate = (counted[name][number] for name in _COUNTS)
        if read != loaded + rejected + duplicate:
            raise RuntimeError(f"{unit.file}: {read} read, {loaded} + {rejected} + {duplicate} accounted for")
        zh, en = (unit.error.zh, unit.error.en) if unit.error else notices.get(number, (None, None))
        rows.append(
            {
                "district": unit.district,
                "file": unit.file,
                "sheet": unit.sheet,
                "table_name": unit.table.name if unit.table else None,
                "status": unit.status,
                **{name: counted[name][number] for name in _COUNTS},
                "extra_columns": "、".join(unit.extra_columns) or None,
                "message_zh": zh,
                "message_en": en,
                "content_hash": unit.content_hash,
                "bytes": unit.bytes,
            }
        )
    return pl.DataFrame(rows, schema=_FILES)


def _rejects(units: list[Unit], outcomes: dict[str, Outcome], places: pl.DataFrame) -> pl.DataFrame:
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
            "sheet": unit.sheet,
            "table_name": unit.table.name,
            "reason_zh": unit.error.zh,
            "reason_en": unit.error.en,
        }
        for unit in units
        if unit.status in ("failed", "stale")
    ]
    frames = [pl.DataFrame(of_files, schema=columns)]
    for name, outcome in outcomes.items():
        rows = outcome.found.join(places, on="source_unit", how="left").with_columns(table_name=pl.lit(name))
        renamed = rows.rename(
            {
                "source_district": "district",
                "source_file": "file",
                "source_sheet": "sheet",
                "source_row": "row_number",
            }
        )
        frames.append(renamed.select(list(columns)).cast(columns))
    return pl.concat(frames).sort("district", "file", "sheet", "row_number", maintain_order=True)


def _latest_event(accepted: Frames) -> date | None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    dates = (
        accepted[table.name][column].cast(pl.Date)
        for table in load_order()
        for column in table.where("event")
    )
    latest = (days.filter(days <= today).max() for days in dates)
    return max((day for day in latest if day is not None), default=None)
