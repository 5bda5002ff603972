"""Reading a sheet of a workbook into text cells: title lines, merged cells and failed formulas included."""

import zipfile
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import fastexcel
import polars as pl

from etl.contracts import Table
from etl.contracts.columns import normalise
from etl.ingest.discovery.file_kinds import check_file_kind
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.cells import Cells, unnamed_columns, with_overflow
from etl.ingest.readers.headers import Header, columns_by_header, find_header, no_header_error, rows_to_search
from etl.ingest.readers.merged_cells import SheetLayout, fill_down, read_layout
from etl.ingest.readers.totals import Notes, find_totals, format_ranges
from etl.ingest.values.types import BLANKS

# A workbook is a zip: a few kilobytes can unfold into gigabytes. A full sheet of Excel's stays below this.
_MAX_INFLATED_BYTES = 2 * 1024**3
_MAX_SHEETS = 1000
_MAX_NAME_LENGTH = 255
FORMULA_ERROR = "#VALUE!"
# Excel keeps fifteen digits of a number.
_LONG_NUMBER = r"^-?\d{16,}$"


def open_workbook(path: Path) -> fastexcel.ExcelReader:
    """Open an Excel file.

    Raises FileError where it is none, is damaged, protected by a password, or unfolds beyond all measure.
    """
    check_file_kind(path)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                inflated = sum(part.file_size for part in parts.infolist())
            if inflated > _MAX_INFLATED_BYTES:
                raise FileError(
                    f"工作簿解压后有 {inflated // 1024**2} MB，超过上限；请拆成几个文件",
                    f"the workbook unfolds to {inflated // 1024**2} MB, more than allowed; split it",
                )
        return fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, zipfile.BadZipFile) as error:
        raise FileError(
            "不是可读的 Excel 文件（可能已损坏或有密码）；请用 Excel 打开后另存为 .xlsx",
            "not a readable Excel file (damaged, or with a password); open it in Excel and save it as .xlsx",
        ) from error


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises FileError where it can't be opened or has more than anybody fills in."""
    names = open_workbook(path).sheet_names
    if not names:
        raise FileError(
            "工作簿里没有工作表；请用 Excel 打开后另存为新的 .xlsx",
            "the workbook has no sheet; open it in Excel and save it as a new .xlsx",
        )
    if len(names) > _MAX_SHEETS or max(map(len, names), default=0) > _MAX_NAME_LENGTH:
        raise FileError(
            f"工作簿有 {len(names):,} 张工作表，或表名过长；请只保留需要的（至多 {_MAX_SHEETS:,} 张，"
            f"表名至多 {_MAX_NAME_LENGTH} 个字）",
            f"the workbook has {len(names):,} sheets, or one with a very long name; keep those needed, at most "
            f"{_MAX_SHEETS:,}, with names of at most {_MAX_NAME_LENGTH} characters",
        )
    return names


def read_sheet(path: Path, sheet: str, table: Table, section: Section | None) -> Cells | None:
    """The cells of a sheet, None where it is empty. Raises FileError where it can't be read or has no header row."""
    workbook = open_workbook(path)
    try:
        # skip_rows=0 keeps the empty rows above the data, so that row numbers are those seen in Excel.
        loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        if loaded.height == 0:
            return None
        batch, errors = loaded.to_arrow_with_errors()
        columns = [column.absolute_index for column in loaded.available_columns()]
        cells = pl.DataFrame(pl.from_arrow(batch))
        cells.columns = [str(place) for place in range(cells.width)]
        found = read_layout(path, sheet)
        if found.may_have_long_numbers:
            cells = _without_lost_digits(workbook, sheet, cells, columns)
    except fastexcel.FastExcelError as error:
        raise FileError(
            "这张工作表读不出来；请复制到新的工作簿后再报送", "this sheet can't be read; copy it into a new workbook"
        ) from error
    # A formula that failed comes as an empty cell, but isn't one.
    failed = defaultdict(list)
    for row, place in (error.offset_position for error in (errors.errors if errors is not None else [])):
        failed[str(place)].append(row)
    cells = cells.with_columns(cells[place].scatter(rows, FORMULA_ERROR) for place, rows in failed.items())
    header = find_header(cells.head(rows_to_search(section)).rows(), table, section)
    if header is None:
        raise no_header_error(table, section)
    header = _with_merged_names(header, found, columns, columns_by_header(table, section))
    numbered = cells.with_row_index("source_row", offset=1)
    left, notes = find_totals(table, header.cells, numbered.slice(header.last_row + 1), section)
    numbered, filled = _filled(table, numbered, header, _spans(found, columns, header, left), section)
    rows = numbered.slice(header.last_row + 1)
    if left:
        rows = rows.filter(~pl.col("source_row").is_in(left))
    return Cells(header.cells, with_overflow(rows, unnamed_columns(header.cells)), notes + filled)


