"""Annotations on a metric and an area: read with their errors reported, for the area and those above, added by several
at once, drawn.
"""

from __future__ import annotations

import itertools
import multiprocessing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pages.ui.charts import trend_annotations as drawing
from pages.ui.charts.trend_annotations import MonthAnnotation, place_texts
from pages.ui.i18n.texts import display_width
from sql.audit.log import AuditError
from sql.errors import InputError, SqlFileError
from sql.files.sql_file import Text
from sql.semantic.annotations import add, find_annotations, find_errors
from tests.helpers.pages.screens import figures, open_symbol, scope
from tests.helpers.warehouse.world import record_nothing

HEADER = "date,metric,area_code,note_zh,note_en"
ROWS = (
    "2026-03-05,staffing_ratio,621002,三月到岗,Started in March",
    "2026-01-31,staffing_ratio,621000,招录开始,",
    "2026-02-01,staffing_ratio,,“十五五”指标公布,New target",
    "2026-02-01,staffing_ratio,621021,邻县的事,Of a neighbour",
    "2026-02-01,residents,621002,别的指标,Of another metric",
    "2025-12-31,staffing_ratio,621002,上一年,The year before",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "annotations.csv"
    path.write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    return path


def test_annotations_of_the_area_and_those_above_in_the_period_the_earliest_first(demo, file):
    found = find_annotations("staffing_ratio", scope(demo, "621002", "2026"), file)
    assert [
        (note.date.isoformat(), note.area.code, note.text.zh, note.text.en, note.line_number) for note in found
    ] == [
        ("2026-01-31", "621000", "招录开始", "招录开始", 3),
        ("2026-02-01", None, "“十五五”指标公布", "New target", 4),
        ("2026-03-05", "621002", "三月到岗", "Started in March", 2),
    ]
    assert [note.line_number for note in find_annotations("staffing_ratio", scope(demo, "621002", "..2025"), file)] == [
        7
    ]
    assert [note.line_number for note in find_annotations("staffing_ratio", scope(demo, "621000", "2026"), file)] == [
        3,
        4,
    ]
    assert find_annotations("staffing_ratio", scope(demo), file.with_name("none.csv")) == []


def test_a_wrong_row_is_reported_with_its_line_and_the_rest_used(demo, file):
    file.write_text(
        "\n".join(
            (
                HEADER,
                "5.3.2026,staffing_ratio,621002,三月,March",
                "2026-03-05,,621002,三月,March",
                "2026-03-05,staffing_ratio,621002,,",
                "2026-03-05,nothing,621002,三月,March",
                ROWS[0],
                "2026-03-05,staffing_ratio,621002,请致电13900001111,Call",
                f"2026-03-05,staffing_ratio,621002,{'长' * 121},",
            )
        ),
        encoding="utf-8",
    )
    messages = [str(error) for error in find_errors(demo, file)]
    assert [error.split("：")[0] for error in messages] == [
        f"data/annotations.csv:{line}" for line in (2, 3, 4, 7, 8, 5)
    ]
    assert "the date '5.3.2026' must be written as 2026-06-30; correct the line and save it" in messages[0]
    assert "there is no metric 'nothing'" in messages[-1] and not any("13900001111" in error for error in messages)
    assert [note.line_number for note in find_annotations("staffing_ratio", scope(demo, "621002", "2026"), file)] == [6]
    # The file is read again once it has changed.
    file.write_text(f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
    assert find_errors(demo, file) == []


def test_errors_in_a_row_are_shown_to_its_area_alone(demo, file):
    """A row whose cells have shifted holds somebody's annotation where its date should be."""
    file.write_text(
        "\n".join(
            (
                HEADER,
                "李某调走,staffing_ratio,621002,x,",
                "王某调走,staffing_ratio,621027,x,",
                "赵某调走,staffing_ratio,621000,x,",
                "钱某调走,staffing_ratio,,x,",
                "孙某调走,staffing_ratio,staffing_ratio,x,",
                "2026-03-05,周某调走,621027,x,",
            )
        ),
        encoding="utf-8",
    )

    def visible_names(area: str | None) -> set[str]:
        return {
            name
            for name in "李王赵钱孙周"
            if any(name in error.zh for error in find_errors(demo.restrict_to(area), file))
        }

    assert visible_names("621002") == {"李"} and visible_names("621027") == {"王", "周"}
    assert visible_names("621000") == {"李", "王", "赵", "周"} and visible_names(None) == set("李王赵钱孙周")
    file.write_bytes(b"date,metric\n")
    assert len(find_errors(demo.restrict_to("621002"), file)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"date,metric,note_zh,note_en\n", "the header lacks area_code"),
        (b"", "the header lacks date"),
        (f"{HEADER}\n{ROWS[0]}\n".encode("gb18030"), "it is not UTF-8"),
    ],
)
def test_an_unreadable_file_is_reported_and_has_no_annotations(demo, file, content, words):
    file.write_bytes(content)
    assert [words in str(error) for error in find_errors(demo, file)] == [True]
    assert find_annotations("staffing_ratio", scope(demo), file) == []


