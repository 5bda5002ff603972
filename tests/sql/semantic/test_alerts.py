"""Alerts: the rows each file finds in a world made for it; shown, ordered, printed, posted, and ended once."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest

from etl.build import versions
from etl.cli.app import main
from pages.ui.overview import alerts as alerts_panel
from pages.ui.shell import page_list
from sql import metric
from sql.errors import SqlFileError
from sql.files.sql_file import Text
from sql.paths import PROJECT
from sql.semantic.alerts import Alert, open_alerts, open_alerts_everywhere
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period, add_months
from sql.semantic.queries import run_file
from sql.semantic.scope import Scope
from sql.semantic.signal_alerts import last_month_signals
from sql.warehouse import Version, current_version
from tests.helpers.pages.screens import scope as demo_scope
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    OTHER_STREET,
    PROVINCE,
    SOUTH,
    STREET,
    VILLAGE,
    WEST,
    population,
    publish,
    standard,
    worker,
    write,
)

PEOPLE = [
    # From April on EAST has one worker for a thousand residents, and WEST from May on.
    worker("E1"),
    worker("E2", leave_date="2024-04-10"),
    worker("W1", WEST),
    worker("W2", WEST, leave_date="2024-05-10"),
]
# SOUTH had one in March and April.
OTHERS = [
    worker("S1", SOUTH),
    worker("S2", SOUTH, leave_date="2024-03-20"),
    worker("S3", SOUTH, hire_date="2024-05-02"),
]
JUNE = datetime(2024, 6, 3, 10)


def raised(area_code: str, first: str, *counts: int) -> list[dict]:
    """Returns requests of an area, `counts` of them month by month from the first on, all closed at once."""
    rows = []
    for step, count in enumerate(counts):
        at = datetime.combine(add_months(date.fromisoformat(f"{first}-01"), step), datetime.min.time()) + timedelta(
            days=4
        )
        rows += [
            {
                "request_id": f"{area_code}-{at:%y%m}-{number}",
                "area_code": area_code,
                "kind": "livelihood",
                "raised_at": at,
                "closed_at": at,
                "is_resolved": True,
            }
            for number in range(count)
        ]
    return rows


def still_open(
    area_code: str, overdue: int, in_time: int, raised_at: datetime = JUNE, due: str = "2024-06-10"
) -> list[dict]:
    """Returns open requests: `overdue` of them due on that day and one each day before, the others only in July."""
    times = [datetime.fromisoformat(due) - timedelta(days=number) for number in range(overdue)]
    times += [datetime(2024, 7, 20)] * in_time
    return [
        {
            "request_id": f"{area_code}-open-{number}",
            "area_code": area_code,
            "kind": "livelihood",
            "raised_at": raised_at,
            "due_at": max(due_at, raised_at),
        }
        for number, due_at in enumerate(times)
    ]


REQUESTS = [
    # Eleven months of 20, then 38 and the 12 still open: 50.
    *raised(EAST, "2023-07", *[20] * 11, 38),
    *still_open(EAST, 3, 9),
    # Nine are too few for a share.
    *still_open(WEST, 9, 0),
    # Ten with two overdue are at the limit, not beyond it.
    *still_open(VILLAGE, 2, 8),
    # Its median is 13: the last eight months, 14 with the open ones, lie above it, none beyond the limits.
    *raised(VILLAGE, "2023-03", *[6, 12] * 4, *[15, 14] * 3, 15, 4),
]
# Nothing was reported for June: no fall to 0.
SOUTH_REQUESTS = [
    *raised(SOUTH, "2023-06", *[20] * 11),
    *still_open(SOUTH, 2, 8, datetime(2024, 5, 20, 10), "2024-05-22"),
]


def seldom(*tables: str) -> list[dict]:
    """Returns intervals so long that nobody is late with these tables."""
    return [
        {
            "standard": "report_interval",
            "area_code": PROVINCE,
            "item": table,
            "since": "2021-01-01",
            "value": 5000,
            "source": "测试",
        }
        for table in tables
    ]


def world(source: Path, people: list[dict]) -> Path:
    """Writes two districts: a county that reports in time, and one whose requests end on 20 May."""
    first = [row for row in AREAS if row["area_code"] not in (OTHER_COUNTY, OTHER_STREET, SOUTH)]
    write(
        source,
        "庆阳市",
        areas=first,
        workers=people,
        requests=REQUESTS,
        population=[population(code, "2023-02-28", 1000) for code in (EAST, WEST)],
        standards=seldom("workers", "population"),
    )
    return write(
        source,
        "合水县",
        areas=[row for row in AREAS if row not in first],
        workers=OTHERS,
        requests=SOUTH_REQUESTS,
        population=[population(SOUTH, "2023-02-28", 1000)],
        standards=[standard(15, OTHER_COUNTY, "2021-01-01", standard="overdue_share")],
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Returns a warehouse with a version in which EAST has its workers back, and the one with the gap, which is served."""
    folder = tmp_path_factory.mktemp("alerts")
    mended = [worker("E1"), worker("E2"), *PEOPLE[2:]]
    publish(world(folder / "mended", mended), folder / "warehouse", "2024-06-30")
    report, version = publish(world(folder / "source", PEOPLE), folder / "warehouse", "2024-06-30")
    assert report.rejects.is_empty(), report.rejects["reason_en"].to_list()
    first, second = versions.version_names(folder / "warehouse")
    assert version.name == second
    return folder / "warehouse", first, second


