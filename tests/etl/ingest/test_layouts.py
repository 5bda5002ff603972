"""Layouts that districts really send: headers of two rows, merged cells, totals and notes, and files with a wrong
suffix.
"""

import gzip
import json
import re
import zipfile
from datetime import date

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from etl.contracts import all_tables
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Lookup, Section
from etl.ingest.parser.sheets import parse_sheet
from etl.ingest.readers.files import read_cells
from etl.ingest.readers.merged_cells import fill_down
from sql.paths import PROJECT
from tests.helpers.ingest.ingest_source import MAN_1990, RURAL, URBAN, WOMAN_1949, WORKER_HEADER, worker

OLD_WORKBOOK = PROJECT / "tests" / "data" / "网格台账.xls"
HEADER = ["网格编码", "社区代码", "网格名称", "网格性质", "户数"]
GRIDS = [["G1", URBAN, "一网格", "居民网格", 300], ["G2", URBAN, "二网格", "商圈网格", 310]]
TABLES = all_tables()


def lines(*rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def book(tmp_path, rows, *merged, name="网格.xlsx"):
    """Writes a workbook with these rows from A1, and merged ranges as first row, first column, last row, last column,
    value, counted from 0.
    """
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表 & 1")
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell != "":
                    sheet.write(at, place, cell)
        for span in merged:
            sheet.merge_range(*span)
    return path


def cells(path, table="grids", section=None):
    return read_cells(path, "表 & 1" if path.suffix == ".xlsx" else "", TABLES[table], section)


def rows(found):
    """Returns source_row and the cells of every row read."""
    return found.rows.select("source_row", *(str(place) for place in range(len(found.header)))).rows()


def parse(path, table="grids", section=None):
    return parse_sheet(path, "表 & 1" if path.suffix == ".xlsx" else "", TABLES[table], section, b"key")[0]


def refused(outcome):
    return outcome.problems.select("source_row", "column_name", "value").rows()


def refusal(path, table="grids"):
    with pytest.raises(FileError) as caught:
        read_cells(path, "表 & 1", TABLES[table])
    return caught.value.zh, caught.value.en


# Headers of two rows

UPPER = ["网格", "", "社区代码", "网格性质", "规模", ""]
LOWER = ["编码", "名称", "", "", "户数", "面积"]
TWO_ROWS = ["网格编码", "网格名称", "社区代码", "网格性质", "户数", "规模/面积"]


def test_a_header_of_two_rows_in_a_workbook(tmp_path):
    data = [["西峰区网格台账"], UPPER, LOWER, ["G1", "一网格", URBAN, "居民网格", 300, 1.5]]
    path = book(
        tmp_path,
        data,
        (0, 0, 0, 5, "西峰区网格台账"),
        (1, 0, 1, 1, "网格"),
        (1, 2, 2, 2, "社区代码"),
        (1, 3, 2, 3, "网格性质"),
        (1, 4, 1, 5, "规模"),
    )
    found = cells(path)
    assert found.header == TWO_ROWS
    assert rows(found) == [(4, "G1", "一网格", URBAN, "居民网格", "300", "1.5")]
    outcome = parse(path)
    assert outcome.rows["grid_code"].to_list() == ["G1"] and outcome.unused_headers == ["规模/面积"]


def test_a_header_of_two_rows_in_a_csv(tmp_path):
    path = put(tmp_path, "网格.csv", lines(["台账"], UPPER, LOWER, ["G1", "一", URBAN, "居民网格", 300, 2]))
    found = cells(path)
    assert found.header == TWO_ROWS
    assert rows(found) == [(4, "G1", "一", URBAN, "居民网格", "300", "2")]


def test_the_lower_row_counts_where_joined_rows_match_nothing(tmp_path):
    upper = ["基本信息", "", "", "其他", "", "网格性质", ""]
    lower = ["网格编码", "社区代码", "网格名称", "", "户数", "", "面积"]
    path = put(tmp_path, "网格.csv", lines(upper, lower, ["G1", URBAN, "一", "x", 300, "居民网格", 2]))
    assert cells(path).header == ["网格编码", "社区代码", "网格名称", "其他", "户数", "网格性质", "面积"]


def test_one_row_is_enough_where_it_names_as_many_columns(tmp_path):
    path = put(tmp_path, "网格.csv", lines(["网格", "", "人口"], [*HEADER, "面积"], *GRIDS))
    assert cells(path).header == [*HEADER, "面积"]
    # The row above is a title and the one below is data, whatever joining them would match.
    assert [row[0] for row in rows(cells(path))] == [3, 4]


def test_a_header_merged_across_columns_names_them_all(tmp_path):
    """Boston's neighbourhood summaries have years merged above a count and a share."""
    data = [[*HEADER, "", "", "", ""], [*GRIDS[0], "", 15719, 0.137, 2]]
    found = cells(book(tmp_path, data, (0, 5, 0, 7, "1950")))
    assert found.header == [*HEADER, "1950", "1950/2", "1950/3", None]
    assert found.rows["overflow"].to_list() == ["2"]
    # 300 or 15719 could be the households: it can't be known.
    read_one = cells(book(tmp_path, [HEADER, [*GRIDS[0], 15719]], (0, 4, 0, 5, "户数")))
    assert read_one.header == [*HEADER, None] and read_one.rows["overflow"].to_list() == ["15719"]


def test_line_breaks_in_a_header(tmp_path):
    path = book(tmp_path, [["网格\n编码", "社区\r\n代码", "网格名称", "网格性质", "户\n数"], *GRIDS])
    assert parse(path).rows["households"].to_list() == [300, 310]
    assert cells(path).header[0] == "网格 编码"


# A mapping's statements about the header


def section(**settings):
    return Section(label="mapping.toml", table="grids", **settings)


CLERK = {
    "grid_code": "编号",
    "community_code": "所属",
    "grid_name": "名称",
    "grid_type": "类别",
    "households": "规模/户",
}


def test_headers_a_mapping_names_are_recognised(tmp_path):
    path = put(
        tmp_path, "网格.csv", lines(["台账", ""], ["编号", "所属", "名称", "类别"], ["G1", URBAN, "一", "居民网格"])
    )
    assert refusal(path)[0].startswith("前 20 行里没有找到表头")
    assert cells(path, section=section(columns=CLERK)).header == ["编号", "所属", "名称", "类别"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_mapping_sets_the_header_row(tmp_path, kind):
    above = [["说明"]] * 22
    head = [["编号", "所属", "名称", "类别", "规模", ""], ["", "", "", "", "户", "人"]]
    data = [*above, *head, ["G1", URBAN, "一", "居民网格", 300, 900]]
    path = put(tmp_path, "网格.csv", lines(*data)) if kind == "csv" else book(tmp_path, data)
    found = cells(path, section=section(columns=CLERK, header_row=23, header_rows=2))
    assert found.header == ["编号", "所属", "名称", "类别", "规模/户", "规模/人"]
    assert rows(found) == [(25, "G1", URBAN, "一", "居民网格", "300", "900")]


def test_a_mapping_sets_a_header_of_one_row(tmp_path):
    path = put(tmp_path, "网格.csv", lines(UPPER, LOWER, ["G1", "一网格", URBAN, "居民网格", 300, 1]))
    assert cells(path, section=section(header_row=1, header_rows=1)).header == [
        "网格",
        None,
        "社区代码",
        "网格性质",
        "规模",
        None,
    ]


def test_a_header_row_beyond_the_file(tmp_path):
    path = put(tmp_path, "网格.csv", lines(HEADER, *GRIDS))
    with pytest.raises(FileError):
        cells(path, section=section(header_row=9))


# Totals and notes


@pytest.mark.parametrize(
    "word",
    [
        "合计",
        "总计",
        "小计",
        "共计",
        "合 计",
        "合　计",
        "合计：",
        "东湖社区小计",
        "总计（户）",
        "合计610",
        "共 2 个",
        "Total",
        "SUM",
        "Grand total:",
        "Subtotal",
        "sub-total",
        "累计",
    ],
)
def test_totals_are_skipped_and_reported(tmp_path, word):
    path = put(
        tmp_path, "网格.csv", lines(HEADER, GRIDS[0], [word, "", "", "", 300], GRIDS[1], ["", "", word, "", 610])
    )
    found = cells(path)
    assert [row[0] for row in rows(found)] == [2, 4]
    assert found.notes == [("第 3、5 行是合计行，没有读入", "totals left out: rows 3, 5")]


def test_totals_in_a_workbook_are_in_merged_cells(tmp_path):
    header = ["社区代码", "网格编码", "网格名称", "网格性质", "户数"]
    data = [
        header,
        ["", "G1", "一", "居民网格", 300],
        ["", "G2", "二", "居民网格", 310],
        ["", "小计", "", "", 610],
        ["合计", "", "", "", 610],
    ]
    found = cells(book(tmp_path, data, (1, 0, 3, 0, URBAN), (4, 0, 4, 3, "合计")))
    assert rows(found) == [(2, URBAN, "G1", "一", "居民网格", "300"), (3, URBAN, "G2", "二", "居民网格", "310")]
    assert found.notes == [("第 4–5 行是合计行，没有读入", "totals left out: rows 4–5")]


@pytest.mark.parametrize(
    "row",
    [
        ["G3", URBAN, "合计", "居民网格", 300],
        ["G3", URBAN, "总计广场网格", "居民网格", 1],
        ["会计", URBAN, "统计局", "居民网格", 5],
    ],
)
def test_a_record_is_no_total(tmp_path, row):
    found = cells(put(tmp_path, "网格.csv", lines(HEADER, row, GRIDS[0])))
    assert len(rows(found)) == 2 and found.notes == []
    name_first = [[name, *codes, kind, count] for *codes, name, kind, count in (HEADER, row, GRIDS[0])]
    turned = cells(put(tmp_path, "网格.csv", lines(*name_first)))
    assert len(rows(turned)) == 2 and turned.notes == []


def test_a_column_before_the_key_may_hold_the_word(tmp_path):
    """The first filled cell is 合计, yet the row has an identifier."""
    found = cells(
        put(
            tmp_path,
            "网格.csv",
            lines(
                ["备注", *HEADER], ["合计", *GRIDS[0]], ["合计", "东-1", *GRIDS[1][1:]], ["合计", "", "", "", "", 610]
            ),
        )
    )
    assert [row[0] for row in rows(found)] == [2, 3]


@pytest.mark.parametrize(
    "note",
    [
        ["制表人：张三"],
        ["填报日期:2024-12-31"],
        ["", "", "注：户数含集体户"],
        ["备注：", "", "含集体户"],
        ["制表人：张三", "", "审核人：李四"],
        ["二、南街街道"],
        ["以上数据截至2024年底，由各社区上报后汇总"],
        ["Note: households include dormitories"],
        ["", "", "", "", "", "", "截至年底"],
        ["※说明：略"],
    ],
)
def test_notes_are_skipped_and_reported(tmp_path, note):
    found = cells(put(tmp_path, "网格.csv", lines([*HEADER, "序号", "备注"], *GRIDS, note)))
    assert [row[0] for row in rows(found)] == [2, 3]
    assert found.notes == [("第 4 行是说明文字，没有读入", "notes left out: rows 4")]


@pytest.mark.parametrize(
    "row", [["G3"], ["110105199003050032"], ["", "", "三网格"], ["", URBAN], ["", "", "", "", 300]]
)
def test_a_broken_record_is_no_note(tmp_path, row):
    outcome = parse(put(tmp_path, "网格.csv", lines(HEADER, *GRIDS, row)))
    assert outcome.notes == [] and outcome.row_count == 3
    assert set(outcome.problems["source_row"]) == {4}


def test_running_numbers_of_empty_rows_are_not_reported(tmp_path):
    outcome = parse(put(tmp_path, "网格.csv", lines(["序号", *HEADER], [1, *GRIDS[0]], [2], [3])))
    assert (outcome.notes, outcome.row_count) == ([], 1)


def test_a_long_list_of_skipped_notes_is_cut(tmp_path):
    many = [row for at in range(30) for row in ([f"G{at}", URBAN, "一", "居民网格", 1], ["小计", "", "", "", 1])]
    ((zh, _),) = cells(put(tmp_path, "网格.csv", lines(HEADER, *many))).notes
    assert zh.startswith("第 3、5、7、") and zh.endswith("、41 … 行是合计行，没有读入")


def test_totals_by_a_mapping(tmp_path):
    """The key is in the column that the mapping names."""
    path = put(tmp_path, "网格.csv", lines(list(CLERK.values()), GRIDS[0], ["合计", "", "", "", 300], ["填报人：李四"]))
    found = cells(path, section=section(columns=CLERK))
    assert [row[0] for row in rows(found)] == [2] and len(found.notes) == 2


def test_totals_where_the_key_is_looked_up(tmp_path):
    section = Section(
        label="mapping.toml",
        table="population",
        columns={"residents": "人数"},
        lookups={"community_code": Lookup("社区", "社区", {"东湖社区": URBAN})},
    )
    path = put(tmp_path, "人口.csv", lines(["社区", "人数", "户"], ["东湖社区", 900, 300], ["合计", 900, 300]))
    found = cells(path, "population", section)
    assert ([row[0] for row in rows(found)], found.notes[0][0]) == ([2], "第 3 行是合计行，没有读入")


# Merged cells


def test_merged_cells_are_filled_down_and_blank_ones_are_not(tmp_path):
    data = [
        HEADER,
        ["G1", "", "一", "居民网格", 1],
        ["G2", "", "二", "", 2],
        ["G3", "", "三", "居民网格", 3],
        ["G4", "", "四", "居民网格", 4],
    ]
    found = cells(book(tmp_path, data, (1, 1, 3, 1, URBAN)))
    assert rows(found) == [
        (2, "G1", URBAN, "一", "居民网格", "1"),
        (3, "G2", URBAN, "二", None, "2"),
        (4, "G3", URBAN, "三", "居民网格", "3"),
        (5, "G4", None, "四", "居民网格", "4"),
    ]
    assert found.notes == []


def test_a_merged_cell_reaches_below_the_last_record(tmp_path):
    data = [["序号", *HEADER], [1, "G1", "", "一", "居民网格", 1], [2, "G2", "", "二", "居民网格", 2], [3], [4]]
    path = book(tmp_path, data, (1, 2, 8, 2, URBAN))
    assert (parse(path).rows["community_code"].to_list(), parse(path).rejected_keys.height) == ([URBAN, URBAN], 0)


def test_merged_cells_in_a_sheet_that_begins_further_in(tmp_path):
    data = [[], ["", "", *HEADER], ["", "", "G1", "", "一", "居民网格", 1], ["", "", "G2", "", "二", "居民网格", 2]]
    found = cells(book(tmp_path, data, (2, 3, 3, 3, RURAL)))
    assert rows(found) == [(3, "G1", RURAL, "一", "居民网格", "1"), (4, "G2", RURAL, "二", "居民网格", "2")]


def test_a_merged_note_is_not_filled_down(tmp_path):
    found = cells(book(tmp_path, [HEADER, *GRIDS], (3, 0, 5, 4, "注：户数含集体户")))
    assert [row[0] for row in rows(found) if row[1]] == [2, 3]
    assert found.notes[0][0] == "第 4 行是说明文字，没有读入"


def test_a_merged_total_is_not_filled_down(tmp_path):
    found = cells(
        book(tmp_path, [HEADER, *GRIDS, ["", "", "", "", 610], ["", "", "其中空户", "", 12]], (3, 0, 4, 0, "合计"))
    )
    assert [row[:2] for row in rows(found)] == [(2, "G1"), (3, "G2"), (5, None)]


def test_a_header_merged_into_the_rows_is_not_filled_down(tmp_path):
    data = [HEADER[:4], GRIDS[0][:4], GRIDS[1]]
    assert [row[-1] for row in rows(cells(book(tmp_path, data, (0, 4, 1, 4, "户数"))))] == [None, "310"]


def test_cells_merged_over_each_other_are_filled_once():
    """No Excel writes them; a forged file may."""
    frame = pl.DataFrame({"0": list("abcdef")})
    filled = fill_down(frame, [("0", 1, 5), ("0", 0, 2), ("0", 4, 99)], np.ones(6, dtype=bool))
    assert "".join(filled["0"]) == "aaadee"


def test_a_merged_number_is_reported(tmp_path):
    data = [
        HEADER,
        ["G1", URBAN, "一", "居民网格", ""],
        ["G2", URBAN, "二", "居民网格", ""],
        ["G3", URBAN, "三", "居民网格", 5],
    ]
    outcome = parse(book(tmp_path, data, (1, 4, 2, 4, 600)))
    assert outcome.rows["households"].to_list() == [600, 600, 5]
    assert outcome.notes == [
        (
            "“户数”第 2–3 行是合并的单元格，按每行都是这个数读入；若是几行的合计，请拆开分别填写",
            "households: in rows 2–3, the value of a merged cell counts for each row; if it is a total, split the cell",
        )
    ]


def test_an_old_workbook(tmp_path):
    """Written with xlwt, from column B: three rows share a community, a code has become a number, a total at the end."""
    found = read_cells(OLD_WORKBOOK, "台账", TABLES["grids"])
    assert rows(found) == [
        (3, URBAN, "G1", "一网格", "居民网格", "302"),
        (4, URBAN, "G2", "二网格", "居民网格", "303"),
        (5, URBAN, "G3", "三网格", "居民网格", "304"),
        (6, RURAL, "1.23456E+18", "四网格", "居民网格", "10"),
    ]
    assert found.notes == [("第 7 行是合计行，没有读入", "totals left out: rows 7")]


def test_a_workbook_of_other_programs(tmp_path):
    """Prefixed tags, an absolute target, many merged cells across the boundaries of the blocks that are read."""
    data = [HEADER, *([f"G{at}", "", "名", "居民网格", at] for at in range(4000))]
    path = book(tmp_path, data, *((at, 1, at + 1, 1, f"B{at}") for at in range(1, 4001, 2)))
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    sheet, rels = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
    text = re.sub(rb"(</?)(\w)", rb"\1x:\2", contents[sheet]).replace(b" xmlns=", b" xmlns:x=")
    # A block boundary cuts a tag in the middle.
    edge = 1024**2 - text.index(b'<x:mergeCell ref="B2002:') - 5
    contents[sheet] = text.replace(b"<x:mergeCells", b" " * edge + b"<x:mergeCells")
    contents[rels] = contents[rels].replace(b'"worksheets/', b'"/xl/worksheets/')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in contents.items():
            parts.writestr(name, content)
    column = cells(path).rows["1"]
    assert column.to_list() == [f"B{at - at % 2 + 1}" for at in range(4000)]


# Columns and cells


def test_an_empty_column_in_between(tmp_path):
    def split(row: list[object]) -> list[object]:
        return [*row[:2], "", *row[2:]]

    for path in (
        book(tmp_path, [split(row) for row in (HEADER, *GRIDS)]),
        put(tmp_path, "网格.csv", lines(*(split(row) for row in (HEADER, *GRIDS)))),
    ):
        outcome = parse(path)
        assert (outcome.rows.height, outcome.unused_headers, outcome.problems.height) == (2, [], 0)


def test_line_breaks_in_cells(tmp_path):
    header = [*WORKER_HEADER.strip().split(","), "离职原因"]
    right = dict(zip(header, [*worker("W1").strip().split(","), ""], strict=True))
    row = right | {
        "社区工作者编号": "W1\n",
        "性别": "男\r\n",
        "出生日期": "1990-\n03-05",
        "学历": "大\n专",
        "离职原因": "搬家\n 去外地",
    }
    outcome = parse(book(tmp_path, [header, list(row.values())]), "workers")
    assert outcome.rows.select("worker_id", "gender", "education", "birth_date", "leave_reason").rows() == [
        ("W1", "male", "college", date(1990, 3, 5), "搬家 去外地")
    ]


def test_two_codes_in_a_cell_are_not_joined(tmp_path):
    outcome = parse(book(tmp_path, [HEADER, ["G1\nG2", *GRIDS[0][1:]]]))
    assert outcome.rows["grid_code"].to_list() == ["G1 G2"]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (" 12 ", 12),
        ("１２", 12),
        ("1,234", 1234),
        ("１，２３４", 1234),
        ("'12", 12),
        ("’12", 12),
        ('="12"', 12),
        ("12\n", 12),
        ("12.0", 12),
        ("49066.420664207", None),
        ("1\n2", None),
        ("'", None),
        ("十二", None),
    ],
)
def test_numbers_stored_as_text(tmp_path, written, means):
    quoted = '"' + written.replace('"', '""') + '"'
    outcome = parse(put(tmp_path, "网格.csv", lines(HEADER, [*GRIDS[0][:4], quoted])))
    assert outcome.rows["households"].to_list() == ([] if means is None else [means])


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("'0012", "0012"),
        ('"=""0012"""', "0012"),
        ("0012\t", "0012"),
        ("1.23E+17", None),
        ("6.21002199003050E17", None),
        ("1E5", "1E5"),
    ],
)
def test_codes_stored_as_text(tmp_path, written, means):
    outcome = parse(put(tmp_path, "网格.csv", lines(HEADER, [written, *GRIDS[0][1:]])))
    assert outcome.rows["grid_code"].to_list() == ([] if means is None else [means])
    if means is None:
        assert (
            "不能当编号用（科学计数会丢失后面的位数）；请把这一列的格式改为文本" in outcome.problems["reason_zh"].item()
        )


