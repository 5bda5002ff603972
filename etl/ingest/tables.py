"""One table from all its files: read, typed, checked by its contract, for repeats and for references."""

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

_PLACE = ["source_unit", "source_row"]


@dataclass(frozen=True)
class Outcome:
    """What became of every row of a table: the rows taken in (personal values as digests), the exact repeats left out,
    and the problems of the others. `read` has how many rows each unit gave, `refused` source_unit, source_row and the
    key of those refused, `claims` the rows whose key came from two districts (`claims.CLAIMS`)."""

    accepted_rows: pl.DataFrame
    duplicates: pl.DataFrame
    problems: pl.DataFrame
    rejected_keys: pl.DataFrame
    claims: pl.DataFrame
    row_counts: dict[int, int]


def ingest_table(
    table: Table, units: SheetSources, accepted: Frames, sent: pl.DataFrame, last_good: LastGood, reader: Reader
) -> Outcome:
    """Take in one table from its units, by number, after the tables it refers to; `sent` says which district sent which
    area (`claims.senders`).

    Marks in the units what was found out about each: its error, its header and extra columns, whether it holds nothing
    or rows of the last version stand in for it.
    """
    if not units:
        return _sent_by_nobody(table)
    each = _each_alone(table, units, reader)
    _set_aside(units)
    stale, found = _last_good_rows(table, units, last_good), no_problems()
    if stale.height:
        # The contract may have changed since the version before.
        stale, found = check_contract(table, stale, found)
    problems = [_numbered(alone.problems, number) for number, alone in each.items()]
    rows = pl.concat([*(_numbered(alone.rows, number) for number, alone in each.items()), stale])
    read = {number: alone.row_count for number, alone in each.items()}
    for number, count in pl.concat([stale["source_unit"], found["source_unit"]]).value_counts().iter_rows():
        read[number] = read.get(number, 0) + count
    # Before rows are compared: a row of the last version has what was empty in its file.
    if table.defaults is not None:
        rows = table.defaults(rows, accepted)
    places = _places(units)
    rows, replaced = _without_replaced(table, rows, units, of_one_district=True)
    together = rows
    rows, shared, outclaimed, claimed = claims.settle_claims(table, rows, places, sent)
    # Where nothing settles what two districts say, a row of the last version is no more than that.
    rows, unsettled = _without_replaced(table, rows, units, of_one_district=False)
    rows, repeats, conflicts = remove_repeats(table, rows, places)
    rows, lost = check_references(table, rows, accepted)
    across = pl.concat([outclaimed, conflicts, lost])
    refused = [_numbered(alone.rejected_keys, number) for number, alone in each.items()]
    refused.append(together.join(across, on=_PLACE, how="semi"))
    return Outcome(
        rows,
        pl.concat([replaced, shared, unsettled, repeats]),
        pl.concat([*problems, found, across]),
        pl.concat([rows.select(*_PLACE, *table.key) for rows in refused]),
        claims.confirm_claims(claimed, rows),
        read,
    )


@functools.cache
def _sent_by_nobody(table: Table) -> Outcome:
    empty = empty_sheet(table)
    refused = empty.rows.select(*_PLACE, *table.key)
    return Outcome(empty.rows, empty.rows, no_problems(), refused, claims.no_claims(), {})


def _each_alone(table: Table, units: SheetSources, reader: Reader) -> dict[int, ParsedSheet]:
    """What each readable unit holds by itself."""
    each = {}
    for number, unit in units.items():
        if unit.error is not None:
            continue
        try:
            alone = reader.parse_sheet(unit.path, unit.sheet, table, unit.section, unit.content_hash)
        except FileError as error:
            unit.error = error
            continue
        unit.header, unit.extra_columns, unit.notes = alone.header, alone.unused_headers, alone.notes
        unit.is_empty = alone.is_empty
        if not alone.is_empty:
            each[number] = alone
    return each


def _numbered(rows: pl.DataFrame, unit: int) -> pl.DataFrame:
    return rows.with_columns(source_unit=pl.lit(unit, dtype=pl.UInt32))


