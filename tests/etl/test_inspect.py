"""python -m etl inspect: the columns it finds in a file, the values it hides, and a draft that loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.cli.app import main
from etl.ingest.errors import FileError
from etl.ingest.mapping.loader import load
from etl.profiling.draft import draft_toml, write
from etl.profiling.inspection import SheetProfile, inspect_file
from tests.etl.ingest.test_mapping import workbook
from tests.helpers.ingest.ingest_source import AREAS, MAN_1990, URBAN, WOMAN_1949, counts, ingest_files

ROSTER = f"""庆阳市西峰区名册,,,,,,,,,,
人员编号,姓名,身份证号码,联系电话,性别,出生年月日,学历,所在社区代码,岗位,入职时间,绩效
W1,张三丰,{WOMAN_1949},13812345678,女,31/12/1949,大学本科,{URBAN},书记,13/01/2015,95%
W2,李四,{MAN_1990},13912345678,男,05/03/1990,大专,{URBAN},一般社区工作者,01/02/2016,88.5%
W3,王五,,,男,06/03/1990,大专,{URBAN},网格助理,01/02/2016,
"""
NEAR = f"""编号,网格编码,社区代码,网格名称,网格性质类别,登记户数
1,G1,{URBAN},一网格,居民网格,1.2万
2,G2,{URBAN},二网格,商圈网格,300万
"""


def look(folder: Path, name: str, content: str | bytes) -> tuple[Path, dict[str, str], list[SheetProfile]]:
    """Inspects a file; returns the file and the result."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path, *inspect_file(path)


def columns(one: SheetProfile) -> dict[str, tuple[str | None, bool, str]]:
    """Returns by header the column it looks like, a flag for certainty, and a summary of its values."""
    return {column.header: (column.contract_column, column.is_sure, column.kind) for column in one.columns}


def test_a_roster_of_the_districts_own(tmp_path):
    _, written, (roster,) = look(tmp_path, "花名册.csv", ROSTER.encode("gb18030"))
    assert written == {"encoding": "GB18030", "delimiter": "逗号 | comma"}
    assert (roster.table.name, roster.header_row, roster.header_rows, roster.rows) == ("workers", 2, 1, 3)
    seen = columns(roster)
    assert seen["姓名"] == ("name", True, "text")
    assert seen["身份证号码"] == ("id_number", False, "identity_number")
    assert seen["联系电话"] == ("phone", False, "phone")
    assert seen["出生年月日"] == ("birth_date", False, "date")
    assert seen["所在社区代码"] == ("community_code", False, "code")
    assert seen["绩效"][0::2] == (None, "percent")
    assert {column.header: column.filled_share for column in roster.columns}["身份证号码"] == pytest.approx(2 / 3)
    assert {column.header: column.examples for column in roster.columns}["学历"] == ["大学本科", "大专"]


def test_nothing_personal_is_shown_or_written(tmp_path, capsys):
    path, _, (roster,) = look(tmp_path, "花名册.csv", ROSTER)
    assert {column.header: column.examples for column in roster.columns}["姓名"] == ["张*", "李*", "王*"]
    assert main(["inspect", str(path)]) == 0
    shown = capsys.readouterr().out + (tmp_path / "mapping.toml").read_text(encoding="utf-8")
    for personal in ("三丰", "李四", "王五", WOMAN_1949, MAN_1990, "13812345678", WOMAN_1949[-8:], "12345678"):
        assert personal not in shown


def test_a_personal_number_is_hidden_whatever_its_header(tmp_path):
    _, _, (seen,) = look(
        tmp_path, "积分.csv", f"积分流水号,备注,填报\n1,{MAN_1990},陈晓明\n2,{WOMAN_1949},赵丽\n3,,孙伟\n"
    )
    column = {column.header: column for column in seen.columns}
    assert (column["备注"].contract_column, column["备注"].examples) == (None, ["110***", "110***"])
    assert column["填报"].examples == ["陈*", "赵*", "孙*"]


