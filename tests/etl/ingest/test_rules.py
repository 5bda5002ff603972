"""Rules for valid rows: keys, references, personal columns, defaults, and the last good rows."""

from datetime import date

import polars as pl
import pytest

from etl.ingest.pipeline import ingest_folder
from tests.helpers.ingest.ingest_source import (
    AREAS,
    MAN_1990,
    RURAL,
    URBAN,
    WOMAN_1949,
    WORKER_HEADER,
    counts,
    ingest_files,
    ingest_workers,
    problem_cells,
    worker,
    write,
)

POPULATION = "社区代码,统计日期,常住人口,城镇常住人口,户数,六十岁及以上人口,困难家庭户数\n"
GRIDS = "网格编码,社区代码,网格名称,网格性质,户数,设立日期,撤销日期\n"
DUTIES = "社区工作者编号,网格编码,网格职务,开始日期,结束日期\n"


def reasons(intake):
    return intake.rejects["reason_zh"].to_list()


@pytest.mark.parametrize(
    ("birth_date", "hire_date", "accepted"),
    [
        ("2002-01-01", "2020-01-01", True),
        ("2002-01-02", "2020-01-01", False),
        ("1949-01-02", "2020-01-01", True),
        ("1948-12-31", "2019-12-31", False),
        ("2021-01-01", "2020-01-01", False),
    ],
)
def test_age_when_hired(tmp_path, birth_date, hire_date, accepted):
    intake = ingest_workers(tmp_path, worker(birth_date=birth_date, hire_date=hire_date))
    assert counts(intake, "workers") == (1, int(accepted), int(not accepted), 0)
    if not accepted:
        assert reasons(intake) == [
            f"出生日期 {birth_date} 与入职日期 {hire_date} 之间不是 18 至 70 周岁；请改正其中之一"
        ]


def test_leaving_before_being_hired(tmp_path):
    intake = ingest_workers(
        tmp_path, worker("W1", leave_date="2019-12-31"), worker("W2", leave_date="2020-01-01"), worker("W3")
    )
    assert intake.tables["workers"]["worker_id"].to_list() == ["W2", "W3"]
    assert reasons(intake) == ["离职日期 2019-12-31 早于入职日期 2020-01-01；请改正其中之一"]


@pytest.mark.parametrize(
    ("grade", "reason"),
    [("1", None), ("18", None), ("0", "岗位等级 0 小于 1；请改正单元格"), ("19", "岗位等级 19 大于 18；请改正单元格")],
)
def test_grade(tmp_path, grade, reason):
    text = WORKER_HEADER.strip() + ",岗位等级\n" + worker().strip() + f",{grade}\n"
    assert reasons(ingest_files(tmp_path, {"社区工作者.csv": text})) == ([reason] if reason else [])


@pytest.mark.parametrize("id_number", [MAN_1990, f" {MAN_1990} ", "１１０１０５199003050032"])
def test_a_valid_identity_number(tmp_path, id_number):
    intake = ingest_workers(tmp_path, worker(id_number=id_number))
    assert counts(intake, "workers") == (1, 1, 0, 0)


@pytest.mark.parametrize("id_number", [WOMAN_1949, WOMAN_1949.lower()])
def test_an_identity_number_that_ends_in_x(tmp_path, id_number):
    line = worker(id_number=id_number, gender="女", birth_date="1949-12-31", hire_date="2000-01-01")
    assert counts(ingest_workers(tmp_path, line), "workers") == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "id_number",
    [
        MAN_1990[:-1] + "3",
        MAN_1990[:-1] + "X",
        MAN_1990[:-1],
        MAN_1990 + "0",
        "甲" + MAN_1990[1:],
        "110105900305003",
        "110105199003050000",
    ],
)
def test_an_invalid_identity_number(tmp_path, id_number):
    intake = ingest_workers(tmp_path, worker(id_number=id_number))
    assert set(intake.rejects["column_name"]) == {"id_number"}
    assert "校验码不对 (GB 11643)" in reasons(intake)[0]


def test_an_identity_number_of_somebody_else(tmp_path):
    intake = ingest_workers(tmp_path, worker(id_number=MAN_1990, gender="女", birth_date="1990-03-06"))
    assert reasons(intake) == [
        "身份证号 '110***' 中的出生日期与出生日期 1990-03-06 不符；请改正其中之一",
        "身份证号 '110***' 中的性别与性别 female 不符；请改正其中之一",
    ]


