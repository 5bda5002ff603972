"""Ingests the files of two districts in plain Python, following the documentation of ingest: no frames, no SQL.

A source is a list of `SentFile`. `ingest` returns the accepted rows, the outcome of every file and row, the claims and
the full rosters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from tests.helpers.ingest.naive_sources import KEYS, Cells, MissingFile, ParsedSheet, Row, SentFile, parsed_sheets

# The column with a row's area, for the tables whose rows are in an area.
LOCATIONS = {
    "population": "community_code",
    "grids": "community_code",
    "workers": "community_code",
    "activities": "area_code",
    "requests": "area_code",
}
# The columns of a table that must refer to an accepted row of another.
REFERENCES = {
    "areas": {},
    "population": {},
    "grids": {},
    "workers": {},
    "activities": {"worker_id": "workers"},
    "requests": {"grid_code": "grids"},
}
EVENTS = {
    "areas": (),
    "population": ("as_of",),
    "grids": ("set_up_on",),
    "workers": ("as_of", "hire_date"),
    "activities": ("started_at",),
    "requests": ("raised_at", "closed_at"),
}
REQUIRED = {
    "areas": ("area_code", "name", "level"),
    "population": ("community_code", "as_of", "residents"),
    "grids": ("grid_code", "community_code", "households"),
    "workers": ("worker_id", "community_code", "hire_date"),
    "activities": ("activity_id", "started_at", "area_code"),
    "requests": ("request_id", "area_code", "raised_at"),
}


@dataclass
class IngestResult:
    """Holds the outcome of an ingest.

    `accepted` has the rows by table; `files` status and numbers of rows read, loaded, rejected and duplicate, by
    district, file, sheet and table; `claims` table, key, location and whether the row was accepted; `full` and `gaps`
    the contents of raw.full_rosters and raw.full_roster_gaps.
    """

    accepted: dict[str, list[Row]]
    files: Counter[tuple[tuple[str, str, str, str], tuple[str, int, int, int, int]]]
    claims: set[tuple[str, str, tuple[str, str, str, int], bool]]
    full: set[tuple[str, date]]
    gaps: set[tuple[str, date, str | None]]

    @property
    def latest_event(self) -> date | None:
        """Returns the latest date of an event; None if there are none."""
        days = [
            _day(row.cells[column])
            for table, rows in self.accepted.items()
            for row in rows
            for column in EVENTS[table]
            if row.cells.get(column) is not None
        ]
        return max(days, default=None)


def _day(moment: object) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def empty_result() -> IngestResult:
    """Returns the result before the first build."""
    return IngestResult({table: [] for table in KEYS}, Counter(), set(), set(), set())


def ingest(
    sent: list[SentFile], missing: list[MissingFile], unreadable_mappings: set[str], before: IngestResult
) -> IngestResult:
    """Returns what a build accepts.

    `before` is the result of the previous version; `unreadable_mappings` are the districts whose mapping.toml cannot be
    read, so that none of their files can.
    """
    sheets = parsed_sheets(sent, missing, unreadable_mappings, before.accepted)
    accepted: dict[str, list[Row]] = {}
    claims: set = set()
    senders: dict[str, set[str]] = {}
    for table in KEYS:
        table_sheets = [sheet for sheet in sheets if sheet.table == table]
        _read(table, table_sheets, before)
        rows = [row for sheet in table_sheets for row in sheet.rows if not row.is_old]
        rows += [row for sheet in table_sheets for row in sheet.rows if row.is_old]
        # Of several mapping sections without a file, the first has the rows.
        sheet_at = {(sheet.district, sheet.file, sheet.sheet): sheet for sheet in reversed(table_sheets)}
        duplicates, rejected_rows = [], []
        _give_way_to_own_district(table, rows, duplicates)
        contested = _settle_contested(table, rows, senders, sheet_at, duplicates, rejected_rows)
        _give_way_to_fresh(table, rows, duplicates)
        _keep_one_of_a_key(table, rows, duplicates, rejected_rows)
        _reject_dangling(table, rows, accepted, rejected_rows)
        accepted[table] = rows
        for row in duplicates:
            sheet_at[row.location[:3]].duplicate_rows.append(row)
        for row in rejected_rows:
            sheet_at[row.location[:3]].rejected_rows.append(row)
        locations = {row.location for row in rows}
        claims |= {(table, _key_text(table, row), row.location, row.location in locations) for row in contested}
        if table == "areas":
            for row in chain(rows, duplicates):
                senders.setdefault(str(row.cells["area_code"]), set()).add(row.district)
    files = Counter(((sheet.district, sheet.file, sheet.sheet, sheet.table), _counts(sheet)) for sheet in sheets)
    return IngestResult(accepted, files, claims, *_full_rosters(sheets, accepted["workers"], before))


def _counts(sheet: ParsedSheet) -> tuple[str, int, int, int, int]:
    """Returns status and rows read, loaded, rejected and duplicate; every row read is one of the latter three."""
    rejected, duplicates = len(sheet.rejected_rows), len(sheet.duplicate_rows)
    return sheet.status, sheet.rows_read, sheet.rows_read - rejected - duplicates, rejected, duplicates


# ---- rows by themselves


def _read(table: str, sheets: list[ParsedSheet], before: IngestResult) -> None:
    """Rejects rows that break the contract by themselves, and replaces failed sheets by rows of the previous version."""
    for sheet in sheets:
        sheet.rows_read = len(sheet.rows)
        sheet.rejected_rows = [row for row in sheet.rows if not _is_valid(table, row.cells)]
        sheet.rows = [row for row in sheet.rows if _is_valid(table, row.cells)]
    for district in {sheet.district for sheet in sheets}:
        own_sheets = [sheet for sheet in sheets if sheet.district == district]
        old = [row for row in before.accepted[table] if row.district == district]

        def held(sheet: ParsedSheet, row: Row) -> bool:
            return row.file in (sheet.file, *_replaced_by(sheet, own_sheets)) and (
                sheet.sheet in ("", row.sheet) or row.file != sheet.file
            )

        strays = [row for row in old if not any(held(sheet, row) for sheet in own_sheets)]
        if any(sheet.status == "loaded" for sheet in own_sheets):
            strays = []
        for sheet in own_sheets:
            if sheet.has_failed:
                rows = [row for row in old if held(sheet, row) or row in strays]
                old, strays = [row for row in old if row not in rows], []
                sheet.status = "stale" if rows else "failed"
                sheet.rows = [replace(row, file=sheet.file, sheet=sheet.sheet, is_old=True) for row in rows]
                sheet.rows_read = len(rows)


def _replaced_by(sheet: ParsedSheet, sheets: list[ParsedSheet]) -> list[str]:
    """Returns the files that a failed correction replaces: they are not read, so it takes over their rows."""
    stem = sheet.file.rsplit(".", 1)[0]
    mark = re.fullmatch(r"(.+)更正\d*", stem)
    if mark is None:
        return []
    same = re.compile(re.escape(mark[1]) + r"(更正\d*)?")
    return [
        other.file for other in sheets if other.status == "replaced" and same.fullmatch(other.file.rsplit(".", 1)[0])
    ]


def _is_valid(table: str, cells: Cells) -> bool:
    """Returns whether a row satisfies its contract by itself."""
    if any(cells[column] is None for column in REQUIRED[table]):
        return False
    if any(isinstance(value, int) and value < 0 for value in cells.values()):
        return False
    match table:
        case "requests":
            return cells["closed_at"] is None or cells["closed_at"] >= cells["raised_at"]
        case "grids":
            return None in (cells["set_up_on"], cells["closed_on"]) or cells["closed_on"] >= cells["set_up_on"]
        case "workers":
            return cells["leave_date"] is None or cells["leave_date"] >= cells["hire_date"]
    return True


# ---- rows against each other


def _key(table: str, row: Row) -> tuple[object, ...]:
    return tuple(row.cells[column] for column in KEYS[table])


def _by_key(table: str, rows: Iterable[Row]) -> dict[tuple[object, ...], list[Row]]:
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(_key(table, row), []).append(row)
    return groups


def _move(rows: list[Row], target: list[Row], is_moved: Callable[[Row], bool]) -> None:
    target += [row for row in rows if is_moved(row)]
    rows[:] = [row for row in rows if not is_moved(row)]


def _give_way_to_own_district(table: str, rows: list[Row], duplicates: list[Row]) -> None:
    fresh = {(row.district, _key(table, row)) for row in rows if not row.is_old}
    _move(rows, duplicates, lambda row: row.is_old and (row.district, _key(table, row)) in fresh)


def _give_way_to_fresh(table: str, rows: list[Row], duplicates: list[Row]) -> None:
    fresh = {_key(table, row) for row in rows if not row.is_old}
    _move(rows, duplicates, lambda row: row.is_old and _key(table, row) in fresh)


def _settle_contested(
    table: str,
    rows: list[Row],
    senders: dict[str, set[str]],
    sheet_at: dict,
    duplicates: list[Row],
    rejected_rows: list[Row],
) -> list[Row]:
    """Settles keys that two districts sent; returns all rows of such keys.

    A row in an area belongs to the district that sent that area or, if nobody did, the nearest area above it.
    """
    if table == "areas":
        return []
    contested = []
    for group in _by_key(table, rows).values():
        if len({row.district for row in group}) < 2:
            continue
        contested += group
        group.sort(key=lambda row: (sheet_at[row.location[:3]].label, row.number))
        owns = [row for row in group if row.district in _senders_of(str(row.cells[LOCATIONS[table]]), senders)]
        owners = {row.district for row in owns}
        if len(owners) == 1:
            if not _are_equal(table, [row for row in group if row.district in owners]):
                continue
            winner = owns[0]
        elif _are_equal(table, group):
            winner = group[0]
        else:
            continue
        _move(rows, duplicates, lambda row: row in group and row is not winner and _are_equal(table, [row, winner]))
        _move(rows, rejected_rows, lambda row: row in group and row is not winner)
    return contested


def _senders_of(code: str, senders: dict[str, set[str]]) -> set[str]:
    return next((senders[part] for part in (code, code[:9], code[:6]) if part in senders), set())


def _are_equal(table: str, rows: list[Row]) -> bool:
    """Returns whether the rows agree; a previous version has only the first letter of a person's name to compare."""
    compared = [
        row.cells | {"name": str(row.cells["name"])[0] + "*"} if row.is_old and table == "workers" else row.cells
        for row in rows
    ]
    return all(cells == compared[0] for cells in compared)


