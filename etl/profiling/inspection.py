"""A look at a file nobody has described yet: where its header is, what its columns hold, which table it may be."""

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
# A header this much like one of ours is taken for it, and said to be a guess; Latin letters are alike sooner.
_LIKE, _LIKE_IN_LATIN = 0.6, 0.8
_NAME_COUNTS = 3
# A column of more different words is no fixed set.
_MAX_WORDS = 50
_EXAMPLES = 3
_NUMBER = re.compile(r"[-+]?[\d.,/:% -]+")
_NAME_HEADERS = ("姓名", "名字", "联系人", "负责人", "经办人")
# What a column of such numbers is, whatever its header.
_DROPPED = {"identity_number": "id_number", "phone": "phone"}
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
    """A column of a file. column: the contract's that it looks like, None for none; is_sure: its header is one we know.
    examples: up to three, personal ones hidden. filled: the share of rows with something in it. values: all of them."""

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
    """What one file or sheet looks like. table is None where nothing of ours resembles it; header_row counts from 1, 0
    where the format has its own header."""

    sheet: str
    table: Table | None
    header_row: int
    header_rows: int
    rows: int
    columns: list[ColumnProfile] = field(default_factory=list)

    @property
    def missing_columns(self) -> list[str]:
        """Required columns of the table that nothing in the file looks like."""
        if self.table is None:
            return []
        found = {column.contract_column for column in self.columns}
        return [name for name, of in self.table.columns.items() if not of.nullable and name not in found]


def inspect_file(path: Path) -> tuple[dict[str, str], list[SheetProfile]]:
    """How a file is written (encoding, delimiter), and a look at it, or at each sheet that holds something.

    Raises FileError where it can't be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READABLE_SUFFIXES:
        kinds = " ".join(sorted(READABLE_SUFFIXES))
        raise FileError(f"不读取这种文件；可以读取：{kinds}", f"this kind of file is not read; those read are {kinds}")
    if not path.is_file():
        raise FileError(f"找不到文件 {path}；请检查路径", f"there is no file {path}; check the path")
    if suffix in EXCEL_SUFFIXES:
        looks = [look for sheet in open_workbook(path).sheet_names if (look := _sheet(path, sheet))]
        return {}, looks
    if suffix == ".csv":
        content = path.read_bytes()
        rows, delimiter = _head_of_csv(as_utf8(content))
        return {"encoding": _encoding(content), "delimiter": _DELIMITERS[delimiter]}, [_look(path, "", rows)]
    # These bring their own header.
    return {}, [_look(path, "", None)]


def _sheet(path: Path, sheet: str) -> SheetProfile | None:
    loaded = open_workbook(path).load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string", n_rows=HEADER_SEARCH_ROWS + 1
    )
    return _look(path, sheet, loaded.to_polars().rows()) if loaded.height else None


def _head_of_csv(content: bytes) -> tuple[Rows, str]:
    head = content[:HEAD_BYTES].decode("utf-8", errors="ignore")
    found = {
        delimiter: head_rows(head, delimiter, HEADER_SEARCH_ROWS + 1, len(content) <= HEAD_BYTES)[0]
        for delimiter in _DELIMITERS
    }
    best = max(found, key=lambda delimiter: median([len(row) for row in found[delimiter]] or [0]))
    return [tuple(row) for row in found[best]], best


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "UTF-8 (BOM)"
    return "UTF-8" if as_utf8(content) == content else "GB18030"


def _look(path: Path, sheet: str, rows: Rows | None) -> SheetProfile:
    named = match_table(path.stem) or match_table(sheet)
    if rows is None:
        row, height = 0, 1
        cells = _cells(path, sheet, named or all_tables()["shapes"], None)
        table = _table(cells.header, named, path)
    else:
        row, height, header = _header(rows)
        table = _table(header, named, path)
        section = Section("", (table or _any()).name, header_row=row, header_rows=height)
        cells = _cells(path, sheet, table or _any(), section)
    return SheetProfile(sheet, table, row, height, cells.rows.height, _columns(cells, table))


def _cells(path: Path, sheet: str, table: Table, section: Section | None) -> Cells:
    cells = read_cells(path, sheet, table, section)
    if cells is None:
        raise ValueError(f"an empty sheet, {sheet}, is not looked at")
    return cells


def _any() -> Table:
    """A table to read by where none is recognised: it decides nothing once the header's place is given."""
    return all_tables()["standards"]


