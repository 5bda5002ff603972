"""Reads a CSV into text cells, whatever its encoding, delimiter and title lines."""

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

# Enough text for twenty title rows of any form.
HEAD_BYTES = 256 * 1024
# Python strings take ten times the memory of Polars strings.
_CHUNK_ROWS = 20_000


def read_csv(content: bytes, table: Table, section: Section | None) -> Cells:
    """Returns the cells of a CSV. Raises FileError if it is not text or has no header row."""
    content = as_utf8(content)
    candidates: list[tuple[int, str, int, int, list[str | None]]] = []
    head = content[:HEAD_BYTES].decode("utf-8", errors="ignore")
    is_whole = len(content) <= HEAD_BYTES
    for delimiter in ",\t;":
        top_rows, lines = head_rows(head, delimiter, rows_to_search(section), is_whole)
        check_width(max(map(len, top_rows), default=0))
        match = find_header(top_rows, table, section)
        if match is not None:
            candidates.append(
                (sum(map(bool, match.cells)), delimiter, match.last_row, lines[match.last_row], match.cells)
            )
    if not candidates:
        raise no_header_error(table, section)
    _, delimiter, last, lines_above, header = max(candidates, key=lambda candidate: candidate[:2])
    rows = _rows_below(content, delimiter, len(header), lines_above).with_row_index("source_row", offset=last + 2)
    left_out, notes = find_totals(table, header, rows, section)
    if left_out:
        rows = rows.filter(~pl.col("source_row").is_in(left_out))
    return Cells(header, with_overflow(rows, [*unnamed_columns(header), str(len(header))]), notes)


def as_utf8(content: bytes) -> bytes:
    """Returns a CSV's text in UTF-8. Raises FileError if it is binary or in an unknown encoding."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Excel saves this as "Unicode text".
        try:
            content = content.decode("utf-16").encode("utf-8")
        except UnicodeError as error:
            raise _unknown_encoding() from error
    zero = content.find(b"\0")
    if zero >= 0:
        line = content.count(b"\n", 0, zero) + 1
        raise FileError(
            f"第 {line} 行有二进制内容（0x00 字节），文件可能已损坏；请用 Excel 另存为“CSV UTF-8”",
            f"line {line} has binary content (a 0x00 byte); the file may be damaged: save it from Excel as CSV UTF-8",
        )
    try:
        # Polars validates 200 MB in a tenth of the time that Python takes to decode it.
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
        return content
    except pl.exceptions.PolarsError:
        pass
    try:
        # GB18030 includes GBK and GB2312, which a Chinese Excel writes for plain CSV.
        return content.decode("gb18030").encode("utf-8")
    except UnicodeDecodeError as error:
        raise _unknown_encoding() from error


def _unknown_encoding() -> FileError:
    return FileError(
        "文件编码既不是 UTF-8 也不是 GB18030 (GBK)；请用 Excel 另存为“CSV UTF-8”",
        "the file's encoding is neither UTF-8 nor GB18030 (GBK); save it from Excel as CSV UTF-8",
    )


def head_rows(head: str, delimiter: str, max_rows: int, is_whole: bool) -> tuple[list[list[str]], list[int]]:
    """Returns the first rows of a CSV, at most `max_rows`, and the line number at which each ends."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, lines = [], []
    try:
        for row in itertools.islice(reader, max_rows):
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error:
        # An unclosed quote makes one endless cell: the header is above it, or there is none.
        return rows, lines
    if len(rows) < max_rows and not is_whole:
        # The head is cut off within this row.
        rows.pop()
    return rows, lines


def _rows_below(content: bytes, delimiter: str, width: int, lines_above: int) -> pl.DataFrame:
    """Returns the rows below a header of `width` cells, as `width` + 1 text columns named by index."""
    schema = {str(index): pl.String for index in range(width + 1)}
    try:
        return pl.read_csv(
            content,
            has_header=False,
            skip_lines=lines_above,
            separator=delimiter,
            schema=schema,
            missing_columns="insert",
            raise_if_empty=False,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        # Polars rejects both a row with two or more extra cells and a misplaced quote. The slow reader tells them
        # apart: the first costs only that row, after the second no cell below can be trusted.
        pass
    lines = itertools.islice(io.StringIO(content.decode("utf-8"), newline=""), lines_above, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    frames = [pl.DataFrame(schema=schema)]
    try:
        while rows := list(itertools.islice(reader, _CHUNK_ROWS)):
            columns = zip(*(_to_width(row, width, delimiter) for row in rows), strict=True)
            frames.append(pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema))
    except csv.Error as error:
        line = lines_above + reader.line_num
        if "limit" in str(error):
            raise FileError(
                f"第 {line} 行附近的一个单元格超过 {csv.field_size_limit():,} 个字；请改正该行",
                f"a cell near line {line} has more than {csv.field_size_limit():,} characters; correct the line",
            ) from error
        raise FileError(
            f"第 {line} 行附近的双引号不成对，之后的内容无法分列；请改正该行，或另存为 .xlsx",
            f"a double quote near line {line} is not closed, so the cells after it can't be separated; "
            "correct the line, or save the file as .xlsx",
        ) from error
    return pl.concat(frames)


def _to_width(row: list[str], width: int, delimiter: str) -> list[str | None]:
    """Returns a row as `width` cells, padded with None, and one more cell with the rest."""
    beyond = delimiter.join(row[width:]).strip(delimiter) or None
    return [*row[:width], *[None] * (width - len(row)), beyond]