def test_a_number_of_more_than_fifteen_digits_has_lost_some(tmp_path):
    header = WORKER_HEADER.strip().split(",")
    people = [
        ("W1", int(MAN_1990), "男", "1990-03-05"),
        ("W2", MAN_1990, "男", "1990-03-05"),
        ("W3", WOMAN_1949, "女", "1949-12-31"),
        (123456789012345, "", "男", "1990-03-05"),
        (1234567890123456, "", "男", "1990-03-05"),
    ]
    data = []
    for worker_id, id_number, gender, born in people:
        cell = dict(zip(header, worker("W1").strip().split(","), strict=True))
        cell |= {"社区工作者编号": worker_id, "身份证号": id_number, "性别": gender, "出生日期": born}
        data.append(list(cell.values()))
    outcome = parse(book(tmp_path, [header, *data]), "workers")
    assert outcome.rows["worker_id"].to_list() == ["W2", "W3", "123456789012345"]
    assert refused(outcome) == [(6, "worker_id", "1.23456E+15"), (2, "id_number", "1.1***")]
    assert all("格式改为文本" in reason for reason in outcome.problems["reason_zh"])


def test_unicode_text_of_excel(tmp_path):
    text = lines(HEADER, *GRIDS).replace(",", "\t").replace("\n", "\r\n")
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        outcome = parse(put(tmp_path, "网格.csv", mark + text.encode(encoding)))
        assert outcome.rows["grid_name"].to_list() == ["一网格", "二网格"]


