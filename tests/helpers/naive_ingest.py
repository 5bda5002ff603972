"""What becomes of the files of two districts, in plain Python, from what is written of the intake: no frames, no SQL.

A file is `Sent`; a source is a list of them. `taken_in` says which rows are accepted, what became of every file and row,
and which claims and full rosters there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from tests.helpers.naive_sources import KEYS, Cells, MissingFile, ParsedSheet, Row, SentFile, parsed_sheets

# Where a row lies, of the tables whose rows lie in an area.
LOCATIONS = {
    "population": "community_code",
    "grids": "community_code",
    "workers": "community_code",
    "activities": "area_code",
    "requests": "area_code",
}
# Which of a table's columns lead to an accepted row of another.
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
    """accepted: by table. files: status, rows read, loaded, rejected and duplicate by district, file, sheet and table.
    claims: table, key, place, whether kept. full and gaps: raw.full_rosters and raw.full_roster_gaps."""

    accepted: dict[str, list[Row]]
    files: Counter[tuple[tuple[str, str, str, str], tuple[str, int, int, int, int]]]
    claims: set[tuple[str, str, tuple[str, str, str, int], bool]]
    full: set[tuple[str, date]]
    gaps: set[tuple[str, date, str | None]]

    @property
    def latest_event(self) -> date | None:
        """The latest day of something that has happened."""
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
    """Before the first build."""
    return IngestResult({table: [] for table in KEYS}, Counter(), set(), set(), set())


def ingest(
    sent: list[SentFile], missing: list[MissingFile], unreadable_mappings: set[str], before: IngestResult
) -> IngestResult:
    """What a build accepts; `before` is what the version before held, `unreadable_mappings` the districts whose
    mapping.toml can't be read, so that none of their files can."""
    units = parsed_sheets(sent, missing, unreadable_mappings, before.accepted)
    accepted: dict[str, list[Row]] = {}
    claims: set = set()
    senders: dict[str, set[str]] = {}
    for table in KEYS:
        mine = [unit for unit in units if unit.table == table]
        _read(table, mine, before)
        rows = [row for unit in mine for row in unit.rows if not row.is_old]
        rows += [row for unit in mine for row in unit.rows if row.is_old]
        # The first of several sections without a file holds what there is.
        at = {(unit.district, unit.file, unit.sheet): unit for unit in reversed(mine)}
        repeats, refused = [], []
        _give_way_to_own_district(table, rows, repeats)
        contested = _settle(table, rows, senders, at, repeats, refused)
        _give_way_to_fresh(table, rows, repeats)
        _keep_one_of_a_key(table, rows, repeats, refused)
        _refer(table, rows, accepted, refused)
        accepted[table] = rows
        for row in repeats:
            at[row.location[:3]].duplicate_rows.append(row)
        for row in refused:
            at[row.location[:3]].rejected_rows.append(row)
        there = {row.location for row in rows}
        claims |= {(table, _words(table, row), row.location, row.location in there) for row in contested}
        if table == "areas":
            for row in chain(rows, repeats):
                senders.setdefault(str(row.cells["area_code"]), set()).add(row.district)
    files = Counter(((unit.district, unit.file, unit.sheet, unit.table), _counts(unit)) for unit in units)
    return IngestResult(accepted, files, claims, *_full_rosters(units, accepted["workers"], before))


def _counts(unit: ParsedSheet) -> tuple[str, int, int, int, int]:
    """status, rows read, loaded, rejected, duplicate; what is read is one of the others."""
    rejected, repeats = len(unit.rejected_rows), len(unit.duplicate_rows)
    return unit.status, unit.rows_read, unit.rows_read - rejected - repeats, rejected, repeats


# ---- rows by themselves


def _read(table: str, units: list[ParsedSheet], before: IngestResult) -> None:
    """Refuses what breaks the contract by itself, and puts the rows of the version before in place of what failed."""
    for unit in units:
        unit.rows_read = len(unit.rows)
        unit.rejected_rows = [row for row in unit.rows if not _is_right(table, row.cells)]
        unit.rows = [row for row in unit.rows if _is_right(table, row.cells)]
    for district in {unit.district for unit in units}:
        mine = [unit for unit in units if unit.district == district]
        old = [row for row in before.accepted[table] if row.district == district]

        def gave(unit: ParsedSheet, row: Row) -> bool:
            return row.file in (unit.file, *_replaced_by(unit, mine)) and (
                unit.sheet in ("", row.sheet) or row.file != unit.file
            )

        strays = [row for row in old if not any(gave(unit, row) for unit in mine)]
        if any(unit.status == "loaded" for unit in mine):
            strays = []
        for unit in mine:
            if unit.has_failed:
                rows = [row for row in old if gave(unit, row) or row in strays]
                old, strays = [row for row in old if row not in rows], []
                unit.status = "stale" if rows else "failed"
                unit.rows = [replace(row, file=unit.file, sheet=unit.sheet, is_old=True) for row in rows]
                unit.rows_read = len(rows)


def _replaced_by(unit: ParsedSheet, units: list[ParsedSheet]) -> list[str]:
    """The files that a failed correction stands for: they are not read, so their rows stay with it."""
    stem = unit.file.rsplit(".", 1)[0]
    mark = re.fullmatch(r"(.+)更正\d*", stem)
    if mark is None:
        return []
    same = re.compile(re.escape(mark[1]) + r"(更正\d*)?")
    return [
        other.file for other in units if other.status == "replaced" and same.fullmatch(other.file.rsplit(".", 1)[0])
    ]


def _is_right(table: str, cells: Cells) -> bool:
    """Whether a row keeps its contract by itself."""
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
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(table, row), []).append(row)
    return found


