"""Files as they come: kinds, encodings, title lines, headers, and faults of a whole file."""

import hashlib
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

from etl.ingest.errors import SourceError
from etl.ingest.parser.tasks import ParseSheet
from etl.ingest.parser.worker import answer
from etl.ingest.pipeline import ingest_folder
from sql.paths import PROJECT
from tests.helpers.ingest.ingest_source import (
    AREAS,
    URBAN,
    WORKER_HEADER,
    counts,
    ingest_files,
    problem_cells,
    worker,
    write,
)

# An Excel 97-2003 workbook, written with xlwt: a merged title, dates as cells and numbers, an empty sheet.
OLD_WORKBOOK = PROJECT / "tests" / "data" / "社区工作者名册.xls"
ROSTER = WORKER_HEADER + worker("W1") + worker("W2", name="李四", gender="女")


def status(intake, file):
    (row,) = intake.files.filter(pl.col("file") == file).select("status", "message_zh", "message_en").rows()
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings(tmp_path, encoding):
    intake = ingest_files(tmp_path, {"社区工作者.csv": ROSTER.encode(encoding)})
    assert intake.tables["workers"]["name"].to_list() == ["张*", "李*"]


def test_an_unknown_encoding(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": b"\xff" + ROSTER.encode("gbk")})
    assert status(intake, "社区工作者.csv")[0] == "failed"
    assert "UTF-8" in status(intake, "社区工作者.csv")[1]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_delimiters(tmp_path, delimiter):
    intake = ingest_files(tmp_path, {"社区工作者.csv": ROSTER.replace(",", delimiter)})
    assert counts(intake, "workers") == (2, 2, 0, 0)


def test_title_lines_blank_rows_and_row_numbers(tmp_path):
    text = '西峰区社区工作者名册,,\n"填报单位\n西峰区",,\n\n' + WORKER_HEADER + worker("W1") + "\n ,-,,,,\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": text + worker("W2") + worker("W3", gender="x") + ",,,\n"})
    assert intake.tables["workers"].select("worker_id", "source_row").rows() == [("W1", 5), ("W2", 8)]
    assert problem_cells(intake) == [(9, "gender", "x")]
    assert counts(intake, "workers") == (3, 2, 1, 0)


def test_a_header_below_row_twenty_is_not_found(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": "说明\n" * 20 + ROSTER})
    assert status(intake, "社区工作者.csv")[1].startswith(
        "前 20 行里没有找到表头；请在数据上方加一行表头，至少要有：社区工作者编号、"
    )


def test_a_line_break_inside_quotes(tmp_path):
    text = WORKER_HEADER.strip() + ",离职原因\n" + worker("W1").strip() + ',"搬家\n去外地"\n' + worker("W2")
    intake = ingest_files(tmp_path, {"社区工作者.csv": text})
    assert intake.tables["workers"].select("leave_reason", "source_row").rows() == [("搬家 去外地", 2), (None, 3)]


@pytest.mark.parametrize("more", ["", ",,", ",,,,,多"])
def test_a_row_longer_than_the_header(tmp_path, more):
    text = WORKER_HEADER + worker("W1").strip() + ",多出的" + more + "\n" + worker("W2").strip() + ",,,\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": text})
    assert intake.tables["workers"]["worker_id"].to_list() == ["W2"]
    assert intake.rejects["row_number"].to_list() == [2]
    assert intake.rejects["reason_zh"].item().startswith("这一行的单元格比表头多，多出 '多出的")