def _keep_one_of_a_key(table: str, rows: list[Row], duplicates: list[Row], rejected_rows: list[Row]) -> None:
    """Keeps the first of identical rows; rejects all rows of a key that differ."""
    for group in _by_key(table, rows).values():
        if not _are_equal(table, group):
            _move(rows, rejected_rows, lambda row: row in group)
        else:
            _move(rows, duplicates, lambda row: row in group[1:])


def _reject_dangling(table: str, rows: list[Row], accepted: dict[str, list[Row]], rejected_rows: list[Row]) -> None:
    """Rejects rows that refer to a rejected or missing row."""
    if table == "areas":
        while True:
            codes = {row.cells["area_code"] for row in rows}
            orphans = [
                row for row in rows if row.cells["parent_code"] is not None and row.cells["parent_code"] not in codes
            ]
            if not orphans:
                return
            _move(rows, rejected_rows, lambda row: row in orphans)
    levels = ("county", "street", "community") if LOCATIONS[table] == "area_code" else ("community",)
    areas = {row.cells["area_code"] for row in accepted["areas"] if row.cells["level"] in levels}

    def is_dangling(row: Row) -> bool:
        others = ((row.cells[column], target, column) for column, target in REFERENCES[table].items())
        return row.cells[LOCATIONS[table]] not in areas or any(
            value is not None and value not in {other.cells[column] for other in accepted[target]}
            for value, target, column in others
        )

    _move(rows, rejected_rows, is_dangling)


