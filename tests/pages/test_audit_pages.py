"""Records of pages: views, once each; every downloaded file, with its serial number in it; and pages without a writable
log.
"""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from docx import Document
from playwright.sync_api import Locator, expect
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from sql.audit import chain
from sql.audit.log import Stamp
from sql.audit.verification import verify
from sql.paths import PROJECT
from sql.quality import rejects
from sql.semantic.metrics import metric
from tests.helpers.pages.browser import DESKTOP, Visit
from tests.helpers.pages.login import log_in, serve_with_login
from tests.helpers.pages.screens import scope

SHOWN = ("kind", "page", "area", "period", "filters")


@pytest.fixture
def new_entries(audit_log: Path) -> Callable[[], list[dict]]:
    """Returns a function that returns the entries recorded since its last call."""
    seen = 0

    def since() -> list[dict]:
        nonlocal seen
        lines = [line for path in chain.files(audit_log).values() for line in path.read_bytes().splitlines()]
        new, seen = lines[seen:], len(lines)
        return [json.loads(line) for line in new]

    since()
    return since


def test_a_view_is_recorded_once(app, demo, new_entries):
    test = app("staffing", area="621000")
    (log_entries,) = new_entries()
    assert [log_entries[name] for name in (*SHOWN, "who", "version", "rows")] == [
        "view",
        "staffing",
        "621000",
        "2026-01..2026-06",
        {},
        "local",
        demo.name,
        None,
    ]
    test.run()
    assert new_entries() == []
    test.switch_page(str(PROJECT / "pages" / "requests.py")).run()
    kind = metric("requests_raised", demo).rows(scope(demo), by="kind")["kind"][0]
    test.query_params["kind"] = kind
    test.run()
    test.query_params["kind"] = "张三"
    test.run()
    test.query_params["compare"] = "621002"
    test.run()
    test.query_params["period"] = "2025"
    test.run()
    test.query_params["period"] = "2025"
    test.run()
    log_entries = new_entries()
    assert [entry["detail"] for entry in log_entries] == [
        {},
        {},
        {},
        {"beside": ["621002 2026-01..2026-06"]},
        {"beside": ["621002 2025"]},
    ]
    assert [[entry[name] for name in SHOWN] for entry in log_entries] == [
        ["view", "requests", "621000", "2026-01..2026-06", {}],
        ["view", "requests", "621000", "2026-01..2026-06", {"kind": kind}],
        ["view", "requests", "621000", "2026-01..2026-06", {"kind": "?"}],
        ["view", "requests", "621000", "2026-01..2026-06", {"kind": "?"}],
        ["view", "requests", "621000", "2025", {"kind": "?"}],
    ]


def test_without_a_writable_log_pages_say_so_and_nothing_can_be_downloaded(demo, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "file" / "audit"))
    test = AppTest.from_file(str(PROJECT / "pages" / "main.py"), default_timeout=60)
    test.query_params["area"] = "621000"
    test.switch_page(str(PROJECT / "pages" / "staffing.py")).run()
    assert "不能导出" in test.warning[0].value and test.title[0].value
    buttons = test.get("download_button")
    assert buttons and all(button.proto.disabled and "不能导出" in button.proto.help for button in buttons)
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "audit"))
    test.run()
    assert not [warning for warning in test.warning if "不能导出" in warning.value]
    assert not any(button.proto.disabled for button in test.get("download_button"))
    assert verify(tmp_path / "audit").count == 1


def download_file(tab: Visit, button: str, into: Path, within: Locator | None = None) -> tuple[str, bytes]:
    """Returns the name and the content of a button's download."""
    with tab.page.expect_download() as download:
        (within or tab.page).get_by_role("button", name=button, exact=True).click()
    download.value.save_as(into)
    return download.value.suggested_filename, into.read_bytes()


