"""What two districts have sent, as plain values, and the units in it: one table in one file or sheet each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Cells = dict[str, object]
MAPPING = "mapping.toml"
# Every table after those it refers to.
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
    """Rows of one table; of a file without sheets the name is empty."""

    name: str
    table: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class SentFile:
    """One file of a district. is_special: the mapping says of its grids that 居民网格 means 专属网格."""

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
        """The number of the first row below the header; a Parquet file has none."""
        return 1 if self.suffix == ".parquet" else 2


@dataclass(frozen=True)
class MissingFile:
    """A section of a district's mapping whose file is not there."""

    district: str
    file: str
    table: str


@dataclass(frozen=True)
class Row:
    """A row with its place; is_old where it is one of the version before."""

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
    """One table in one file or sheet."""

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
    sent: list[SentFile], missing: list[MissingFile], unreadable_mappings: set[str], held: dict[str, list[Row]]
) -> list[ParsedSheet]:
    """The units in their order: by district and file, the mapping's own last; `held` has the rows of the version before."""
    units = _of_files(sent, unreadable_mappings, held)
    units += _of_mappings(missing, unreadable_mappings, units)
    return sorted(units, key=lambda unit: (unit.district, unit.file == MAPPING))


def _of_files(sent: list[SentFile], unreadable_mappings: set[str], held: dict[str, list[Row]]) -> list[ParsedSheet]:
    found = []
    by_correction = corrections(sent)
    for one in sorted(sent, key=lambda one: (one.district, one.file)):
        same = [one, *(old for old in sent if by_correction.get((old.district, old.file)) is one)]
        is_full, is_special = any(file.is_full for file in same), any(file.is_special for file in same)
        named = next((table for table, title in TITLES.items() if title in one.stem), None)
        if (one.district, one.file) in by_correction:
            if named:
                found.append(ParsedSheet(one.district, one.file, "", named, [], "replaced", False))
            continue
        cannot = one.district in unreadable_mappings
        if one.garbage is not None:
            # A damaged workbook doesn't tell its sheets: it holds what it held before.
            place = one.district, one.file
            gave = [table for table in KEYS if any((row.district, row.file) == place for row in held[table])]
            for table in KEYS:
                if table != named and not (table in gave and one.suffix == ".xlsx"):
                    continue
                found.append(ParsedSheet(one.district, one.file, "", table, [], "failed", is_full and not cannot))
            continue
        for sheet in one.sheets:
            rows = [
                Row(one.district, one.file, sheet.name, one.first_row + at, _read_as(sheet.table, cells, is_special))
                for at, cells in enumerate(sheet.rows)
            ]
            status, rows, full = ("failed", [], False) if cannot else ("loaded", rows, is_full)
            found.append(ParsedSheet(one.district, one.file, sheet.name, sheet.table, rows, status, full))
    return found


def _of_mappings(
    missing: list[MissingFile], unreadable_mappings: set[str], units: list[ParsedSheet]
) -> list[ParsedSheet]:
    """What the mappings themselves stand for: files that aren't there; of one that can't be read the tables it names of
    which there are no files."""
    found = []
    for district in sorted({one.district for one in missing}):
        tables = [one.table for one in missing if one.district == district]
        if district in unreadable_mappings:
            tables = sorted(
                {table for table in tables if all((unit.district, unit.table) != (district, table) for unit in units)}
            )
        found += [ParsedSheet(district, MAPPING, "", table, [], "failed", False) for table in tables]
    return found


def corrections(sent: list[SentFile]) -> dict[tuple[str, str], SentFile]:
    """By district and file the one that corrects it: of its own name and 更正, of several the one with the highest number."""
    found = {}
    for district in {one.district for one in sent}:
        for stem in {one.stem for one in sent if one.district == district}:
            originals = [one for one in sent if one.district == district and one.stem == stem]
            correcting = [
                (int(mark[1] or 1), one.file, one)
                for one in sent
                if one.district == district and (mark := re.fullmatch(re.escape(stem) + r"更正(\d*)", one.stem))
            ]
            if correcting:
                best = max(correcting, key=lambda found: found[:2])[2]
                found |= {(district, one.file): best for one in originals}
                found |= {(district, one.file): best for *_, one in correcting if one is not best}
    return found


def _read_as(table: str, cells: Cells, is_special: bool) -> Cells:
    if table == "grids":
        return cells | {"grid_type": "special" if is_special else "residential"}
    return cells