@pytest.fixture
def served(built: tuple[Path, str, str], tmp_path: Path) -> Path:
    """Returns a separate warehouse for a test that announces or rolls back."""
    for name in ("versions", "current"):
        source = built[0] / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def version(built: tuple[Path, str, str]) -> Version:
    return current_version(built[0])


def found(version: Version, name: str) -> dict[str, tuple[float, float, date]]:
    """Returns value, limit and since of each area that a file finds anywhere, rounded to two places."""
    everywhere = Scope(version, None, Period(None, version.data_month))
    file = catalog.current_files()[f"alerts/{name}.sql"]
    rows = run_file(file.path, file.text, everywhere)
    if file.header.get("opens_on") == "signal":
        rows = last_month_signals(rows, metric(file.header["metric"], version))
    return {
        row["area_code"]: (round(float(row["value"]), 2), round(float(row["limit_value"]), 2), row["since"])
        for row in rows.iter_rows(named=True)
    }


def of(version: Version, area: str, name: str) -> list[Alert]:
    alerts = open_alerts(Scope(version, area, Period(None, version.data_month)))
    return [alert for alert in alerts if alert.name == name]


# An area in which each alert is open. An alert that is declared and missing here fails the first test.
OPEN_IN = {
    "requests_overdue_share": OTHER_COUNTY,
    "requests_raised_signal": VILLAGE,
    "staffing_below_standard": COUNTY,
    "tables_overdue": OTHER_COUNTY,
}


def test_every_alert_is_tried():
    assert sorted(OPEN_IN) == catalog.names("alerts")


@pytest.mark.parametrize("name", OPEN_IN)
def test_an_alert_says_what_is_wrong_what_to_do_and_where_to_look(version, name):
    header = catalog.current_files()[f"alerts/{name}.sql"].header
    alert = next(alert for alert in of(version, OPEN_IN[name], name) if alert.area.code == OPEN_IN[name])
    assert not {"{", "}"} & {*alert.message.zh, *alert.message.en}, alert.message
    for text in (alert.title, alert.short_title, alert.message, alert.remedy):
        assert text.zh and text.en and text.zh != text.en
    assert alert.remedy == Text.of(header["remedy"])
    # What its page shows: the one in its file, or that of its metric.
    assert alert.page in page_list.titles() or alert.metric in catalog.names("metrics")
    page, _ = alerts_panel._target(alert, OPEN_IN[name])
    assert page in page_list.titles()


