"""Ingests one table from all its files: parses, validates, deduplicates and checks references."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import Frames
from etl.ingest.boundaries import columns
from etl.ingest.discovery.sources import SheetSource
from etl.ingest.errors import FileError, NoHeader
from etl.ingest.parser.requests import Reader
from etl.ingest.parser.results import ParsedSheet, empty_sheet
from etl.ingest.validation import claims
from etl.ingest.validation.reasons import no_problems
from etl.ingest.validation.references import check_references
from etl.ingest.validation.validate import check_contract, remove_repeats

LastGood = Callable[[str, str], pl.DataFrame | None]
SheetSources = dict[int, SheetSource]

_ROW_ID = ["source_unit", "source_row"]


@dataclass(frozen=True)
class Outcome:
    """Records what became of every row of a table.

    accepted_rows: personal values as digests. duplicates: exact repeats, left out. problems: those of the rejected
    rows. rejected_keys: source_unit, source_row and key of each rejected row. claims: the rows whose key came from two
    districts (`claims.CLAIM_SCHEMA`). row_counts: rows read, by source number.
    """

    accepted_rows: pl.DataFrame
    duplicates: pl.DataFrame
    problems: pl.DataFrame
    rejected_keys: pl.DataFrame
    claims: pl.DataFrame
    row_counts: dict[int, int]


def ingest_table(
    table: Table,
    sources: SheetSources,
    accepted: Frames,
    area_senders: pl.DataFrame,
    last_good: LastGood,
    reader: Reader,
) -> Outcome:
    """Ingests one table from its sources, keyed by number; the tables it refers to must have been ingested before.

    `area_senders` says which district sent which area (`claims.senders`). Updates each source: its error, header,
    unused headers and notes, whether it is empty, and whether rows of the previous version replace it.
    """
    if not sources:
        return _outcome_without_sources(table)
    sheets = _parse_each(table, sources, reader)
    _judge_unreadable_sheets(sources)
    stale, stale_problems = _last_good_rows(table, sources, last_good), no_problems()
    if stale.height:
        # The contract may have changed since the previous version.
        stale, stale_problems = check_contract(table, stale, stale_problems)
    sheet_problems = [_with_source(sheet.problems, number) for number, sheet in sheets.items()]
    rows = pl.concat([*(_with_source(sheet.rows, number) for number, sheet in sheets.items()), stale])
    row_counts = {number: sheet.row_count for number, sheet in sheets.items()}
    for number, count in pl.concat([stale["source_unit"], stale_problems["source_unit"]]).value_counts().iter_rows():
        row_counts[number] = row_counts.get(number, 0) + count
    # Defaults come before rows are compared: a row of the previous version already has them filled in.
    if table.defaults is not None:
        rows = table.defaults(rows, accepted)
    locations = _source_locations(sources)
    rows, replaced = _remove_replaced(table, rows, sources, of_one_district=True)
    candidates = rows
    rows, agreed_repeats, claim_problems, claimed_rows = claims.settle_claims(table, rows, locations, area_senders)
    # In a conflict that no district's claim settles, a row of the previous version gives way as well.
    rows, unsettled_repeats = _remove_replaced(table, rows, sources, of_one_district=False)
    rows, repeats, conflicts = remove_repeats(table, rows, locations)
    rows, reference_problems = check_references(table, rows, accepted)
    cross_file_problems = pl.concat([claim_problems, conflicts, reference_problems])
    rejected_keys = [_with_source(sheet.rejected_keys, number) for number, sheet in sheets.items()]
    rejected_keys.append(candidates.join(cross_file_problems, on=_ROW_ID, how="semi"))
    return Outcome(
        rows,
        pl.concat([replaced, agreed_repeats, unsettled_repeats, repeats]),
        pl.concat([*sheet_problems, stale_problems, cross_file_problems]),
        pl.concat([rows.select(*_ROW_ID, *table.key) for rows in rejected_keys]),
        claims.confirm_claims(claimed_rows, rows),
        row_counts,
    )


@functools.cache
def _outcome_without_sources(table: Table) -> Outcome:
    empty = empty_sheet(table)
    rejected_keys = empty.rows.select(*_ROW_ID, *table.key)
    return Outcome(empty.rows, empty.rows, no_problems(), rejected_keys, claims.no_claims(), {})


def _parse_each(table: Table, sources: SheetSources, reader: Reader) -> dict[int, ParsedSheet]:
    """Parses each readable source on its own."""
    sheets = {}
    for number, source in sources.items():
        if source.error is not None:
            continue
        try:
            sheet = reader.parse_sheet(source.path, source.sheet, table, source.section, source.content_hash)
        except FileError as error:
            source.error = error
            continue
        source.header, source.extra_columns, source.notes = sheet.header, sheet.unused_headers, sheet.notes
        source.is_empty = sheet.is_empty
        if not sheet.is_empty:
            sheets[number] = sheet
    return sheets


def _with_source(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    return rows.with_columns(source_unit=pl.lit(number, dtype=pl.UInt32))


def _judge_unreadable_sheets(sources: SheetSources) -> None:
    """Ignores sheets without a header row beside a readable sheet, and fails workbooks whose sheets are all empty."""
    nonempty_paths = {source.path for source in sources.values() if not source.is_empty}
    readable_paths = {source.path for source in sources.values() if source.error is None and not source.is_empty}
    for source in sources.values():
        if isinstance(source.error, NoHeader) and source.path in readable_paths:
            source.is_ignored = True
        elif source.is_empty and source.path not in nonempty_paths:
            source.is_empty = False
            source.error = FileError(
                "工作表是空的；请填好后重新报送", "the sheet is empty; fill it in and send it again"
            )


def _last_good_rows(table: Table, sources: SheetSources, last_good: LastGood) -> pl.DataFrame:
    """Returns the rows of the previous version for the sources that failed, typed and assigned to those sources.

    A failed source gets back its own rows, and a correction those of the files it corrects. Where none of its
    district's files of this table could be read, the first one also gets the rows of files that no longer exist.
    """
    frames = [_typed_frame(table)]
    for district in sorted({source.district for source in sources.values() if source.has_failed}):
        last_rows = last_good(district, table.name)
        if last_rows is None or last_rows.is_empty():
            continue
        if table.name == "shapes":
            last_rows = columns.to_contract(last_rows)
        district_sources = {number: source for number, source in sources.items() if source.district == district}
        # The sheet names of a damaged workbook are unknown: all its previous rows belong to it.
        is_own = [
            (pl.col("source_file") == source.file)
            & ((pl.col("source_sheet") == source.sheet_label) | (source.sheet == ""))
            for source in district_sources.values()
        ]
        is_stray = ~pl.any_horizontal(is_own) & all(source.status != "loaded" for source in district_sources.values())
        for (number, source), is_own_row in zip(district_sources.items(), is_own, strict=True):
            if source.has_failed:
                is_assigned = is_own_row | pl.col("source_file").is_in(list(source.replaced_files)) | is_stray
                rows, last_rows = last_rows.filter(is_assigned), last_rows.filter(~is_assigned)
                is_stray = pl.lit(False)
                source.is_stale = not rows.is_empty()
                frames.append(_typed_frame(table, rows.with_columns(source_unit=number, source_readable=True)))
    return pl.concat(frames)


def _typed_frame(table: Table, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """Returns rows in the contract's columns and types; columns dropped at ingestion are null."""
    schema = pl.Schema({name: column.dtype for name, column in table.schema.columns().items()})
    if rows is None:
        return pl.DataFrame(schema=schema)
    absent = {name: pl.lit(None) for name in schema if name not in rows.columns}
    return rows.with_columns(**absent).select(list(schema)).cast(schema)


