"""Every table through real files: valid rows load, and each rule and reference refuses with its own message."""

import polars as pl
import pytest

from etl.contracts import all_tables
from tests.helpers.ingest.ingest_rows import CITY, COMMITTEE, COUNTY, VALID_ROWS, csv_text, files
from tests.helpers.ingest.ingest_source import URBAN, counts, ingest_files, problem_cells


def reasons(intake):
    return intake.rejects["reason_zh"].to_list()


@pytest.fixture(scope="module")
def parse_cache(tmp_path_factory):
    """Returns a folder for the parse cache, so that the files that are the same in every test are parsed once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def changed(tmp_path, parse_cache):
    """Returns a function that ingests valid files except for these cells of one table's row, which comes last."""

    def take(table, **cells):
        before = [COMMITTEE] if table == "party_orgs" else []
        return ingest_files(tmp_path, files(**{table: [*before, VALID_ROWS[table] | cells]}), parse_cache=parse_cache)

    return take


def test_valid_rows_of_every_table_load(tmp_path):
    intake = ingest_files(tmp_path, files())
    assert intake.rejects.is_empty()
    loaded = {name: frame.height for name, frame in intake.tables.items()}
    assert loaded == dict.fromkeys(all_tables(), 1) | {"areas": 6, "party_orgs": 2, "shapes": 0}
    assert set(intake.files["status"]) == {"loaded"}
    assert set(intake.files["message_zh"]) == {None}
    (request,) = intake.tables["requests"].iter_rows(named=True)
    assert (request["kind"], request["category"], request["source"], request["focus_group"]) == (
        "livelihood",
        "elderly_care",
        "grid_visit",
        "elderly",
    )
    assert intake.tables["requests"].schema["raised_at"] == pl.Datetime("us")


@pytest.mark.parametrize(
    ("table", "column", "written", "reason"),
    [
        ("places", "lon", "180.5", "经度 180.5 大于 180；请改正单元格"),
        ("places", "lat", "-90.1", "纬度 -90.1 小于 -90；请改正单元格"),
        ("places", "area_m2", "-1", "面积 -1.0 小于 0；请改正单元格"),
        ("places", "closed_on", "2021-04-30", "停用日期 2021-04-30 早于启用日期 2021-05-01；请改正其中之一"),
        ("estates", "households", "-1", "户数 -1 小于 0；请改正单元格"),
        ("assessments", "daily_score", "100.5", "平时考核得分 100.5 大于 100；请改正单元格"),
        ("assessments", "feedback_score", "-0.5", "服务对象评价得分 -0.5 小于 0；请改正单元格"),
        ("assessments", "tier", "4", "书记等级 4 大于 3；请改正单元格"),
        ("assessments", "assess_year", "24", "考核年度 24 小于 2000；请改正单元格"),
        ("training_sessions", "ended_on", "2024-02-29", "结束日期 2024-02-29 早于开始日期 2024-03-01；请改正其中之一"),
        ("training_sessions", "hours", "0", "学时 0.0 应大于 0；请改正单元格"),
        ("training_attendance", "score_after", "101", "训后得分 101.0 大于 100；请改正单元格"),
        ("activities", "title", "", "专项整治要有活动名称（按名称计数）；请补上"),
        ("activities", "hours", "-0.5", "服务时长 -0.5 小于 0；请改正单元格"),
        (
            "requests",
            "published_at",
            "2024-03-05 14:29",
            "发布时间 2024-03-05 14:29:00 早于上报时间 2024-03-05 14:30:00；请改正其中之一",
        ),
        (
            "requests",
            "claimed_at",
            "2024-03-05",
            "认领时间 2024-03-05 00:00:00 早于上报时间 2024-03-05 14:30:00；请改正其中之一",
        ),
        (
            "requests",
            "discussed_at",
            "2024-03-05 14:00",
            "议事时间 2024-03-05 14:00:00 早于上报时间 2024-03-05 14:30:00；请改正其中之一",
        ),
        (
            "requests",
            "decided_at",
            "2024-03-06 08:59",
            "定事时间 2024-03-06 08:59:00 早于议事时间 2024-03-06 09:00:00；请改正其中之一",
        ),
        (
            "requests",
            "due_at",
            "2024-03-05 14:00",
            "办理时限 2024-03-05 14:00:00 早于上报时间 2024-03-05 14:30:00；请改正其中之一",
        ),
        (
            "requests",
            "closed_at",
            "2024-03-05 15:59",
            "办结时间 2024-03-05 15:59:00 早于认领时间 2024-03-05 16:00:00；请改正其中之一",
        ),
        ("requests", "satisfaction", "6", "满意度 6 大于 5；请改正单元格"),
        ("points", "points", "0", "积分 0 小于 1；请改正单元格"),
        ("partners", "left_on", "2021-12-31", "退出日期 2021-12-31 早于加入日期 2022-01-01；请改正其中之一"),
        ("partner_posts", "until", "2021-12-31", "结束日期 2021-12-31 早于开始日期 2022-01-01；请改正其中之一"),
        ("partner_services", "until", "2021-12-31", "结束日期 2021-12-31 早于开始日期 2022-01-01；请改正其中之一"),
        ("partner_services", "capacity", "0", "月供给量 0 小于 1；请改正单元格"),
        ("partner_ratings", "quarter", "2024Q5", "季度 '2024Q5' 不是季度；请写成 2025Q3 的样子"),
        ("partner_ratings", "quarter", "2024-03", "季度 '2024-03' 不是季度；请写成 2025Q3 的样子"),
    ],
)
def test_rules(changed, table, column, written, reason):
    intake = changed(table, **{column: written})
    of_table = intake.rejects.filter(pl.col("table_name") == table)
    assert of_table.select("column_name", "reason_zh").rows() == [(column, reason)]
    assert of_table["reason_en"].item().isascii()