def test_the_annotations_in_the_product_are_valid(demo):
    assert find_errors(demo) == []
    for note in find_annotations("staffing_ratio", scope(demo, "621000", "..2026-06")):
        assert note.text.zh.startswith("示例") and note.text.en.startswith("Example")


@pytest.mark.parametrize(("start", "ending"), [(b"", "\n"), (b"\xef\xbb\xbf", "\r\n")])
def test_an_annotation_is_added_in_the_format_of_the_file(demo, file, start, ending):
    # Columns in another order, with a custom one, and no end of the last line.
    before = ending.join(("metric,date,by,note_en,note_zh,area_code", "staffing_ratio,2026-01-05,Li,Old,旧,621002"))
    file.write_bytes(start + before.encode())
    add("staffing_ratio", "621002", date(2026, 4, 1), Text('新的，带"引号"和引号', ""), record_nothing, file)
    row = 'staffing_ratio,2026-04-01,,,"新的，带""引号""和引号",621002'
    assert file.read_bytes() == start + f"{before}{ending}{row}{ending}".encode()
    assert [note.text.zh for note in find_annotations("staffing_ratio", scope(demo, "621002", "2026"), file)] == [
        "旧",
        '新的，带"引号"和引号',
    ]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_first_annotation_creates_the_file(demo, tmp_path):
    path = tmp_path / "annotations.csv"
    add("residents", None, date(2026, 4, 1), Text("", "Census"), record_nothing, path)
    assert path.read_text(encoding="utf-8") == f"{HEADER}\n2026-04-01,residents,,,Census\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (Text(" ", ""), "the note is missing"),
        (Text("长" * 121, ""), "longer than 120"),
        (Text("电话 13900001111", ""), "phone"),
        (Text("到岗\x1b[2J", ""), r"U\+001B"),
        (Text("到岗\n", "line"), r"U\+000A"),
        (Text("到岗", "two\u2028lines"), r"U\+2028"),
        (Text("到岗\u202e", ""), r"U\+202E"),
        (Text("\ufeff=1", ""), r"U\+FEFF"),
        (Text("\ud800", ""), r"U\+D800"),
    ],
)
def test_an_annotation_that_could_not_be_read_back_is_refused(file, text, words):
    before = file.read_bytes()
    with pytest.raises(InputError, match=words):
        add("staffing_ratio", "621002", date(2026, 4, 1), text, record_nothing, file)
    file.write_text("date,metric\n", encoding="utf-8")
    with pytest.raises(SqlFileError, match="the header lacks area_code, note_zh, note_en"):
        add("staffing_ratio", "621002", date(2026, 4, 1), Text("好", ""), record_nothing, file)
    assert before and file.read_text(encoding="utf-8") == "date,metric\n"