def _remove_replaced(
    table: Table, rows: pl.DataFrame, sources: SheetSources, of_one_district: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Removes rows of the previous version that a new row of the same key replaces; these count as its repeats.

    With `of_one_district`, only a new row of the same district replaces them.
    """
    stale_sources = [number for number, source in sources.items() if source.is_stale]
    if not stale_sources:
        return rows, rows.clear()
    is_stale = pl.col("source_unit").is_in(stale_sources)
    districts = {number: source.district if of_one_district else "" for number, source in sources.items()}
    rows = rows.with_columns(district=pl.col("source_unit").replace_strict(districts, return_dtype=pl.String))
    key = ["district", *table.key]
    new_rows, stale_rows = rows.filter(~is_stale), rows.filter(is_stale)
    replaced_rows = stale_rows.join(new_rows, on=key, how="semi", nulls_equal=True)
    kept_rows = stale_rows.join(new_rows, on=key, how="anti", nulls_equal=True)
    return pl.concat([new_rows, kept_rows]).drop("district"), replaced_rows.drop("district")


def _source_locations(sources: SheetSources) -> pl.DataFrame:
    """Returns each source's `place` as reasons name it (district/file, the sheet in brackets) and its district."""
    names = [
        "/".join(filter(None, (source.district, source.file))) + (f"（{source.sheet_label}）" if source.sheet else "")
        for source in sources.values()
    ]
    return pl.DataFrame(
        {"source_unit": list(sources), "place": names, "district": [source.district for source in sources.values()]},
        schema={"source_unit": pl.UInt32, "place": pl.String, "district": pl.String},
    )
