"""Ingests a source folder: finds its files, reads them table by table, and lists files, rejects and rejected rows."""

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
from etl.ingest.discovery.declared_day import declared_day
from etl.ingest.discovery.file_kinds import EXCEL_SUFFIXES
from etl.ingest.discovery.sources import SheetSource, find_sheets
from etl.ingest.errors import FileError
from etl.ingest.parser.requests import Reader, SheetRequest
from etl.ingest.tables import LastGood, Outcome, ingest_table
from etl.ingest.validation import claims, rosters
from sql.calendar_day import calendar_day

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class IngestResult:
    """Holds everything that one ingestion of a source folder produced.

    tables: accepted rows by table name: the contract's columns (enums as their English word, a name as 张*, id_number
    and phone dropped), source_district, source_file, source_sheet, source_row. `shapes` has the columns of
    `etl.ingest.boundaries.shapes.derive_parents` instead.
    files: one row per district, file, sheet and table. status: loaded; failed (none of its rows are loaded); stale (it
    failed, and the rows are those of the previous version); ignored (it holds none of our tables); replaced (by its
    correction). rows_read always equals rows_loaded + rows_rejected + rows_duplicate; a row with several problems
    counts as rejected once. The message of a loaded file lists its words that are not in the topic's vocabulary.
    valid_on: the day for which a register declares its rows, in as_of or in the file's name; null where it does not.
    modified_on: the day the file was last written.
    rejects: one row per problem; row_number and column_name are null where the problem concerns the whole file.
    rejected_rows: one row per rejected row, with its `cells` as the clerk wrote them.
    derived_tables: by raw table name: claims (a row whose key came from two districts; is_kept where it was accepted),
    full_rosters and full_roster_gaps (`etl.ingest.validation.rosters`), shape_faults
    (`etl.ingest.boundaries.topology`).
    declared_day: the day that the folder declares as today; None: the calendar decides.
    latest_event: the latest date of an event, not after today; None if there is none.
    """

    tables: Frames
    files: pl.DataFrame
    rejects: pl.DataFrame
    rejected_rows: pl.DataFrame
    derived_tables: Frames
    declared_day: date | None
    latest_event: date | None


def ingest_folder(
    source: Path,
    national: Path | None,
    last_good: LastGood | None = None,
    progress: Progress | None = None,
    parse_cache: Path | None = None,
) -> IngestResult:
    """Reads and validates a source folder, with one subfolder per district, and the national standards file.

    `last_good(district, table)` returns the accepted rows of the previous version, or None; they replace a file that
    can't be read. `progress(rows, description)` receives the number of rows done. Sheets whose result is in the folder
    `parse_cache` are not parsed again; the results of all others are added to it.
    Raises SourceError if the source as a whole can't be read.
    """
    if parse_cache is None:
        with tempfile.TemporaryDirectory() as folder:
            return ingest_folder(source, national, last_good, progress, Path(folder))
    reader = Reader(parse_cache)
    day = declared_day(source)
    sources = _restore_lost_sheets(find_sheets(source, national, reader), last_good or _no_last_good)
    outcomes: dict[str, Outcome] = {}
    accepted: Frames = {}
    locations = _source_locations(sources)
    area_senders = pl.DataFrame(schema=claims.SENDER_SCHEMA)
    done = 0
    with reader.prefetch(_read_order(sources)):
        for table in load_order():
            if progress is not None:
                progress(done, f"{table.title} | {table.name}")
            table_sources = {
                number: sheet_source for number, sheet_source in enumerate(sources) if sheet_source.table is table
            }
            outcome = ingest_table(table, table_sources, accepted, area_senders, last_good or _no_last_good, reader)
            outcomes[table.name] = outcome
            accepted[table.name] = outcome.accepted_rows
            if table.name == "areas":
                area_senders = claims.senders(pl.concat([outcome.accepted_rows, outcome.duplicates]), locations)
            done += sum(outcome.row_counts.values())
    if progress is not None:
        progress(done, "完成 | done")
    roster_tables = _full_rosters(sources, outcomes["workers"], last_good or _no_last_good)
    accepted["workers"] = rosters.number_people(accepted["workers"])
    tables = {table.name: _to_published(table, accepted[table.name], locations) for table in load_order()}
    tables["shapes"], shape_faults = _overlay_boundaries(sources, tables, reader)
    derived_tables = {"claims": lists.claims(outcomes, locations), **roster_tables, "shape_faults": shape_faults}
    # Most districts send some of the tables.
    outcomes_with_rows = {name: outcome for name, outcome in outcomes.items() if outcome.row_counts}
    files = lists.files(sources, outcomes_with_rows, day or calendar_day())
    reader.evict_unused()
    return IngestResult(
        tables,
        files,
        lists.rejects(sources, outcomes_with_rows, locations),
        lists.rejected_rows(sources, outcomes_with_rows, locations, reader),
        derived_tables,
        day,
        lists.latest_event(files),
    )


