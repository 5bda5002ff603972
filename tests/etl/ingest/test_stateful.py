"""Repetition and order don't matter: two districts send, repeat, correct, withdraw and damage files in any order, and
after each build the warehouse holds what a plain reading of the rules says (tests/helpers/ingest/naive_ingest.py).
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from etl.build.build import BuildRefused, build
from sql import warehouse
from tests.helpers.depth import examples
from tests.helpers.ingest import naive_ingest
from tests.helpers.ingest.ingest_rows import headers
from tests.helpers.ingest.naive_sources import KEYS, TITLES, Cells, MissingFile, SentFile, Sheet, corrections
from tests.helpers.warehouse import naive_months
from tests.helpers.warehouse.small_build import copy_models

OURS, THEIRS = "甲区", "乙县"
COMMUNITIES = {OURS: ("621002001001", "621002001002"), THEIRS: ("621021001001", "621021001002")}
# Both districts may send the former; neither sends the last.
SHARED, UNSENT = "621002001009", "621002001777"
PLACES = (*COMMUNITIES[OURS], *COMMUNITIES[THEIRS], SHARED, UNSENT)
ENDS = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30))
LABELS = ("", "2024-01", "2024-02", "2024-03", "补报")
GARBAGE = (b"", b"%PDF-1.4\n")
BROKEN_MAPPING = "[[file\n"
# The name of a workbook that names none of its tables.
WORKBOOK = "报表"
COLUMNS = {
    "areas": ("area_code", "name", "level", "parent_code"),
    "population": ("community_code", "as_of", "residents"),
    "grids": ("grid_code", "community_code", "households", "set_up_on", "closed_on", "grid_type", "grid_name"),
    "workers": (
        "worker_id",
        "as_of",
        "name",
        "community_code",
        "hire_date",
        "leave_date",
        "gender",
        "birth_date",
        "education",
        "post",
    ),
    "activities": ("activity_id", "started_at", "area_code", "worker_id", "participants", "kind"),
    "requests": ("request_id", "area_code", "grid_code", "raised_at", "closed_at", "kind"),
}
# Cells that are the same in every row.
FIXED = {
    "grids": {"grid_type": "居民网格", "grid_name": "网格"},
    "workers": {"gender": "男", "birth_date": date(1990, 3, 5), "education": "大专", "post": "书记"},
    "activities": {"kind": "服务活动"},
    "requests": {"kind": "民生问题"},
}


def area(code: str, name: str, level: str, parent: str | None) -> Cells:
    return {"area_code": code, "name": name, "level": level, "parent_code": parent}


def areas_of(district: str, shared: str | None) -> tuple[Cells, ...]:
    """Returns a district's own areas and those above them, with the shared community under the district's name for it."""
    county = COMMUNITIES[district][0][:6]
    rows = [
        area("62", "甘肃省", "province", None),
        area("621000", "庆阳市", "city", "62"),
        area(county, district, "county", "621000"),
        area(f"{county}001", f"{district}街道", "street", county),
        *(area(code, f"社区{code[-3:]}", "community", f"{county}001") for code in COMMUNITIES[district]),
    ]
    if shared is not None:
        rows.append(area(SHARED, shared, "community", SHARED[:9]))
    return tuple(rows)


def often(value: object, *rarely: object) -> st.SearchStrategy[object]:
    return st.sampled_from([value] * (3 * len(rarely)) + list(rarely))


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    return st.sampled_from([datetime(2024, month, day, 9) for month in range(first, last + 1) for day in (5, 29)])


ROWS = {
    "population": st.fixed_dictionaries(
        {
            "community_code": st.sampled_from(PLACES),
            "as_of": st.sampled_from(ENDS),
            "residents": often(900, 901, None, -1),
        }
    ),
    "grids": st.fixed_dictionaries(
        {
            "grid_code": st.sampled_from(["G1", "G2", "G3"]),
            "community_code": st.sampled_from(PLACES),
            "households": often(300, 301, None),
            "set_up_on": often(None, date(2024, 2, 10), date(2024, 5, 1)),
            "closed_on": often(None, date(2024, 3, 10)),
        }
    ),
    "workers": st.fixed_dictionaries(
        {
            "worker_id": st.sampled_from(["W1", "W1", "W2", "W2", "W3", "W3", None]),
            "as_of": st.sampled_from([*ENDS, *ENDS, None]),
            "name": often("张三", "张四"),
            "community_code": st.sampled_from(PLACES),
            "hire_date": st.sampled_from([date(2020, 1, 1), date(2020, 1, 1), date(2024, 2, 10), date(2024, 3, 20)]),
            "leave_date": often(None, date(2024, 1, 15), date(2024, 3, 10)),
        }
    ),
    "activities": st.fixed_dictionaries(
        {
            "activity_id": st.sampled_from(["C1", "C2"]),
            "started_at": moments(1, 4),
            "area_code": st.sampled_from(PLACES),
            "worker_id": often(None, "W1", "W2"),
            "participants": often(30, 31, -1),
        }
    ),
    "requests": st.fixed_dictionaries(
        {
            "request_id": st.sampled_from(["R1", "R2", "R3", "R4"]),
            "area_code": st.sampled_from(PLACES),
            "grid_code": often(None, "G1"),
            "raised_at": moments(1, 4),
            "closed_at": st.none() | moments(1, 5),
        }
    ),
}
TABLES = st.sampled_from(list(ROWS))
DISTRICTS = st.sampled_from([OURS, THEIRS])
DATES = st.sampled_from([None, None, date(2024, 2, 20), date(2024, 3, 31), date(2024, 6, 30)])
# Decides if a build follows a rule, and with which data date.
THEN = st.sampled_from(["wait"] * 8 + [None])
PICK = st.integers(0, 23)


def rows_of(table: str) -> st.SearchStrategy[tuple[Cells, ...]]:
    return st.lists(ROWS[table], max_size=4).map(tuple)


@functools.cache
def header(table: str) -> list[str]:
    """Returns the Chinese headers of the columns that are sent."""
    names = headers(table)
    return [names[column] for column in COLUMNS[table]]


def cells(sheet: Sheet) -> list[list[str]]:
    """Returns the rows as a clerk writes them."""
    rows = (FIXED.get(sheet.table, {}) | row for row in sheet.rows)
    return [["" if row[column] is None else str(row[column]) for column in COLUMNS[sheet.table]] for row in rows]


def write(path: Path, sent: SentFile) -> None:
    """Writes a file as it was sent."""
    if sent.garbage is not None:
        path.write_bytes(sent.garbage)
    elif sent.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as workbook:
            for sheet in sent.sheets:
                page = workbook.add_worksheet(sheet.name)
                for at, row in enumerate([header(sheet.table), *cells(sheet)]):
                    page.write_row(at, 0, row)
    else:
        (sheet,) = sent.sheets
        rows = pl.DataFrame(cells(sheet), schema=dict.fromkeys(header(sheet.table), pl.String), orient="row")
        rows.write_csv(path) if sent.suffix == ".csv" else rows.write_parquet(path)


@functools.cache
def models() -> Path:
    """Returns the folder of the models that every build here uses."""
    folder = tempfile.TemporaryDirectory(prefix="districts-sql-")
    atexit.register(folder.cleanup)
    return copy_models(Path(folder.name))


class Districts(RuleBasedStateMachine):
    """Holds a source folder of two districts, the warehouse that follows it, and the rows that it ought to hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="districts-"))
        self.source, self.into = self.folder / "source", self.folder / "followed"
        for district in (OURS, THEIRS):
            (self.source / district).mkdir(parents=True)
        self.sent: dict[tuple[str, str], SentFile] = {}
        self.written: dict[tuple[str, str], SentFile] = {}
        self.broken_mappings: set[str] = set()
        self.missing: list[MissingFile] = []
        self.is_compared = False
        self.held = naive_ingest.empty_result()

    # ---- actions of districts

    @initialize(
        ours=often("共用社区", None),
        theirs=often(None, "共用社区", "另一名称"),
        data=st.data(),
        is_full=st.booleans(),
        is_compared=st.sampled_from([True, False, False]),
    )
    def begin(self, ours, theirs, data, is_full, is_compared) -> None:
        for district, shared in ((OURS, ours), (THEIRS, theirs)):
            self.put(SentFile(district, "行政区划", ".csv", (Sheet("", "areas", areas_of(district, shared)),)))
        counts = tuple({"community_code": code, "as_of": ENDS[0], "residents": 900} for code in COMMUNITIES[OURS])
        self.put(SentFile(OURS, "人口", ".csv", (Sheet("", "population", counts),)))
        self.is_compared = is_compared
        roster = Sheet("", "workers", data.draw(rows_of("workers")))
        self.put(SentFile(OURS, "社区工作者", ".csv", (roster,), is_full=is_full))

    @rule(
        data=st.data(),
        district=DISTRICTS,
        table=TABLES,
        label=st.sampled_from(LABELS),
        suffix=often(".csv", ".parquet", ".xlsx"),
        is_full=st.booleans(),
        then=THEN,
    )
    def load(self, data, district, table, label, suffix, is_full, then) -> None:
        """Sends a file of any month: earlier months may have come already, or come later."""
        rows = data.draw(rows_of(table))
        sheet = Sheet("第一页" if suffix == ".xlsx" else "", table, rows)
        self.put(SentFile(district, TITLES[table] + label, suffix, (sheet,), is_full=is_full and table == "workers"))
        self.then(then)

    @rule(
        data=st.data(), district=DISTRICTS, tables=st.permutations(list(ROWS)).map(lambda tables: tables[:2]), then=THEN
    )
    def load_workbook(self, data, district, tables, then) -> None:
        """Sends a workbook whose sheets name their tables, and whose own name names none."""
        sheets = tuple(Sheet(TITLES[table], table, data.draw(rows_of(table))) for table in tables)
        self.put(SentFile(district, WORKBOOK, ".xlsx", sheets))
        self.then(then)

    @precondition(lambda self: self.whole())
    @rule(pick=PICK, label=st.sampled_from(LABELS), suffix=st.sampled_from([".csv", ".xlsx"]), then=THEN)
    def send_again(self, pick, label, suffix, then) -> None:
        """Sends the same rows under another name, or twice in the sheets of a workbook."""
        sent = self.picked(pick)
        sheet = sent.sheets[0]
        names = ("第一页", "第二页") if suffix == ".xlsx" else ("",)
        sheets = tuple(replace(sheet, name=name) for name in names)
        self.put(SentFile(sent.district, TITLES[sheet.table] + label, suffix, sheets))
        self.then(then)

    @precondition(lambda self: any(sent.sheets[0].rows for sent in self.whole()))
    @rule(data=st.data(), pick=PICK, how=st.sampled_from(["same", "same place", "other"]), then=THEN)
    def claim(self, data, pick, how, then) -> None:
        """Sends a row with the same key from the other district, with the same content or another."""
        filled = [sent for sent in self.whole() if sent.sheets[0].rows]
        sent = filled[pick % len(filled)]
        table = sent.sheets[0].table
        row = data.draw(st.sampled_from(sent.sheets[0].rows))
        if how != "same":
            kept = (*KEYS[table], *(("community_code", "area_code") if how == "same place" else ()))
            row = data.draw(ROWS[table]) | {column: row[column] for column in kept if column in row}
        other = THEIRS if sent.district == OURS else OURS
        self.put(SentFile(other, TITLES[table] + "补报", ".csv", (Sheet("", table, (row,)),)))
        self.then(then)

    @precondition(lambda self: self.whole())
    @rule(data=st.data(), pick=PICK, then=THEN)
    def correct(self, data, pick, then) -> None:
        """Sends a file with rows changed, removed or added, under its own name."""
        sent = self.picked(pick)
        self.put(replace(sent, sheets=tuple(self.changed(data, sheet) for sheet in sent.sheets)))
        self.then(then)

    @precondition(lambda self: any("更正" not in sent.stem for sent in self.whole()))
    @rule(
        data=st.data(), pick=PICK, mark=st.sampled_from(["更正", "更正2"]), garbage=often(None, GARBAGE[1]), then=THEN
    )
    def correct_beside(self, data, pick, mark, garbage, then) -> None:
        """Sends a correction beside the file that it corrects and that its name refers to."""
        originals = [sent for sent in self.whole() if "更正" not in sent.stem]
        sent = originals[pick % len(originals)]
        sheets = tuple(self.changed(data, sheet) for sheet in sent.sheets)
        self.put(SentFile(sent.district, sent.stem + mark, sent.suffix, sheets, garbage=garbage))
        self.then(then)

    @rule(district=DISTRICTS, shared=often(None, "共用社区", "另一名称"), then=THEN)
    def send_areas(self, district, shared, then) -> None:
        """Sends the areas with the community that both may send, or without."""
        self.put(SentFile(district, "行政区划", ".csv", (Sheet("", "areas", areas_of(district, shared)),)))
        self.then(then)

    @precondition(lambda self: self.undamaged())
    @rule(pick=PICK, is_named=st.booleans(), then=THEN)
    def withdraw(self, pick, is_named, then) -> None:
        """Removes a file, possibly that of the areas; the mapping may still name it."""
        sent = self.any_of(pick)
        del self.sent[sent.district, sent.file]
        if is_named and sent.sheets[0].table in ("workers", "grids"):
            self.missing.append(MissingFile(sent.district, sent.file, sent.sheets[0].table))
        self.then(then)

    @precondition(lambda self: self.undamaged())
    @rule(pick=PICK, garbage=st.sampled_from(GARBAGE), then=THEN)
    def damage(self, pick, garbage, then) -> None:
        """Makes a file of any kind unreadable."""
        self.put(replace(self.any_of(pick), garbage=garbage))
        self.then(then)

    @precondition(lambda self: any(sent.garbage is not None for sent in self.sent.values()))
    @rule(pick=PICK, then=THEN)
    def mend(self, pick, then) -> None:
        damaged = [sent for _, sent in sorted(self.sent.items()) if sent.garbage is not None]
        self.put(replace(damaged[pick % len(damaged)], garbage=None))
        self.then(then)

    @rule(district=DISTRICTS, then=THEN)
    def damage_mapping(self, district, then) -> None:
        """Breaks the mapping, or repairs it."""
        self.broken_mappings ^= {district}
        self.then(then)

    @precondition(lambda self: any(sent.stem != WORKBOOK for sent in self.whole()))
    @rule(pick=PICK, label=st.sampled_from(LABELS), then=THEN)
    def rename(self, pick, label, then) -> None:
        """Renames a file so that it sorts before, or after, files that it came after."""
        named = [sent for sent in self.whole() if sent.stem != WORKBOOK]
        sent = named[pick % len(named)]
        del self.sent[sent.district, sent.file]
        self.put(replace(sent, stem=TITLES[sent.sheets[0].table] + label))
        self.then(then)

    @precondition(lambda self: any(self.mapped()))
    @rule(pick=PICK, then=THEN)
    def map_otherwise(self, pick, then) -> None:
        """Leaves the file unchanged, but changes its section of mapping.toml."""
        sent = self.mapped()[pick % len(self.mapped())]
        if sent.sheets[0].table == "workers":
            self.put(replace(sent, is_full=not sent.is_full))
        else:
            self.put(replace(sent, is_special=not sent.is_special))
        self.then(then)

    @rule(as_of=DATES)
    def build_as_of(self, as_of) -> None:
        self.build(as_of)

    def teardown(self) -> None:
        """Repairs everything: then the files sent in this order give the same as one build of everything from nothing."""
        try:
            if self.sent:
                if self.broken_mappings or self.missing or len(self.undamaged()) < len(self.sent):
                    self.build(date(2024, 5, 31))
                for key, sent in self.sent.items():
                    self.sent[key] = replace(sent, garbage=None)
                self.broken_mappings, self.missing = set(), []
                self.build(date(2024, 5, 31))
                if self.is_compared:
                    fresh = self.folder / "fresh"
                    build(self.source, fresh, date(2024, 5, 31), models())
                    assert_same(warehouse.current_version(self.into).path, warehouse.current_version(fresh).path)
        finally:
            shutil.rmtree(self.folder)

    # ---- helpers

    def put(self, sent: SentFile) -> None:
        self.missing = [one for one in self.missing if (one.district, one.file) != (sent.district, sent.file)]
        self.sent[sent.district, sent.file] = sent

    def undamaged(self) -> list[SentFile]:
        return [sent for _, sent in sorted(self.sent.items()) if sent.garbage is None]

    def whole(self) -> list[SentFile]:
        """Returns the undamaged files, except those of areas."""
        return [sent for sent in self.undamaged() if sent.sheets[0].table != "areas"]

    def mapped(self) -> list[SentFile]:
        """Returns the files that a mapping may describe."""
        return [sent for sent in self.whole() if sent.stem != WORKBOOK and sent.sheets[0].table in ("workers", "grids")]

    def picked(self, pick: int) -> SentFile:
        return self.whole()[pick % len(self.whole())]

    def any_of(self, pick: int) -> SentFile:
        """Returns one of the undamaged files, seldom one of areas."""
        files = [*self.whole(), *self.whole(), *self.undamaged()]
        return files[pick % len(files)]

    def changed(self, data: st.DataObject, sheet: Sheet) -> Sheet:
        rows = list(sheet.rows)
        how = data.draw(st.sampled_from(["remove", "add", "change", "swap"]))
        if how == "add" or not rows:
            rows.insert(data.draw(st.integers(0, len(rows))), data.draw(ROWS[sheet.table]))
            return replace(sheet, rows=tuple(rows))
        at = data.draw(st.integers(0, len(rows) - 1))
        if how == "remove":
            del rows[at]
        elif how == "swap":
            rows.reverse()
        else:
            key = {column: rows[at][column] for column in KEYS[sheet.table]}
            rows[at] = data.draw(ROWS[sheet.table]) | key
        return replace(sheet, rows=tuple(rows))

    def then(self, then: date | str | None) -> None:
        if then != "wait":
            self.build(then)

    def write_source(self) -> None:
        for district, file in set(self.written) - set(self.sent):
            (self.source / district / file).unlink()
        for (district, file), sent in self.sent.items():
            if self.written.get((district, file)) != sent:
                write(self.source / district / file, sent)
        self.written = dict(self.sent)
        for district in (OURS, THEIRS):
            text = self.mapping(district) + BROKEN_MAPPING * (district in self.broken_mappings)
            (self.source / district / "mapping.toml").write_text(text, encoding="utf-8")

    def mapping(self, district: str) -> str:
        """Returns the district's mapping: a section for each file that is read differently."""
        mine = [sent for (sender, _), sent in sorted(self.sent.items()) if sender == district]
        correcting = corrections(mine)
        latest: dict[str, SentFile] = {}
        # A file's own section is the one that counts; a correction follows that of the file it corrects.
        for sent in sorted(mine, key=lambda sent: (district, sent.file) in correcting):
            if sent.is_full or sent.is_special:
                latest.setdefault(correcting.get((district, sent.file), sent).file, sent)
        sections = [
            f'[[file]]\nname = "{one.file}"\ntable = "{one.table}"\n'
            for one in self.missing
            if one.district == district
        ]
        for sent in latest.values():
            says = "full = true" if sent.is_full else '[file.values.grid_type]\n"居民网格" = "special"'
            sections.append(f'[[file]]\nname = "{sent.file}"\ntable = "{sent.sheets[0].table}"\n{says}\n')
        return "\n".join(sections)

    def build(self, as_of: date | None) -> None:
        """Builds, and compares the version's rows with those that it ought to hold."""
        self.write_source()
        ought = naive_ingest.ingest(list(self.sent.values()), self.missing, self.broken_mappings, self.held)
        data_date = as_of or ought.latest_event
        if data_date is None:
            with pytest.raises(BuildRefused):
                build(self.source, self.into, as_of, models())
            return
        report = build(self.source, self.into, as_of, models())
        assert report.data_date == data_date
        self.held = ought
        with duckdb.connect(str(warehouse.current_version(self.into).path), read_only=True) as version:
            assert_holds(version, ought, data_date)