def _header(rows: Rows) -> tuple[int, int, list[str | None]]:
    """Where the header is, its first row from 1, how many rows it has, and its cells."""
    best: tuple[int, int, int, list[str | None]] = (1, 0, 1, [])
    for table in all_tables().values():
        names = columns_by_header(table)
        for height in (1, 2):
            found = find_header(rows, table, Section("", table.name, header_rows=height))
            if found is not None:
                count = len({names[normalise(cell)] for cell in found.cells if cell and normalise(cell) in names})
                # Of two rows only where the second says more.
                if count > best[0]:
                    best = (count, found.last_row + 2 - height, height, found.cells)
    if best[1]:
        return best[1:]
    texts = [[cell for cell in row if cell and cell.strip() and not _NUMBER.fullmatch(cell.strip())] for row in rows]
    at = max(range(len(rows)), key=lambda at: (len({*texts[at]}), -at), default=0)
    return at + 1, 1, list(rows[at]) if rows else []


def _table(header: list[str | None], named: Table | None, path: Path) -> Table | None:
    """The table with the most of its headers here; the file's name counts as some. One that the name doesn't tell needs
    at least half of its required columns."""
    scores = {}
    for table in all_tables().values():
        guesses = _guesses(header, table)
        is_named = table is named or (table.name == "shapes" and path.suffix.lower() == ".geojson")
        required = {name for name, column in table.columns.items() if not column.nullable}
        found = required & {column for column, _ in guesses.values()}
        if is_named or (len(guesses) > 1 and 2 * len(found) >= len(required)):
            scores[table.name] = sum(2 if sure else 1 for _, sure in guesses.values()) + _NAME_COUNTS * is_named
    return all_tables()[max(scores, key=scores.__getitem__)] if scores else None


def _guesses(header: list[str | None], table: Table) -> dict[int, tuple[str, bool]]:
    """By place the column a header looks like, and whether it is one we know; each column once."""
    names = columns_by_header(table)
    found: dict[int, tuple[str, bool]] = {}
    for place, cell in enumerate(header):
        if cell and (column := names.get(normalise(cell))) and column not in {taken for taken, _ in found.values()}:
            found[place] = (column, True)
    taken = {column for column, _ in found.values()}
    likes = sorted(
        (
            (-_likeness(normalise(cell), name), place, column, cell)
            for place, cell in enumerate(header)
            if cell and cell.strip() and place not in found
            for name, column in names.items()
            if column not in taken
        )
    )
    for like, place, column, cell in likes:
        if -like >= (_LIKE_IN_LATIN if cell.isascii() else _LIKE) and place not in found and column not in taken:
            found[place] = (column, False)
            taken.add(column)
    return found


def _likeness(header: str, name: str) -> float:
    # The head of a Chinese phrase is its end: 本社区常住人口 is 常住人口.
    if (
        not header.isascii()
        and len(name) > 1
        and (header.endswith(name) or (name.endswith(header) and len(header) > 1))
    ):
        return 0.9
    return SequenceMatcher(None, header, name).ratio()


def _columns(cells: Cells, table: Table | None) -> list[ColumnProfile]:
    guesses = _guesses(cells.header, table) if table is not None else {}
    personal = table.columns_with("personal") if table is not None else {}
    found: list[ColumnProfile] = []
    for place, cell in enumerate(cells.header):
        if not (cell and cell.strip()):
            continue
        header = " ".join(cell.split())
        values = cells.rows[str(place)].str.strip_chars()
        values = values.filter(~values.is_in(BLANKS) & values.is_not_null())
        kind = kind_of(values)
        column, is_sure = guesses.get(place, (None, False))
        if table is not None and column is not None and not is_sure and not _fits(table, column, kind, values):
            column = None
        # A number of a person goes nowhere else than where it is dropped.
        if kind in _DROPPED and column not in personal:
            used = {column for column, _ in guesses.values()} | {column.contract_column for column in found}
            column = _DROPPED[kind] if _DROPPED[kind] in personal and _DROPPED[kind] not in used else None
        is_name = any(word in header for word in _NAME_HEADERS) or looks_like_names(values)
        is_hidden = column in personal or is_name or kind in _DROPPED
        examples = [
            _example(value, personal.get(column) if column else None, is_name)
            for value in values.unique(maintain_order=True).head(_EXAMPLES)
        ]
        filled = len(values) / cells.rows.height if cells.rows.height else 0.0
        found.append(ColumnProfile(header, column, is_sure, kind, filled, examples, values, is_hidden))
    return found


def _fits(table: Table, column: str, kind: str, values: pl.Series) -> bool:
    """Whether what a column holds may be what the contract's holds."""
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
    shown = hide_numbers(value).removesuffix(" 00:00:00")
    return shown if len(shown) <= 30 else shown[:29] + "…"
