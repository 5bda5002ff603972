"""Single hostile files and folders: each is reported with a reason, in time, and harms no other."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from etl.ingest.errors import SourceError
from etl.ingest.parser import process
from etl.ingest.pipeline import IngestResult, ingest_folder
from tests.helpers.ingest.hostile_source import (
    COLUMNS,
    GOOD_SHEET,
    HEAVY_CASES,
    LINE,
    comb_borders,
    sheet,
    workbook,
    write_case,
    zip_parts,
)
from tests.helpers.ingest.ingest_source import AREAS, RURAL, URBAN, WORKER_HEADER, worker, write

NOBODY = 65534
ROSTER = "社区工作者.csv"


def file_status(intake: IngestResult, file: str) -> tuple[str, str]:
    """Returns a file's status and its English messages; asserts that every message has a Chinese text too."""
    rows = intake.files.filter(pl.col("file") == file)
    assert (rows["message_zh"].str.contains(r"\p{Han}").fill_null(False) == rows["message_en"].is_not_null()).all()
    return rows["status"][-1], rows["message_en"][-1] or ""


def loaded(intake: IngestResult) -> list[str]:
    return sorted(intake.tables["workers"]["worker_id"])


def parsers() -> list[str]:
    """Returns the states of this process's children: Z is one that has ended and has not been reaped."""
    children = [
        child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] for child in children]


COSTLY = [
    ("CSV: a million columns", "no header row among the first 20 rows"),
    ("CSV: only quotes", "no header row among the first 20 rows"),
    ("CSV: only delimiters", "no header row among the first 20 rows"),
    ("CSV: a header, then only line ends", "reading used over 950 MB of memory and was stopped"),
    ("XLSX: 10 GB, honestly", "the workbook inflates to 9912 MB"),
    ("XLSX: within another", "not a readable Excel file"),
    ("XLSX: cells at A1 and XFD1048576", "reading used over 950 MB of memory and was stopped"),
    ("XLSX: cells at A1 and ALL1048576", "reading used over 950 MB of memory and was stopped"),
    ("XLSX: 10,000 sheets", "the workbook has 10,000 sheets"),
    ("GeoJSON: only brackets", "not a GeoJSON FeatureCollection"),
]


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> IngestResult:
    """Returns an ingest of the costly files while they were still good."""
    names = {HEAVY_CASES[case][0] for case, _ in COSTLY}
    good = {
        ".csv": (WORKER_HEADER + worker("好")).encode(),
        ".xlsx": zip_parts(workbook([GOOD_SHEET])),
        ".geojson": comb_borders(2).encode(),
    }
    source = tmp_path_factory.mktemp("before")
    write(source, {f"{name}/{name}": good[Path(name).suffix] for name in names} | {"a/行政区划.csv": AREAS})
    return ingest_folder(source, None)


