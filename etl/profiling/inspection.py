"""Profiles a file that has no mapping: finds its header, the content of its columns, and the table it may be."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median

import dataframely as dy
import polars as pl

from etl.contracts import Table, all_tables
from etl.contracts.columns import normalise
from etl.ingest.discovery.sources import match_table
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.csv_files import HEAD_BYTES, as_utf8, head_rows
from etl.ingest.readers.files import EXCEL_SUFFIXES, READABLE_SUFFIXES, Cells, open_workbook, read_cells
from etl.ingest.readers.headers import HEADER_SEARCH_ROWS, columns_by_header, find_header
from etl.ingest.values.masking import hide_numbers
from etl.ingest.values.types import BLANKS
from etl.profiling.column_kinds import kind_of, looks_like_names

_DELIMITERS = {",": "逗号 | comma", "\t": "制表符 | tab", ";": "分号 | semicolon"}
# A header this similar to one of ours is reported as a guess; Latin words resemble each other by chance more often.
_MIN_LIKENESS, _MIN_LATIN_LIKENESS = 0.6, 0.8
_NAME_SCORE = 3
# A column of more distinct words doesn't have a fixed set.
_MAX_WORDS = 50
_MAX_EXAMPLES = 3
_NUMBER = re.compile(r"[-+]?[\d.,/:% -]+")
_NAME_HEADERS = ("姓名", "名字", "联系人", "负责人", "经办人")
# The contract column of such numbers, whatever the header.
_DROPPED_COLUMNS = {"identity_number": "id_number", "phone": "phone"}
_KINDS_OF = {
    dy.Int64: ("whole", "number"),
    dy.Float64: ("whole", "number", "percent"),
    dy.Bool: ("yes_no", "text", "whole"),
    dy.Date: ("date", "date_time"),
    dy.Datetime: ("date", "date_time"),
    dy.Enum: ("text", "yes_no", "whole"),
}
Rows = list[tuple[str | None, ...]]


@dataclass(frozen=True)
class ColumnProfile:
    """Describes a column of a file.

    contract_column: the contract's column it resembles, or None. is_sure: its header is a known one. filled_share: the
    share of rows with a value. examples: at most three, personal ones masked. values: all of them. is_hidden: the
    values are personal.
    """

    header: str
    contract_column: str | None
    is_sure: bool
    kind: str
    filled_share: float
    examples: list[str]
    values: pl.Series
    is_hidden: bool


@dataclass(frozen=True)
class SheetProfile:
    """Describes one file or sheet.

    table is None if it resembles none of ours. header_row counts from 1; it is 0 if the format has its own header.
    """

    sheet: str
    table: Table | None
    header_row: int
    header_rows: int
    rows: int
    columns: list[ColumnProfile] = field(default_factory=list)

    @property
    def missing_columns(self) -> list[str]:
        """Returns the required columns of the table that no column of the file resembles."""
        if self.table is None:
            return []
        recognised = {column.contract_column for column in self.columns}
        return [name for name, column in self.table.columns.items() if not column.nullable and name not in recognised]


def inspect_file(path: Path) -> tuple[dict[str, str], list[SheetProfile]]:
    """Returns a file's format (encoding, delimiter), and a profile of it or of each nonempty sheet.

    Raises FileError if it can't be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READABLE_SUFFIXES:
        kinds = " ".join(sorted(READABLE_SUFFIXES))
        raise FileError(
            f"不读取这种文件；可以读取：{kinds}", f"this kind of file is not supported; supported kinds: {kinds}"
        )
    if not path.is_file():
        raise FileError(f"找不到文件 {path}；请检查路径", f"there is no file {path}; check the path")
    if suffix in EXCEL_SUFFIXES:
        sheets = [profile for name in open_workbook(path).sheet_names if (profile := _profile_sheet(path, name))]
        return {}, sheets
    if suffix == ".csv":
        content = path.read_bytes()
        rows, delimiter = _head_of_csv(as_utf8(content))
        return {"encoding": _encoding(content), "delimiter": _DELIMITERS[delimiter]}, [_profile(path, "", rows)]
    # The remaining formats have their own header.
    return {}, [_profile(path, "", None)]