@pytest.mark.parametrize(
    ("cells", "accepted"),
    [
        ({"closed_at": "2024-03-05 14:29", "claimed_at": ""}, False),
        ({"closed_at": "2024-03-05 14:30", "claimed_at": ""}, True),
        ({"decided_at": "2024-03-05 15:00", "discussed_at": ""}, True),
        ({"closed_at": "", "claimed_at": "2024-03-05 14:30"}, True),
    ],
)
def test_the_order_of_steps_is_checked_where_both_are_given(changed, cells, accepted):
    assert changed("requests", **cells).tables["requests"].height == int(accepted)


def test_a_title_is_for_campaigns(changed):
    assert changed("activities", kind="入户走访", title="").tables["activities"].height == 1


@pytest.mark.parametrize(
    ("closed_at", "is_resolved", "value"),
    [("2024-03-08", "", True), ("", "", False), ("2024-03-08", "否", False), ("2024-03-08", "是", True)],
)
def test_a_closed_request_is_resolved_unless_it_says_otherwise(changed, closed_at, is_resolved, value):
    intake = changed("requests", closed_at=closed_at, is_resolved=is_resolved)
    assert intake.tables["requests"]["is_resolved"].to_list() == [value]


@pytest.mark.parametrize(
    ("table", "column", "written", "reason"),
    [
        (
            "estates",
            "branch_id",
            "O1",
            "不在已接受的党组织（小区(网格)党支部）里；请改正代码，或先补上党组织中的那一行",
        ),
        ("estates", "property_company_id", "P9", "不在已接受的合伙人里；"),
        ("workers", "estate_id", "E9", "不在已接受的小区里；"),
        ("party_orgs", "parent_id", "O9", "不在已接受的党组织里；"),
        ("party_orgs", "area_code", "621009", "不在已接受的行政区划里；"),
        ("places", "community_code", CITY, "不在已接受的行政区划（社区）里；"),
        ("assessments", "worker_id", "W9", "不在已接受的社区工作者里；"),
        ("career_events", "worker_id", "W9", "不在已接受的社区工作者里；"),
        ("training_sessions", "place_id", "A9", "不在已接受的阵地里；"),
        ("training_attendance", "session_id", "S9", "不在已接受的培训班次里；"),
        (
            "training_attendance",
            "attendee_id",
            "H1",
            "不在已接受的社区工作者或合伙人里；请改正代码，或先补上社区工作者或合伙人中的那一行",
        ),
        ("activities", "area_code", CITY, "不在已接受的行政区划（区县、街道、社区）里；"),
        ("activities", "grid_code", "G9", "不在已接受的网格里；"),
        ("activities", "partner_id", "P9", "不在已接受的合伙人里；"),
        ("requests", "zone_id", "Z9", "不在已接受的商铺片区里；"),
        ("requests", "estate_id", "E9", "不在已接受的小区里；"),
        ("requests", "worker_id", "W9", "不在已接受的社区工作者里；"),
        ("points", "community_code", COUNTY, "不在已接受的行政区划（社区）里；"),
        ("partners", "zone_id", "Z9", "不在已接受的商铺片区里；"),
        ("partner_posts", "partner_id", "P9", "不在已接受的合伙人里；"),
        ("partner_services", "partner_id", "P9", "不在已接受的合伙人里；"),
        ("partner_ratings", "partner_id", "P9", "不在已接受的合伙人里；"),
        ("honours", "recipient_id", "X1", "不在已接受的合伙人或合伙人任职或社区工作者里；"),
    ],
)
def test_references(changed, table, column, written, reason):
    intake = changed(table, **{column: written})
    of_column = (pl.col("table_name") == table) & (pl.col("column_name") == column)
    (first,) = intake.rejects.filter(of_column).iter_rows(named=True)
    assert first["value"] == written
    assert f"'{written}' {reason}" in first["reason_zh"]