@pytest.mark.parametrize(("case", "reason"), COSTLY)
def test_a_file_that_costs_too_much_is_refused_and_the_previous_version_stays(tmp_path, before, case, reason):
    name, kept = HEAVY_CASES[case][0], tmp_path / "kept"
    source = write(tmp_path / "source", {"a/行政区划.csv": AREAS, f"龙/{ROSTER}": WORKER_HEADER + worker("后")})
    (source / name).mkdir()
    write_case(case, source / name / name)
    rows = {table: frame.filter(pl.col("source_district") == name) for table, frame in before.tables.items()}

    def last_good(district: str, table: str) -> pl.DataFrame | None:
        return rows.get(table) if district == name else None

    # Left behind by a process that was killed while it wrote.
    (kept / "aside-left").mkdir(parents=True)
    began = time.monotonic()
    intake = ingest_folder(source, None, last_good, parse_cache=kept)
    assert time.monotonic() - began < 35
    (row,) = intake.files.filter(pl.col("district") == name).unique("message_en").iter_rows(named=True)
    assert row["message_en"].startswith(reason) and row["message_zh"]
    table, key = ("shapes", "code") if name.endswith(".geojson") else ("workers", "worker_id")
    assert row["status"] == "stale"
    stayed = intake.tables[table].filter(pl.col("source_district") == name)
    assert stayed[key].to_list() == rows[table][key].to_list() != []
    assert intake.tables["workers"].filter(pl.col("source_district") == "龙")["worker_id"].to_list() == ["后"]
    assert "Z" not in parsers()
    assert not [path.name for path in kept.iterdir() if path.name.startswith("aside")]
    assert all((path / "about.json").is_file() for path in kept.iterdir() if path.is_dir())


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("mapping.toml: binary", "mapping.toml is not valid TOML at line 1, column 1"),
        ("mapping.toml: 50 MB", "mapping.toml is larger than 4 MB"),
        ("mapping.toml: only brackets", "mapping.toml is not valid TOML (maximum recursion depth exceeded)"),
        ("mapping.toml: only line ends", "mapping.toml is not valid TOML"),
        ("mapping.toml: a key of 100,000 parts", "reading took over 2 s and was stopped"),
    ],
)
def test_a_hostile_mapping(tmp_path, monkeypatch, case, reason):
    monkeypatch.setattr(process, "_MAX_SECONDS", 2.0)
    source = write(
        tmp_path,
        {"a/行政区划.csv": AREAS, f"b/{ROSTER}": WORKER_HEADER + worker(), f"c/{ROSTER}": WORKER_HEADER + worker("后")},
    )
    write_case(case, source / "b" / "mapping.toml")
    began = time.monotonic()
    intake = ingest_folder(source, None)
    assert time.monotonic() - began < 20
    assert file_status(intake, "mapping.toml")[1].startswith(reason)
    assert intake.files.filter(pl.col("district") == "b")["status"].to_list() == ["failed", "ignored"]
    assert loaded(intake) == ["后"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("header_row = " + "9" * 5000, "mapping.toml is not valid TOML"),
        ("header_row = 0x" + "f" * 5000, "this must be a whole number from 1 to 1000"),
        ("sheet = 0x" + "f" * 5000, "this number is too large"),
        (
            'lookups.post = {column = "岗位", file = "\\u0000", key = "a", value = "b"}',
            "there is no \\x00 in this folder",
        ),
        (
            'lookups.post = {column = "岗位", file = "' + "长" * 300 + '", key = "a", value = "b"}',
            "the file can't be opened: File name too long",
        ),
    ],
)
def test_a_mapping_with_enormous_values(tmp_path, text, reason):
    mapping = f'[[file]]\nname = "*"\ntable = "workers"\n{text}\n'
    intake = ingest_folder(
        write(tmp_path, {"a/行政区划.csv": AREAS, "b/mapping.toml": mapping, f"b/{ROSTER}": WORKER_HEADER}), None
    )
    assert reason in file_status(intake, "mapping.toml")[1]


def test_all_sheets_of_a_workbook_share_the_time_of_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_MAX_SECONDS", 0.3)
    names = [f"社区工作者{number:03}" for number in range(300)]
    content = zip_parts(workbook([GOOD_SHEET] * 300, names=names), level=1)
    began = time.monotonic()
    intake = ingest_folder(write(tmp_path, {"a/行政区划.csv": AREAS, "b/名册.xlsx": content}), None)
    assert time.monotonic() - began < 20
    last = intake.files.filter(pl.col("district") == "b").sort("sheet").tail(50)
    assert set(last["message_en"].str.slice(0, 37)) == {"reading took over 0 s and was stopped"}


