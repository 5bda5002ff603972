"""Identity numbers, phones and full names in a source are looked for in all output of the product."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from xlsxwriter import Workbook

from pages.ui.kit import metric_pages
from sql import warehouse
from sql.paths import PROJECT
from tests.helpers.ingest import ingest_rows
from tests.helpers.ingest.ingest_rows import URBAN, VALID_ROWS, headers
from tests.helpers.ingest.ingest_source import AREAS, MAN_1990, WOMAN_1949, write
from tests.helpers.pages.browser import free_port, wait_for
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import fetch, open_visitor

# Canary phones are numbered by the place they are in, so that a leaked one shows where it came through.
PHONE = "1371111{:04}".format
# A valid number, one with a wrong check digit, one with somebody else's birth date, and one with too few digits.
IDS = (WOMAN_1949, MAN_1990, "110105199003050031", "110105198812310020", "11010519900305003")
NAMES = ("诸葛明月", "上官云飞", "欧阳若兰", "司马长风", "东方未晞")
SECRETS = (*IDS, *(PHONE(place) for place in range(1, 60)), *NAMES)
# The same phones with anything between the digits: their common beginning, and four more digits.
_LOOSE = re.compile(r"\D?".join([*PHONE(0)[:7], *4 * [r"(\d)"]]).encode())


def hits(content: bytes) -> set[str]:
    """Returns the canaries in some bytes, in any encoding that a file or a log may have."""
    found = {
        secret
        for secret in SECRETS
        for encoding in ("utf-8", "utf-16-le", "gb18030")
        if secret.encode(encoding) in content
    }
    loose = {PHONE(int(b"".join(match.groups()))) for match in _LOOSE.finditer(content)}
    return found | loose & set(SECRETS)


def unpacked(content: bytes) -> bytes:
    """Returns a file with its compressed parts unpacked: workbooks, slides, documents."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"\n".join(unpacked(parts.read(name)) for name in parts.namelist())