def _move(rows: list[Row], where: list[Row], is_meant: Callable[[Row], bool]) -> None:
    where += [row for row in rows if is_meant(row)]
    rows[:] = [row for row in rows if not is_meant(row)]


def _give_way_to_own_district(table: str, rows: list[Row], repeats: list[Row]) -> None:
    fresh = {(row.district, _key(table, row)) for row in rows if not row.is_old}
    _move(rows, repeats, lambda row: row.is_old and (row.district, _key(table, row)) in fresh)


def _give_way_to_fresh(table: str, rows: list[Row], repeats: list[Row]) -> None:
    fresh = {_key(table, row) for row in rows if not row.is_old}
    _move(rows, repeats, lambda row: row.is_old and _key(table, row) in fresh)


def _settle(
    table: str, rows: list[Row], senders: dict[str, set[str]], at: dict, repeats: list[Row], refused: list[Row]
) -> list[Row]:
    """Keys from two districts: what lies in an area belongs to the district that itself sent that area or, where nobody
    sent it, the nearest one above. Returns all rows of such keys."""
    if table == "areas":
        return []
    contested = []
    for group in _by_key(table, rows).values():
        if len({row.district for row in group}) < 2:
            continue
        contested += group
        group.sort(key=lambda row: (at[row.location[:3]].words, row.number))
        owns = [row for row in group if row.district in _senders_of(str(row.cells[LOCATIONS[table]]), senders)]
        owners = {row.district for row in owns}
        if len(owners) == 1:
            if not _say_the_same(table, [row for row in group if row.district in owners]):
                continue
            kept = owns[0]
        elif _say_the_same(table, group):
            kept = group[0]
        else:
            continue
        _move(rows, repeats, lambda row: row in group and row is not kept and _say_the_same(table, [row, kept]))
        _move(rows, refused, lambda row: row in group and row is not kept)
    return contested


def _senders_of(code: str, senders: dict[str, set[str]]) -> set[str]:
    return next((senders[part] for part in (code, code[:9], code[:6]) if part in senders), set())


def _say_the_same(table: str, rows: list[Row]) -> bool:
    """Of a person in the version before only the first letter of the name is left to compare."""
    said = [
        row.cells | {"name": str(row.cells["name"])[0] + "*"} if row.is_old and table == "workers" else row.cells
        for row in rows
    ]
    return all(cells == said[0] for cells in said)


def _keep_one_of_a_key(table: str, rows: list[Row], repeats: list[Row], refused: list[Row]) -> None:
    """Of exact repeats the first stays; where rows of one key differ none of them does."""
    for group in _by_key(table, rows).values():
        if not _say_the_same(table, group):
            _move(rows, refused, lambda row: row in group)
        else:
            _move(rows, repeats, lambda row: row in group[1:])


def _refer(table: str, rows: list[Row], accepted: dict[str, list[Row]], refused: list[Row]) -> None:
    """A refused row takes along those that refer to it."""
    if table == "areas":
        while True:
            codes = {row.cells["area_code"] for row in rows}
            lost = [
                row for row in rows if row.cells["parent_code"] is not None and row.cells["parent_code"] not in codes
            ]
            if not lost:
                return
            _move(rows, refused, lambda row: row in lost)
    levels = ("county", "street", "community") if LOCATIONS[table] == "area_code" else ("community",)
    areas = {row.cells["area_code"] for row in accepted["areas"] if row.cells["level"] in levels}

    def leads_nowhere(row: Row) -> bool:
        others = ((row.cells[column], target, column) for column, target in REFERENCES[table].items())
        return row.cells[LOCATIONS[table]] not in areas or any(
            value is not None and value not in {other.cells[column] for other in accepted[target]}
            for value, target, column in others
        )

    _move(rows, refused, leads_nowhere)


def _words(table: str, row: Row) -> str:
    return "、".join(str(value) for value in _key(table, row) if value is not None)


# ---- rosters


def _full_rosters(units: list[ParsedSheet], workers: list[Row], before: IngestResult) -> tuple[set, set]:
    """The dates for which a district sent a roster declared full, and who else may stand in one."""
    units = [unit for unit in units if unit.table == "workers"]
    listed = {
        unit.label: [row for row in workers if row.location[:3] == (unit.district, unit.file, unit.sheet)]
        + unit.duplicate_rows
        for unit in units
    }
    full, gaps = set(), set()
    for unit in units:
        days = {row.cells["as_of"] for row in listed[unit.label] if row.cells["as_of"] is not None}
        if unit.is_full:
            full |= {(unit.district, day) for day in days}
        if unit.status == "stale":
            # What the version before knew of the rosters whose rows stand in still stands.
            full |= {(unit.district, day) for day in days if (unit.district, day) in before.full}
            gaps |= {gap for gap in before.gaps if gap[0] == unit.district and gap[1] in days}
    for unit in units:
        if not unit.is_full:
            continue
        rosters = {day for district, day in full if district == unit.district}
        own = {row.cells["as_of"] for row in listed[unit.label] if row.cells["as_of"] is not None}
        undated = [row for row in listed[unit.label] if row.cells["as_of"] is None]
        for row in chain(unit.rejected_rows, undated):
            # Nothing tells which date a row without one means: any of its file's, or of its district's.
            days = {row.cells["as_of"]} & rosters if row.cells["as_of"] else own or rosters
            gaps |= {(unit.district, day, row.cells["worker_id"]) for day in days}
        if unit.has_failed:
            gaps |= {(unit.district, day, None) for day in rosters if not own or day > max(own)}
    return full, gaps