def test_borders_that_cross_countless_times(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_MAX_SECONDS", 2.0)
    source = write(
        tmp_path,
        {"a/行政区划.csv": AREAS + "621002001202,丙社区,社区,621002001,否\n", "a/边界.geojson": comb_borders(500)},
    )
    intake = ingest_folder(source, None)
    state, text = file_status(intake, "边界.geojson")
    assert state == "loaded" and text.startswith("the boundaries of all files cross too often")
    assert intake.tables["shapes"].select("code", "is_derived").rows() == [(URBAN, False), (RURAL, False)]
    assert intake.derived_tables["shape_faults"].is_empty()


def test_special_files_are_refused(tmp_path):
    inside = write(tmp_path / "source", {"a/行政区划.csv": AREAS, f"a/{ROSTER}": WORKER_HEADER + worker()}) / "a"
    secret = write(tmp_path, {"elsewhere/secret.csv": WORKER_HEADER + worker("密")}) / "elsewhere" / "secret.csv"
    os.mkfifo(inside / "社区工作者1.csv")
    (inside / "社区工作者2.csv").symlink_to("/dev/zero")
    (inside / "社区工作者3.csv").symlink_to(secret)
    (inside / "社区工作者4.csv").symlink_to("社区工作者4.csv")
    (inside / "社区工作者5.csv").symlink_to(tmp_path)
    (inside / "社区工作者6.csv").mkdir()
    (inside / "网格.csv").symlink_to("nowhere")
    os.mkfifo(inside / "mapping.toml")
    intake = ingest_folder(tmp_path / "source", None)
    elsewhere = "the link points outside the district's folder; put the file itself here"
    nowhere = "the link's target doesn't exist or can't be opened; put the file itself here"
    odd = "this is not a regular file; put the file itself here"
    assert {file: file_status(intake, file) for file in intake.files["file"]} == {
        # An unreadable mapping fails its district.
        "行政区划.csv": ("failed", odd),
        ROSTER: ("failed", odd),
        "mapping.toml": ("ignored", odd),
        **{f"社区工作者{n}.csv": ("failed", odd) for n in range(1, 6)},
        "网格.csv": ("failed", odd),
    }
    (inside / "mapping.toml").unlink()
    intake = ingest_folder(tmp_path / "source", None)
    assert {file: file_status(intake, file) for file in intake.files["file"]} == {
        "行政区划.csv": ("loaded", ""),
        ROSTER: ("loaded", ""),
        "社区工作者1.csv": ("failed", odd),
        "社区工作者2.csv": ("failed", odd),
        "社区工作者3.csv": ("failed", elsewhere),
        "社区工作者4.csv": ("failed", nowhere),
        "社区工作者5.csv": ("failed", odd),
        "网格.csv": ("failed", nowhere),
    }
    assert loaded(intake) == ["W1"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yields a folder that everybody may read: those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_files_and_folders_without_permission_to_read(open_folder):
    source = write(open_folder / "source", {f"a/{ROSTER}": WORKER_HEADER + worker()})
    (source / "a" / ROSTER).chmod(0)
    kept = open_folder / "kept"
    kept.mkdir()
    kept.chmod(0o777)
    own = os.geteuid()
    # Root may read everything.
    os.seteuid(own or NOBODY)
    try:
        intake = ingest_folder(source, None, parse_cache=kept)
        assert file_status(intake, ROSTER) == (
            "failed",
            "the file can't be opened: Permission denied; check its permissions and try again",
        )
        os.seteuid(own)
        (source / "a").chmod(0)
        os.seteuid(own or NOBODY)
        with pytest.raises(SourceError) as error:
            ingest_folder(source, None, parse_cache=kept)
    finally:
        os.seteuid(own)
        (source / "a").chmod(0o755)
    assert "can't be opened (Permission denied)" in error.value.en and "打不开" in error.value.zh


def test_a_folder_that_is_too_deep(tmp_path):
    inside = write(tmp_path, {"a/行政区划.csv": AREAS}) / "a"
    for _ in range(60):
        inside /= "a"
    inside.mkdir(parents=True)
    with pytest.raises(SourceError) as error:
        ingest_folder(tmp_path, None)
    assert "(> 50)" in error.value.en


def test_names_of_every_kind(tmp_path):
    names = [
        "社区工作者\n1.csv",
        "社区工作者😀.csv",
        "社区工作者..csv",
        "社区工作者" + "x" * 236 + ".csv",
        "社区工作者\x1b[2J.csv",
        "社区工作者';--.csv",
        "社区工作者\u202e.csv",
        "社区工作者*?[.csv",
        "..社区工作者.CSV",
    ]
    source = write(
        tmp_path,
        {"a/行政区划.csv": AREAS} | {f"a/{name}": WORKER_HEADER + worker(f"W{n}") for n, name in enumerate(names)},
    )
    # Names as unpacked from a zip that was made on a Chinese Windows, and a name in no encoding at all.
    for name, worker_id in (
        ("社区工作者乙.csv".encode("gb18030"), "乙"),
        ("社区工作者丙".encode() + b"\xff.csv", "丙"),
    ):
        Path(os.fsdecode(os.fsencode(source / "a") + b"/" + name)).write_text(WORKER_HEADER + worker(worker_id))
    intake = ingest_folder(source, None)
    listed = {*names[:-1], "社区工作者乙.csv", "行政区划.csv"}
    assert listed < set(intake.files["file"]) and intake.files.height == len(listed) + 1
    assert loaded(intake) == sorted([*(f"W{n}" for n in range(len(names) - 1)), "乙", "丙"])
    assert intake.files.drop("header").write_csv()


def test_formulas_are_texts(tmp_path):
    formulas = ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x";"y")', "+1+cmd", "-2+3", "@SUM(A1)", "=1+1"]
    header = WORKER_HEADER.strip() + ",离职原因\n"
    text = "".join(
        worker(f"C{n}").strip() + f',"{cell.replace(chr(34), chr(34) * 2)}"\n' for n, cell in enumerate(formulas)
    )
    formula_cell = '<c t="str"><f>HYPERLINK("http://x","y")</f><v>y</v></c>'
    untold = "<c><f>1+1</f></c>"
    cells = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ["X1", *LINE[1:]])
    others = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ["X2", *LINE[1:]])
    page = sheet([[*COLUMNS, "离职原因"]], f"<row>{cells}{formula_cell}</row><row>{others}{untold}</row>")
    intake = ingest_folder(
        write(
            tmp_path,
            {"a/行政区划.csv": AREAS, f"a/{ROSTER}": header + text, "a/社区工作者2.xlsx": zip_parts(workbook([page]))},
        ),
        None,
    )
    reasons = dict(intake.tables["workers"].select("worker_id", "leave_reason").rows())
    assert reasons == {f"C{n}": cell for n, cell in enumerate(formulas)} | {"X1": "y", "X2": None}