def test_a_reference_in_english(changed):
    intake = changed("training_attendance", attendee_id="X1")
    assert intake.rejects["reason_en"].to_list() == [
        "attendee_id 'X1' is not an accepted workers.worker_id or partners.partner_id; correct it, or add "
        "the row to workers or partners first"
    ]
    intake = changed("activities", area_code=CITY)
    assert "areas.area_code of a county, street, community; correct it" in intake.rejects["reason_en"][0]


@pytest.mark.parametrize("recipient", ["P1", "H1", "W1"])
def test_an_honour_goes_to_a_partner_a_post_holder_or_a_worker(changed, recipient):
    assert changed("honours", recipient_id=recipient).rejects.is_empty()


@pytest.mark.parametrize("attendee", ["P1", "W1"])
def test_workers_and_partners_attend_training(changed, attendee):
    assert changed("training_attendance", attendee_id=attendee).rejects.is_empty()


def test_a_worker_of_any_roster_date_is_known(tmp_path):
    rosters = [VALID_ROWS["workers"] | {"as_of": day} for day in ("2023-12-31", "2024-12-31")]
    intake = ingest_files(tmp_path, files(workers=rosters))
    assert intake.rejects.is_empty()
    assert intake.tables["assessments"].height == 1


def test_a_refused_shop_zone_also_refuses_its_dependants(changed):
    intake = changed("shop_zones", community_code=COUNTY)
    refused = set(intake.rejects["table_name"])
    # The zone, its partner, the estate that the partner manages, the estate's worker, and their events.
    assert refused == {
        "shop_zones",
        "partners",
        "estates",
        "workers",
        "grid_duties",
        "assessments",
        "career_events",
        "activities",
        "requests",
        "training_attendance",
        "partner_posts",
        "partner_services",
        "partner_ratings",
        "honours",
    }


