"""Briefings hold the contents of a page: native charts and tables with the metric layer's figures, texts that stay
texts.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import fastexcel
import polars as pl
import pytest
from docx import Document
from lxml import etree
from pptx import Presentation

from pages.briefing import briefing, tables, workbook
from pages.briefing.charts import chart_spec
from pages.briefing.document import document
from pages.briefing.section import Briefing, PreviousValue, Section, plain
from pages.briefing.slides import slides
from pages.briefing.tables import best_and_worst, readings_table
from pages.meeting import store
from pages.ui.i18n import texts
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from sql.semantic.readings import read_metric
from tests.helpers.pages.screens import scope

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = ("=1+1", "<script>alert(1)</script>", "@SUM(A1)", "很长的名字" * 200, "http://example.com/x", "a\x00b\x0bc")


@pytest.fixture(scope="module")
def staffing(demo) -> Briefing:
    """Returns the briefing of the page 配备达标 of 庆阳市."""
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_file(str(PROJECT / "pages" / "main.py"), default_timeout=60)
    test.query_params["area"] = "621000"
    test.switch_page(str(PROJECT / "pages" / "staffing.py"))
    test.run()
    state = test.session_state
    with texts.use_language("zh"):
        return briefing.build_page_briefing(
            scope(demo), "配备达标", state["briefing_sentence"], list(state["briefing_collected"].values())
        )


@pytest.fixture(scope="module")
def pptx(staffing) -> Presentation:
    with texts.use_language("zh"):
        return Presentation(io.BytesIO(slides.write(staffing)))


@pytest.fixture(scope="module")
def docx(staffing) -> bytes:
    with texts.use_language("zh"):
        return document.write(staffing)


@pytest.fixture(scope="module")
def xlsx(staffing) -> bytes:
    with texts.use_language("zh"):
        return workbook.write(staffing)


def ratio(demo) -> dict[str, float]:
    rows = metric("staffing_ratio", demo).rows(scope(demo), by="county")
    return dict(rows.select("county_name", "value").sort("value").iter_rows())


def cached(chart: etree._Element, kind: str) -> list[list[str]]:
    """Returns the values that a chart's XML has for each series."""
    return [
        [point.findtext(f"{CHART}v") for point in series.iter(f"{CHART}pt")] for series in chart.iter(f"{CHART}{kind}")
    ]


def test_a_briefing_has_the_pages_headlines_once_for_each_metric_and_dimension(staffing):
    assert [section.kind for section in staffing.sections] == ["numbers", "bars", "line", "none"]
    assert staffing.sections[0].headline == (
        "庆阳市每万人 12.7 名社区工作者，低于标准 18 名，缺 481 人；8 个县区中 7 个未达标，环县差距最大。"
    )
    # The headlines of the map, the ranking and the funnel, for the same rows.
    assert staffing.sections[1].headline.startswith(
        "每万人社工：环县、宁县差距最大，只有华池县达标；8 个县区中 7 个未达标；"
    )
    assert "点击" not in "".join(section.subtitle for section in staffing.sections)
    assert staffing.definitions[0].formula == "10000 × 1163 ÷ 913075 = 12.7 人"
    assert staffing.definitions[0].file == "sql/metrics/staffing/staffing_ratio.sql"