def _key_text(table: str, row: Row) -> str:
    return "、".join(str(value) for value in _key(table, row) if value is not None)


# ---- rosters


def _full_rosters(sheets: list[ParsedSheet], workers: list[Row], before: IngestResult) -> tuple[set, set]:
    """Returns the dates for which a district sent a roster declared full, and the people who may be in one unseen."""
    sheets = [sheet for sheet in sheets if sheet.table == "workers"]
    listed = {
        sheet.label: [row for row in workers if row.location[:3] == (sheet.district, sheet.file, sheet.sheet)]
        + sheet.duplicate_rows
        for sheet in sheets
    }
    full, gaps = set(), set()
    for sheet in sheets:
        days = {row.cells["as_of"] for row in listed[sheet.label] if row.cells["as_of"] is not None}
        if sheet.is_full:
            full |= {(sheet.district, day) for day in days}
        if sheet.status == "stale":
            # The previous version's knowledge of these rosters still holds, as its rows are used.
            full |= {(sheet.district, day) for day in days if (sheet.district, day) in before.full}
            gaps |= {gap for gap in before.gaps if gap[0] == sheet.district and gap[1] in days}
    for sheet in sheets:
        if not sheet.is_full:
            continue
        rosters = {day for district, day in full if district == sheet.district}
        own = {row.cells["as_of"] for row in listed[sheet.label] if row.cells["as_of"] is not None}
        undated = [row for row in listed[sheet.label] if row.cells["as_of"] is None]
        for row in chain(sheet.rejected_rows, undated):
            # A row without a date may belong to any date of its file, or of its district.
            days = {row.cells["as_of"]} & rosters if row.cells["as_of"] else own or rosters
            gaps |= {(sheet.district, day, row.cells["worker_id"]) for day in days}
        if sheet.has_failed:
            gaps |= {(sheet.district, day, None) for day in rosters if not own or day > max(own)}
    return full, gaps
