"""Cells as clerks write them, and the values they become."""

from datetime import date

import polars as pl
import pytest

from tests.helpers.ingest.ingest_source import URBAN, WORKER_HEADER, ingest_files, ingest_workers, problem_cells, worker

GRIDS = "网格编码,社区代码,网格名称,网格性质,户数,设立日期\n"


def grid(tmp_path, *, code="G1", kind="居民网格", households="300", set_up_on="2020-01-01"):
    line = f'"{code}",{URBAN},一网格,"{kind}","{households}","{set_up_on}"\n'
    return ingest_files(tmp_path, {"网格.csv": GRIDS + line})


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/3/5",
        "2024.3.5",
        "20240305",
        "2024年3月5日",
        "45356",
        "45356.0",
        "２０２４－０３－０５",
        "2024-03-05 00:00:00",
        "2024/3/5 0:00",
        " 2024-03-05 ",
    ],
)
def test_dates(tmp_path, written):
    assert grid(tmp_path, set_up_on=written).tables["grids"]["set_up_on"].to_list() == [date(2024, 3, 5)]


@pytest.mark.parametrize(
    "written", ["2024-13-05", "2024-02-30", "2024", "去年", "3/5/2024", "0024-03-05", "2150-01-01", "99999", "1e5"]
)
def test_an_invalid_date(tmp_path, written):
    intake = grid(tmp_path, set_up_on=written)
    assert intake.tables["grids"].is_empty()
    assert intake.rejects.select("column_name", "reason_zh", "reason_en").rows() == [
        (
            "set_up_on",
            f"设立日期 '{written}' 不是日期；请写成 2024-03-05 的样子",
            f"set_up_on '{written}' is not a date; write it as 2024-03-05",
        )
    ]


@pytest.mark.parametrize("written", ["1234", "1,234", "1，234", "１２３４", "1234.0", " 1234 ", "+1234"])
def test_whole_numbers(tmp_path, written):
    assert grid(tmp_path, households=written).tables["grids"]["households"].to_list() == [1234]


@pytest.mark.parametrize("written", ["12.5", "三百", "300户", "1,23", "1e3", "nan", "12²"])
def test_an_invalid_whole_number(tmp_path, written):
    intake = grid(tmp_path, households=written)
    assert intake.rejects["reason_zh"].to_list() == [f"户数 '{written}' 不是整数；请只填数字"]


@pytest.mark.parametrize("written", ["inf", "NaN", "18人"])
def test_an_invalid_number(tmp_path, written):
    intake = ingest_files(
        tmp_path, {"标准.csv": f"标准,生效日期,数值,依据\nstaffing_ratio,2021-01-01,{written},意见\n"}
    )
    assert intake.rejects["reason_zh"].to_list() == [f"数值 '{written}' 不是数字；请只填数字，不带单位"]


@pytest.mark.parametrize("written", ["", "-", "/", " ", "无", "　"])
def test_placeholders_for_nothing(tmp_path, written):
    assert grid(tmp_path, set_up_on=written).tables["grids"]["set_up_on"].to_list() == [None]


@pytest.mark.parametrize(
    ("written", "word"),
    [("residential", "residential"), ("居民网格", "residential"), (" Business ", "business"), ("专属 网格", "special")],
)
def test_words(tmp_path, written, word):
    assert grid(tmp_path, kind=written).tables["grids"]["grid_type"].to_list() == [word]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("社区正职(书记/主任)", "secretary"),
        ("社区正职（书记／主任）", "secretary"),
        ("书记", "secretary"),
        ("主任", "secretary"),
        ("社区正职", "secretary"),
        ("社区副职", "deputy"),
    ],
)
def test_words_in_brackets(tmp_path, written, word):
    assert ingest_workers(tmp_path, worker(post=written)).tables["workers"]["post"].to_list() == [word]


def test_an_unknown_word_is_refused_with_the_known_words(tmp_path):
    intake = ingest_workers(tmp_path, worker(education="大本"))
    assert problem_cells(intake) == [(2, "education", "大本")]
    assert intake.rejects["reason_zh"].item() == (
        "学历 '大本' 不是 初中及以下、高中(中专)、大专、本科、研究生 之一；请改正单元格"
    )
    assert intake.rejects["reason_en"].item().startswith("education '大本' is not one of 初中及以下、")