def looked_through(folder: Path) -> int:
    """Returns the number of files below a folder; raises AssertionError where one, or its name, has a canary."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        assert not hits(str(path).encode()) and not hits(unpacked(path.read_bytes())), path
        if path.suffix == ".parquet":
            assert not hits(pl.read_parquet(path).write_json().encode()), path
    return len(files)


def people() -> str:
    """Returns the roster: valid rows, and rows that are rejected for values in the very columns of people."""
    right = VALID_ROWS["workers"]
    rows = [
        right
        | {
            "name": NAMES[0],
            "id_number": WOMAN_1949,
            "phone": PHONE(1),
            "gender": "女",
            "birth_date": "1949-12-31",
            "hire_date": "1980-01-01",
            "leave_reason": f"联系 {PHONE(2)}",
            "line_of_work": f"身份证{MAN_1990}",
            "project": "１３７１１１１０００３ 楼道",
        },
        right
        | {
            "worker_id": "W2",
            "name": NAMES[1],
            "id_number": MAN_1990,
            "phone": PHONE(4),
            "leave_reason": "137-1111-0005",
        },
        right | {"worker_id": "W3", "name": PHONE(6), "line_of_work": f"+86{PHONE(7)}", "project": f"tel{PHONE(8)}"},
        # A clerk without ID numbers for workers uses the phone, or the identity number.
        right | {"worker_id": PHONE(9), "name": NAMES[2], "id_number": "", "post": "一般社区工作者"},
        right | {"worker_id": MAN_1990, "name": NAMES[2], "id_number": "", "post": "一般社区工作者"},
        right | {"worker_id": "B1", "name": NAMES[3], "id_number": IDS[2], "phone": PHONE(10)},
        right | {"worker_id": "B2", "name": NAMES[3], "id_number": IDS[3], "phone": PHONE(11)},
        right | {"worker_id": "B3", "name": NAMES[4], "id_number": IDS[4], "phone": PHONE(12)},
        # Shifted by a column, and the same person listed twice in two ways.
        right | {"worker_id": "B4", "name": "", "gender": PHONE(13), "birth_date": MAN_1990, "education": PHONE(14)},
        right | {"worker_id": "B5", "name": NAMES[4], "phone": PHONE(15), "leave_reason": PHONE(16)},
        right | {"worker_id": "B5", "name": NAMES[3], "phone": PHONE(17), "hire_date": "2021-01-01"},
        right | {"worker_id": "B6", "name": NAMES[4], "community_code": PHONE(18)},
        right | {"worker_id": "B7", "name": NAMES[4], "estate_id": PHONE(19), "hire_date": PHONE(20)},
    ]
    text = ingest_rows.csv_text("workers", rows)
    # A column that is not ours, one whose header is a number itself, and a line below the table.
    lines = text.splitlines()
    more = [
        f"{line},{'备用电话' if not at else PHONE(21)},{PHONE(22) if not at else '是'}" for at, line in enumerate(lines)
    ]
    return "\n".join([*more, f"制表人：{NAMES[0]} 电话：{PHONE(23)}" + "," * more[0].count(",")]) + "\n"


def workbook_of_points() -> bytes:
    """Returns a workbook whose sheet is named by a number, with accounts that are phones."""
    buffer = io.BytesIO()
    names = headers("points")
    row = VALID_ROWS["points"] | {"reason": f"致电 {PHONE(24)} 领取"}
    rows = [row, row | {"entry_id": "N2", "account_id": PHONE(25)}, row | {"entry_id": "N3", "points": PHONE(26)}]
    with Workbook(buffer) as book:
        sheet = book.add_worksheet(f"积分{PHONE(27)}")
        for place, column in enumerate(row):
            sheet.write_row(0, place, [names[column]])
            sheet.write_column(1, place, [one[column] for one in rows])
    return buffer.getvalue()


def source(folder: Path) -> Path:
    """Writes a source of one district, with canaries wherever somebody may type one."""
    changed = {
        "career_events": {"detail": f"谈话人电话 {PHONE(30)}，证件 {WOMAN_1949}"},
        "training_sessions": {
            "title": "初任培训（报名 137 1111 0031）",
            "course": PHONE(32),
            "topic": PHONE(33),
            "university": PHONE(34),
        },
        "activities": {"title": f"飞线整治{PHONE(35)}"},
        "requests": {"category": f"其他{PHONE(36)}", "source": f"电话{PHONE(37)}"},
        "partners": {"name": f"安居物业{PHONE(38)}", "exit_reason": PHONE(39)},
        "partner_posts": {"holder_id": PHONE(40)},
        "partner_services": {"category": PHONE(41)},
        "grids": {"grid_name": f"一网格{PHONE(42)}"},
        "estates": {"estate_name": f"东湖小区{PHONE(43)}"},
        "places": {"place_name": f"驿站 {PHONE(44)}"},
        "shop_zones": {"zone_name": f"片区{PHONE(45)}"},
        "standards": {"text": f"联系人 {PHONE(46)}", "source": f"文件 {PHONE(47)}"},
    }
    rows = {name: [VALID_ROWS[name] | cells] for name, cells in changed.items()}
    files = ingest_rows.files(
        **rows,
        grid_duties=[VALID_ROWS["grid_duties"], VALID_ROWS["grid_duties"] | {"worker_id": PHONE(9), "duty": "网格员"}],
    )
    del files["workers.csv"], files["points.csv"]
    bad = {
        # Not read at all: required columns are missing.
        f"考核{PHONE(50)}.csv": f"社区工作者编号,{PHONE(51)},{NAMES[1]}\n1,2,3\n",
        f"参训记录（{PHONE(52)}）.xlsx": b"no workbook",
        f"{PHONE(53)}.txt": "x",
    }
    del files["assessments.csv"], files["training_attendance.csv"]
    files |= {"行政区划.csv": AREAS, f"社区工作者{PHONE(54)}.csv": people(), "积分.xlsx": workbook_of_points(), **bad}
    write(folder, {f"西峰区/{name}": content for name, content in files.items()})
    return write(
        folder,
        {f"镇原县 {PHONE(55)}/人口.csv": f"社区代码,统计日期,常住人口,户数,备注\n{URBAN},2024-06-30,{PHONE(56)},1,x\n"},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with the source, the warehouse that was built from it twice, and the output of the builds."""
    base = tmp_path_factory.mktemp("canaries")
    source(base / "source")
    for number in range(2):
        ran = subprocess.run(
            [sys.executable, "-m", "etl", "build", "--source", base / "source", "--warehouse", base / "warehouse"],
            cwd=PROJECT,
            capture_output=True,
        )
        assert ran.returncode == 3, ran.stderr.decode()
        (base / f"build{number}.log").write_bytes(ran.stdout + ran.stderr)
    return base


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """Serves a dashboard on that warehouse, with the most detailed log allowed in server.log; yields the address."""
    port = free_port()
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--logger.level", "info"],
            cwd=PROJECT,
            env={**os.environ, "LINLI_WAREHOUSE": str(folder / "warehouse")},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(f"http://localhost:{port}/health", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(20)


def test_the_source_is_full_of_them(folder):
    content = b"".join(
        unpacked(path.read_bytes()) + str(path).encode() for path in (folder / "source").rglob("*") if path.is_file()
    )
    assert {secret for secret in SECRETS if secret in (*IDS, *NAMES)} <= hits(content)
    assert len([number for number in map(PHONE, range(1, 60)) if number in hits(content)]) >= 45


def test_rows_with_them_are_loaded(folder):
    version = warehouse.current_version(folder / "warehouse")
    people = version.rows("select worker_id, name, leave_reason, line_of_work, project from raw.workers")
    assert people.height == 5
    assert people.filter(pl.col("worker_id") == "W1").row(0)[1:] == (
        "诸*",
        "联系 137***",
        "身份证110***",
        "１３７*** 楼道",
    )
    assert people.filter(pl.col("worker_id") == "W3").row(0)[1:] == ("1*", None, "+86137***", "tel137***")
    # Two people identified by such a number are still two, and a duty that names one of them still belongs to that
    # person.
    pseudonyms = people.filter(pl.col("worker_id").str.contains(r"\*"))["worker_id"].to_list()
    assert sorted(name[:6] for name in pseudonyms) == ["110***", "137***"] and {len(name) for name in pseudonyms} == {
        18
    }
    duties = version.rows("select worker_id from staging.grid_duties")["worker_id"].to_list()
    assert set(duties) == {"W1", next(name for name in pseudonyms if name.startswith("137"))}
    refused = version.rows("select distinct row_number from staging.rejects where table_name = 'workers'")
    assert refused.height == 8


def test_no_file_of_the_warehouse_holds_one(folder):
    assert looked_through(folder / "warehouse") > 40


def test_no_row_of_any_table_holds_one(folder):
    version = warehouse.current_version(folder / "warehouse")
    with duckdb.connect(str(version.path), read_only=True) as opened:
        tables = opened.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        assert len(tables) > 80
        for schema, table in tables:
            rows = opened.execute(f'select to_json(told)::varchar from "{schema}"."{table}" as told').fetchall()
            assert not hits("\n".join(row for (row,) in rows).encode()), f"{schema}.{table}"


def test_the_key_of_the_digests_is_the_warehouses_own(folder):
    (key,) = (folder / "warehouse").rglob("digest.key")
    assert len(key.read_bytes()) == 32 and key.stat().st_mode & 0o777 == 0o600


def test_no_command_prints_one(folder, tmp_path):
    outputs = [path.read_bytes() for path in folder.glob("build*.log")]
    district = next(path for path in (folder / "source").glob("西峰区"))
    people = next(district.glob("社区工作者*.csv"))
    shutil.copy(people, tmp_path / "社区工作者.csv")
    for command in (
        ["rejects"],
        ["rejects", "--out", tmp_path / "rejects.xlsx"],
        ["check"],
        ["versions"],
        ["alerts"],
        ["metric", "workers", "--by", "community"],
        ["metric", "points_earned", "--by", "kind"],
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "etl", *command, "--warehouse", folder / "warehouse"],
            cwd=PROJECT,
            capture_output=True,
        )
        outputs.append(ran.stdout + ran.stderr)
    ran = subprocess.run(
        [sys.executable, "-m", "etl", "inspect", tmp_path / "社区工作者.csv"], cwd=PROJECT, capture_output=True
    )
    outputs.append(ran.stdout + ran.stderr)
    outputs.append(next(tmp_path.glob("*.toml")).read_bytes())
    outputs.append(unpacked((tmp_path / "rejects.xlsx").read_bytes()))
    assert [len(text) > 0 for text in outputs] == [True] * len(outputs)
    assert [hits(text) for text in outputs] == [set()] * len(outputs)