# ---- other contents of a version

PLACE = "source_district, source_file, source_sheet, source_row"


def assert_holds(version: duckdb.DuckDBPyConnection, ought: naive_ingest.IngestResult, data_date: date) -> None:
    def rows(sql: str) -> Counter[tuple[object, ...]]:
        return Counter(version.execute(sql).fetchall())

    files = version.execute(
        "select district, file, sheet, table_name, status, rows_read, rows_loaded, rows_rejected, rows_duplicate from raw.files "
        "where table_name is not null and district <> ''"
    ).fetchall()
    assert Counter((tuple(row[:4]), tuple(row[4:])) for row in files) == ought.files
    for table in COLUMNS:
        names = [name for name in COLUMNS[table] if name == "grid_type" or name not in FIXED.get(table, {})]
        expected = Counter(
            (*row.location, *("张*" if name == "name" and table == "workers" else row.cells[name] for name in names))
            for row in ought.accepted[table]
        )
        assert rows(f"select {PLACE}, {', '.join(names)} from raw.{table}") == expected, table
    claims = version.execute(
        "select table_name, key, district, file, sheet, row_number, is_kept from raw.claims"
    ).fetchall()
    assert {(table, key, tuple(place), kept) for table, key, *place, kept in claims} == ought.claims
    assert set(rows("select district, as_of from raw.full_rosters")) == ought.full
    assert set(rows("select district, as_of, worker_id from raw.full_roster_gaps")) == ought.gaps
    rejected = Counter({(file[:3]): counts[3] for file, counts in ought.files if counts[0] == "loaded" and counts[3]})
    assert rows("select district, file, sheet from raw.rejected_rows") == rejected

    months = naive_months.calendar(ought, data_date)
    assert rows("select month, observed_on from raw.months") == Counter(months)
    assert rows("select month, worker_id, community from worker_months") == naive_months.headcount(ought, months)
    assert rows("select month, grid, households, grid_type from grid_months") == naive_months.open_grids(ought, months)
    assert rows("select month, request_id, closed_at, resolved from requests") == naive_months.requests_known(
        ought, data_date
    )
    assert rows("select month, activity_id, participants from activities") == naive_months.activities_held(
        ought, data_date
    )