def test_nothing_is_a_word_a_no_or_an_empty_cell(tmp_path):
    header = WORKER_HEADER.strip() + ",社会工作者职业资格,养老保险,选聘方式\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": header + worker().strip() + ",无,无,无\n"})
    assert intake.tables["workers"].select("certificate", "has_pension", "recruited_via").row(0) == (
        "none",
        False,
        None,
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("是", True),
        ("有", True),
        ("1", True),
        ("TRUE", True),
        ("否", False),
        ("无", False),
        ("0", False),
        ("false", False),
        ("", None),
        ("-", None),
    ],
)
def test_yes_and_no(tmp_path, written, value):
    header = WORKER_HEADER.strip() + ",医疗保险\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": header + worker().strip() + f",{written}\n"})
    assert intake.tables["workers"]["has_medical"].to_list() == [value]


def test_a_word_that_is_neither_yes_nor_no(tmp_path):
    header = WORKER_HEADER.strip() + ",医疗保险\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": header + worker().strip() + ",参保\n"})
    assert intake.rejects["reason_zh"].to_list() == ["医疗保险 '参保' 不是 是、否；请改正单元格"]


@pytest.mark.parametrize(
    ("written", "code"),
    [("G1", "G1"), ("621002001001.0", "621002001001"), ("Ｇ１２", "G12"), (" 007 ", "007"), ("甲-1", "甲-1")],
)
def test_codes_are_text(tmp_path, written, code):
    assert grid(tmp_path, code=written).tables["grids"]["grid_code"].to_list() == [code]


def test_a_code_in_scientific_notation_is_refused(tmp_path):
    intake = grid(tmp_path, code="6.21E+11")
    assert problem_cells(intake) == [(2, "grid_code", "6.21E+11")]
    assert "请把这一列的格式改为文本" in intake.rejects["reason_zh"].item()


@pytest.mark.parametrize("column", ["网格编码", "网格名称", "户数"])
def test_a_formula_error_is_refused(tmp_path, column):
    cells = {"网格编码": "G1", "社区代码": URBAN, "网格名称": "一网格", "网格性质": "居民网格", "户数": "300"}
    cells[column] = "#N/A"
    intake = ingest_files(tmp_path, {"网格.csv": ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"})
    assert intake.tables["grids"].is_empty()
    assert intake.rejects["value"].to_list() == ["#N/A"]


def test_a_formula_error_among_spaces_is_no_empty_cell(tmp_path):
    text = WORKER_HEADER.strip() + ",离职原因\n" + worker().strip() + ", #REF! \n"
    assert problem_cells(ingest_files(tmp_path, {"社区工作者.csv": text})) == [(2, "leave_reason", "#REF!")]


def test_an_empty_required_cell(tmp_path):
    intake = ingest_workers(tmp_path, worker(name="/"))
    assert intake.rejects.select("row_number", "column_name", "value", "reason_zh", "reason_en").rows() == [
        (2, "name", None, "姓名为空，而这一列必填；请补上", "name is empty but required; enter it")
    ]


def test_every_problem_of_a_row_is_reported_at_once(tmp_path):
    intake = ingest_workers(tmp_path, worker(gender="未知", birth_date="", hire_date="2020-13-01"))
    assert problem_cells(intake) == [(2, "gender", "未知"), (2, "hire_date", "2020-13-01"), (2, "birth_date", None)]


def test_enums_come_out_as_plain_text(tmp_path):
    intake = ingest_workers(tmp_path, worker())
    assert intake.tables["workers"].schema["gender"] == pl.String


def test_an_empty_cell_beside_an_unreadable_one_stays_empty(tmp_path):
    lines = f"G1,{URBAN},一,居民网格,1,去年\nG2,{URBAN},二,居民网格,1,\n"
    intake = ingest_files(tmp_path, {"网格.csv": GRIDS + lines})
    assert intake.tables["grids"].select("grid_code", "set_up_on").rows() == [("G2", None)]