def test_no_page_sends_one_and_no_file_of_it_holds_one(folder, served):
    files = 0
    with open_visitor(served) as visitor:
        for page in (*PAGES, "meeting"):
            for view in metric_pages.views(page) or [None]:
                query = {"area": "621002", "period": "all", **({"view": view} if view else {})}
                run = visitor.ask(page, query)
                assert not run.elements("exception"), (page, view)
                assert not any(map(hits, run.raw)), (page, view)
                for address in run.map_addresses:
                    assert not hits(fetch(f"{served}/{address}")), address
                for name, content in visitor.files(run):
                    assert not hits(unpacked(content)), (page, view, name)
                    files += 1
        # The page's contents as slides, a document and a workbook.
        for page in ("workforce", "quality", "partners"):
            menu = visitor.ask(page, {"area": "621002"}).menu("briefing")
            made = dict(visitor.files(visitor.ask(page, {"area": "621002"}, [menu])))
            assert {"briefing_pptx", "briefing_docx", "briefing_xlsx"} <= {name.rpartition("-")[2] for name in made}
            assert not any(hits(unpacked(content)) for content in made.values()), page
    assert files >= 30


def test_nothing_is_recorded_of_one_that_somebody_types(folder, served):
    with open_visitor(served) as visitor:
        visitor.ask("quality", {"area": "621002", "view": "rejected"})
        for secret in IDS[0], PHONE(9), NAMES[0]:
            assert not visitor.ask("partners", {"area": secret, "partner_id": secret, "view": secret}).elements(
                "exception"
            )
    log = (folder / "server.log").read_bytes()
    assert b"You can now view" in log
    assert not hits(log)
    assert looked_through(folder / "warehouse") > 40
