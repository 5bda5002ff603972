"""One table from all its files: read, typed, checked by its contract, for repeats and for references."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import Frames
from etl.intake import shapes
from etl.intake.errors import FileError, NoHeader
from etl.intake.headers import match
from etl.intake.readers import OVERFLOW, Cells, read
from etl.intake.references import referring
from etl.intake.sources import Unit
from etl.intake.validate import conforming, distinct
from etl.intake.values import BLANK, typed

LastGood = Callable[[str, str], pl.DataFrame | None]
Units = dict[int, Unit]


@dataclass(frozen=True)
class Outcome:
    """What became of every row of a table: the rows taken in (still with their personal columns), the exact
    repeats left out, and the problems of the others. `read` has the source_unit of every row read."""

    accepted: pl.DataFrame
    duplicates: pl.DataFrame
    found: pl.DataFrame
    read: pl.Series


def take_table(table: Table, units: Units, accepted: Frames, last_good: LastGood) -> Outcome:
    """Take in one table from its units, by number, after the tables it refers to.

    Marks in the units what was found out about each: its error, its extra columns, whether it holds nothing
    or rows of the last version stand in for it.
    """
    cells = _cells(table, units)
    _set_aside(units)
    rows, unreadable = typed(table, cells)
    stale = _last_good_rows(table, units, last_good)
    rows = pl.concat([rows, stale])
    read_units = rows["source_unit"]
    rows, found = conforming(table, rows, unreadable)
    problems = [unreadable, found]
    if table.name == "shapes":
        rows, found = shapes.measured(table, rows)
        problems.append(found)
    rows, replaced = _without_replaced(table, rows, units)
    rows, repeats, found = distinct(table, rows, _places(units))
    problems.append(found)
    rows, found = referring(table, rows, accepted)
    problems.append(found)
    if table.defaults is not None:
        rows = table.defaults(rows, accepted)
    return Outcome(rows, pl.concat([replaced, repeats]), pl.concat(problems), read_units)


def _cells(table: Table, units: Units) -> pl.DataFrame:
    """The text cells of every readable unit: contract columns, overflow, source_unit, source_row."""
    wanted = [*table.columns, OVERFLOW]
    schema = dict.fromkeys(wanted, pl.String) | {"source_unit": pl.UInt32, "source_row": pl.UInt32}
    frames = [pl.DataFrame(schema=schema)]
    for number, unit in units.items():
        if unit.error is not None:
            continue
        try:
            cells = read(unit.path, unit.sheet, table)
            if cells is None:
                unit.is_empty = True
                continue
            frames.append(
                _chosen(table, cells, unit).with_columns(source_unit=pl.lit(number, dtype=pl.UInt32))
            )
        except FileError as error:
            unit.error = error
    return pl.concat([frame.select(list(schema)) for frame in frames])


def _chosen(table: Table, cells: Cells, unit: Unit) -> pl.DataFrame:
    """The contract's columns of a file, by name, absent ones empty; its blank rows left out."""
    found = match(cells.header, table)
    unit.extra_columns = found.extra
    named = {
        column: pl.col(str(found.places[column])) if column in found.places else pl.lit(None, dtype=pl.String)
        for column in table.columns
    }
    rows = cells.rows.select("source_row", OVERFLOW, **named)
    return _without_blank(rows, list(found.places))


def _without_blank(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Rows with something in these columns; a running number in a column of the clerk's own is nothing."""
    # Looking at one column settles nearly every row, at a tenth of the time.
    doubtful = rows.filter(~pl.col(columns[0]).str.contains(r"\w").fill_null(False))
    filled = [~pl.col(column).str.strip_chars().is_in(BLANK) for column in columns]
    blank = doubtful.filter(~pl.any_horizontal(*filled, pl.col(OVERFLOW).is_not_null()).fill_null(False))
    return rows.join(blank, on="source_row", how="anti", maintain_order="left") if blank.height else rows


def _set_aside(units: Units) -> None:
    """Empty sheets, and sheets of notes beside a readable one, don't count against their workbook."""
    filled = {unit.path for unit in units.values() if not unit.is_empty}
    readable = {unit.path for unit in units.values() if unit.error is None and not unit.is_empty}
    for unit in units.values():
        if isinstance(unit.error, NoHeader) and unit.path in readable:
            unit.is_ignored = True
        elif unit.is_empty and unit.path not in filled:
            unit.is_empty = False
            unit.error = FileError(
                "工作表是空的；请填好后重新报送", "the sheet is empty; fill it in and send it again"
            )


def _last_good_rows(table: Table, units: Units, last_good: LastGood) -> pl.DataFrame:
    """The rows of the version before for the units that failed, as typed rows of those units.

    A failed unit gets back the rows it gave itself; where nothing of its district's table could be read, the
    first one also gets the rows of files that are no longer there.
    """
    frames = [_typed_frame(table)]
    for district in sorted({unit.district for unit in units.values() if unit.has_failed}):
        before = last_good(district, table.name)
        if before is None or before.is_empty():
            continue
        if table.name == "shapes":
            before = shapes.as_read(before)
        mine = {number: unit for number, unit in units.items() if unit.district == district}
        # A damaged workbook no longer tells the names of its sheets: all its rows of before are meant.
        is_ours = [
            (pl.col("source_file") == unit.file)
            & ((pl.col("source_sheet") == unit.sheet) | (unit.sheet == ""))
            for unit in mine.values()
        ]
        strays = ~pl.any_horizontal(is_ours) & all(unit.status != "loaded" for unit in mine.values())
        for (number, unit), own in zip(mine.items(), is_ours, strict=True):
            if unit.has_failed:
                rows = before.filter(own | strays)
                strays = pl.lit(False)
                unit.is_stale = not rows.is_empty()
                frames.append(
                    _typed_frame(table, rows.with_columns(source_unit=number, source_readable=True))
                )
    return pl.concat(frames)


def _typed_frame(table: Table, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows in the contract's columns and types; those that were dropped on the way in are empty."""
    schema = {name: column.dtype for name, column in table.schema.columns().items()}
    if rows is None:
        return pl.DataFrame(schema=schema)
    absent = {name: pl.lit(None) for name in schema if name not in rows.columns}
    return rows.with_columns(**absent).select(list(schema)).cast(schema)


def _without_replaced(table: Table, rows: pl.DataFrame, units: Units) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the last version give way to a fresh row of the same key, and count as repeats of it."""
    stale_units = [number for number, unit in units.items() if unit.is_stale]
    if not stale_units:
        return rows, rows.clear()
    is_stale = pl.col("source_unit").is_in(stale_units)
    fresh, stale = rows.filter(~is_stale), rows.filter(is_stale)
    replaced = stale.join(fresh, on=table.key, how="semi", nulls_equal=True)
    kept = stale.join(fresh, on=table.key, how="anti", nulls_equal=True)
    return pl.concat([fresh, kept]), replaced


def _places(units: Units) -> pl.DataFrame:
    """What to call each unit in a reason: district/file, and the sheet in brackets."""
    names = [
        "/".join(filter(None, (unit.district, unit.file))) + (f"（{unit.sheet}）" if unit.sheet else "")
        for unit in units.values()
    ]
    return pl.DataFrame(
        {"source_unit": list(units), "place": names}, schema={"source_unit": pl.UInt32, "place": pl.String}
    )