def test_an_unpaired_quote(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": WORKER_HEADER + worker("W1", name='"张三') + worker("W2")})
    assert status(intake, "社区工作者.csv")[:2] == (
        "failed",
        "第 3 行附近的双引号不成对，之后的内容无法分列；请改正该行，或另存为 .xlsx",
    )
    assert intake.tables["workers"].is_empty()


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_header_and_no_rows(tmp_path, end):
    intake = ingest_files(tmp_path, {"社区工作者.csv": WORKER_HEADER.strip() + end})
    assert counts(intake, "workers") == (0, 0, 0, 0)
    assert status(intake, "社区工作者.csv")[0] == "loaded"


def test_a_quote_that_is_never_closed(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": '"' + ROSTER * 2000})
    assert status(intake, "社区工作者.csv")[0] == "failed"


def test_headers_in_either_language_and_spacing(tmp_path):
    header = "worker_id,姓 名,ID_Number,手机号,性别,出生日期,学历,community_code,岗位,入职日期, 离职日期 \n"
    intake = ingest_files(tmp_path, {"workers.csv": header + worker()})
    assert counts(intake, "workers") == (1, 1, 0, 0)
    assert status(intake, "workers.csv") == ("loaded", None, None)


def test_columns_nobody_knows_are_named(tmp_path):
    text = "序号," + WORKER_HEADER.strip() + ",备注,13812345678\n" + "1," + worker().strip() + ",好,\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": text + "2,,,,,,,,,,,,,\n"})
    (row,) = intake.files.filter(pl.col("table_name") == "workers").iter_rows(named=True)
    assert (row["rows_read"], row["extra_columns"]) == (1, "序号、备注、138***")


def test_a_missing_required_column_is_reported_with_its_closest(tmp_path):
    intake = ingest_files(
        tmp_path, {"社区工作者.csv": ROSTER.replace("社区代码", "社区编码").replace("学历,", "备注,")}
    )
    state, zh, en = status(intake, "社区工作者.csv")
    assert state == "failed"
    assert zh == (
        "缺少必填列：“学历”、“社区代码”（最接近的是“社区编码”）；文件里有：社区工作者编号、姓名、身份证号、手机号、"
        "性别、出生日期、备注、社区编码、岗位、入职日期、离职日期；请补上这些列，或改正列名"
    )
    assert "education (学历); community_code (社区代码), the closest is 社区编码" in en
    assert problem_cells(intake) == [(None, None, None)]
    assert intake.rejects["reason_zh"].to_list() == [zh]