def assert_same(one: Path, other: Path) -> None:
    """Asserts that both versions hold the same rows in every table, apart from the load times."""
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'one' "
            "and table_schema in ('raw', 'intermediate', 'main') and table_type = 'BASE TABLE' order by all"
        ).fetchall()
        assert len(tables) > 35
        parts = []
        for schema, table in tables:
            a, b = (
                f"select columns(lambda name: name <> 'loaded_at') from {name}.{schema}.\"{table}\""
                for name in ("one", "other")
            )
            parts.append(
                f"select '{table}' as name, count(*) as rows from (({a} except all {b}) union all ({b} except all {a}))"
            )
        differ = connection.execute(f"select * from ({' union all '.join(parts)}) where rows > 0").fetchall()
        assert differ == []


# Independent batches, so that workers can share them.
PARTS = examples(2, 8)
SEQUENCES = examples(8, 24)
WALKS = examples(4, 8)
how = settings(
    stateful_step_count=8,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("part", range(PARTS))
def test_districts(part: int) -> None:
    machine = seed(part)(type(f"Part{part}", (Districts,), {}))
    run_state_machine_as_test(machine, settings=settings(how, max_examples=SEQUENCES))


RULES = {
    name: value.hypothesis_stateful_rule
    for name, value in vars(Districts).items()
    if hasattr(value, "hypothesis_stateful_rule")
}


@settings(how, max_examples=WALKS)
@seed(20240531)
@given(data=st.data(), order=st.permutations(sorted(RULES)))
def test_each_rule_once(data: st.DataObject, order: list[str]) -> None:
    """Runs every rule in one sequence, so that none of them depends on a random draw; prerequisites run first."""

    def do(name: str) -> None:
        drawn = {key: data.draw(strategy, f"{name}.{key}") for key, strategy in RULES[name].arguments.items()}
        getattr(machine, name)(**drawn)
        done.append(name)

    machine, done = Districts(), []
    try:
        begin = Districts.begin.hypothesis_stateful_initialize_rule
        machine.begin(**{key: data.draw(strategy, key) for key, strategy in begin.arguments.items()})
        waiting = list(order)
        while waiting:
            name = waiting.pop(0)
            assume(len(done) < 3 * len(RULES))
            if all(holds(machine) for holds in RULES[name].preconditions):
                do(name)
                # Damage is built before it may be repaired.
                if name.startswith("damage") or len(done) % 2:
                    machine.build(date(2024, 5, 31))
            else:
                waiting += ["damage" if name == "mend" else "load", name]
    finally:
        machine.teardown()
    assert set(done) == set(RULES) and len(RULES) == 14