def test_below_the_standard_three_months_running(version):
    assert found(version, "staffing_below_standard") == {
        # 1 of 1,000 from April on; WEST has had two such months, and SOUTH's two are over.
        EAST: (10.0, 18.0, date(2024, 4, 1)),
        # 3 of 2,000 in April, then 2.
        STREET: (10.0, 18.0, date(2024, 4, 1)),
        COUNTY: (10.0, 18.0, date(2024, 4, 1)),
        # 5 of 3,000 in March, and 4 since.
        CITY: (13.33, 18.0, date(2024, 3, 1)),
        PROVINCE: (13.33, 18.0, date(2024, 3, 1)),
    }


def test_overdue_share_of_open_requests(version):
    assert found(version, "requests_overdue_share") == {
        EAST: (25.0, 20.0, date(2024, 6, 8)),
        # 3, 9 and 2 of 31; the ninth of WEST was due when it was raised.
        STREET: (45.16, 20.0, date(2024, 6, 3)),
        COUNTY: (45.16, 20.0, date(2024, 6, 3)),
        # Two of ten are too many where 15 is the limit.
        OTHER_COUNTY: (20.0, 15.0, date(2024, 5, 21)),
        OTHER_STREET: (20.0, 15.0, date(2024, 5, 21)),
        SOUTH: (20.0, 15.0, date(2024, 5, 21)),
        CITY: (39.02, 20.0, date(2024, 5, 21)),
        PROVINCE: (39.02, 20.0, date(2024, 5, 21)),
    }


def test_a_table_whose_report_is_overdue(version):
    # 20 May and 35 days are 24 June: 41 days before today, which --as-of set. Workers and residents have their time.
    late = (41.0, 35.0, date(2024, 6, 24))
    assert found(version, "tables_overdue") == {OTHER_COUNTY: late, CITY: late, PROVINCE: late}
    (alert,) = of(version, OTHER_COUNTY, "tables_overdue")
    assert alert.message.zh == "1 张表逾期未报；拖得最久的是工单：数据到 2024-05-20，距今 41 天，应不超过 35 天"
    assert (
        alert.message.en == "Overdue tables: 1. Longest overdue: requests, data to 2024-05-20, 41 days ago (limit 35)"
    )


def test_a_signal_in_the_last_month(version):
    signals = found(version, "requests_raised_signal")
    # Mean (11 × 20 + 50) ÷ 12 = 22.5; one range of 30 in eleven: 2.66 × 30 ÷ 11 = 7.25.
    assert signals[EAST] == (50.0, 29.75, date(2024, 6, 1))
    # Mean 188 ÷ 16 = 11.75; the ranges are 7 × 6, 3 and 7 × 1: the limits are 11.75 ± 9.22, but eight in a row lie above
    # the median.
    assert signals[VILLAGE] == (14.0, 11.75, date(2024, 6, 1))
    assert not {WEST, SOUTH, OTHER_COUNTY, CITY} & set(signals)
    (run,) = list(of(version, VILLAGE, "requests_raised_signal"))
    assert run.message.zh == "2024-06 诉求 14 件，连续 8 个月高于通常水平（通常 3–21 件）"
    assert run.message.en == "14 requests in 2024-06, above the usual level for 8 months in a row (normal range 3–21)"


def test_the_months_judged_are_those_of_the_metric(demo):
    subject = metric("requests_raised", demo)
    whole = Scope(demo, None, Period(demo.first_month, demo.data_month))
    file = catalog.current_files()["alerts/requests_raised_signal.sql"]
    judged = {
        code: rows.drop("area_code")
        for (code,), rows in run_file(file.path, file.text, whole).cast({"value": pl.Float64}).group_by("area_code")
    }
    expected = {}
    for level in ("province", "city", "county", "street", "community"):
        for (code,), rows in subject.rows(whole, by=(level, "month")).group_by(level):
            counted = rows.sort("month").filter((pl.col("value") > 0).cum_max())
            if counted.height and counted["value"].mean() >= 10:
                expected[code] = counted.select("month", "value")
    assert len(expected) > 20
    assert judged.keys() == expected.keys()
    assert all(judged[code].equals(expected[code]) for code in expected)