def test_personal_values_are_removed_or_masked(tmp_path):
    intake = ingest_workers(
        tmp_path,
        worker("W1", name="张三丰", id_number=MAN_1990, phone="13812345678"),
        worker("W2", name="欧阳修", id_number=MAN_1990[:-1] + "3", phone="13812345678"),
        worker("W3", name="李四", gender=MAN_1990, education="13812345678"),
        worker("W4", post=f"电话13812345678，{MAN_1990}"),
    )
    assert intake.tables["workers"]["name"].to_list() == ["张*"]
    assert not {"id_number", "phone"} & set(intake.tables["workers"].columns)
    output = intake.rejects.write_csv() + intake.files.write_json() + intake.tables["workers"].write_csv()
    for secret in (MAN_1990, MAN_1990[:-1] + "3", "13812345678", "欧阳", "三丰"):
        assert secret not in output
    assert ("education", "138***") in intake.rejects.select("column_name", "value").rows()


def test_pay_is_not_shown_in_a_reason(tmp_path):
    text = WORKER_HEADER.strip() + ",月薪\n" + worker().strip() + ",-4321\n"
    intake = ingest_files(tmp_path, {"社区工作者.csv": text})
    assert problem_cells(intake) == [(2, "monthly_pay", "***")]
    assert "4321" not in intake.rejects.write_csv()
    # Nor among the cells that go back to the clerk.
    cells = intake.rejected_rows["cells"].explode().to_list()
    assert "***" in cells and not [cell for cell in cells if "4321" in cell]


def test_counts_of_people(tmp_path):
    lines = f"{URBAN},2024-12-31,900,901,300,950,301\n{URBAN},2025-12-31,900,-1,300,,\n"
    intake = ingest_files(tmp_path, {"人口.csv": POPULATION + lines})
    assert sorted(reasons(intake)) == [
        "六十岁及以上人口 950 多于常住人口 900；请改正其中之一",
        "困难家庭户数 301 多于户数 300；请改正其中之一",
        "城镇常住人口 -1 小于 0；请改正单元格",
        "城镇常住人口 901 多于常住人口 900；请改正其中之一",
    ]
    assert counts(intake, "population") == (2, 0, 2, 0)


def test_urban_residents_by_default(tmp_path):
    lines = f"{URBAN},2024-12-31,900,,300,,\n{RURAL},2024-12-31,800,,200,,\n{RURAL},2025-12-31,800,70,200,,\n"
    intake = ingest_files(tmp_path, {"人口.csv": POPULATION + lines})
    assert intake.tables["population"]["urban_residents"].to_list() == [900, 0, 70]
    urban = intake.tables["areas"].select("area_code", "is_urban").rows()
    assert urban[-3:] == [("621002001", None), (URBAN, True), (RURAL, False)]


@pytest.mark.parametrize(
    ("table", "text", "reason"),
    [
        (
            "网格",
            GRIDS + f"G1,{URBAN},一,居民网格,1,2020-01-02,2020-01-01\n",
            "撤销日期 2020-01-01 早于设立日期 2020-01-02；请改正其中之一",
        ),
        (
            "标准",
            "标准,生效日期,失效日期,依据\nx,2021-01-02,2021-01-01,意见\n",
            "失效日期 2021-01-01 早于生效日期 2021-01-02；请改正其中之一",
        ),
        (
            "标准",
            "标准,区划代码,生效日期,依据\nx,999999,2021-01-01,意见\n",
            "区划代码 '999999' 不在已接受的行政区划里；请改正代码，或先补上行政区划中的那一行",
        ),
    ],
)
def test_rules_of_other_tables(tmp_path, table, text, reason):
    assert reasons(ingest_files(tmp_path, {f"{table}.csv": text})) == [reason]


def test_exact_repeats_are_counted_and_the_first_stays(tmp_path):
    write(tmp_path, {"环县/行政区划.csv": AREAS})
    intake = ingest_files(tmp_path, {"社区工作者.csv": WORKER_HEADER + worker("W1") + worker("W2") + worker("W1")})
    assert intake.tables["workers"].select("worker_id", "source_row").rows() == [("W2", 3), ("W1", 2)]
    assert counts(intake, "workers") == (3, 2, 0, 1)
    # 环县 sorts before 西峰区, so its areas are the first.
    assert intake.files.filter(pl.col("table_name") == "areas").select(
        "district", "rows_read", "rows_loaded", "rows_duplicate"
    ).rows() == [("环县", 6, 6, 0), ("西峰区", 6, 0, 6)]
    assert intake.rejects.is_empty()