# Refused as a whole


def test_binary_content(tmp_path):
    path = put(tmp_path, "网格.csv", lines(HEADER, GRIDS[0]) + "G2,\0")
    zh, en = refusal(path)
    assert zh == "第 3 行有二进制内容（0x00 字节），文件可能已损坏；请用 Excel 另存为“CSV UTF-8”"
    assert en.startswith("line 3 has binary content")
    assert refusal(put(tmp_path, "网格.csv", lines(HEADER).encode("utf-16-le")))[0].startswith("第 1 行有二进制内容")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".xls", ".parquet", ".geojson"])
def test_an_empty_file(tmp_path, suffix):
    assert refusal(put(tmp_path, f"网格{suffix}", b"")) == (
        "文件是空的（0 字节）；请填好后重新报送",
        "the file is empty (0 bytes); fill it in and send it again",
    )


@pytest.mark.parametrize(
    ("suffix", "content", "kind"),
    [
        (".csv", "xlsx", "Excel 工作簿 (.xlsx) 或压缩包"),
        (".csv", "xls", "旧版或有密码的 Excel 工作簿"),
        (".csv", "gz", "压缩包 (gz)"),
        (".csv", "html", "网页或 XML 表格"),
        (".xls", "html", "网页或 XML 表格"),
        (".xls", "csv", "文本"),
        (".xlsx", "csv", "文本"),
        (".xls", "utf-16", "文本"),
        (".xls", "xlsx", "Excel 工作簿 (.xlsx) 或压缩包"),
        (".xlsx", "xls", "旧版或有密码的 Excel 工作簿"),
    ],
)
def test_a_file_whose_content_does_not_match_its_suffix(tmp_path, suffix, content, kind):
    text = lines(HEADER, *GRIDS)
    contents = {
        "xlsx": book(tmp_path, [HEADER, *GRIDS], name="x.xlsx").read_bytes(),
        "xls": OLD_WORKBOOK.read_bytes(),
        "gz": gzip.compress(text.encode()),
        "html": b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</td></tr></table></html>",
        "csv": text.encode("gbk"),
        "utf-16": text.encode("utf-16"),
    }
    zh, en = refusal(put(tmp_path, f"网格{suffix}", contents[content]))
    assert zh == f"扩展名是 {suffix}，内容却是{kind}；只改扩展名不行，请用 Excel 打开后另存为 .xlsx"
    assert en.startswith(f"the file is named {suffix} but holds ") and en.endswith(
        "open it in Excel and save it as .xlsx"
    )