def test_an_area_and_those_one_step_below_the_worst_first(version):
    alerts = open_alerts(Scope(version, COUNTY, Period.parse("2023-01", version.data_month), (("kind", "dispute"),)))
    # The period and filters of a page do not narrow them. 45.16 is 126 % beyond 20, 10 is 44 % below 18.
    assert [
        (alert.area.code, alert.name, round(alert.beyond_percent))
        for alert in alerts
        if alert.name != "requests_raised_signal"
    ] == [
        (COUNTY, "requests_overdue_share", 126),
        (STREET, "requests_overdue_share", 126),
        (COUNTY, "staffing_below_standard", 44),
        (STREET, "staffing_below_standard", 44),
    ]
    beyond = [alert.beyond_percent for alert in alerts]
    assert beyond == sorted(beyond, reverse=True)
    staffing = next(alert for alert in alerts if alert.name == "staffing_below_standard")
    assert staffing.message.zh == "自 2024-04 起连续 3 个月低于标准：每万人 10.0 人，标准 18.0 人"
    assert (
        staffing.message.en == "Below the standard for 3 months in a row, since 2024-04: 10.0 per 10,000, standard 18.0"
    )
    assert (staffing.metric, staffing.since) == ("staffing_ratio", date(2024, 4, 1))


def test_everywhere_is_every_place_and_one_step_below(version):
    codes = {alert.area.code for alert in open_alerts_everywhere(version)}
    # Both districts are places themselves; above them nobody has sent everything.
    assert codes == {COUNTY, STREET, OTHER_COUNTY, OTHER_STREET}


BROKEN = {
    "a column that is not there": ("community_months.month,", "community_months.moon,", "moon"),
    "a column too few": ("as since,", "as began,", "missing: since"),
    "words of a column that is not there": ("{months}", "{weeks}", "weeks"),
    "a header without its remedy": ("-- remedy:", "-- help:", "remedy"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_alert_is_reported_and_the_text_of_the_version_used(version, what, monkeypatch):
    path = "alerts/staffing_below_standard.sql"
    good = catalog.current_files()[path]
    old, new, message = BROKEN[what]
    assert old in good.text
    text = good.text.replace(old, new)
    try:
        broken = catalog.sql_file.read(path, text, catalog.REQUIRED_KEYS["alerts"])
    except SqlFileError as error:
        broken = error
    files = catalog.current_files() | {path: broken}
    monkeypatch.setattr(catalog, "current_files", lambda root=None: files)
    (alert, _) = of(version, COUNTY, "staffing_below_standard")
    assert alert.value == 10.0
    error = catalog.broken_files()[path]
    assert message in error.en and message.rpartition(": ")[2] in error.zh
    assert not re.search(r"[\u4e00-\u9fff]", error.en) and not re.search(r"must|missing|no such|lacks", error.zh)
    monkeypatch.undo()
    assert len(of(version, COUNTY, "staffing_below_standard")) == 2
    assert path not in catalog.broken_files()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-- metric: requests_raised", "-- page: requests", "header lacks '-- metric: …'"),
        (
            "    month,\n    value,\nfrom series",
            "    value,\nfrom series",
            "must return area_code, month, value; missing: month",
        ),
    ],
)
def test_an_alert_on_a_signal_names_its_metric_and_gives_months(version, old, new, message, monkeypatch):
    path = "alerts/requests_raised_signal.sql"
    good = catalog.current_files()[path]
    assert old in good.text
    text = good.text.replace(old, new).replace("order by area_code, month", "order by area_code")
    broken = catalog.sql_file.read(path, text, catalog.REQUIRED_KEYS["alerts"])
    files = catalog.current_files() | {path: broken}
    monkeypatch.setattr(catalog, "current_files", lambda root=None: files)
    assert len(of(version, VILLAGE, "requests_raised_signal")) == 1
    assert message in catalog.broken_files()[path].en