def test_the_draft_of_near_standard_headers_loads_unchanged(tmp_path):
    path, _, sheets = look(tmp_path / "西峰区", "台账2026-05.csv", NEAR)
    draft = write(path, sheets)
    assert draft.name == "mapping.toml"
    (section,) = load(path.parent)
    assert (section.name, section.table) == ("台账*.csv", "grids")
    assert section.columns["grid_type"] == "网格性质类别"
    assert section.units == {"households": "万"}
    intake = ingest_files(tmp_path, {path.name: NEAR})
    assert counts(intake, "grids") == (2, 2, 0, 0)
    assert intake.tables["grids"]["households"].to_list() == [12_000, 3_000_000]


def test_a_draft_says_what_to_decide(tmp_path):
    path, _, sheets = look(tmp_path, "花名册.csv", ROSTER)
    draft = draft_toml(path.name, sheets)
    for line in (
        'dates = "day/month/year"',
        "header_row = 2 ",
        '# "绩效"',
        'columns.birth_date = "出生年月日"  # 出生日期（猜测，请核对',
        'values.education."大学本科" = "本科"',
        '# values.post."网格助理" = ""',
        "# full = true ",
    ):
        assert line in draft, line
    assert 'values.education."大专"' not in draft


def test_a_missing_required_column_is_reported(tmp_path):
    path, _, (seen,) = look(tmp_path, "人口2026年5月.csv", f"社区代码,常住人口\n{URBAN},900\n")
    assert seen.missing_columns == ["as_of"]
    assert 'templates.as_of = "{file_date}"' in draft_toml(path.name, [seen])
    path, _, (seen,) = look(tmp_path, "人口.csv", f"社区代码,常住人口\n{URBAN},900\n")
    assert "# constants.as_of = " in draft_toml(path.name, [seen])


def test_an_existing_mapping_is_not_overwritten(tmp_path):
    path, _, sheets = look(tmp_path, "台账.csv", NEAR)
    (tmp_path / "mapping.toml").write_text("# mine\n", encoding="utf-8")
    assert write(path, sheets).name == "mapping.draft.toml"
    assert (tmp_path / "mapping.toml").read_text(encoding="utf-8") == "# mine\n"


def test_sheets_and_headers_of_two_rows(tmp_path):
    book = workbook(
        网格=[
            ["网格台账"],
            ["网格编码", "社区代码", "网格名称", "网格性质", "户数"],
            ["G1", URBAN, "一网格", "居民网格", 300],
        ],
        空=[],
        人口=[
            ["社区代码", "统计日期", "人口", "人口"],
            [None, None, "常住人口", "户数"],
            [URBAN, "2024-12-31", 900, 300],
        ],
        备忘=[["甲", "乙"], ["天", "地"]],
    )
    path, _, sheets = look(tmp_path, "综合.xlsx", book)
    assert [(one.sheet, one.table and one.table.name, one.header_row, one.header_rows, one.rows) for one in sheets] == [
        ("网格", "grids", 2, 1, 1),
        ("人口", "population", 1, 2, 1),
        ("备忘", None, 1, 1, 1),
    ]
    draft = draft_toml(path.name, sheets)
    assert draft.count("[[file]]") == 3
    assert 'sheet = "人口"' in draft and "header_rows = 2" in draft
    # For a file of no known table, a decision is needed before the draft can be used.
    (tmp_path / "mapping.toml").write_text(draft, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load(tmp_path)
    assert "[[file]] 3 table" in caught.value.zh


def test_geojson(tmp_path):
    square = '{"type": "Polygon", "coordinates": [[[107, 35], [107.1, 35], [107.1, 35.1], [107, 35]]]}'
    feature = f'{{"type": "Feature", "properties": {{"area_code": "{URBAN}", "备注": "x"}}, "geometry": {square}}}'
    _, _, (seen,) = look(tmp_path, "图.geojson", f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    assert (seen.table.name, seen.header_row, seen.rows) == ("shapes", 0, 1)


def test_files_that_are_not_read(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "没有.csv")]) == 1
    assert "没有.csv" in capsys.readouterr().err
    (tmp_path / "说明.docx").write_bytes(b"x")
    assert main(["inspect", str(tmp_path / "说明.docx")]) == 1
    assert "this kind of file is not supported" in capsys.readouterr().err
    assert AREAS and not (tmp_path / "mapping.toml").exists()
