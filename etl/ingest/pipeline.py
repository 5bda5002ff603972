"""The way of a source into accepted tables: find its files, take in table by table, and draw up the lists."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from etl.contracts import Table, load_order
from etl.contracts.columns import Frames
from etl.ingest import lists
from etl.ingest.boundaries import columns
from etl.ingest.discovery.file_kinds import EXCEL_SUFFIXES
from etl.ingest.discovery.sources import SheetSource, find_sheets
from etl.ingest.errors import FileError
from etl.ingest.parser.requests import Reader, SheetRequest
from etl.ingest.tables import LastGood, Outcome, ingest_table
from etl.ingest.validation import claims, rosters

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class IngestResult:
    """What a source gave.

    tables: by table name the accepted rows: the contract's columns (enums as their English word, a name as
    张*, id_number and phone gone), source_district, source_file, source_sheet, source_row. `shapes` has the
    columns of `etl.ingest.boundaries.shapes.derive_parents` instead.
    files: one row a district, file, sheet and table. status: loaded; failed (nothing of it is loaded); stale
    (it failed, and the rows are those of the version before); ignored (no table of ours). rows_read is always
    rows_loaded + rows_rejected + rows_duplicate; a row with several problems is rejected once. The message of
    a loaded file names its words that no topic knows.
    rejects: one row a problem; row_number and column_name are empty where it is the whole file's.
    rejected_rows: one row a rejected row, with its `cells` as the clerk wrote them.
    findings: by the name of their raw table: claims (a row whose key came from two districts; is_kept where it was
    accepted), full_rosters and full_roster_gaps (`etl.ingest.validation.rosters`), shape_faults
    (`etl.ingest.boundaries.topology`).
    latest_event: the latest date of something that has happened, not after today; None without any.
    """

    tables: Frames
    files: pl.DataFrame
    rejects: pl.DataFrame
    rejected_rows: pl.DataFrame
    derived_tables: Frames
    latest_event: date | None


def ingest_folder(
    source: Path,
    national: Path | None,
    last_good: LastGood | None = None,
    progress: Progress | None = None,
    kept: Path | None = None,
) -> IngestResult:
    """Read and validate a source folder, one folder a district, and the national standards file.

    `last_good(district, table)` gives the accepted rows of the version before, or None; they stand in for a
    file that can't be read. `progress(rows, description)` is told how many rows are done. Units whose outcome is
    in the folder `kept` are not read again, the others are added to it.
    Raises SourceError where the source as a whole can't be read.
    """
    if kept is None:
        with tempfile.TemporaryDirectory() as folder:
            return ingest_folder(source, national, last_good, progress, Path(folder))
    reader = Reader(kept)
    units = _with_lost_sheets(find_sheets(source, national, reader), last_good or _nothing_before)
    outcomes: dict[str, Outcome] = {}
    accepted: Frames = {}
    places = _places(units)
    sent = pl.DataFrame(schema=claims.SENDER_SCHEMA)
    done = 0
    with reader.prefetch(_in_turn(units)):
        for table in load_order():
            if progress is not None:
                progress(done, f"{table.title} | {table.name}")
            mine = {number: unit for number, unit in enumerate(units) if unit.table is table}
            outcome = ingest_table(table, mine, accepted, sent, last_good or _nothing_before, reader)
            outcomes[table.name] = outcome
            accepted[table.name] = outcome.accepted_rows
            if table.name == "areas":
                sent = claims.senders(pl.concat([outcome.accepted_rows, outcome.duplicates]), places)
            done += sum(outcome.row_counts.values())
    if progress is not None:
        progress(done, "完成 | done")
    full = _full_rosters(units, outcomes["workers"], last_good or _nothing_before)
    accepted["workers"] = rosters.number_people(accepted["workers"])
    tables = {table.name: _published(table, accepted[table.name], places) for table in load_order()}
    tables["shapes"], shape_faults = _laid_over(units, tables, reader)
    found = {"claims": lists.claims(outcomes, places), **full, "shape_faults": shape_faults}
    # Most districts send some of the tables.
    held = {name: outcome for name, outcome in outcomes.items() if outcome.row_counts}
    files = lists.files(units, held)
    reader.evict_unused()
    return IngestResult(
        tables,
        files,
        lists.rejects(units, held, places),
        lists.rejected_rows(units, held, places, reader),
        found,
        lists.latest_event(files),
    )


def _in_turn(units: list[SheetSource]) -> list[SheetRequest]:
    """The units that can be read, in the order in which their tables are taken in."""
    return [
        SheetRequest(unit.path, unit.sheet, table, unit.section, unit.content_hash)
        for table in load_order()
        for unit in units
        if unit.table is table and unit.error is None
    ]


def _with_lost_sheets(units: list[SheetSource], last_good: LastGood) -> list[SheetSource]:
    """The units, and in place of a workbook that can't be opened one for each table whose rows it gave the version
    before: without its sheets nothing else tells that it held them."""
    found = []
    opened = {unit.path for unit in units if unit.sheet}
    for unit in units:
        is_workbook = unit.path.suffix.lower() in EXCEL_SUFFIXES
        if not is_workbook or unit.path in opened or unit.error is None or unit.is_replaced:
            found.append(unit)
            continue
        tables = [table for table in load_order() if table is unit.table or _gave(unit, table, last_good)]
        found.extend([replace(unit, table=table) for table in tables] or [replace(unit, table=None)])
    return found


def _gave(unit: SheetSource, table: Table, last_good: LastGood) -> bool:
    before = last_good(unit.district, table.name)
    return before is not None and unit.file in before["source_file"]


def _laid_over(units: list[SheetSource], tables: Frames, reader: Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The shapes with those of parents, and what contradicts itself; where that can't be found out the units are
    told."""
    try:
        return reader.overlay_boundaries(tables)
    except FileError:
        for unit in units:
            if unit.table is not None and unit.table.name == "shapes":
                unit.notes = [
                    *unit.notes,
                    (
                        "各文件的边界相互交叉过多，算不完：没有为上级区域画边界，也没有检查重叠和空白；"
                        "请在地图软件里简化图形，删去重复的边界",
                        "the boundaries of all files cross too often to be laid over each other: "
                        "none were drawn for the areas above and overlaps and gaps were not looked for; "
                        "simplify them in the map software, delete repeated ones",
                    ),
                ]
        return columns.without_overlay(tables["shapes"])


