"""Reading one file or sheet into text cells, whatever its kind, encoding, delimiter and title lines."""

import csv
import io
import itertools
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from etl.contracts import Table
from etl.intake import shapes
from etl.intake.errors import FileError
from etl.intake.headers import SEARCHED_ROWS, locate, no_header

EXCEL = {".xlsx", ".xls"}
READ = {".csv", ".parquet", ".geojson", *EXCEL}

# A workbook is a zip: a few kilobytes can unfold into gigabytes. A full sheet of Excel's stays below this.
_MOST_INFLATED_BYTES = 2 * 1024**3
# Enough text to hold twenty title rows of any form.
_HEAD_BYTES = 256 * 1024
OVERFLOW = "overflow"
FORMULA_ERROR = "#VALUE!"


@dataclass(frozen=True)
class Cells:
    """A header row and the rows below it: `rows` has a text column a header cell, named by its place,
    source_row (1-based, as seen in the file) and overflow (text beyond the last header, else null)."""

    header: list[str | None]
    rows: pl.DataFrame


def read(path: Path, sheet: str, table: Table) -> Cells | None:
    """The cells of a file or sheet, None where a sheet is empty.

    Raises FileError where the file can't be read or has no header row.
    """
    try:
        match path.suffix.lower():
            case ".csv":
                return _read_csv(path.read_bytes(), table)
            case ".parquet":
                return _read_parquet(path)
            case ".geojson":
                return Cells(*shapes.read_features(path.read_bytes()))
            case _:
                return _read_sheet(path, sheet, table)
    except OSError as error:
        raise unreadable(error) from error


def unreadable(error: OSError) -> FileError:
    """The error of a file the operating system refuses to open."""
    return FileError(
        f"文件打不开：{error.strerror}；请检查权限后重试",
        f"the file can't be opened: {error.strerror}; check its permissions and try again",
    )


def open_workbook(path: Path) -> fastexcel.ExcelReader:
    """Open an Excel file.

    Raises FileError where it is damaged, protected by a password, or unfolds beyond all measure.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                inflated = sum(part.file_size for part in parts.infolist())
            if inflated > _MOST_INFLATED_BYTES:
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


def _read_sheet(path: Path, sheet: str, table: Table) -> Cells | None:
    workbook = open_workbook(path)
    try:
        # skip_rows=0 keeps the empty rows above the data, so that row numbers are those seen in Excel.
        loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        if loaded.height == 0:
            return None
        batch, errors = loaded.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise FileError(
            "这张工作表读不出来；请复制到新的工作簿后再报送",
            "this sheet can't be read; copy it into a new workbook",
        ) from error
    cells = pl.from_arrow(batch)
    cells.columns = [str(place) for place in range(cells.width)]
    # A formula that failed comes as an empty cell, but isn't one.
    failed = defaultdict(list)
    for row, place in (error.offset_position for error in (errors.errors if errors is not None else [])):
        failed[str(place)].append(row)
    cells = cells.with_columns(cells[place].scatter(rows, FORMULA_ERROR) for place, rows in failed.items())
    at = locate(cells.head(SEARCHED_ROWS).rows(), table)
    if at is None:
        raise no_header(table)
    header = list(cells.row(at))
    rows = cells.with_row_index("source_row", offset=1).slice(at + 1)
    unnamed = [str(place) for place, cell in enumerate(header) if not (cell or "").strip()]
    return Cells(header, _with_overflow(rows, unnamed))


def _read_parquet(path: Path) -> Cells:
    try:
        frame = pl.read_parquet(path, glob=False)
        header = list(frame.columns)
        frame.columns = [str(place) for place in range(frame.width)]
        rows = frame.cast(pl.String).with_row_index("source_row", offset=1)
    except pl.exceptions.PolarsError as error:
        raise FileError(
            "不是可读的 Parquet 文件，或有嵌套的列；请重新导出",
            "not a readable Parquet file, or it has nested columns; export it again",
        ) from error
    return Cells(header, _with_overflow(rows, []))


def _read_csv(content: bytes, table: Table) -> Cells:
    content = _as_utf8(content)
    head = content[:_HEAD_BYTES].decode("utf-8", errors="ignore")
    found = [
        (len([cell for cell in rows[at] if cell.strip()]), delimiter, at, lines)
        for delimiter in ",\t;"
        for rows, lines in [_head_rows(head, delimiter)]
        if (at := locate(rows, table)) is not None
    ]
    if not found:
        raise no_header(table)
    _, delimiter, at, lines = max(found)
    header = _head_rows(head, delimiter)[0][at]
    rows = _rows_below(content, delimiter, len(header), lines[at])
    numbered = rows.with_row_index("source_row", offset=at + 2)
    unnamed = [str(place) for place, cell in enumerate(header) if not cell.strip()]
    return Cells(list(header), _with_overflow(numbered, [*unnamed, str(len(header))]))


def _as_utf8(content: bytes) -> bytes:
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        # Polars checks 200 MB in a tenth of the time Python takes to decode them.
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
        return content
    except pl.exceptions.PolarsError:
        pass
    try:
        # GB18030 contains GBK and GB2312, what Excel in Chinese writes when asked for plain CSV.
        return content.decode("gb18030").encode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(
            "文件编码既不是 UTF-8 也不是 GB18030 (GBK)；请用 Excel 另存为“CSV UTF-8”",
            "the file is encoded neither in UTF-8 nor in GB18030 (GBK); save it from Excel as CSV UTF-8",
        ) from error


def _head_rows(head: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows of a CSV, and for each the number of lines that end with it."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, lines = [], []
    try:
        for row in itertools.islice(reader, SEARCHED_ROWS):
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error:
        # A quote that is never closed makes one endless cell: the header is above it, or there is none.
        pass
    return rows, lines


def _rows_below(content: bytes, delimiter: str, width: int, lines_above: int) -> pl.DataFrame:
    """The rows below a header of `width` cells, as `width` + 1 text columns named by place."""
    places = {str(place): pl.String for place in range(width + 1)}
    try:
        return pl.read_csv(
            content,
            has_header=False,
            skip_lines=lines_above,
            separator=delimiter,
            schema=places,
            missing_columns="insert",
            raise_if_empty=False,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        # Polars refuses a row that is longer by two or more cells and a quote out of place: the slow reader
        # tells the one, which costs that row, from the other, after which no cell below can be trusted.
        pass
    lines = itertools.islice(io.StringIO(content.decode("utf-8"), newline=""), lines_above, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        rows = [
            [*row[:width], *[None] * (width - len(row)), delimiter.join(row[width:]).strip(delimiter) or None]
            for row in reader
        ]
    except csv.Error as error:
        line = lines_above + reader.line_num
        raise FileError(
            f"第 {line} 行附近的双引号不成对，之后的内容无法分列；请改正该行，或另存为 .xlsx",
            f"near line {line} a double quote has no partner, so the cells after it can't be told apart; "
            "correct the line, or save the file as .xlsx",
        ) from error
    return pl.DataFrame(rows, schema=places, orient="row")


def _with_overflow(rows: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """Gather what stands in `places`, columns that have no header, into the overflow column."""
    if not places:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(OVERFLOW))
    texts = [pl.when(pl.col(place).str.strip_chars() != "").then(place) for place in places]
    return rows.with_columns(
        pl.concat_str(texts, separator=" ", ignore_nulls=True).alias(OVERFLOW)
    ).with_columns(pl.when(pl.col(OVERFLOW) != "").then(OVERFLOW))
