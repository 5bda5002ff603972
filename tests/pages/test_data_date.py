"""Pages, slides and documents say how old the data are; five months after them, nothing claims to be on time."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from etl.cli.app import main
from pages.briefing import briefing, workbook
from pages.briefing.document import document
from pages.briefing.section import Briefing
from pages.briefing.slides import slides
from pages.meeting import shows
from pages.ui.i18n import data_date, texts
from pages.ui.kit import metric_pages
from pages.ui.theme import theme
from sql import warehouse
from sql.paths import PROJECT
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages.internals import sent_text
from tests.helpers.pages.screens import PAGES, open_symbol, scope
from tests.helpers.warehouse.world import record_nothing

NOVEMBER = date(2026, 11, 29)
OLD = "▲ 数据截至 2026-06-30（已 152 天）"
VIEWS = [(page, view) for page in (*PAGES, "meeting") for view in metric_pages.views(page) or [""]]
ON_TIME = re.compile(r"按期|准时报|on schedule|reports? on time|in good time", re.IGNORECASE)


@pytest.fixture(scope="module")
def november_folder(demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a warehouse with the demo's rows as seen on 29 November."""
    folder = tmp_path_factory.mktemp("november")
    (folder / warehouse.VERSIONS).mkdir()
    path = folder / warehouse.VERSIONS / demo.path.name
    # A link to the demo's own file would change it for all tests.
    shutil.copyfile(demo.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta.build set today = $today, source = 'incoming'", {"today": NOVEMBER})
    (folder / warehouse.POINTER).write_text(demo.name, encoding="utf-8")
    return folder


@pytest.fixture
def november(november_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Version:
    monkeypatch.setenv("LINLI_WAREHOUSE", str(november_folder))
    return warehouse.current_version()


def header(test: AppTest) -> str:
    return next(element.value for element in test.markdown if "badge[" in element.value and "30" in element.value)


@pytest.mark.parametrize(
    ("today", "zh", "en"),
    [
        (date(2026, 6, 30), "数据截至 6月30日", "Data to 30 June"),
        (date(2026, 7, 1), "数据截至 6月30日（已 1 天）", "Data to 30 June (1 day ago)"),
        # A month has passed: amber from the day after.
        (date(2026, 7, 31), "数据截至 6月30日（已 31 天）", "Data to 30 June (31 days ago)"),
        (date(2026, 8, 1), "▲ 数据截至 6月30日（已 32 天）", "▲ Data to 30 June (32 days ago)"),
        (NOVEMBER, "▲ 数据截至 6月30日（已 152 天）", "▲ Data to 30 June (152 days ago)"),
        (date(2027, 1, 1), "▲ 数据截至 2026年6月30日（已 185 天）", "▲ Data to 30 June 2026 (185 days ago)"),
    ],
)
def test_the_line_counts_the_days_and_is_marked_after_a_month(demo, today, zh, en):
    version = replace(demo, today=today)
    for language, line in (("zh", zh), ("en", en)):
        with texts.use_language(language):
            assert data_date.line(version) == line
    assert data_date.is_old(version) == zh.startswith("▲")


def test_the_header_is_grey_on_the_demos_day_and_amber_in_november(app, november):
    assert header(app("staffing")) == ":orange-badge[▲ 数据截至 6月30日（已 152 天）]"
    assert header(app("staffing", lang="en")) == ":orange-badge[▲ Data to 30 June (152 days ago)]"


def test_the_demo_is_not_amber(app, demo_folder, monkeypatch):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(demo_folder))
    test = app("staffing")
    assert header(test) == ":gray-badge[数据截至 6月30日（已 6 天）]"
    # Whoever reads it learns that the calendar was not asked.
    assert any("今天按 2026-07-06 算" in caption.value for caption in test.caption)


def test_every_number_says_how_far_its_sources_reach(app, november):
    test = open_symbol(app("assessment", area="621000"), "explain_card_excellent_share")
    (sources,) = (element.value for element in test.markdown if element.value.startswith("**来源**"))
    assert "考核到 2025-12-31（2026-07-06 收到）" in sources and "社区工作者到 2026-07-06" in sources
    # It counts no requests.
    assert "工单" not in sources


@pytest.mark.parametrize(
    ("page", "view", "language"),
    [
        (page, view, language)
        for number, (page, view) in enumerate(VIEWS)
        for language in ("zh", "en", "zh")[number % 2 :][: examples(1, 2)]
    ],
)
def test_in_november_no_view_says_that_anything_is_on_time(app, november, page, view, language):
    test = app(page, lang=language, **({"view": view} if view else {}))
    assert not test.exception and not test.error
    shown = sent_text(test)
    assert "152" in shown and not ON_TIME.search(shown)


def written(app, november: Version, page: str) -> Briefing:
    """Returns the briefing of a page. Its texts are to be read in the page's language."""
    state = app(page).session_state
    return briefing.build_page_briefing(
        scope(november, None), page, state["briefing_sentence"], list(state["briefing_collected"].values())
    )


def test_a_meeting_screen_has_the_line_in_amber(app, november, monkeypatch, tmp_path):
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    shutil.copy(PROJECT / "data" / "meetings" / "monthly.toml", tmp_path)
    screen = app("meeting", show=shows.start("monthly", None, "2026", record_nothing), kiosk="1")
    (stage,) = (
        json.loads(component.proto.json)
        for component in screen.get("bidi_component")
        if component.proto.component_name == "stage"
    )
    assert stage["of"] == "▲ 数据截至 6月30日（已 152 天） · 实时" and stage["age"] == theme.colour("below")


@pytest.mark.parametrize("page", PAGES)
def test_in_november_no_document_says_that_anything_is_on_time(app, november, page):
    with texts.use_language("zh"):
        content = document.write(written(app, november, page))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read("word/document.xml").decode()
    assert OLD in text and not ON_TIME.search(text)


def test_in_november_slides_and_workbooks_say_how_old_the_data_are(app, november):
    with texts.use_language("zh"):
        quality = written(app, november, "quality")
        deck = Presentation(io.BytesIO(slides.write(quality)))
        book = workbook.write(quality)
    cover, *others = [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] for slide in deck.slides
    ]
    assert any(OLD in text for text in cover)
    assert others and all(any(text.endswith(OLD) for text in slide) for slide in others)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert OLD in text and not ON_TIME.search(text + repr([cover, *others]))


def test_in_november_the_command_lists_overdue_reports(november_folder, capsys):
    assert main(["alerts", "--warehouse", str(november_folder)]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "152 days ago (limit 35)" in printed and "today 2026-11-29" in printed and not ON_TIME.search(printed)