def _nothing_before(_district: str, _table: str) -> None:
    """No version was published before this one."""


def _full_rosters(units: list[SheetSource], workers: Outcome, last_good: LastGood) -> Frames:
    """What rosters declared full say of those they don't list, as raw tables; tells the units what hinders them.

    Where rows of the version before stand in for a file, so does what that version knew of the rosters of their dates.
    """
    declared = {
        number: unit.district
        for number, unit in enumerate(units)
        if unit.table is not None and unit.table.name == "workers" and unit.section is not None and unit.section.is_full
    }
    # A roster lists whom it repeats from another file as well.
    listed = pl.concat([workers.accepted_rows, workers.duplicates])
    for number, texts in rosters.notices(listed, workers.rejected_keys, declared).items():
        units[number].notes = [*units[number].notes, *texts]
    failed = [number for number in declared if units[number].has_failed]
    full, gaps = rosters.full_rosters(listed, workers.rejected_keys, declared, failed)
    found = {"full_rosters": full, "full_roster_gaps": gaps}
    stale = {number: unit.district for number, unit in enumerate(units) if unit.is_stale}
    known = listed.filter(pl.col("source_unit").is_in(list(stale)))
    dates = known.select(pl.col("source_unit").replace_strict(stale, return_dtype=pl.String).alias("district"), "as_of")
    for district in sorted(set(dates["district"])):
        for name, now in found.items():
            before = last_good(district, name)
            if before is not None:
                standing = before.cast(now.schema).join(dates, on=["district", "as_of"], how="semi")
                found[name] = pl.concat([now, standing]).unique(maintain_order=True)
    return found


def _places(units: list[SheetSource]) -> pl.DataFrame:
    schema = dict.fromkeys(("source_district", "source_file", "source_sheet"), pl.String)
    rows = [(unit.district, unit.file, unit.sheet_label) for unit in units]
    places = pl.DataFrame(rows, schema=schema, orient="row")
    return places.with_row_index("source_unit")


def _published(table: Table, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows without what is personal, with the names of their sources."""
    if table.name == "shapes":
        rows = columns.to_published(rows)
    personal = table.columns_with("personal")
    masked = [name for name, kind in personal.items() if kind == "mask"]
    dropped = [name for name, kind in personal.items() if kind == "drop"]
    unit, *names = places.columns
    named = [
        pl.col(unit).replace_strict(places[unit], places[name], return_dtype=pl.String).alias(name) for name in names
    ]
    return rows.select(
        pl.exclude("source_unit", "source_row", "source_readable", *dropped),
        *named,
        pl.col("source_row").cast(pl.Int64),
    ).with_columns(pl.col(pl.Enum).cast(pl.String), *(pl.col(name).str.slice(0, 1) + "*" for name in masked))