@pytest.mark.parametrize("page", ["docs/metrics/alerts.md", "docs/zh/metrics/alerts.md"])
def test_the_alert_of_the_docs_runs(demo, page, monkeypatch):
    text = next(
        block for block in (PROJECT / page).read_text(encoding="utf-8").split("```sql\n") if "-- message:" in block
    ).split("```")[0]
    file = catalog.sql_file.read("alerts/of_the_docs.sql", text, catalog.REQUIRED_KEYS["alerts"])
    files = catalog.current_files() | {file.path: file}
    monkeypatch.setattr(catalog, "current_files", lambda root=None: files)
    alerts = [alert for alert in open_alerts(demo_scope(demo, "621000")) if alert.name == file.name]
    # 5 of 83 and 2 of 39.
    assert [(alert.area.name, alert.message.en) for alert in alerts] == [
        ("环县", "6.0% of 83 grids have no leader, limit 5%"),
        ("合水县", "5.1% of 39 grids have no leader, limit 5%"),
    ]


def test_a_community_lists_its_own_with_what_to_do(app):
    test = app("overview", area="621002001001", lang="en")
    words = "\n".join(element.value.replace("\\", "") for element in (*test.markdown, *test.caption))
    assert "## 1 alert" in words and "**◆ Below the staffing standard for three months** · 1 area" in words
    assert "Below the standard for 54 months in a row, since 2022-01: 14.5 per 10,000, standard 18.0" in words
    assert "Action: Plan recruitment and transfers by the size of the gap" in words


@contextmanager
def listening(answers: list[int]) -> Iterator[tuple[str, list[dict]]]:
    """Runs a web server of another system: keeps the requests it receives; answers with these codes, then with 200."""
    sent: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = answers.pop(0) if answers else 200
            if code == 200:
                assert self.headers["Content-Type"] == "application/json; charset=utf-8"
                sent.append(json.loads(body))
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?token=geheim", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(served: Path, *arguments: str) -> int:
    return main(["alerts", "--warehouse", str(served), *arguments])


def alert_keys(sent: dict, kind: str) -> set[tuple[str, str]]:
    return {(alert["alert"], alert["area_code"]) for alert in sent[kind]}


def test_new_and_ended_alerts_are_posted_once(built, served, capsys):
    with listening([]) as (url, sent):
        assert run(served, "--post", url) == 1
        assert run(served, "--post", url) == 1
        assert len(sent) == 1, "nothing has changed"
        assert ("staffing_below_standard", STREET) in alert_keys(sent[0], "open")
        assert all(alert["is_new"] for alert in sent[0]["open"]) and sent[0]["recovered"] == []
        assert (sent[0]["data_date"], sent[0]["today"]) == ("2024-06-30", "2024-06-30")
        staffing = next(alert for alert in sent[0]["open"] if alert["alert"] == "staffing_below_standard")
        # So few people that the rounded number may exceed the standard: only the fact that they are fewer is posted.
        assert (staffing["value"], staffing["limit"], staffing["unit"], staffing["since"]) == (
            None,
            18.0,
            "per_10k",
            "2024-04-01",
        )
        assert staffing["message"] == staffing["told"]
        assert staffing["message"]["en"].startswith("Below the standard for 3 months in a row")

        versions.rollback(served, built[1])
        assert run(served, "--post", url) == 1
        over = {("staffing_below_standard", COUNTY), ("staffing_below_standard", STREET)}
        assert alert_keys(sent[1], "recovered") == over and not over & alert_keys(sent[1], "open")
        assert not any(alert["is_new"] for alert in sent[1]["open"])
        assert run(served, "--post", url) == 1
        assert len(sent) == 2, "what is over is told once"

        assert run(served, "--post", url, "--always") == 1
        assert sent[2]["recovered"] == [] and alert_keys(sent[2], "open") == alert_keys(sent[1], "open")

        # Another address has received nothing yet.
        assert run(served, "--post", f"{url}&to=another") == 1
        assert all(alert["is_new"] for alert in sent[3]["open"])
    state = (served / "alerts.json").read_text(encoding="utf-8")
    assert "geheim" not in state and not list(served.glob("*.new"))
    assert "nothing changed, not posted" in capsys.readouterr().out