def test_a_repeat_that_differs_in_a_personal_column_only_is_a_conflict(tmp_path):
    intake = ingest_workers(tmp_path, worker(phone="13812345678"), worker(phone="13812345679"))
    assert counts(intake, "workers") == (2, 0, 2, 0)


def test_a_key_in_conflict_names_the_other_location(tmp_path):
    intake = ingest_files(
        tmp_path,
        {
            "东片/社区工作者.csv": WORKER_HEADER + worker("W2") + worker("W1", education="本科"),
            "西片/社区工作者.csv": WORKER_HEADER + worker("W1") + worker("W1"),
        },
    )
    assert intake.tables["workers"]["worker_id"].to_list() == ["W2"]
    assert intake.rejects.select("district", "row_number", "reason_zh").rows() == [
        (
            "西峰区",
            3,
            "与 西峰区/西片/社区工作者.csv 第 2 行的 社区工作者编号、名册日期 相同而内容不同，两处都未采用；请只保留正确的一行",
        ),
        (
            "西峰区",
            2,
            "与 西峰区/东片/社区工作者.csv 第 3 行的 社区工作者编号、名册日期 相同而内容不同，两处都未采用；请只保留正确的一行",
        ),
        (
            "西峰区",
            3,
            "与 西峰区/东片/社区工作者.csv 第 3 行的 社区工作者编号、名册日期 相同而内容不同，两处都未采用；请只保留正确的一行",
        ),
    ]
    assert intake.rejects["reason_en"][0] == (
        "has the same worker_id, as_of as 西峰区/西片/社区工作者.csv row 2 but different content, so neither is used; "
        "keep only the correct row"
    )


def test_a_repeat_in_conflict_names_a_row_that_differs(tmp_path):
    intake = ingest_workers(tmp_path, worker(), worker(), worker(name="张三"))
    assert intake.rejects["reason_en"].str.extract(r"(row \d)").to_list() == ["row 4", "row 4", "row 2"]


def test_a_roster_of_several_dates_has_a_row_a_date(tmp_path):
    header = "名册日期," + WORKER_HEADER
    lines = [f"{day},{worker('W1')}" for day in ("2024-12-31", "2025-12-31", "2025-12-31", "")]
    intake = ingest_files(tmp_path, {"社区工作者.csv": header + "".join(lines)})
    assert sorted(map(str, intake.tables["workers"]["as_of"])) == ["2024-12-31", "2025-12-31", "None"]
    assert counts(intake, "workers") == (4, 3, 0, 1)


def test_references_refuse_what_depends_on_a_refused_row(tmp_path):
    roster = worker("W1", community_code=RURAL) + worker("W2", community_code="621002")
    intake = ingest_files(
        tmp_path,
        {
            "行政区划.csv": AREAS.replace("东湖社区,社区", "东湖社区,小区"),
            "网格.csv": GRIDS + f"G1,{URBAN},一,居民网格,1,,\nG2,{RURAL},二,居民网格,1,,\n",
            "社区工作者.csv": WORKER_HEADER + roster,
            "网格任职.csv": DUTIES + "W1,G1,网格长,2024-01-01,\nW1,G2,网格长,2024-01-01,\nW2,G2,网格员,2024-01-01,\n",
        },
    )
    assert {name: frame.height for name, frame in intake.tables.items() if frame.height} == {
        "areas": 5,
        "grids": 1,
        "workers": 1,
        "grid_duties": 1,
    }
    assert intake.rejects.select("table_name", "row_number", "column_name", "value").rows() == [
        ("workers", 3, "community_code", "621002"),
        ("grids", 2, "community_code", URBAN),
        ("grid_duties", 2, "grid_code", "G1"),
        ("grid_duties", 4, "worker_id", "W2"),
        ("areas", 6, "level", "小区"),
    ]
    assert reasons(intake)[0] == (
        "社区代码 '621002' 不在已接受的行政区划（社区）里；请改正代码，或先补上行政区划中的那一行"
    )


def test_areas_inside_a_refused_area_are_refused(tmp_path):
    intake = ingest_files(tmp_path, {"行政区划.csv": AREAS.replace("621002,西峰区,区县", "6210020,西峰区,区县")})
    assert intake.tables["areas"]["area_code"].to_list() == ["62", "621000"]
    assert problem_cells(intake) == [
        (4, "area_code", "6210020"),
        (5, "parent_code", "621002"),
        (6, "parent_code", "621002001"),
        (7, "parent_code", "621002001"),
    ]