def test_a_zip_named_geojson(tmp_path):
    path = put(tmp_path, "边界.geojson", b"PK\x03\x04")
    assert refusal(path, "shapes")[0].endswith("请从原来的软件重新导出为 .geojson")


def test_too_many_columns(tmp_path):
    header = [*HEADER, *(f"c{at}" for at in range(16_384 - 5))]
    assert len(cells(put(tmp_path, "网格.csv", lines(header, GRIDS[0]))).header) == 16_384
    zh, _en = refusal(put(tmp_path, "网格.csv", lines([*header, "x"], GRIDS[0])))
    assert zh == "文件有 16,385 列，超过 Excel 的上限 16,384 列；请只保留需要的列"
    properties = dict.fromkeys(header)
    path = put(tmp_path, "边界.geojson", json.dumps({"features": [{"properties": properties, "geometry": None}]}))
    assert refusal(path, "shapes")[0].startswith("文件有 16,385 列")


def test_a_header_too_long_to_be_read_whole_is_not_cut(tmp_path):
    path = put(tmp_path, "网格.csv", lines([*HEADER, *("列" * 200 + str(at) for at in range(1000))], GRIDS[0]))
    assert refusal(path)[0].startswith("前 20 行里没有找到表头")


# GeoJSON

AREA = {"type": "Polygon", "coordinates": [[[107.6, 35.7], [107.61, 35.7], [107.61, 35.71], [107.6, 35.7]]]}