def test_what_an_earlier_release_announced_still_recovers(built, served, capsys):
    assert run(served) == 1
    state = served / "alerts.json"
    announced = json.loads(state.read_text(encoding="utf-8"))
    for alert in announced["all printed"].values():
        del alert["message"]
    state.write_text(json.dumps(announced), encoding="utf-8")
    versions.rollback(served, built[1])
    capsys.readouterr()
    assert run(served, "--format", "json") == 1
    recovered = json.loads(capsys.readouterr().out)["recovered"]
    assert {alert["area_code"] for alert in recovered} == {COUNTY, STREET}
    assert all(alert["message"]["en"].startswith("Below the standard") for alert in recovered)


@pytest.mark.parametrize("answer", [500, 302])
def test_a_failed_post_is_reported_and_retried(built, served, capsys, answer):
    with listening([200, answer]) as (url, sent):
        assert run(served, "--post", url, "--area", COUNTY) == 1
        before = (served / "alerts.json").read_bytes()
        versions.rollback(served, built[1])
        assert run(served, "--post", url, "--area", COUNTY) == 3
        message = capsys.readouterr().err
        assert f"127.0.0.1 did not accept the alerts: HTTP Error {answer}" in message
        assert "geheim" not in message
        assert (served / "alerts.json").read_bytes() == before
        assert run(served, "--post", url, "--area", COUNTY) == 1
        assert alert_keys(sent[1], "recovered") == {
            ("staffing_below_standard", COUNTY),
            ("staffing_below_standard", STREET),
        }
    # The receiver is down: only unsent alerts are tried.
    assert run(served, "--post", url, "--area", COUNTY) == 1
    assert run(served, "--post", url, "--area", COUNTY, "--always") == 3


@pytest.mark.parametrize(
    "url", ["ftp://example.org/x", "file:///etc/passwd", "example.org", "http://", "http://host:port/"]
)
def test_an_address_that_is_no_web_address_is_refused(served, capsys, url):
    assert run(served, "--post", url) == 2
    assert "--post takes an http:// or https:// address" in capsys.readouterr().err
    assert not (served / "alerts.json").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("预警：连续三个月低于配备标准", "处理：按缺口列招录和调配计划", "数据截至 2024-06-30")),
        ("en", ("Open: Below the staffing standard", "What to do: Plan recruitment", "data to 2024-06-30")),
    ],
)
def test_printed_in_one_language(served, capsys, language, words):
    assert main(["--lang", language, "alerts", "--warehouse", str(served), "--area", COUNTY]) == 1
    out = capsys.readouterr().out
    assert all(word in out for word in words) and f"◆ 区划{STREET}" in out
    assert ("预警" in out, "What to do" in out) == (language == "zh", language == "en")


def test_json_holds_both_languages(built, served, capsys):
    assert run(served, "--area", COUNTY) == 1
    capsys.readouterr()
    versions.rollback(served, built[1])
    assert run(served, "--area", COUNTY, "--format", "json") == 1
    printed = json.loads(capsys.readouterr().out)
    assert alert_keys(printed, "recovered") == {
        ("staffing_below_standard", COUNTY),
        ("staffing_below_standard", STREET),
    }
    assert run(served, "--area", COUNTY, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["recovered"] == []
    # WEST's nine open requests are too few for a share, and too few months.
    assert run(served, "--area", WEST, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["open"] == []


def test_unreadable_files_are_reported(served, tmp_path, capsys):
    assert run(served, "--area", "999999") == 2
    assert run(tmp_path / "nowhere") == 3
    assert "python -m etl build" in capsys.readouterr().err
    (served / "alerts.json").write_text("[", encoding="utf-8")
    assert run(served) == 3
    assert "alerts.json cannot be read; delete it" in capsys.readouterr().err
    assert (served / "alerts.json").read_text(encoding="utf-8") == "["
