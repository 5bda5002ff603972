"""Describes what two districts sent as plain values, and splits it into parsed sheets: one table in one file or sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Cells = dict[str, object]
MAPPING = "mapping.toml"
# Every table follows those that it refers to.
KEYS = {
    "areas": ("area_code",),
    "population": ("community_code", "as_of"),
    "grids": ("grid_code",),
    "workers": ("worker_id", "as_of"),
    "activities": ("activity_id",),
    "requests": ("request_id",),
}
TITLES = {
    "areas": "行政区划",
    "population": "人口",
    "grids": "网格",
    "workers": "社区工作者",
    "activities": "活动",
    "requests": "工单",
}


@dataclass(frozen=True)
class Sheet:
    """Holds rows of one table; the name is empty for a file without sheets."""

    name: str
    table: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class SentFile:
    """Describes one file of a district. `is_special` means that its mapping reads 居民网格 in grids as 专属网格."""

    district: str
    stem: str
    suffix: str
    sheets: tuple[Sheet, ...]
    is_full: bool = False
    is_special: bool = False
    garbage: bytes | None = None

    @property
    def file(self) -> str:
        return self.stem + self.suffix

    @property
    def first_row(self) -> int:
        """Returns the number of the first row of data; a Parquet file has no header."""
        return 1 if self.suffix == ".parquet" else 2


@dataclass(frozen=True)
class MissingFile:
    """Describes a section of a district's mapping whose file is missing."""

    district: str
    file: str
    table: str


@dataclass(frozen=True)
class Row:
    """Holds a row with its location; `is_old` marks a row of the previous version."""

    district: str
    file: str
    sheet: str
    number: int
    cells: Cells
    is_old: bool = False

    @property
    def location(self) -> tuple[str, str, str, int]:
        return self.district, self.file, self.sheet, self.number


@dataclass
class ParsedSheet:
    """Holds one table in one file or sheet."""

    district: str
    file: str
    sheet: str
    table: str
    rows: list[Row]
    status: str
    is_full: bool
    rejected_rows: list[Row] = field(default_factory=list)
    duplicate_rows: list[Row] = field(default_factory=list)
    rows_read: int = 0

    @property
    def has_failed(self) -> bool:
        return self.status in ("failed", "stale")

    @property
    def label(self) -> str:
        return f"{self.district}/{self.file}" + (f"（{self.sheet}）" if self.sheet else "")


def parsed_sheets(
    sent: list[SentFile], missing: list[MissingFile], unreadable_mappings: set[str], previous: dict[str, list[Row]]
) -> list[ParsedSheet]:
    """Returns the parsed sheets by district and file, those of mappings last.

    `previous` has the rows of the previous version.
    """
    sheets = _sheets_of_files(sent, unreadable_mappings, previous)
    sheets += _sheets_of_mappings(missing, unreadable_mappings, sheets)
    return sorted(sheets, key=lambda sheet: (sheet.district, sheet.file == MAPPING))


def _sheets_of_files(
    sent: list[SentFile], unreadable_mappings: set[str], previous: dict[str, list[Row]]
) -> list[ParsedSheet]:
    parsed = []
    by_correction = corrections(sent)
    for file in sorted(sent, key=lambda file: (file.district, file.file)):
        same = [file, *(old for old in sent if by_correction.get((old.district, old.file)) is file)]
        is_full, is_special = any(each.is_full for each in same), any(each.is_special for each in same)
        named_table = next((table for table, title in TITLES.items() if title in file.stem), None)
        if (file.district, file.file) in by_correction:
            if named_table:
                parsed.append(ParsedSheet(file.district, file.file, "", named_table, [], "replaced", False))
            continue
        is_unreadable = file.district in unreadable_mappings
        if file.garbage is not None:
            # The sheets of a damaged workbook are unknown: it stands for the tables it had before.
            location = file.district, file.file
            previous_tables = [
                table for table in KEYS if any((row.district, row.file) == location for row in previous[table])
            ]
            for table in KEYS:
                if table != named_table and not (table in previous_tables and file.suffix == ".xlsx"):
                    continue
                is_full_roster = is_full and not is_unreadable
                parsed.append(ParsedSheet(file.district, file.file, "", table, [], "failed", is_full_roster))
            continue
        for sheet in file.sheets:
            rows = [
                Row(file.district, file.file, sheet.name, number, _read_as(sheet.table, cells, is_special))
                for number, cells in enumerate(sheet.rows, file.first_row)
            ]
            status, rows, full = ("failed", [], False) if is_unreadable else ("loaded", rows, is_full)
            parsed.append(ParsedSheet(file.district, file.file, sheet.name, sheet.table, rows, status, full))
    return parsed


def _sheets_of_mappings(
    missing: list[MissingFile], unreadable_mappings: set[str], sheets: list[ParsedSheet]
) -> list[ParsedSheet]:
    """Returns a failed sheet for each missing file that a mapping names.

    For an unreadable mapping these are the tables it names that have no file.
    """
    failed = []
    for district in sorted({file.district for file in missing}):
        tables = [file.table for file in missing if file.district == district]
        if district in unreadable_mappings:
            sent_tables = {(sheet.district, sheet.table) for sheet in sheets}
            tables = sorted({table for table in tables if (district, table) not in sent_tables})
        failed += [ParsedSheet(district, MAPPING, "", table, [], "failed", False) for table in tables]
    return failed


def corrections(sent: list[SentFile]) -> dict[tuple[str, str], SentFile]:
    """Returns, by district and file, the file that corrects it: the same name with 更正 and the highest number."""
    by_file = {}
    for district in {file.district for file in sent}:
        for stem in {file.stem for file in sent if file.district == district}:
            originals = [file for file in sent if file.district == district and file.stem == stem]
            candidates = [
                (int(mark[1] or 1), file.file, file)
                for file in sent
                if file.district == district and (mark := re.fullmatch(re.escape(stem) + r"更正(\d*)", file.stem))
            ]
            if candidates:
                latest = max(candidates, key=lambda candidate: candidate[:2])[2]
                by_file |= {(district, file.file): latest for file in originals}
                by_file |= {(district, file.file): latest for *_, file in candidates if file is not latest}
    return by_file


def _read_as(table: str, cells: Cells, is_special: bool) -> Cells:
    if table == "grids":
        return cells | {"grid_type": "special" if is_special else "residential"}
    return cells