def test_slides_have_native_charts_with_the_metrics_values(pptx, demo):
    charts = [shape.chart for slide in pptx.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2
    bars, line = charts
    assert dict(zip(bars.plots[0].categories, bars.plots[0].series[0].values, strict=True)) == pytest.approx(
        ratio(demo)
    )
    months = metric("staffing_ratio", demo).rows(scope(demo, period="2022-01..2026-06"), by="month")
    assert list(line.plots[0].series[0].values) == pytest.approx(months["value"].to_list())
    assert line.plots[0].series[1].name == "标准" and set(line.plots[0].series[1].values) == {18.0}
    # No picture of anything.
    assert not [
        shape
        for slide in pptx.slides
        for shape in slide.shapes
        if shape.shape_type is not None and "PICTURE" in str(shape.shape_type)
    ]


def test_slides_are_wide_with_headlines_for_titles_linked_contents_and_numbers(pptx):
    assert pptx.slide_width / pptx.slide_height == pytest.approx(16 / 9, abs=0.001)
    titles = [slide.shapes.title.text_frame.text for slide in pptx.slides]
    assert titles[:2] == ["配备达标", "目录"] and titles[2].startswith("庆阳市每万人 12.7 名")
    contents = next(shape.table for shape in pptx.slides[1].shapes if shape.has_table)
    for row in contents.rows:
        number, title = (cell.text_frame.text for cell in row.cells)
        assert titles[int(number) - 1].startswith(title.removesuffix("…"))
        link = row.cells[1].text_frame.paragraphs[0].runs[0]._r.find(".//{*}hlinkClick")
        relation = pptx.slides[1].part.rels[
            link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        ]
        assert relation.target_part is pptx.slides[int(number) - 1].part
    for place, slide in enumerate(pptx.slides, 1):
        fields = [field.findtext("{*}t") for field in slide._element.iter("{*}fld")]
        assert fields == ([str(place)] if place > 1 else [])


def test_slides_name_the_fonts_of_official_documents(staffing):
    with texts.use_language("zh"):
        packed = zipfile.ZipFile(io.BytesIO(slides.write(staffing)))
    theme = packed.read("ppt/theme/theme1.xml").decode()
    assert re.findall(r'<a:ea typeface="([^"]+)"', theme) == ["方正小标宋简体", "仿宋_GB2312"]
    assert re.findall(r'script="Hans" typeface="([^"]+)"', theme) == ["方正小标宋_GBK", "仿宋"]


def test_a_document_has_native_charts_that_open_their_workbook(docx, demo):
    packed = zipfile.ZipFile(io.BytesIO(docx))
    parts = sorted(name for name in packed.namelist() if name.startswith("word/charts/chart"))
    assert len(parts) == 2
    names, values = (cached(etree.fromstring(packed.read(parts[0])), kind)[0] for kind in ("cat", "val"))
    assert dict(zip(names, map(float, values), strict=True)) == pytest.approx(ratio(demo))
    sheet = fastexcel.read_excel(packed.read("word/embeddings/Microsoft_Excel_Sheet2.xlsx")).load_sheet(0).to_polars()
    assert sheet[:, 1].to_list() == pytest.approx(list(ratio(demo).values()))
    graphics = [
        link.get(f"{{{link.nsmap['r']}}}id")
        for link in etree.fromstring(packed.read("word/document.xml")).iter(f"{CHART}chart")
    ]
    related = packed.read("word/_rels/document.xml.rels").decode()
    assert len(graphics) == 2 and all(f'Id="{name}"' in related for name in graphics)
    assert not [name for name in packed.namelist() if name.startswith("word/media")]


def test_a_document_is_laid_out_as_an_official_one(docx):
    opened = Document(io.BytesIO(docx))
    page = opened.sections[0]
    assert [round(length.mm) for length in (page.page_width, page.page_height, page.top_margin, page.left_margin)] == [
        210,
        297,
        37,
        28,
    ]
    east = {
        name: opened.styles[name].element.rPr.rFonts.get(f"{WORD}eastAsia")
        for name in ("Normal", "Title", "Heading 1", "Heading 2")
    }
    assert east == {"Normal": "仿宋_GB2312", "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312"}
    table = zipfile.ZipFile(io.BytesIO(docx)).read("word/fontTable.xml").decode()
    assert re.search('w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK,华文中宋,宋体,', table)
    headings = [paragraph.text for paragraph in opened.paragraphs if paragraph.style.name == "Heading 1"]
    entries = [
        paragraph
        for paragraph in opened.paragraphs
        if paragraph.style.name == "toc 1" or paragraph.style.name == "TOC 1"
    ]
    contents = ["".join(text.text or "" for text in entry._p.iter(f"{WORD}t")) for entry in entries]
    assert headings[0].startswith("一、庆阳市每万人") and headings[-1] == "附件 2：数据来源"
    assert [text.rstrip("0123456789") for text in contents] == [heading.rstrip("0123456789") for heading in headings]
    codes = [code.text.strip() for code in opened.element.body.iter(f"{WORD}instrText")]
    assert codes[0].startswith("TOC") and len(codes) == 1 + len(headings)
    marks = [mark.get(f"{WORD}fldCharType") for mark in opened.element.body.iter(f"{WORD}fldChar")]
    assert marks.count("begin") == marks.count("separate") == marks.count("end") == len(codes)


def test_a_workbook_has_every_table_whole_with_numbers_as_numbers(xlsx, demo):
    book = fastexcel.read_excel(xlsx)
    assert book.sheet_names == [
        "目录",
        "指标",
        "每万人社工 区县",
        "每万人社工 月份",
        "各地数据",
        "指标口径",
        "数据来源",
    ]
    areas = book.load_sheet("每万人社工 区县").to_polars()
    assert dict(areas.select("区县", "每万人社工（人）").iter_rows()) == pytest.approx(ratio(demo))
    assert areas.filter(pl.col("区县") == "华池县")["是否达标"].item() == "● 达标"
    cards = book.load_sheet("指标").to_polars()
    assert cards["数值"].to_list() == pytest.approx([10000 * 1163 / 913075, 481, 1163, 1644, 913075])
    packed = zipfile.ZipFile(io.BytesIO(xlsx))
    sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 7 and all('state="frozen"' in sheet for sheet in sheets)
    assert "#,##0.0" in packed.read("xl/styles.xml").decode()


def hostile(demo) -> Briefing:
    """Returns sections whose names somebody chose to do harm."""
    at = scope(demo)
    rows = pl.DataFrame(
        {
            "county": [str(place) for place in range(len(HOSTILE))],
            "county_name": list(HOSTILE),
            "value": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "standard": [None] * len(HOSTILE),
        },
        schema_overrides={"standard": pl.Float64},
    )
    listed = pl.DataFrame({"name": list(HOSTILE)})
    sections = [
        Section(f"{HOSTILE[1]} {HOSTILE[0]}", "", rows, "bars", at, metric("staffing_ratio", demo), ("county",)),
        Section(HOSTILE[0], "", listed, "none", at, headers={"name": HOSTILE[0]}),
        Section("[a]:*?/\\" + "长" * 60, "", listed, "none", at, headers={"name": "名称"}),
        Section("[a]:*?/\\" + "长" * 60, "", listed, "none", at, headers={"name": "名称"}),
    ]
    return briefing.build_briefing(at, HOSTILE[1], sections, pl.DataFrame({"要做的事": list(HOSTILE)}))


def test_hostile_texts_are_texts(demo):
    with texts.use_language("zh"):
        made = hostile(demo)
        deck, doc, book = slides.write(made), document.write(made), workbook.write(made)
    opened = fastexcel.read_excel(book)
    assert len(set(opened.sheet_names)) == len(opened.sheet_names) == 8
    assert max(map(len, opened.sheet_names)) <= 31
    cells = opened.load_sheet(2, header_row=0).to_polars()
    assert cells.columns == ["=1+1"] and cells[:, 0].to_list()[:3] == ["=1+1", "<script>alert(1)</script>", "@SUM(A1)"]
    inner = [
        packed.read(name)
        for packed in (zipfile.ZipFile(io.BytesIO(deck)), zipfile.ZipFile(io.BytesIO(doc)))
        for name in packed.namelist()
        if name.endswith(".xlsx")
    ]
    assert len(inner) == 2
    for content in (book, *inner):
        packed = zipfile.ZipFile(io.BytesIO(content))
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in packed.read(name) and b"http://example.com" not in packed.read(name), name
    presentation = Presentation(io.BytesIO(deck))
    assert presentation.slides[2].shapes.title.text_frame.text.endswith("<script>alert(1)</script> =1+1")
    assert "abc" in [
        cell.text_frame.text
        for slide in presentation.slides
        for shape in slide.shapes
        if shape.has_table
        for cell in shape.table.iter_cells()
    ]
    assert Document(io.BytesIO(doc)).paragraphs[0].text == "<script>alert(1)</script>"


def test_markdown_of_the_pages_is_removed():
    assert plain(":orange[▼ **缺 3 人**]，见 :small[:gray[附表]]") == "▼ 缺 3 人，见 附表"
    assert plain("a\\*b \\[c\\] :orange[d\\]e]") == "a*b [c] d]e"


def test_best_and_worst_areas_are_named_with_words_and_no_area_twice(demo):
    at = scope(demo)
    section = Section(
        "",
        "",
        metric("staffing_ratio", demo).rows(at, by="county"),
        "bars",
        at,
        metric("staffing_ratio", demo),
        ("county",),
    )
    with texts.use_language("zh"):
        best, worst = best_and_worst(section, {("staffing_ratio", "621023"): PreviousValue(17.0, date(2026, 3, 1))})
    assert (best.title, worst.title) == ("较好 4 个", "较差 4 个")
    assert best.header == ["区县", "每万人社工（人）", "是否达标", "比 2026-03-01"]
    assert best.lines[0] == ["华池县", "18.3", "● 达标", "+1.3"]
    assert worst.lines[0] == ["环县", "9.4", "▼ 未达标", "–"]
    assert not {line[0] for line in best.lines} & {line[0] for line in worst.lines}


def test_a_line_has_eight_values_at_most_and_a_hundred_areas_are_cut(demo):
    at = scope(demo, period="2025")
    by_kind = metric("requests_raised", demo).rows(at, by=("category", "month"))
    spec = chart_spec(Section("", "", by_kind, "line", at, metric("requests_raised", demo), ("category", "month")))
    assert len(spec.series) == 8 and len(spec.categories) == 12
    communities = metric("staffing_ratio", demo).rows(at, by="community")
    spec = chart_spec(Section("", "", communities, "bars", at, metric("staffing_ratio", demo), ("community",)))
    assert len(spec.categories) == 20


def test_change_since_the_last_meeting_is_shown(demo, demo_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    subject = metric("staffing_ratio", demo)
    at = scope(demo)
    section = Section("", "", subject.rows(at, by="county"), "bars", at, subject, ("county",))
    numbers = Section("", "", pl.DataFrame(), "numbers", at, readings=(read_metric(subject, at),))
    assert briefing.last_meeting.previous_values(at, [section, numbers]) == {}
    with store.transaction() as connection:
        connection.execute(
            "insert into shows (code, playlist, area_code, period, began_in, started_at) values (?, ?, ?, ?, ?, ?)",
            ("abcdefgh", "monthly", "621000", "2025", demo.name, "2026-03-02 09:00:00"),
        )
    found = briefing.last_meeting.previous_values(at, [section, numbers], "monthly")
    then = subject.value(scope(demo, period="2025"))
    assert found["staffing_ratio", "621000"] == PreviousValue(then, date(2026, 3, 2))
    assert found["staffing_ratio", "621022"].value == subject.value(scope(demo, "621022", period="2025"))
    assert briefing.last_meeting.previous_values(at, [section, numbers], "weekly") == {}
    with texts.use_language("zh"):
        table = readings_table(numbers, found)
    assert table.header[-1] == "比 2026-03-02"
    assert table.lines[0][-1] == texts.number(subject.value(at) - then, 1, signed=True)


@pytest.mark.parametrize("page", ["partners", "activities", "quality", "organisation"])
def test_every_kind_of_page_can_be_written(app, demo, page):
    views = {"partners": "contribution", "activities": "titles", "quality": "reports", "organisation": "places"}
    test = app(page, area="621000", lang="en", view=views[page])
    pieces = list(test.session_state["briefing_collected"].values())
    with texts.use_language("en"):
        made = briefing.build_page_briefing(scope(demo), page, test.session_state["briefing_sentence"], pieces)
        titles = [slide.shapes.title.text_frame.text for slide in Presentation(io.BytesIO(slides.write(made))).slides]
        assert titles[1] == "Contents" and len(titles) >= len(made.sections) + 4
        assert len(Document(io.BytesIO(document.write(made))).tables) >= 3
        assert fastexcel.read_excel(workbook.write(made)).sheet_names[-2:] == ["Definitions", "Sources"]


def test_numbers_of_a_table_have_their_metrics_decimals_and_marks_stay(demo):
    ratio, rate = (metric(name, demo) for name in ("staffing_ratio", "staffing_gap"))
    with texts.use_language("zh"):
        cells = [tables._number(value, measure) for measure in (ratio, rate) for value in (12.345, "<5", None)]
    assert cells == ["12.3", "<5", "–", "12", "<5", "–"]