def core(workbook: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read("docProps/core.xml").decode()


def test_every_file_is_recorded_with_its_rows_and_carries_its_serial(visit, demo, new_entries, tmp_path, audit_log):
    tab = visit()
    tab.open("/staffing?area=621000")
    tab.page.locator("[data-opens=explain_staffing_ranking]").click()
    explanation = tab.page.get_by_role("dialog")
    name, csv = download_file(tab, "CSV", tmp_path / "csv", explanation)
    _name, xlsx = download_file(tab, "XLSX", tmp_path / "xlsx", explanation)
    entries = new_entries()
    first, second = [entry for entry in entries if entry["kind"] == "export"]
    fetched = [entry["detail"]["file"] for entry in entries if entry["kind"] == "fetch"]
    assert fetched == ["csv", "xlsx"]
    counties = metric("staffing_ratio", demo).rows(scope(demo), by="county").height
    for entry, kind in ((first, "csv"), (second, "xlsx")):
        assert [entry[name] for name in SHOWN] == ["export", "staffing", "621000", "2026-01..2026-06", {}]
        assert (entry["rows"], entry["version"], entry["detail"]["file"]) == (counties, demo.name, kind)
        assert entry["detail"]["what"] == "staffing_ratio_621000_2026-01..2026-06"
    assert name.startswith("staffing_ratio_621000_2026-01..2026-06_local_2")
    assert name.endswith(f"_{demo.name}_{first['detail']['serial']}.csv")
    assert pl.read_csv(io.BytesIO(csv)).height == counties
    assert second["detail"]["serial"] in core(xlsx) and f"审计第 {second['number']} 条" in core(xlsx)

    tab.open("/staffing?area=621000")
    tab.page.locator(".st-key-header").get_by_text("简报").click()
    _name, pptx = download_file(tab, "幻灯片 PPTX", tmp_path / "pptx")
    _name, docx = download_file(tab, "文档 DOCX", tmp_path / "docx")
    _name, page = download_file(tab, "整页数据 XLSX", tmp_path / "page")
    slides, document = Presentation(io.BytesIO(pptx)), Document(io.BytesIO(docx))
    files = [entry for entry in new_entries() if entry["kind"] == "export"]
    assert [entry["detail"]["file"] for entry in files] == ["pptx", "docx", "xlsx"]
    assert len({entry["rows"] for entry in files}) == 1 and files[0]["rows"] > counties
    lines = [f"编号 {entry['detail']['serial']} · 审计第 {entry['number']} 条" for entry in files]
    on_slides = [shape.text_frame.text for slide in slides.slides for shape in slide.shapes if shape.has_text_frame]
    assert any(lines[0] in text for text in on_slides) and slides.core_properties.last_modified_by == "local"
    assert any(lines[1] in paragraph.text for paragraph in document.paragraphs)
    assert document.core_properties.identifier == files[1]["detail"]["serial"]
    assert lines[2] in core(page) and verify(audit_log).fault is None


def test_rejected_rows_carry_their_stamp_on_no_sheet(demo, tmp_path):
    stamp = Stamp("li", datetime(2026, 7, 1, tzinfo=UTC), demo.name, "7KQ2MXPA", 41)
    sheets = []
    for stamp_given in (None, stamp):
        rejects.write(demo, tmp_path / "rejects.xlsx", stamp=stamp_given)
        sheets.append(fastexcel.read_excel(tmp_path / "rejects.xlsx").sheet_names)
    assert "7KQ2MXPA" in core((tmp_path / "rejects.xlsx").read_bytes()) and sheets[0] == sheets[1]


def test_the_user_is_named_on_everything_and_downloads_nothing_once_removed(context, demo_folder, tmp_path):
    (tmp_path / "meetings").mkdir()
    (tmp_path / "meetings" / "monthly.toml").write_text(
        'title = "月度会"\n[[slides]]\nkind = "numbers"\nmetrics = ["workers"]\n', encoding="utf-8"
    )
    with serve_with_login(demo_folder, tmp_path) as at:
        page = context.new_page()
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        log_in(page, at.address, "xifeng")
        page.wait_for_selector("h1")
        page.goto(f"{at.address}/meeting")
        page.get_by_role("button", name="放映：实时").click()
        page.locator(".stage-place").wait_for()
        page.keyboard.press("d")
        expect(page.get_by_role("dialog").locator(".watermark")).to_have_count(1)
        # A viewer records no decisions.
        expect(page.get_by_role("dialog")).to_contain_text("把事情定下来要有 editor 角色")
        expect(page.get_by_role("dialog").get_by_label("要做的事")).to_have_count(0)
        page.goto(f"{at.address}/staffing")
        ground = page.locator(".watermark")
        expect(ground).to_have_css("pointer-events", "none")
        assert (
            "xifeng@example.cn" in b64decode(ground.get_attribute("style").split("base64,")[1].rstrip(')"; ')).decode()
        )
        page.locator("[data-opens=explain_staffing_ranking]").click()
        expect(page.get_by_role("dialog").locator(".watermark")).to_have_count(1)
        with page.expect_download() as download:
            page.get_by_role("dialog").get_by_role("button", name="XLSX").click()
        assert "xifeng@example.cn" in core(Path(download.value.path()).read_bytes())
        at.access_file.write_text(
            at.access_file.read_text(encoding="utf-8").replace("xifeng@", "nobody@"), encoding="utf-8"
        )
        page.get_by_role("dialog").get_by_role("button", name="CSV").click()
        expect(page.get_by_text("Failed to generate file")).to_be_visible()
        page.goto(f"{at.address}/staffing")
        expect(page.get_by_text("您还没有权限")).to_be_visible()
        page.close()
    log_entries = [
        json.loads(line) for path in chain.files(tmp_path / "audit").values() for line in path.read_bytes().splitlines()
    ]
    log_entries = [entry for entry in log_entries if entry["page"] != "meeting" and entry["kind"] != "fetch"]
    assert [(entry["kind"], entry["page"], entry["area"]) for entry in log_entries][:5] == [
        ("login", "overview", None),
        ("view", "overview", "621002"),
        ("view", "staffing", "621002"),
        ("export", "staffing", "621002"),
        ("refused", "staffing", "621002"),
    ]
    assert {entry["who"] for entry in log_entries} == {"xifeng@example.cn"} and verify(tmp_path / "audit").fault is None