def _read_order(sources: list[SheetSource]) -> list[SheetRequest]:
    """Returns requests for the readable sources, in the order in which their tables are ingested."""
    return [
        SheetRequest(source.path, source.sheet, table, source.section, source.content_hash)
        for table in load_order()
        for source in sources
        if source.table is table and source.error is None
    ]


def _restore_lost_sheets(sources: list[SheetSource], last_good: LastGood) -> list[SheetSource]:
    """Replaces each workbook that can't be opened by one source per table it contributed to the previous version.

    Its sheets can't be listed, so the previous version is the only record of the tables it held.
    """
    restored = []
    opened = {source.path for source in sources if source.sheet}
    for source in sources:
        is_workbook = source.path.suffix.lower() in EXCEL_SUFFIXES
        if not is_workbook or source.path in opened or source.error is None or source.is_replaced:
            restored.append(source)
            continue
        tables = [table for table in load_order() if table is source.table or _contributed_to(source, table, last_good)]
        restored.extend([replace(source, table=table) for table in tables] or [replace(source, table=None)])
    return restored


def _contributed_to(source: SheetSource, table: Table, last_good: LastGood) -> bool:
    last_rows = last_good(source.district, table.name)
    return last_rows is not None and source.file in last_rows["source_file"]


def _overlay_boundaries(
    sources: list[SheetSource], tables: Frames, reader: Reader
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the shapes with those derived for parents, and the faults of the boundaries.

    If the overlay takes too long, adds a note to the sources of shapes and returns them without it.
    """
    try:
        return reader.overlay_boundaries(tables)
    except FileError:
        for source in sources:
            if source.table is not None and source.table.name == "shapes":
                source.notes = [
                    *source.notes,
                    (
                        "各文件的边界相互交叉过多，算不完：没有为上级区域画边界，也没有检查重叠和空白；"
                        "请在地图软件里简化图形，删去重复的边界",
                        "the boundaries of all files cross too often to be overlaid: "
                        "no boundaries were drawn for parent areas, and overlaps and gaps were not checked; "
                        "simplify them in the map software and delete repeated ones",
                    ),
                ]
        return columns.without_overlay(tables["shapes"])


def _no_last_good(_district: str, _table: str) -> None:
    """Returns no rows: there is no previous version."""


def _full_rosters(sources: list[SheetSource], workers: Outcome, last_good: LastGood) -> Frames:
    """Returns the raw tables full_rosters and full_roster_gaps, and adds notes about full rosters to their sources.

    Where rows of the previous version replace a file, its roster entries for the same dates are carried over too.
    """
    declared = {
        number: source.district
        for number, source in enumerate(sources)
        if source.table is not None
        and source.table.name == "workers"
        and source.section is not None
        and source.section.is_full
    }
    # A person whose row repeats that of another file is on the roster too.
    listed = pl.concat([workers.accepted_rows, workers.duplicates])
    for number, notes in rosters.notices(listed, workers.rejected_keys, declared).items():
        sources[number].notes = [*sources[number].notes, *notes]
    failed = [number for number in declared if sources[number].has_failed]
    full, gaps = rosters.full_rosters(listed, workers.rejected_keys, declared, failed)
    roster_tables = {"full_rosters": full, "full_roster_gaps": gaps}
    stale = {number: source.district for number, source in enumerate(sources) if source.is_stale}
    stale_rows = listed.filter(pl.col("source_unit").is_in(list(stale)))
    dates = stale_rows.select(
        pl.col("source_unit").replace_strict(stale, return_dtype=pl.String).alias("district"), "as_of"
    )
    for district in sorted(set(dates["district"])):
        for name, current in roster_tables.items():
            last_rows = last_good(district, name)
            if last_rows is not None:
                carried_over = last_rows.cast(current.schema).join(dates, on=["district", "as_of"], how="semi")
                roster_tables[name] = pl.concat([current, carried_over]).unique(maintain_order=True)
    return roster_tables


def _source_locations(sources: list[SheetSource]) -> pl.DataFrame:
    schema = dict.fromkeys(("source_district", "source_file", "source_sheet"), pl.String)
    rows = [(source.district, source.file, source.sheet_label) for source in sources]
    locations = pl.DataFrame(rows, schema=schema, orient="row")
    return locations.with_row_index("source_unit")


def _to_published(table: Table, rows: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """Returns accepted rows without personal data, with the names of their source files."""
    if table.name == "shapes":
        rows = columns.to_published(rows)
    personal = table.columns_with("personal")
    masked = [name for name, kind in personal.items() if kind == "mask"]
    dropped = [name for name, kind in personal.items() if kind == "drop"]
    id_column, *name_columns = locations.columns
    source_names = [
        pl.col(id_column).replace_strict(locations[id_column], locations[name], return_dtype=pl.String).alias(name)
        for name in name_columns
    ]
    return rows.select(
        pl.exclude("source_unit", "source_row", "source_readable", *dropped),
        *source_names,
        pl.col("source_row").cast(pl.Int64),
    ).with_columns(pl.col(pl.Enum).cast(pl.String), *(pl.col(name).str.slice(0, 1) + "*" for name in masked))
