"""Briefings as people meet them: written by cron, opened in LibreOffice, downloaded and printed in a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import fastexcel
import pytest
from pptx import Presentation

from etl.cli import briefing as command
from sql.errors import InputError
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from tests.helpers.pages.screens import scope

PLAYLIST = """title = "周调度会"
[[slides]]
kind = "decisions"
[[slides]]
kind = "alerts"
[[slides]]
kind = "numbers"
metrics = ["staffing_ratio", "grids_staffed"]
[[slides]]
kind = "map"
metrics = ["staffing_ratio"]
[[slides]]
kind = "ranking"
metrics = ["staffing_ratio"]
[[slides]]
kind = "trend"
metrics = ["requests_raised"]
each = true
[[slides]]
kind = "bars"
metrics = ["requests_raised"]
by = "kind"
"""


@pytest.fixture(scope="module")
def meetings(tmp_path_factory) -> Path:
    """Returns a folder of meetings with one whose slides are of every kind, and one that names an unknown metric."""
    folder = tmp_path_factory.mktemp("meetings")
    (folder / "weekly.toml").write_text(PLAYLIST, encoding="utf-8")
    (folder / "broken.toml").write_text(PLAYLIST.replace("grids_staffed", "grids_stafed"), encoding="utf-8")
    return folder


def briefing(meetings: Path, demo_folder: Path, out: Path, playlist: str = "weekly") -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "etl",
            "briefing",
            "--playlist",
            playlist,
            "--out",
            str(out),
            "--warehouse",
            str(demo_folder),
            "--area",
            "621000",
        ],
        cwd=PROJECT,
        env={**os.environ, "LINLI_MEETINGS": str(meetings)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def written(meetings, demo_folder, tmp_path_factory) -> Path:
    """Returns a folder with the playlist's briefing in every kind of file."""
    folder = tmp_path_factory.mktemp("written")
    done = briefing(meetings, demo_folder, folder / "pptx.pptx")
    assert (done.returncode, done.stderr) == (0, "")
    assert "12 sections" in done.stdout
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(meetings))
        for ending in ("docx", "xlsx"):
            command.write("weekly", folder / f"{ending}.{ending}", "621000", None, "zh", demo_folder)
    return folder


@pytest.fixture(scope="module")
def printed(written, tmp_path_factory) -> dict[str, list[str]]:
    """Returns the text of each page that LibreOffice makes of them."""
    folder = tmp_path_factory.mktemp("printed")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={folder.as_uri()}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, sorted(written.iterdir())),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {
        ending: subprocess.run(
            ["pdftotext", "-layout", str(folder / f"{ending}.pdf"), "-"], check=True, capture_output=True, text=True
        ).stdout.split("\f")[:-1]
        for ending in ("pptx", "docx", "xlsx")
    }


def test_a_playlist_is_written_with_its_areas_worst_first(written, demo):
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(written / "pptx.pptx").slides]
    assert titles[0] == "周调度会" and titles[2].endswith("项预警")
    assert titles[3] == "庆阳市：有标准的 1 项中 1 项未达标"
    # The map and the ranking are of the same rows.
    assert titles[4] == "每万人社工：环县、宁县差距最大；8 个县区中 7 个未达标"
    rows = metric("requests_raised", demo).rows(scope(demo), by="county").sort("value", descending=True)
    assert sorted(title.split()[0] for title in titles[5:13]) == sorted(rows["county_name"])
    book = fastexcel.read_excel(written / "xlsx.xlsx")
    kinds = book.load_sheet("诉求 类型").to_polars()
    assert kinds["诉求（件）"].sum() == metric("requests_raised", demo).value(scope(demo))


@pytest.mark.office
def test_libreoffice_opens_slides_with_every_chart_and_text(printed, demo):
    # The first slide, contents, twelve sections, definitions, sources.
    assert len(printed["pptx"]) == 16
    assert "周调度会" in printed["pptx"][0] and "数据截至 2026-06-30" in printed["pptx"][0]
    assert "目录" in printed["pptx"][1]
    # With rounded counts, as in any exported file.
    ratio = metric("staffing_ratio", demo).value(scope(demo, "621023").with_rounding)
    assert all(words in printed["pptx"][4] for words in ("华池县", f"{ratio:.1f}", "较好 4 个"))
    assert all(re.search(rf"\b{place}\s*$", page) for place, page in enumerate(printed["pptx"][1:], 2))


