"""Reading a CSV into text cells, whatever its encoding, delimiter and title lines."""

import csv
import io
import itertools

import polars as pl

from etl.contracts import Table
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.cells import Cells, check_width, unnamed_columns, with_overflow
from etl.ingest.readers.headers import find_header, no_header_error, rows_to_search
from etl.ingest.readers.totals import find_totals

# Enough text to hold twenty title rows of any form.
HEAD_BYTES = 256 * 1024
# Texts of Python take ten times the memory of those of Polars.
_ROWS_AT_ONCE = 20_000


def read_csv(content: bytes, table: Table, section: Section | None) -> Cells:
    """The cells of a CSV. Raises FileError where it is no text, or has no header row."""
    content = as_utf8(content)
    found: list[tuple[int, str, int, int, list[str | None]]] = []
    head = content[:HEAD_BYTES].decode("utf-8", errors="ignore")
    is_whole = len(content) <= HEAD_BYTES
    for delimiter in ",\t;":
        above, lines = head_rows(head, delimiter, rows_to_search(section), is_whole)
        check_width(max(map(len, above), default=0))
        it = find_header(above, table, section)
        if it is not None:
            found.append((sum(map(bool, it.cells)), delimiter, it.last_row, lines[it.last_row], it.cells))
    if not found:
        raise no_header_error(table, section)
    _, delimiter, last, lines_above, header = max(found, key=lambda found: found[:2])
    rows = _rows_below(content, delimiter, len(header), lines_above).with_row_index("source_row", offset=last + 2)
    left, notes = find_totals(table, header, rows, section)
    if left:
        rows = rows.filter(~pl.col("source_row").is_in(left))
    return Cells(header, with_overflow(rows, [*unnamed_columns(header), str(len(header))]), notes)


def as_utf8(content: bytes) -> bytes:
    """A CSV's text in UTF-8. Raises FileError where it is no text that we know the encoding of."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        # What Excel calls Unicode text.
        try:
            content = content.decode("utf-16").encode("utf-8")
        except UnicodeError as error:
            raise _unknown_encoding() from error
    zero = content.find(b"\0")
    if zero >= 0:
        line = content.count(b"\n", 0, zero) + 1
        raise FileError(
            f"第 {line} 行有二进制内容（0x00 字节），文件可能已损坏；请用 Excel 另存为“CSV UTF-8”",
            f"line {line} has binary content (a 0x00 byte), the file may be damaged; save it from Excel as CSV UTF-8",
        )
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
        raise _unknown_encoding() from error


def _unknown_encoding() -> FileError:
    return FileError(
        "文件编码既不是 UTF-8 也不是 GB18030 (GBK)；请用 Excel 另存为“CSV UTF-8”",
        "the file is encoded neither in UTF-8 nor in GB18030 (GBK); save it from Excel as CSV UTF-8",
    )


def head_rows(head: str, delimiter: str, most: int, is_whole: bool) -> tuple[list[list[str]], list[int]]:
    """The first rows of a CSV, and for each the number of lines that end with it."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, lines = [], []
    try:
        for row in itertools.islice(reader, most):
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error:
        # A quote that is never closed makes one endless cell: the header is above it, or there is none.
        return rows, lines
    if len(rows) < most and not is_whole:
        # The text ends within this row.
        rows.pop()
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
    frames = [pl.DataFrame(schema=places)]
    try:
        while rows := list(itertools.islice(reader, _ROWS_AT_ONCE)):
            columns = zip(*(_as_wide(row, width, delimiter) for row in rows), strict=True)
            frames.append(pl.DataFrame(dict(zip(places, columns, strict=True)), schema=places))
    except csv.Error as error:
        line = lines_above + reader.line_num
        if "limit" in str(error):
            raise FileError(
                f"第 {line} 行附近的一个单元格超过 {csv.field_size_limit():,} 个字；请改正该行",
                f"near line {line} a cell has more than {csv.field_size_limit():,} characters; correct the line",
            ) from error
        raise FileError(
            f"第 {line} 行附近的双引号不成对，之后的内容无法分列；请改正该行，或另存为 .xlsx",
            f"near line {line} a double quote has no partner, so the cells after it can't be told apart; "
            "correct the line, or save the file as .xlsx",
        ) from error
    return pl.concat(frames)


def _as_wide(row: list[str], width: int, delimiter: str) -> list[str | None]:
    """A row's cells as `width` of them, and what is beyond as one."""
    beyond = delimiter.join(row[width:]).strip(delimiter) or None
    return [*row[:width], *[None] * (width - len(row)), beyond]