def test_an_annotation_that_cannot_be_recorded_is_not_added(file):
    before = file.read_bytes()

    def record() -> None:
        # All has been checked, and nothing is written yet.
        assert file.read_bytes() == before
        raise AuditError("审计", "audit")

    with pytest.raises(AuditError):
        add("staffing_ratio", "621002", date(2026, 4, 1), Text("好", ""), record, file)
    assert file.read_bytes() == before and [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_annotation_of_several_lines_in_the_file_is_drawn_on_one(demo, file):
    file.write_text(f'{HEADER}\n2026-03-05,staffing_ratio,621002,"三月\n到岗",\n', encoding="utf-8")
    assert [note.text.zh for note in find_annotations("staffing_ratio", scope(demo, "621002", "2026"), file)] == [
        "三月 到岗"
    ]
    file.write_text(f"{HEADER}\n2026-03-05,staffing_ratio,621002,三月\x1b到岗,\n", encoding="utf-8")
    assert "U+001B" in find_errors(demo, file)[0].en


def _adds(path: Path, who: int) -> None:
    for number in range(25):
        add("staffing_ratio", "621002", date(2026, 4, 1), Text(f"{who}-{number}", ""), record_nothing, path)


def test_several_processes_add_at_once_and_nothing_is_lost(demo, file):
    started = multiprocessing.get_context("fork")
    processes = [started.Process(target=_adds, args=(file, who)) for who in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    texts = {note.text.zh for note in find_annotations("staffing_ratio", scope(demo, "621002", "2026-04"), file)}
    assert texts == {f"{who}-{number}" for who in range(4) for number in range(25)}


def test_a_trend_shows_its_annotations(app):
    test = app("staffing", area="621000")
    annotations = [label for figure in figures(test) for label in figure["layout"].get("annotations", [])]
    labels = {label["text"]: label for label in annotations}
    assert labels["① 示例：秋季招录 30 人到岗"]["x"] == labels["<b>①</b>"]["x"] == "2023-09-01"
    assert round(labels["<b>②</b>"]["y"], 1) == 12.9
    twin = open_symbol(test, "table_staffing_trend").table[0].value
    assert dict(zip(twin["月份"], twin["说明"], strict=True))["2025-09"] == "② 示例：秋季招录 22 人到岗"


def test_an_annotation_of_an_area_above_names_it(app):
    test = app("staffing", area="621002", lang="en")
    texts = [label["text"] for drawn in figures(test) for label in drawn["layout"].get("annotations", [])]
    assert "① Qingyang City: Example: …" in texts
    # What has no room in the picture is told whole beneath it.
    assert any(
        "Qingyang City: Example: 30 recruits start in autumn" in caption.value.replace("\\", "")
        for caption in test.caption
    )


MONTHS = [date(2022 + month // 12, month % 12 + 1, 1) for month in range(54)]
ROWS_OF_MONTHS = pl.DataFrame({"month": MONTHS, "value": [1.0] * 54})


def spans(marked: list[MonthAnnotation], width: float) -> list[list[tuple[float, float]]]:
    """Returns the extent of the texts on each line of a picture whose months are `width` pixels wide."""
    found: dict[int, list[tuple[float, float]]] = {}
    for label in place_texts(marked, ROWS_OF_MONTHS)[0]:
        if label.get("yref") != "paper":
            continue
        x = width * MONTHS.index(label["x"]) / 53
        reach = drawing._LETTER * display_width(label["text"])
        found.setdefault(label["yshift"], []).append((x, x + reach) if label["xanchor"] == "left" else (x - reach, x))
    return [sorted(line) for line in found.values()]


@pytest.mark.parametrize("places", [(0, 1, 2, 3, 4, 5), (10, 26, 27, 40, 53), (0, 20, 53), (26,)])
def test_texts_never_overlap_nor_leave_the_picture(places):
    marked = [
        MonthAnnotation(chr(0x2460 + number), MONTHS[place], "招录的社区工作者到岗")
        for number, place in enumerate(places)
    ]
    labels, room, beneath = place_texts(marked, ROWS_OF_MONTHS)
    for width in (190, 400, 900):
        for line in spans(marked, width):
            assert all(before[1] < after[0] for before, after in itertools.pairwise(line))
            assert line[0][0] >= -44 and line[-1][1] <= width + 66
    assert sum(label["text"].startswith("<b>") for label in labels) == len(places)
    assert room == 18 * len(spans(marked, 190)) <= 72
    in_picture = {label["text"] for label in labels}
    assert {mark.number for mark in beneath} == {
        mark.number for mark in marked if f"{mark.number} {mark.text}" not in in_picture
    }