@pytest.mark.office
def test_the_contents_of_a_document_name_the_pages_on_which_libreoffice_has_the_headings(printed):
    pages = printed["docx"]
    entries = dict(
        re.findall(r"^ *(\S{1,3}、|附件 \d).*?\.{3,} *(\d+)$", pages[0] + pages[1], re.MULTILINE | re.DOTALL)
    )
    assert len(entries) == 14 and entries["附件 2"] == str(len(pages))
    for begin, page in entries.items():
        assert re.search(rf"^\s*{begin}", pages[int(page) - 1], re.MULTILINE), (begin, page)
    assert all(f"—{place}—" in page.replace(" ", "") for place, page in enumerate(pages, 1))


@pytest.mark.office
def test_libreoffice_opens_a_workbook_with_its_texts(printed):
    text = "".join(printed["xlsx"])
    assert "环县" in text and "每万人社工" in text and "sql/metrics/staffing/staffing_ratio.sql" in text


def test_unknown_names_are_reported_before_anything_is_written(meetings, demo_folder, tmp_path, monkeypatch):
    out = tmp_path / "out.pptx"
    out.write_bytes(b"yesterday's")
    done = briefing(meetings, demo_folder, out, "broken")
    assert done.returncode == 2 and "grids_stafed" in done.stderr and "Traceback" not in done.stderr
    monkeypatch.setenv("LINLI_MEETINGS", str(meetings))
    for playlist, area, period, named in (
        ("weekly", "999999", None, "999999"),
        ("nowhere", None, None, "nowhere"),
        ("weekly", None, "2026-13", "2026-13"),
    ):
        with pytest.raises(InputError, match=named):
            command.write(playlist, out, area, period, "zh", demo_folder)
    for path, named in ((tmp_path / "out.pdf", ".pptx"), (tmp_path / "no" / "out.pptx", "no")):
        with pytest.raises(InputError, match=named):
            command.write("weekly", path, "621000", None, "zh", demo_folder)
    assert out.read_bytes() == b"yesterday's" and list(tmp_path.iterdir()) == [out]


def test_one_click_on_a_page_downloads_its_contents(visit, demo, tmp_path):
    tab = visit()
    tab.open("/requests?area=621000&lang=en&view=kinds")
    header = tab.page.locator(".st-key-header")
    assert header.bounding_box()["height"] < 48
    header.get_by_text("Briefing").click()
    for label, ending in (("Slides, PPTX", "pptx"), ("Document, DOCX", "docx"), ("Whole page, XLSX", "xlsx")):
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == f"Requests_Qingyang City_2026-01..2026-06.{ending}"
        download.value.save_as(tmp_path / ending)
    charts = [
        shape.chart for slide in Presentation(tmp_path / "pptx").slides for shape in slide.shapes if shape.has_chart
    ]
    rows = metric("requests_raised", demo).rows(scope(demo), by="kind")
    assert sorted(charts[0].plots[0].series[0].values) == sorted(rows["value"])
    assert sum(name.startswith("word/charts/chart") for name in zipfile.ZipFile(tmp_path / "docx").namelist()) == len(
        charts
    )
    assert fastexcel.read_excel(tmp_path / "xlsx").sheet_names[0] == "Contents"


@pytest.mark.office
def test_a_printed_page_is_a4_with_its_scope_and_no_menus(visit, tmp_path):
    tab = visit((1920, 1080))
    tab.open("/staffing?area=621000")
    tab.page.locator(".st-key-panel_staffing_ranking .main-svg").first.wait_for()
    tab.page.pdf(path=tmp_path / "page.pdf", print_background=True, prefer_css_page_size=True)
    # On the screen nothing has changed.
    assert tab.page.evaluate("document.querySelectorAll('[style*=zoom]').length") == 0
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.split("\f")[:-1]
    size = subprocess.run(["pdfinfo", tmp_path / "page.pdf"], check=True, capture_output=True, text=True).stdout
    assert "(A4)" in size and len(pages) <= 4
    for place, page in enumerate(pages, 1):
        assert (
            "配备达标 · 庆阳市 · 2026年1–6月" in page
            and "数据截至 2026-06-30" in page
            and f"{place}/{len(pages)}" in page.replace(" ", "")
        )
    # The ends of the ranking's bars, which a narrower sheet would cut off.
    assert "18.3" in text and "缺口 95 人" in text
    for menu in ("总览", "English", "对比", "简报", "CSV"):
        assert menu not in text