def _set_aside(units: SheetSources) -> None:
    """Empty sheets, and sheets of notes beside a readable one, don't count against their workbook."""
    filled = {unit.path for unit in units.values() if not unit.is_empty}
    readable = {unit.path for unit in units.values() if unit.error is None and not unit.is_empty}
    for unit in units.values():
        if isinstance(unit.error, NoHeader) and unit.path in readable:
            unit.is_ignored = True
        elif unit.is_empty and unit.path not in filled:
            unit.is_empty = False
            unit.error = FileError("工作表是空的；请填好后重新报送", "the sheet is empty; fill it in and send it again")


def _last_good_rows(table: Table, units: SheetSources, last_good: LastGood) -> pl.DataFrame:
    """The rows of the version before for the units that failed, as typed rows of those units.

    A failed unit gets back the rows it gave itself, and a correction those of the files it corrects; where nothing of
    its district's table could be read, the first one also gets the rows of files that are no longer there.
    """
    frames = [_typed_frame(table)]
    for district in sorted({unit.district for unit in units.values() if unit.has_failed}):
        before = last_good(district, table.name)
        if before is None or before.is_empty():
            continue
        if table.name == "shapes":
            before = columns.to_contract(before)
        mine = {number: unit for number, unit in units.items() if unit.district == district}
        # A damaged workbook no longer tells the names of its sheets: all its rows of before are meant.
        is_ours = [
            (pl.col("source_file") == unit.file) & ((pl.col("source_sheet") == unit.sheet_label) | (unit.sheet == ""))
            for unit in mine.values()
        ]
        strays = ~pl.any_horizontal(is_ours) & all(unit.status != "loaded" for unit in mine.values())
        for (number, unit), own in zip(mine.items(), is_ours, strict=True):
            if unit.has_failed:
                meant = own | pl.col("source_file").is_in(list(unit.replaced_files)) | strays
                rows, before = before.filter(meant), before.filter(~meant)
                strays = pl.lit(False)
                unit.is_stale = not rows.is_empty()
                frames.append(_typed_frame(table, rows.with_columns(source_unit=number, source_readable=True)))
    return pl.concat(frames)


def _typed_frame(table: Table, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows in the contract's columns and types; those that were dropped on the way in are empty."""
    schema = pl.Schema({name: column.dtype for name, column in table.schema.columns().items()})
    if rows is None:
        return pl.DataFrame(schema=schema)
    absent = {name: pl.lit(None) for name in schema if name not in rows.columns}
    return rows.with_columns(**absent).select(list(schema)).cast(schema)


def _without_replaced(
    table: Table, rows: pl.DataFrame, units: SheetSources, of_one_district: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the last version give way to a fresh row of the same key, their own district's alone where
    `of_one_district`, and count as repeats of it."""
    stale_units = [number for number, unit in units.items() if unit.is_stale]
    if not stale_units:
        return rows, rows.clear()
    is_stale = pl.col("source_unit").is_in(stale_units)
    districts = {number: unit.district if of_one_district else "" for number, unit in units.items()}
    rows = rows.with_columns(district=pl.col("source_unit").replace_strict(districts, return_dtype=pl.String))
    key = ["district", *table.key]
    fresh, stale = rows.filter(~is_stale), rows.filter(is_stale)
    replaced = stale.join(fresh, on=key, how="semi", nulls_equal=True)
    kept = stale.join(fresh, on=key, how="anti", nulls_equal=True)
    return pl.concat([fresh, kept]).drop("district"), replaced.drop("district")


def _places(units: SheetSources) -> pl.DataFrame:
    """What to call each unit in a reason, district/file and the sheet in brackets, and its district."""
    names = [
        "/".join(filter(None, (unit.district, unit.file))) + (f"（{unit.sheet_label}）" if unit.sheet else "")
        for unit in units.values()
    ]
    return pl.DataFrame(
        {"source_unit": list(units), "place": names, "district": [unit.district for unit in units.values()]},
        schema={"source_unit": pl.UInt32, "place": pl.String, "district": pl.String},
    )
