"""Reads a sheet of a workbook into text cells; handles title lines, merged cells and failed formulas."""

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

# A workbook is a zip, and a few kilobytes can inflate to gigabytes. A full Excel sheet stays below this limit.
_MAX_INFLATED_BYTES = 2 * 1024**3
_MAX_SHEETS = 1000
_MAX_NAME_LENGTH = 255
FORMULA_ERROR = "#VALUE!"
# Excel stores fifteen digits of a number.
_LONG_NUMBER = r"^-?\d{16,}$"


def open_workbook(path: Path) -> fastexcel.ExcelReader:
    """Opens an Excel file.

    Raises FileError if it isn't one, is damaged or password-protected, or inflates beyond the limit.
    """
    check_file_kind(path)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                inflated = sum(part.file_size for part in parts.infolist())
            if inflated > _MAX_INFLATED_BYTES:
                raise FileError(
                    f"工作簿解压后有 {inflated // 1024**2} MB，超过上限；请拆成几个文件",
                    f"the workbook inflates to {inflated // 1024**2} MB, more than allowed; split it",
                )
        return fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, zipfile.BadZipFile) as error:
        raise FileError(
            "不是可读的 Excel 文件（可能已损坏或有密码）；请用 Excel 打开后另存为 .xlsx",
            "not a readable Excel file (damaged or password-protected); open it in Excel and save it as .xlsx",
        ) from error


def sheet_names(path: Path) -> list[str]:
    """Returns the names of a workbook's sheets. Raises FileError if it can't be opened or has too many."""
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
    """Returns the cells of a sheet, None if it is empty. Raises FileError if it can't be read or has no header row."""
    workbook = open_workbook(path)
    try:
        # skip_rows=0 keeps the empty rows above the data, so that row numbers are those seen in Excel.
        loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        if loaded.height == 0:
            return None
        batch, errors = loaded.to_arrow_with_errors()
        columns = [column.absolute_index for column in loaded.available_columns()]
        cells = pl.DataFrame(pl.from_arrow(batch))
        cells.columns = [str(index) for index in range(cells.width)]
        layout = read_layout(path, sheet)
        if layout.may_have_long_numbers:
            cells = _mark_lost_digits(workbook, sheet, cells, columns)
    except fastexcel.FastExcelError as error:
        raise FileError(
            "这张工作表读不出来；请复制到新的工作簿后再报送", "this sheet can't be read; copy it into a new workbook"
        ) from error
    # The reader returns a failed formula as an empty cell, but the cell isn't empty.
    error_rows = defaultdict(list)
    for row, index in (error.offset_position for error in (errors.errors if errors is not None else [])):
        error_rows[str(index)].append(row)
    cells = cells.with_columns(cells[index].scatter(rows, FORMULA_ERROR) for index, rows in error_rows.items())
    header = find_header(cells.head(rows_to_search(section)).rows(), table, section)
    if header is None:
        raise no_header_error(table, section)
    header = _name_merged_columns(header, layout, columns, columns_by_header(table, section))
    numbered = cells.with_row_index("source_row", offset=1)
    left_out, notes = find_totals(table, header.cells, numbered.slice(header.last_row + 1), section)
    numbered, merge_notes = _fill_merged(
        table, numbered, header, _record_spans(layout, columns, header, left_out), section
    )
    rows = numbered.slice(header.last_row + 1)
    if left_out:
        rows = rows.filter(~pl.col("source_row").is_in(left_out))
    return Cells(header.cells, with_overflow(rows, unnamed_columns(header.cells)), notes + merge_notes)


def _mark_lost_digits(
    workbook: fastexcel.ExcelReader, sheet: str, cells: pl.DataFrame, columns: list[int]
) -> pl.DataFrame:
    """Rewrites long numbers as Excel displays them, 6.21002E+17.

    Their last digits are not those that were entered, and a code in this form is rejected.
    """
    is_long = {name: cells[name].str.contains(_LONG_NUMBER).fill_null(False) for name in cells.columns}
    number_columns = {name: int(name) for name, has_long in is_long.items() if has_long.any()}
    if not number_columns:
        return cells
    # Read as booleans, numbers become true and texts null.
    is_number = workbook.load_sheet(
        sheet,
        header_row=None,
        skip_rows=0,
        dtypes="boolean",
        use_columns=[columns[index] for index in number_columns.values()],
    ).to_polars()
    digits = {name: cells[name].str.strip_prefix("-") for name in number_columns}
    replaced = []
    for name, number in zip(number_columns, is_number, strict=True):
        text = pl.select(
            pl.format(
                "{}.{}E+{}",
                digits[name].str.slice(0, 1),
                digits[name].str.slice(1, 5),
                digits[name].str.len_bytes() - 1,
            )
        ).to_series()
        replaced.append(cells[name].zip_with(~(is_long[name] & number.is_not_null()), text).alias(name))
    return cells.with_columns(replaced)


def _name_merged_columns(header: Header, layout: SheetLayout, columns: list[int], names: dict[str, str]) -> Header:
    """Names every column below an unused header that is merged across several: 备注, 备注/2.

    A header that is read names only its first column, because it is unknown which column holds the value.
    """
    index_by_column = {column: index for index, column in enumerate(columns)}
    cells = list(header.cells)
    for row, left, right in layout.horizontal_merges:
        name = cells[index_by_column[left]] if row == header.last_row and left in index_by_column else None
        if name is None or normalise(name) in names:
            continue
        for column in range(left + 1, min(right, columns[-1]) + 1):
            cells[index_by_column[column]] = cells[index_by_column[column]] or f"{name}/{column - left + 1}"
    return Header(header.last_row, cells)


def _record_spans(
    layout: SheetLayout, columns: list[int], header: Header, left_out: Collection[int]
) -> list[tuple[str, int, int]]:
    """Returns the cells merged among the records: those that begin below the header and not in a row left out."""
    index_by_column = {column: str(index) for index, column in enumerate(columns)}
    left_out = set(left_out)
    return [
        (index_by_column[column], top, bottom)
        for column, top, bottom in layout.vertical_merges
        if column in index_by_column and top > header.last_row and top + 1 not in left_out
    ]


def _fill_merged(
    table: Table, rows: pl.DataFrame, header: Header, spans: list[tuple[str, int, int]], section: Section | None
) -> tuple[pl.DataFrame, Notes]:
    """Returns rows with their merged cells filled down, and notes on numbers among these."""
    if not spans:
        return rows, []
    names = columns_by_header(table, section)
    columns = {
        str(index): names[normalise(cell)]
        for index, cell in enumerate(header.cells)
        if cell and normalise(cell) in names
    }
    if not columns:
        return rows, []
    has_own_values = rows.select(
        pl.any_horizontal(~pl.col(index).str.strip_chars().is_in(BLANKS) for index in columns).fill_null(False)
    )
    notes = []
    for index, column in columns.items():
        if column not in table.columns or not table.columns[column].dtype.is_numeric():
            continue
        merged_rows = sorted(
            row
            for span_index, top, bottom in spans
            if span_index == index
            for row in range(top + 1, min(bottom + 1, rows.height) + 1)
        )
        if merged_rows:
            notes.append(
                (
                    f"“{header.cells[int(index)]}”第 {format_ranges(merged_rows, '、')} 行是合并的单元格，"
                    "按每行都是这个数读入；若是几行的合计，请拆开分别填写",
                    f"{column}: in rows {format_ranges(merged_rows, ', ')}, the value of a merged cell counts for each "
                    "row; if it is a total, split the cell",
                )
            )
    return fill_down(rows, spans, has_own_values.to_series().to_numpy()), notes