@pytest.mark.parametrize(("length", "count"), [(32_767, 2), (32_768, 1), (3_000_000, 1)])
def test_a_cell_is_no_longer_than_excel_can_hold(tmp_path, length, count):
    header = WORKER_HEADER.strip() + ",离职原因\n"
    text = header + worker("W1").strip() + "," + "长" * length + "\n" + worker("W2").strip() + ",\n"
    intake = ingest_folder(write(tmp_path, {"a/行政区划.csv": AREAS, f"a/{ROSTER}": text}), None)
    assert len(loaded(intake)) == count
    assert intake.rejects.select("row_number", "column_name", "value", "reason_en").rows() == [
        (
            2,
            "leave_reason",
            "长" * 60,
            "leave_reason holds more than 32,767 characters, more than Excel allows; correct the cell",
        )
    ] * (2 - count)


def test_a_key_of_a_million_digits_is_refused(tmp_path):
    lines = WORKER_HEADER + worker("1." + "0" * 1_000_000) + worker("W2")
    intake = ingest_folder(write(tmp_path, {"a/行政区划.csv": AREAS, f"a/{ROSTER}": lines}), None)
    assert loaded(intake) == ["W2"]
    assert max(map(len, intake.rejected_rows["cells"].item())) < 33_000


@pytest.mark.parametrize("depth", [900, 980, 990, 995, 1000, 100_000])
def test_boundaries_nested_endlessly(tmp_path, depth):
    points = "[" * depth + "]" * depth
    nested = f'{{"features":[{{"properties":{{"area_code":"{URBAN}"}},"geometry":{{"type":"Polygon","coordinates":{points}}}}}]}}'
    intake = ingest_folder(write(tmp_path, {"a/行政区划.csv": AREAS, "a/边界.geojson": nested}), None)
    (row,) = (
        intake.files.filter(pl.col("file") == "边界.geojson").select("status", "rows_rejected", "message_en").rows()
    )
    assert row[:2] == ("loaded", 1) or row[2].startswith("not a GeoJSON FeatureCollection")


def test_half_a_character_in_a_boundary(tmp_path):
    text = '{"features":[{"properties":{"area_code":"\\ud800","\\udfff":1},"geometry":{"type":"Polygon","coordinates":[]}}]}'
    intake = ingest_folder(write(tmp_path, {"a/行政区划.csv": AREAS, "a/边界.geojson": text}), None)
    assert intake.files.filter(pl.col("file") == "边界.geojson").select("rows_rejected", "extra_columns").rows() == [
        (1, "?")
    ]
    assert intake.rejects["reason_en"].str.contains("the geometry is not a valid Polygon").any()