def test_one_column_twice(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": ROSTER.replace("离职日期", "worker_id")})
    assert status(intake, "社区工作者.csv")[:2] == ("failed", "有两列都是“社区工作者编号”；请只保留一列")


def test_a_file_without_a_header_does_not_show_its_cells(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": worker(id_number="11010519491231002X")})
    state, zh, en = status(intake, "社区工作者.csv")
    assert state == "failed"
    assert "张三丰" not in zh + en and "1101" not in zh + en


def workbook(path, sheets):
    """Returns the bytes of a workbook with these sheets of rows, dates as date cells, formulas as failed ones."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, datetime(cell.year, cell.month, cell.day), day)
                elif str(cell).startswith("="):
                    sheet.write_formula(at, place, cell, None, "#DIV/0!")
                else:
                    sheet.write(at, place, cell)
    book.close()
    return path.read_bytes()


HEADER = ["网格编码", "社区代码", "网格名称", "网格性质", "户数", "设立日期"]


def test_a_workbook_with_title_date_cells_and_numbers_as_codes(tmp_path):
    rows = [
        [],
        ["西峰区网格台账"],
        HEADER,
        [1001, int(URBAN), "一网格", "居民网格", 300, date(2020, 1, 1)],
        [],
        [1002, URBAN, "二网格", "居民网格", 310.0, 43831],
        [1003, URBAN, "三网格", "居民网格", 310, "=1/0"],
    ]
    content = workbook(tmp_path / "book.xlsx", {"Sheet1": rows, "Sheet2": []})
    intake = ingest_files(tmp_path / "source", {"西峰区网格台账.xlsx": content})
    assert intake.tables["grids"].select(
        "grid_code", "community_code", "households", "set_up_on", "source_sheet", "source_row"
    ).rows() == [
        ("1001", URBAN, 300, date(2020, 1, 1), "Sheet1", 4),
        ("1002", URBAN, 310, date(2020, 1, 1), "Sheet1", 6),
    ]
    assert problem_cells(intake) == [(7, "set_up_on", "#VALUE!")]
    assert intake.files["sheet"].to_list() == ["", "Sheet1"]


def test_sheets_named_after_tables(tmp_path):
    people = ["社区代码", "统计日期", "常住人口", "户数"]
    content = workbook(
        tmp_path / "book.xlsx",
        {
            "网格": [HEADER, ["G1", URBAN, "一网格", "居民网格", 300, ""]],
            "人口": [people, [URBAN, "2024-12-31", 900, 300]],
            "填表说明": [["请如实填写"]],
        },
    )
    intake = ingest_files(tmp_path / "source", {"西峰区上报.xlsx": content})
    assert intake.files.select("sheet", "table_name", "status").rows() == [
        ("", "areas", "loaded"),
        ("网格", "grids", "loaded"),
        ("人口", "population", "loaded"),
        ("填表说明", None, "ignored"),
    ]


def test_a_sheet_of_notes_beside_the_table_is_skipped(tmp_path):
    content = workbook(
        tmp_path / "book.xlsx",
        {"说明": [["请如实填写"]], "数据": [HEADER, ["G1", URBAN, "一网格", "居民网格", 300, ""]]},
    )
    intake = ingest_files(tmp_path / "source", {"网格.xlsx": content})
    assert intake.files.select("sheet", "status").rows()[:2] == [("说明", "ignored"), ("数据", "loaded")]
    assert intake.rejects.is_empty()


def test_an_empty_sheet_beside_a_failed_one_is_skipped(tmp_path):
    content = workbook(tmp_path / "book.xlsx", {"Sheet1": [HEADER[:3], ["G1", URBAN, "一"]], "Sheet2": []})
    intake = ingest_files(tmp_path / "source", {"网格.xlsx": content})
    assert intake.files.select("sheet", "status").rows() == [("Sheet1", "failed"), ("", "loaded")]


def test_an_old_workbook(tmp_path):
    intake = ingest_files(tmp_path, {OLD_WORKBOOK.name: OLD_WORKBOOK.read_bytes()})
    workers = intake.tables["workers"].select("worker_id", "birth_date", "hire_date", "community_code")
    assert workers.rows() == [
        ("W1", date(1990, 3, 5), date(2020, 1, 1), URBAN),
        ("W2", date(1988, 3, 5), date(2020, 1, 1), URBAN),
    ]
    assert intake.files["sheet"].to_list() == ["Sheet1", ""]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("社区工作者.xlsx", b"PK\x03\x04 and no more"),
        ("社区工作者.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more"),
    ],
)
def test_a_damaged_workbook(tmp_path, name, content):
    intake = ingest_files(tmp_path, {name: content})
    assert status(intake, name)[:2] == (
        "failed",
        "不是可读的 Excel 文件（可能已损坏或有密码）；请用 Excel 打开后另存为 .xlsx",
    )


def test_an_empty_workbook(tmp_path):
    intake = ingest_files(tmp_path / "source", {"网格.xlsx": workbook(tmp_path / "book.xlsx", {"a": [], "b": []})})
    assert set(intake.files.filter(pl.col("table_name") == "grids")["status"]) == {"failed"}


def test_parquet(tmp_path):
    frame = pl.DataFrame(
        {
            "网格编码": ["G1", "G2"],
            "社区代码": [URBAN, URBAN],
            "网格名称": ["一", "二"],
            "网格性质": ["居民网格", "商圈网格"],
            "户数": [300, None],
            "设立日期": [datetime(2020, 1, 1), None],
        }
    )
    frame.write_parquet(tmp_path / "grids.parquet")
    intake = ingest_files(tmp_path / "source", {"grids.parquet": (tmp_path / "grids.parquet").read_bytes()})
    assert intake.tables["grids"].select("grid_code", "households", "set_up_on", "source_row").rows() == [
        ("G1", 300, date(2020, 1, 1), 1)
    ]
    assert problem_cells(intake) == [(2, "households", None)]


def test_a_file_named_parquet_that_is_none(tmp_path):
    intake = ingest_files(tmp_path, {"grids.parquet": b"PAR1"})
    assert status(intake, "grids.parquet")[:2] == ("failed", "不是可读的 Parquet 文件，或有嵌套的列；请重新导出")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("社区工作者名册.csv", "workers"),
        ("2025年网格任职（终稿）.csv", "grid_duties"),
        ("西峰区网格.csv", "grids"),
        ("GRIDS.csv", "grids"),
        ("人口统计.csv", "population"),
        ("标准.csv", "standards"),
        ("边界.geojson", "shapes"),
        ("社区工作者考核.csv", "assessments"),
        ("社区工作者履历事件.csv", "career_events"),
        ("合伙人活动.csv", "activities"),
        ("合伙人任职.csv", "partner_posts"),
        ("小区网格.csv", "grids"),
        ("2025年工单（按网格）.csv", "requests"),
        ("西峰区（小区）.csv", "estates"),
        ("partner_ratings.csv", "partner_ratings"),
    ],
)
def test_the_table_is_in_the_name(tmp_path, name, table):
    intake = ingest_files(tmp_path, {name: ""})
    assert intake.files.filter(pl.col("file") == name)["table_name"].to_list() == [table]


def test_files_of_no_table_are_listed_and_skipped(tmp_path):
    intake = ingest_files(tmp_path, {"通讯录.csv": "a,b\n", "说明.docx": b"x", ".DS_Store": b"x", "~$网格.xlsx": b"x"})
    assert intake.files.select("file", "table_name", "status", "rows_read").rows() == [
        ("行政区划.csv", "areas", "loaded", 6),
        ("说明.docx", None, "ignored", 0),
        ("通讯录.csv", None, "ignored", 0),
    ]
    assert status(intake, "通讯录.csv")[1] == (
        "文件名里没有表名；请在文件名中写上：行政区划、人口、网格、小区、党组织、阵地、边界、社区工作者、网格任职、考核、履历事件、"
        "培训班次、参训记录、活动、工单、积分、合伙人、合伙人任职、商铺片区、供给清单、合伙人评价、荣誉、标准 之一，或在 mapping.toml 里写明"
    )
    assert intake.rejects.is_empty()


def test_a_missing_source(tmp_path):
    with pytest.raises(SourceError) as caught:
        ingest_folder(tmp_path / "nowhere", None)
    assert "找不到数据目录" in caught.value.zh and "there is no folder" in caught.value.en


def test_a_source_without_districts(tmp_path):
    write(tmp_path, {"网格.csv": "x"})
    with pytest.raises(SourceError) as caught:
        ingest_folder(tmp_path, None)
    assert "没有区县文件夹" in caught.value.zh


def test_missing_national_standards(tmp_path):
    write(tmp_path, {"西峰区/行政区划.csv": AREAS})
    with pytest.raises(SourceError):
        ingest_folder(tmp_path, tmp_path / "standards.csv")


def test_national_standards_have_no_district(tmp_path):
    national = tmp_path / "standards.csv"
    national.write_text("标准,区划代码,细项,生效日期,数值,依据\nstaffing_ratio,,,2021-01-01,18,意见\n")
    write(tmp_path / "source", {"西峰区/行政区划.csv": AREAS})
    intake = ingest_folder(tmp_path / "source", national)
    standards = intake.tables["standards"]
    assert standards.select("source_district", "source_file", "standard", "value").rows() == [
        ("", "standards.csv", "staffing_ratio", 18.0)
    ]


def test_the_same_content_has_the_same_hash(tmp_path):
    first, second = ingest_files(tmp_path / "a", {}).files, ingest_files(tmp_path / "b", {}).files
    assert first.equals(second)
    assert first["bytes"].to_list() == [len(AREAS.encode())]


def test_progress_is_reported(tmp_path):
    messages = []
    ingest_files(tmp_path, {"社区工作者.csv": ROSTER}, progress=lambda rows, what: messages.append((rows, what)))
    assert messages[0] == (0, "行政区划 | areas")
    assert messages[-1] == (8, "完成 | done")


def test_a_file_that_is_saved_while_it_is_read_is_not_loaded(tmp_path):
    path, kept = tmp_path / "社区工作者.csv", tmp_path / "kept"
    kept.mkdir()
    path.write_text(ROSTER, encoding="utf-8")
    seen = hashlib.sha256(path.read_bytes()).hexdigest()
    task = ParseSheet(path, "", "workers", None, seen, b"key", kept, "entry")
    path.write_text(ROSTER + worker("W3"), encoding="utf-8")
    zh, en = answer(task)["file"]
    assert zh.startswith("读取时文件被改动") and en.startswith("the file changed while it was being read")
    assert list(kept.iterdir()) == []
    path.write_text(ROSTER, encoding="utf-8")
    assert answer(task) == {} and [entry.name for entry in kept.iterdir()] == ["entry"]