def test_organisations_above_each_other(tmp_path):
    parents = {"O2": "O1", "O3": "O4", "O4": "O3", "O5": "O4", "O6": "O6"}
    below = [VALID_ROWS["party_orgs"] | {"org_id": org, "parent_id": parent} for org, parent in parents.items()]
    intake = ingest_files(tmp_path, files(party_orgs=[COMMITTEE, *below]))
    assert intake.tables["party_orgs"]["org_id"].to_list() == ["O1", "O2"]
    assert problem_cells(intake) == [
        (4, "parent_id", "O4"),
        (5, "parent_id", "O3"),
        (6, "parent_id", "O4"),
        (7, "parent_id", "O6"),
    ]
    assert reasons(intake)[0] == (
        "从上级组织编号 'O4' 一直向上又回到下级，找不到最高一级；请改正其中一行的上级组织编号"
    )


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("assessments", {"assess_year": "2024"}, {"assess_year": "2023"}),
        ("training_attendance", {"attendee_id": "W1"}, {"attendee_id": "P1"}),
        ("partner_ratings", {"quarter": "2024Q1"}, {"quarter": "2024Q2"}),
    ],
)
def test_keys_of_two_columns(tmp_path, table, first, second):
    rows = [VALID_ROWS[table] | first, VALID_ROWS[table] | second, VALID_ROWS[table] | second]
    assert counts(ingest_files(tmp_path, files(**{table: rows})), table) == (3, 2, 0, 1)


def test_an_area_under_either_of_its_headers(tmp_path):
    for number, header in enumerate(("区划代码", "社区代码", "area_code")):
        content = csv_text("requests", [VALID_ROWS["requests"]]).replace("社区代码", header)
        intake = ingest_files(tmp_path / str(number), files() | {"requests.csv": content})
        assert intake.tables["requests"]["area_code"].to_list() == [URBAN]


@pytest.mark.parametrize(
    ("written", "value", "message"),
    [
        ("养老", "elderly_care", False),
        ("elderly_care", "elderly_care", False),
        (" 环境 卫生 ", "environment", False),
        ("宠物", "宠物", True),
        (" 宠物 ", "宠物", True),
        ("", None, False),
        ("无", None, False),
    ],
)
def test_an_unknown_category_is_kept_and_reported(changed, written, value, message):
    intake = changed("requests", category=written)
    assert intake.tables["requests"]["category"].to_list() == [value]
    assert intake.rejects.is_empty()
    (row,) = intake.files.filter(pl.col("table_name") == "requests").iter_rows(named=True)
    assert row["status"] == "loaded"
    assert row["message_zh"] == (
        "服务类别中有未知的类别 宠物，已按原文保留；已知的有 教育、文化、医疗、养老、物业、环境卫生、安全、停车、就业、其他，"
        "属于其中的请改正"
        if message
        else None
    )
    assert bool(row["message_en"]) == message


def test_unknown_words_of_two_columns_and_many(tmp_path):
    request = VALID_ROWS["requests"] | {"source": "电话13812345678"}
    rows = [request | {"request_id": f"R{at}", "category": f"类{at:02}"} for at in range(12)]
    intake = ingest_files(tmp_path, files(requests=[*rows, request | {"request_id": "R99", "category": "类11"}]))
    (row,) = intake.files.filter(pl.col("table_name") == "requests").iter_rows(named=True)
    assert "服务类别中有未知的类别 类11、类00、类01、" in row["message_zh"] and "类08 等 12 种" in row["message_zh"]
    assert "。来源渠道中有未知的类别 电话138***，" in row["message_zh"]
    assert "and 2 more, stored unchanged" in row["message_en"]


def test_a_formula_error_as_a_category_is_refused(changed):
    assert problem_cells(changed("requests", category="#N/A")) == [(2, "category", "#N/A")]


def test_last_good_requests_replace_a_damaged_file(tmp_path):
    rows = [VALID_ROWS["requests"] | {"category": "宠物", "raised_at": "2024-03-05T06:30:00.25Z"}]
    before = ingest_files(tmp_path / "a", files(requests=rows)).tables
    assert before["requests"].height == 1
    intake = ingest_files(
        tmp_path / "b", files() | {"requests.csv": "坏了"}, last_good=lambda _district, table: before[table]
    )
    assert intake.tables["requests"].equals(before["requests"])
    (row,) = intake.files.filter(pl.col("table_name") == "requests").iter_rows(named=True)
    assert (row["status"], row["rows_loaded"]) == ("stale", 1)
    assert row["message_zh"].startswith("前 20 行里没有找到表头")


def test_a_required_category(changed):
    assert reasons(changed("partner_services", category="")) == ["服务类别为空，而这一列必填；请补上"]