def _profile_sheet(path: Path, sheet: str) -> SheetProfile | None:
    loaded = open_workbook(path).load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string", n_rows=HEADER_SEARCH_ROWS + 1
    )
    return _profile(path, sheet, loaded.to_polars().rows()) if loaded.height else None


def _head_of_csv(content: bytes) -> tuple[Rows, str]:
    head = content[:HEAD_BYTES].decode("utf-8", errors="ignore")
    rows_by_delimiter = {
        delimiter: head_rows(head, delimiter, HEADER_SEARCH_ROWS + 1, len(content) <= HEAD_BYTES)[0]
        for delimiter in _DELIMITERS
    }
    best = max(
        rows_by_delimiter, key=lambda delimiter: median([len(row) for row in rows_by_delimiter[delimiter]] or [0])
    )
    return [tuple(row) for row in rows_by_delimiter[best]], best


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "UTF-8 (BOM)"
    return "UTF-8" if as_utf8(content) == content else "GB18030"


def _profile(path: Path, sheet: str, rows: Rows | None) -> SheetProfile:
    named_table = match_table(path.stem) or match_table(sheet)
    if rows is None:
        header_row, header_rows = 0, 1
        cells = _cells(path, sheet, named_table or all_tables()["shapes"], None)
        table = _find_table(cells.header, named_table, path)
    else:
        header_row, header_rows, header = _find_header(rows)
        table = _find_table(header, named_table, path)
        section = Section("", (table or _any_table()).name, header_row=header_row, header_rows=header_rows)
        cells = _cells(path, sheet, table or _any_table(), section)
    return SheetProfile(sheet, table, header_row, header_rows, cells.rows.height, _profile_columns(cells, table))


def _cells(path: Path, sheet: str, table: Table, section: Section | None) -> Cells:
    cells = read_cells(path, sheet, table, section)
    if cells is None:
        raise ValueError(f"the sheet {sheet} is empty and can't be profiled")
    return cells


def _any_table() -> Table:
    """Returns any table, to read a file whose table is unknown: it has no effect once the header's row is set."""
    return all_tables()["standards"]


def _find_header(rows: Rows) -> tuple[int, int, list[str | None]]:
    """Returns the header's first row, from 1, its number of rows, and its cells."""
    best: tuple[int, int, int, list[str | None]] = (1, 0, 1, [])
    for table in all_tables().values():
        names = columns_by_header(table)
        for height in (1, 2):
            match = find_header(rows, table, Section("", table.name, header_rows=height))
            if match is not None:
                recognised_count = len(
                    {names[normalise(cell)] for cell in match.cells if cell and normalise(cell) in names}
                )
                # A two-row header wins only if its second row adds columns.
                if recognised_count > best[0]:
                    best = (recognised_count, match.last_row + 2 - height, height, match.cells)
    if best[1]:
        return best[1:]
    texts = [[cell for cell in row if cell and cell.strip() and not _NUMBER.fullmatch(cell.strip())] for row in rows]
    index = max(range(len(rows)), key=lambda index: (len({*texts[index]}), -index), default=0)
    return index + 1, 1, list(rows[index]) if rows else []


def _find_table(header: list[str | None], named_table: Table | None, path: Path) -> Table | None:
    """Returns the table with the most matching headers; a match with the file's name counts as several.

    A table that the name doesn't match needs at least half of its required columns.
    """
    scores = {}
    for table in all_tables().values():
        guesses = _guess_columns(header, table)
        is_named = table is named_table or (table.name == "shapes" and path.suffix.lower() == ".geojson")
        required = {name for name, column in table.columns.items() if not column.nullable}
        present_required = required & {column for column, _ in guesses.values()}
        if is_named or (len(guesses) > 1 and 2 * len(present_required) >= len(required)):
            scores[table.name] = sum(2 if is_sure else 1 for _, is_sure in guesses.values()) + _NAME_SCORE * is_named
    return all_tables()[max(scores, key=scores.__getitem__)] if scores else None