def _without_lost_digits(
    workbook: fastexcel.ExcelReader, sheet: str, cells: pl.DataFrame, columns: list[int]
) -> pl.DataFrame:
    """Cells whose long numbers are written as Excel shows them, 6.21002E+17: their last digits are not what was
    entered, and a code in this form is refused."""
    is_long = {name: cells[name].str.contains(_LONG_NUMBER).fill_null(False) for name in cells.columns}
    doubtful = {name: int(name) for name, found in is_long.items() if found.any()}
    if not doubtful:
        return cells
    # Asked for as yes or no, a number is yes, a text nothing at all.
    is_number = workbook.load_sheet(
        sheet,
        header_row=None,
        skip_rows=0,
        dtypes="boolean",
        use_columns=[columns[place] for place in doubtful.values()],
    ).to_polars()
    digits = {name: cells[name].str.strip_prefix("-") for name in doubtful}
    shown = []
    for name, number in zip(doubtful, is_number, strict=True):
        text = pl.select(
            pl.format(
                "{}.{}E+{}",
                digits[name].str.slice(0, 1),
                digits[name].str.slice(1, 5),
                digits[name].str.len_bytes() - 1,
            )
        ).to_series()
        shown.append(cells[name].zip_with(~(is_long[name] & number.is_not_null()), text).alias(name))
    return cells.with_columns(shown)


def _with_merged_names(header: Header, found: SheetLayout, columns: list[int], names: dict[str, str]) -> Header:
    """A clerk's own header merged across several columns names them all: 备注, 备注/2. One that is read stands for the
    first only, for which of them holds the value can't be known."""
    places = {column: place for place, column in enumerate(columns)}
    cells = list(header.cells)
    for row, left, right in found.horizontal_merges:
        name = cells[places[left]] if row == header.last_row and left in places else None
        if name is None or normalise(name) in names:
            continue
        for column in range(left + 1, min(right, columns[-1]) + 1):
            cells[places[column]] = cells[places[column]] or f"{name}/{column - left + 1}"
    return Header(header.last_row, cells)


def _spans(found: SheetLayout, columns: list[int], header: Header, left: Collection[int]) -> list[tuple[str, int, int]]:
    """The merged cells among the records: those that begin below the header and in no row that is left out."""
    places = {column: str(place) for place, column in enumerate(columns)}
    left = set(left)
    return [
        (places[column], top, bottom)
        for column, top, bottom in found.vertical_merges
        if column in places and top > header.last_row and top + 1 not in left
    ]


def _filled(
    table: Table, rows: pl.DataFrame, header: Header, spans: list[tuple[str, int, int]], section: Section | None
) -> tuple[pl.DataFrame, Notes]:
    """Rows with their merged cells filled down, and what to say of numbers among these."""
    if not spans:
        return rows, []
    names = columns_by_header(table, section)
    columns = {
        str(place): names[normalise(cell)]
        for place, cell in enumerate(header.cells)
        if cell and normalise(cell) in names
    }
    if not columns:
        return rows, []
    own = rows.select(
        pl.any_horizontal(~pl.col(place).str.strip_chars().is_in(BLANKS) for place in columns).fill_null(False)
    )
    notes = []
    for place, column in columns.items():
        if column not in table.columns or not table.columns[column].dtype.is_numeric():
            continue
        its = sorted(
            row
            for where, top, bottom in spans
            if where == place
            for row in range(top + 1, min(bottom + 1, rows.height) + 1)
        )
        if its:
            notes.append(
                (
                    f"“{header.cells[int(place)]}”第 {format_ranges(its, '、')} 行是合并的单元格，按每行都是这个数读入；"
                    "若是几行的合计，请拆开分别填写",
                    f"{column}: merged cells in rows {format_ranges(its, ', ')} count for each row; "
                    "split them where they are a sum",
                )
            )
    return fill_down(rows, spans, own.to_series().to_numpy()), notes