def test_a_parent_is_of_a_higher_level(tmp_path):
    text = AREAS + f"621002001002,湖西社区,社区,{URBAN},\n621003,合水县,区县,,\n"
    intake = ingest_files(tmp_path, {"行政区划.csv": text})
    assert reasons(intake) == [
        f"上级代码 '{URBAN}' 的级别 community 不高于本行的级别 community；请改正上级代码或级别",
        "上级代码为空，而级别 county 不是最高一级；请填上级代码",
    ]
    assert counts(intake, "areas") == (8, 6, 2, 0)


def test_the_latest_event(tmp_path):
    intake = ingest_files(
        tmp_path,
        {
            "社区工作者.csv": WORKER_HEADER + worker("W1", hire_date="2023-05-01", leave_date="2024-09-09"),
            "网格.csv": GRIDS + f"G1,{URBAN},一,居民网格,1,2024-02-02,2024-12-12\n",
            "人口.csv": POPULATION + f"{URBAN},2099-12-31,900,,300,,\n",
            "标准.csv": "标准,生效日期,依据\nstaffing_ratio,2025-01-01,意见\n",
        },
    )
    assert intake.latest_event == date(2024, 2, 2)


def test_no_event(tmp_path):
    assert ingest_files(tmp_path, {}).latest_event is None


def test_a_failed_file_keeps_its_earlier_rows(tmp_path):
    good = {
        "西峰区/行政区划.csv": AREAS,
        "西峰区/社区工作者.csv": WORKER_HEADER + worker("W1") + worker("W2", id_number=MAN_1990),
        "西峰区/人口.csv": POPULATION + f"{URBAN},2024-12-31,900,,300,,\n",
    }
    before = ingest_folder(write(tmp_path / "a", good), None).tables

    def last_good(district, table):
        return before[table].filter(pl.col("source_district") == district) if table in before else None

    broken = good | {"西峰区/行政区划.csv": "坏了", "西峰区/社区工作者.csv": "坏了"}
    intake = ingest_folder(write(tmp_path / "b", broken), None, last_good)
    assert {name: rows.height for name, rows in intake.tables.items() if rows.height} == {
        "areas": 6,
        "workers": 2,
        "population": 1,
    }
    assert intake.tables["workers"].sort("worker_id").equals(before["workers"].sort("worker_id"))
    assert intake.files.select("file", "status", "rows_read", "rows_loaded").rows() == [
        ("人口.csv", "loaded", 1, 1),
        ("社区工作者.csv", "stale", 2, 2),
        ("行政区划.csv", "stale", 6, 6),
    ]
    assert intake.rejects.select("file", "row_number").rows() == [("社区工作者.csv", None), ("行政区划.csv", None)]


def test_a_failed_file_beside_a_good_one_restores_its_own_rows_only(tmp_path):
    good = {
        "西峰区/行政区划.csv": AREAS,
        "西峰区/社区工作者一.csv": WORKER_HEADER + worker("W1") + worker("W2"),
        "西峰区/社区工作者二.csv": WORKER_HEADER + worker("W3") + worker("W4"),
    }
    before = ingest_folder(write(tmp_path / "a", good), None).tables
    # W4 has moved to the other file, and changed: the new row counts.
    changed = good | {
        "西峰区/社区工作者一.csv": WORKER_HEADER + worker("W1") + worker("W4", education="本科"),
        "西峰区/社区工作者二.csv": b"",
    }
    intake = ingest_folder(write(tmp_path / "b", changed), None, lambda _district, table: before.get(table))
    assert intake.tables["workers"].select("worker_id", "education").sort("worker_id").rows() == [
        ("W1", "college"),
        ("W3", "college"),
        ("W4", "bachelor"),
    ]
    assert intake.files.filter(pl.col("table_name") == "workers").select(
        "status", "rows_read", "rows_loaded", "rows_rejected", "rows_duplicate"
    ).rows() == [("loaded", 2, 2, 0, 0), ("stale", 2, 1, 0, 1)]


def test_a_failed_file_without_earlier_rows(tmp_path):
    intake = ingest_files(tmp_path, {"社区工作者.csv": b""}, last_good=lambda _district, _table: None)
    assert intake.files["status"].to_list() == ["failed", "loaded"]