def _guess_columns(header: list[str | None], table: Table) -> dict[int, tuple[str, bool]]:
    """Returns by index the column a header resembles, and whether it is a known header; each column at most once."""
    names = columns_by_header(table)
    guesses: dict[int, tuple[str, bool]] = {}
    for index, cell in enumerate(header):
        if cell and (column := names.get(normalise(cell))) and column not in {guess for guess, _ in guesses.values()}:
            guesses[index] = (column, True)
    taken_columns = {column for column, _ in guesses.values()}
    candidates = sorted(
        (
            (-_likeness(normalise(cell), name), index, column, cell)
            for index, cell in enumerate(header)
            if cell and cell.strip() and index not in guesses
            for name, column in names.items()
            if column not in taken_columns
        )
    )
    for negative_likeness, index, column, cell in candidates:
        if (
            -negative_likeness >= (_MIN_LATIN_LIKENESS if cell.isascii() else _MIN_LIKENESS)
            and index not in guesses
            and column not in taken_columns
        ):
            guesses[index] = (column, False)
            taken_columns.add(column)
    return guesses


def _likeness(header: str, name: str) -> float:
    # A Chinese phrase ends with its head: 本社区常住人口 means 常住人口.
    if (
        not header.isascii()
        and len(name) > 1
        and (header.endswith(name) or (name.endswith(header) and len(header) > 1))
    ):
        return 0.9
    return SequenceMatcher(None, header, name).ratio()


def _profile_columns(cells: Cells, table: Table | None) -> list[ColumnProfile]:
    guesses = _guess_columns(cells.header, table) if table is not None else {}
    personal = table.columns_with("personal") if table is not None else {}
    profiles: list[ColumnProfile] = []
    for index, cell in enumerate(cells.header):
        if not (cell and cell.strip()):
            continue
        header = " ".join(cell.split())
        values = cells.rows[str(index)].str.strip_chars()
        values = values.filter(~values.is_in(BLANKS) & values.is_not_null())
        kind = kind_of(values)
        column, is_sure = guesses.get(index, (None, False))
        if table is not None and column is not None and not is_sure and not _fits(table, column, kind, values):
            column = None
        # Identity and phone numbers may only map to columns that are dropped.
        if kind in _DROPPED_COLUMNS and column not in personal:
            used_columns = {column for column, _ in guesses.values()} | {column.contract_column for column in profiles}
            column = (
                _DROPPED_COLUMNS[kind]
                if _DROPPED_COLUMNS[kind] in personal and _DROPPED_COLUMNS[kind] not in used_columns
                else None
            )
        is_name = any(word in header for word in _NAME_HEADERS) or looks_like_names(values)
        is_hidden = column in personal or is_name or kind in _DROPPED_COLUMNS
        examples = [
            _example(value, personal.get(column) if column else None, is_name)
            for value in values.unique(maintain_order=True).head(_MAX_EXAMPLES)
        ]
        filled_share = len(values) / cells.rows.height if cells.rows.height else 0.0
        profiles.append(ColumnProfile(header, column, is_sure, kind, filled_share, examples, values, is_hidden))
    return profiles


def _fits(table: Table, column: str, kind: str, values: pl.Series) -> bool:
    """Returns whether a column's values suit the contract's column."""
    contract = table.columns[column]
    if isinstance(contract, dy.Enum) and values.n_unique() > _MAX_WORDS:
        return False
    allowed = _KINDS_OF.get(type(contract))
    return allowed is None or kind in allowed or kind == "empty"


def _example(value: str, personal: str | None, is_name: bool) -> str:
    if personal in ("drop", "restrict"):
        return "***"
    if personal == "mask" or is_name:
        return value[:1] + "*"
    masked = hide_numbers(value).removesuffix(" 00:00:00")
    return masked if len(masked) <= 30 else masked[:29] + "…"