def test_every_property_of_a_feature_is_a_column(tmp_path):
    features = [
        {"properties": {"编码": URBAN, "name": "东湖社区", "tags": {"a": [1]}}, "geometry": AREA},
        {"properties": {"编码": int(RURAL), "area": 1.5, "urban": False}, "geometry": AREA},
        {"properties": None, "geometry": None},
    ]
    path = put(tmp_path, "边界.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    found = cells(path, "shapes")
    assert found.header == ["编码", "name", "tags", "area", "urban", "geometry"]
    assert [row[:6] for row in rows(found)] == [
        (1, URBAN, "东湖社区", '{"a": [1]}', None, None),
        (2, RURAL, None, None, "1.5", "false"),
        (3, None, None, None, None, None),
    ]
    assert found.rows["overflow"].null_count() == 3
    outcome = parse(path, "shapes")
    assert outcome.unused_headers == ["name", "tags", "area", "urban"]
    assert outcome.rows["source_row"].to_list() == [1, 2]


def test_a_geojson_as_the_areas_table(tmp_path):
    """Its own property names mean nothing to the contract; a mapping gives them meaning."""
    features = [{"properties": {"code": "621002001001", "label": "东湖社区"}, "geometry": AREA}]
    path = put(tmp_path, "社区.geojson", json.dumps({"features": features}))
    found = read_cells(path, "", TABLES["areas"])
    assert found.header == ["code", "label", "geometry"]
    assert found.rows.select("0", "1").rows() == [("621002001001", "东湖社区")]


def test_endless_nesting(tmp_path):
    path = put(tmp_path, "边界.geojson", '{"features":' + "[" * 200_000)
    assert refusal(path, "shapes")[0].startswith("不是 GeoJSON 要素集合")


# Real workbooks from other cities

BOSTON = [
    ["No", "Neighborhood", "Population 2011-2015", "2012 Calls", "", "Number of Female", "Population"],
    [18, "Brighton", 47768, 362, "", 26594, 49066.42066420664],
    [3, "West Roxbury", 32795, 8039, "", 18370, 32862.254025045],
    [],
    ["Data source: BOSTON PLANNING & DEVELOPMENT AGENCY"],
    ["Where is North End, Harbor Island, West End?"],
]


@pytest.mark.parametrize(("header", "residents"), [("Population 2011-2015", [47768, 32795]), ("Population", [])])
def test_figures_of_neighbourhoods(tmp_path, header, residents):
    """Boston's calls per capita: an empty column, footnotes, populations that were computed."""
    section = Section(
        label="mapping.toml",
        table="population",
        constants={"as_of": "2015-12-31"},
        columns={"community_code": "Neighborhood", "residents": header, "households": "2012 Calls"},
    )
    outcome = parse(book(tmp_path, BOSTON), "population", section)
    assert outcome.rows["residents"].to_list() == residents
    assert outcome.notes == [("第 5–6 行是说明文字，没有读入", "notes left out: rows 5–6")]
    if not residents:
        assert refused(outcome) == [(2, "residents", "49066.420664207"), (3, "residents", "32862.254025045")]
