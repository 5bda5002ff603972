"""The demo's published figures, each counted from the files, beside the result of a careless count."""

from datetime import date, datetime
from functools import cache

import polars as pl
import pytest

from tests.data.test_demo import END, FOLDERS, on_post, read, roster, with_dates

FIRST = date(2022, 1, 1)
YEAR = date(2026, 1, 1)
SPANS = {
    "小区": ("建档日期", "撤销日期"),
    "党组织": ("成立日期", "撤销日期"),
    "阵地": ("启用日期", "停用日期"),
    "合伙人": ("加入日期", "退出日期"),
    "合伙人任职": ("开始日期", "结束日期"),
    "商铺片区": ("划定日期", "撤销日期"),
}
CLOCKS = ("上报时间", "发布时间", "认领时间", "议事时间", "定事时间", "办结时间")


@cache
def rows(folder: str, table: str) -> pl.DataFrame:
    """Reads a table with its dates and times parsed."""
    frame = with_dates(read(folder, table))
    times = [name for name in frame.columns if name.endswith("时间") or name == "办理时限"]
    return frame.with_columns(pl.col(times).str.to_datetime("%Y-%m-%d %H:%M"))


def open_at(folder: str, table: str, day: date = END) -> pl.DataFrame:
    since, end = SPANS[table]
    return rows(folder, table).filter(pl.col(since) <= day, pl.col(end).is_null() | (pl.col(end) > day))


def total(frame: pl.DataFrame, column: str) -> int:
    return frame[column].cast(int).sum()


def people_in(role: str, folder: str = "高密市") -> tuple[int, int, int]:
    """Returns holders now, their posts now, and everybody who ever held one."""
    posts = open_at(folder, "合伙人任职").filter(pl.col("角色") == role)
    ever = rows(folder, "合伙人任职").filter(pl.col("角色") == role)
    return posts["人员编号"].n_unique(), posts.height, ever["人员编号"].n_unique()


def requests(folder: str, kind: str) -> pl.DataFrame:
    return rows(folder, "工单").filter(pl.col("事项类型") == kind)


def resolved(frame: pl.DataFrame, since: date = FIRST) -> pl.DataFrame:
    return frame.filter(pl.col("是否解决") == "是", pl.col("办结时间").dt.date().is_between(since, END))


def test_qingyang_training():
    sessions = rows("庆阳市", "培训班次")
    span = sessions.filter(pl.col("开始日期").is_between(date(2023, 1, 1), END))
    assert (span.height, sessions.height) == (20, 25)
    attended = rows("庆阳市", "参训记录")
    in_span = attended.join(span, on="培训班次编号")
    completed = in_span.filter(pl.col("是否结业") == "是")
    assert completed.height == 1600
    assert in_span.height == 1734
    assert attended.filter(pl.col("是否结业") == "是").height > 1600
    people = on_post(roster("庆阳市"))["社区工作者编号"]
    reached = set(completed["参训人员编号"])
    assert set(people) <= reached
    assert len(reached - set(people)) > 50  # who has left since
    last_year = set(completed.filter(pl.col("开始日期") >= YEAR)["参训人员编号"])
    assert not set(people) <= last_year


def test_qingyang_activities_and_requests():
    services = rows("庆阳市", "活动").filter(pl.col("活动类型") == "服务活动")
    assert services.filter(pl.col("开始时间").dt.date().is_between(YEAR, END)).height == 2573
    assert services.height > 2 * 2573
    assert rows("庆阳市", "活动").filter(pl.col("开始时间").dt.date() >= YEAR).height > 2573

    livelihood = requests("庆阳市", "民生问题")
    this_year = resolved(livelihood, YEAR)
    assert this_year.height == 1306
    assert this_year.filter(pl.col("上报时间").dt.date() < YEAR).height > 20
    closed = livelihood.filter(pl.col("办结时间").dt.date() >= YEAR)
    assert closed.filter(pl.col("是否解决") == "否").height > 20
    raised = livelihood.filter(pl.col("上报时间").dt.date() >= YEAR)
    assert resolved(raised).height != 1306
    assert raised["办结时间"].null_count() > 20

    hazards = requests("庆阳市", "安全隐患")
    found = hazards.filter(pl.col("上报时间").dt.date().is_between(YEAR, END))
    assert found.height == 3329
    assert found.filter(pl.col("是否解决") == "是").height < 3329
    assert (
        rows("庆阳市", "工单")
        .filter(pl.col("事项类型") != "安全隐患", pl.col("服务类别") == "安全", pl.col("上报时间").dt.date() >= YEAR)
        .height
        > 0
    )


def test_gaomi_partners():
    now = open_at("高密市", "合伙人")
    ever = dict(rows("高密市", "合伙人")["合伙人细类"].value_counts().iter_rows())
    counts = dict(now["合伙人细类"].value_counts().iter_rows())
    published = {"双报到单位": 140, "物业企业": 53, "社会组织联合会": 10, "社区社会组织": 2215, "快递外卖企业": 12}
    assert {kind: counts[kind] for kind in published} == published
    assert all(ever[kind] > count for kind, count in published.items())
    companies = rows("高密市", "合伙人").filter(pl.col("合伙人细类") == "物业企业")
    assert set(now.filter(pl.col("合伙人细类") == "物业企业")["是否建立党组织"]) == {"是"}
    assert companies.filter(pl.col("是否建立党组织") == "否").height > 0
    social = now.filter(pl.col("合伙人细类") == "社区社会组织")
    assert total(social, "成员数") == 16380
    per_community = social.filter(pl.col("区划代码").str.len_chars() == 12)["区划代码"].value_counts()
    assert (per_community.height, per_community["count"].min()) == (44, 12)
    assert social.filter(pl.col("区划代码").str.len_chars() == 6).height == 15
    ever_social = rows("高密市", "合伙人").filter(pl.col("合伙人细类") == "社区社会组织")
    assert ever_social.group_by("区划代码").len()["len"].min() > 12


def test_gaomi_post_holders():
    holders = {
        role: people_in(role)
        for role in ("报到党员", "片区长", "联铺志愿者", "党员中心户", "兼职委员", "德邻管家", "调解员", "社区巡查员")
    }
    assert {role: now for role, (now, _, _) in holders.items()} == {
        "报到党员": 5347,
        "片区长": 97,
        "联铺志愿者": 584,
        "党员中心户": 5326,
        "兼职委员": 768,
        "德邻管家": 3960,
        "调解员": 196,
        "社区巡查员": 769,
    }
    assert [role for role, (now, posts, _) in holders.items() if posts == now] == ["党员中心户"]
    assert all(ever > now for now, _, ever in holders.values())
    open_posts = open_at("高密市", "合伙人任职")
    linked = open_posts.filter(pl.col("角色") == "报到党员")
    assert total(linked, "联系户数") == 71460
    assert total(rows("高密市", "合伙人任职").filter(pl.col("角色") == "报到党员"), "联系户数") > 72000
    assert open_posts.filter(pl.col("角色") != "报到党员")["联系户数"].count() > 0
    ends_today = rows("高密市", "合伙人任职").filter(pl.col("结束日期") == END)
    assert ends_today.height > 10


def test_gaomi_organisation():
    kinds = dict(open_at("高密市", "党组织")["组织类型"].value_counts().iter_rows())
    assert (kinds["小区（网格）党支部"], kinds["楼栋党小组"]) == (212, 1634)
    ever = dict(rows("高密市", "党组织")["组织类型"].value_counts().iter_rows())
    assert ever["小区（网格）党支部"] > 212 and ever["楼栋党小组"] > 1634
    assert open_at("高密市", "商铺片区").height == 167 < rows("高密市", "商铺片区").height

    branches = open_at("高密市", "党组织").filter(pl.col("组织类型") == "小区（网格）党支部")["组织编号"]
    estates, every = open_at("高密市", "小区"), rows("高密市", "小区")
    covered = estates.filter(pl.col("党支部编号").is_in(branches.implode()))
    assert covered.height == 473
    assert estates["党支部编号"].count() == 476  # three name a branch that has been closed
    assert (estates.height, every.height) == (507, 525)
    old_with_new = pl.col("管理方式") == "以新托旧"
    assert estates.filter(old_with_new).height == 89 < every.filter(old_with_new).height
    chairs = estates.filter(pl.col("一肩挑") == "是")
    assert (chairs["党支部编号"].n_unique(), chairs.height) == (139, 151)  # one of a branch that was closed
    assert chairs.filter(pl.col("党支部编号").is_in(branches.implode()))["党支部编号"].n_unique() == 138
    assert every.filter(pl.col("一肩挑") == "是").height > 150
    committees = pl.col("业主组织").is_in(["业委会", "物管会"])
    assert estates.filter(committees).height == 342 < every.filter(committees).height
    assert set(chairs["业主组织"]) == {"业委会", "物管会"}


def test_gaomi_places():
    now = dict(open_at("高密市", "阵地")["阵地类型"].value_counts().iter_rows())
    ever = dict(rows("高密市", "阵地")["阵地类型"].value_counts().iter_rows())
    published = {"党群服务驿站": 397, "议事亭（广场）": 131, "骑手驿站": 60, "雷锋益站": 30}
    assert {kind: now[kind] for kind in published} == published
    assert all(ever[kind] > count for kind, count in published.items())
    inspected = rows("高密市", "阵地").filter(pl.col("督导检查日期") <= END)
    centres = inspected.filter(pl.col("阵地类型") == "党群服务中心")
    assert (centres["社区代码"].n_unique(), centres.height) == (44, 44)
    assert ever["党群服务中心"] > 44
    assert inspected.height > 44


def test_gaomi_activities():
    activities = rows("高密市", "活动")
    campaigns = activities.filter(pl.col("活动类型") == "专项整治")
    assert (campaigns["活动名称"].n_unique(), campaigns.height) == (8, 390)
    kinds = rows("高密市", "合伙人").select("合伙人编号", "合伙人细类")
    joint = activities.filter(pl.col("活动类型") == "联建共建").join(kinds, on="合伙人编号", how="left")
    with_companies = joint.filter(pl.col("合伙人细类") == "物业企业")
    assert (with_companies.height, joint.height) == (236, 464)
    assert activities.join(kinds, on="合伙人编号").filter(pl.col("合伙人细类") == "物业企业").height > 236
    welfare = activities.filter(pl.col("活动类型") == "公益活动")
    assert (welfare.height, total(welfare, "受益人次")) == (297, 8430)
    assert total(activities.drop_nulls("受益人次"), "受益人次") > 20000


def test_gaomi_requests():
    disputes = requests("高密市", "矛盾纠纷")
    assert resolved(disputes).height == 1394
    assert disputes.height == 1531
    assert disputes.filter(pl.col("办结时间").is_not_null(), pl.col("是否解决") == "否").height > 0
    shop = requests("高密市", "商铺诉求")
    assert (shop.height, resolved(shop).height) == (861, 828)
    assert round(100 * 828 / 861, 2) == 96.17
    assert shop.filter(pl.col("办结时间").is_not_null()).height > 828
    alliance = rows("高密市", "工单").filter(pl.col("来源渠道") == "商铺联盟")
    assert alliance.filter(pl.col("事项类型") != "商铺诉求").height > 100
    assert shop.filter(pl.col("来源渠道") != "商铺联盟").height > 100
    matters = requests("高密市", "共建事项")
    assert (matters.height, resolved(matters).height < 179) == (179, True)


def test_gaomi_honours():
    honours = rows("高密市", "荣誉").filter(pl.col("授予日期") <= END)
    for title, published in (("文明示范商户", 117), ("优秀志愿者", 68)):
        honoured = honours.filter(pl.col("荣誉称号") == title)
        assert honoured["获奖对象编号"].n_unique() == published < honoured.height
    assert honours.filter(pl.col("荣誉称号") == "星级服务商户").height > 0
    known = set(rows("高密市", "合伙人")["合伙人编号"]) | set(rows("高密市", "合伙人任职")["人员编号"])
    assert set(honours["获奖对象编号"]) <= known


def test_kuiwen_careers():
    events = rows("奎文区", "履历事件")

    def of(kind: str) -> pl.DataFrame:
        return events.filter(pl.col("事件类型") == kind, pl.col("日期") <= END)

    appointed = of("新任书记")
    in_span = appointed.filter(pl.col("日期") >= date(2023, 7, 1))
    assert in_span["社区工作者编号"].n_unique() == 25 < in_span.height
    assert appointed["社区工作者编号"].n_unique() > 25
    assert of("跟班实训")["社区工作者编号"].n_unique() == 72 < of("跟班实训").height
    deputies = of("轮岗锻炼").filter(pl.col("时任岗位") == "社区副职")
    assert deputies["社区工作者编号"].n_unique() == 31 < deputies.height
    assert of("轮岗锻炼")["社区工作者编号"].n_unique() > 31
    passed = of("考录公务员（事业编）")
    assert passed["社区工作者编号"].n_unique() == 9 < passed.height
    section = of("提拔科级")
    assert section.filter(pl.col("时任岗位").str.starts_with("社区正职"))["社区工作者编号"].n_unique() == 2
    assert section.height == 3
    people = roster("奎文区")
    during = events.join(people, on="社区工作者编号", how="left")
    assert during.filter(pl.col("日期") < pl.col("入职日期")).is_empty()
    assert during.filter(pl.col("日期") > pl.col("离职日期")).is_empty()


def test_kuiwen_training_and_places():
    sessions = rows("奎文区", "培训班次")
    year = sessions.filter(pl.col("开始日期").is_between(date(2025, 7, 1), END))
    assert (year["课程类别"].drop_nulls().n_unique(), year["专题类别"].drop_nulls().n_unique()) == (10, 6)
    assert sessions["课程类别"].drop_nulls().n_unique() == 15
    assert sessions["专题类别"].drop_nulls().n_unique() > 6
    assert sessions.filter(pl.col("培训项目") == "治理沙龙").height == 7 < sessions.height
    universities = pl.col("合伙人细类") == "院校"
    assert open_at("奎文区", "合伙人").filter(universities).height == 14
    assert rows("奎文区", "合伙人").filter(universities).height == 16
    now = dict(open_at("奎文区", "阵地")["阵地类型"].value_counts().iter_rows())
    assert (now["现场教学点"], now["书记工作室"]) == (23, 10)
    ever = dict(rows("奎文区", "阵地")["阵地类型"].value_counts().iter_rows())
    assert (ever["现场教学点"], ever["书记工作室"]) == (27, 12)


def test_kuiwen_assessments():
    secretaries = on_post(roster("奎文区")).filter(pl.col("岗位").str.starts_with("社区正职"))
    assessed = rows("奎文区", "考核")
    assert sorted(assessed["考核年度"].unique()) == ["2022", "2023", "2024", "2025"]
    tiers = assessed.filter(pl.col("考核年度") == "2025", pl.col("书记等级").is_not_null())
    now = tiers.join(secretaries, on="社区工作者编号", how="semi")
    assert dict(now["书记等级"].value_counts().iter_rows()) == {"1": 14, "2": 41, "3": 82}
    assert tiers.height > now.height  # secretaries who have left since
    shares = {
        year: frame.filter(pl.col("书记等级") == "1").height / frame.height
        for (year,), frame in assessed.drop_nulls("书记等级").group_by("考核年度")
    }
    assert shares["2022"] > 0.12
    assert assessed.select("社区工作者编号", "考核年度").is_unique().all()
    scores = assessed.select(pl.col("^.*得分$").cast(float))
    assert all(scores[name].min() >= 0 and scores[name].max() <= 100 for name in scores.columns)


def test_hongtong_partners():
    now, every = open_at("洪洞县", "合伙人"), rows("洪洞县", "合伙人")
    kinds = dict(now["合伙人细类"].value_counts().iter_rows())
    assert (kinds["职能部门"], kinds["行业协会"], kinds["人才工作室"], now.height) == (75, 25, 14, 136)
    assert set(now["合伙人类型"]) == {"机关单位", "市场主体", "社会力量"}
    assert set(every["合伙人类型"]) - set(now["合伙人类型"]) == {"居民群众"}
    ever = dict(every["合伙人细类"].value_counts().iter_rows())
    assert all(ever[kind] > kinds[kind] for kind in ("职能部门", "行业协会", "人才工作室"))


def test_hongtong_requests():
    for kind, published, source in (("联席会议事项", 184, "联席会议"), ("微心愿", 1236, "微心愿墙")):
        of_kind = requests("洪洞县", kind)
        assert resolved(of_kind).height == published
        assert of_kind["办结时间"].count() > published < of_kind.height
        others = rows("洪洞县", "工单").filter(pl.col("来源渠道") == source, pl.col("事项类型") != kind)
        assert others.height > 10


def test_hongtong_organisation():
    tiers = set(open_at("洪洞县", "党组织")["组织类型"])
    assert tiers == {"县（市区）委", "街道（乡镇）党（工）委", "社区党组织", "小区（网格）党支部"}
    assert people_in("党员中心户", "洪洞县")[0] == 312
    given_up = rows("洪洞县", "党组织").filter(pl.col("组织类型") == "楼栋党小组")
    assert given_up.height > 0 and given_up["撤销日期"].max() < END


def test_standards_as_lists():
    every = read("奎文区", "标准")
    kuiwen = every.filter(pl.col("失效日期").is_null())
    assert every.filter(pl.col("标准") == "exit_rule").height == 18  # eight of an earlier edition
    counts = dict(kuiwen["标准"].value_counts().iter_rows())
    listed = ("exit_rule", "negative_list", "appointment_step", "teacher_pool")
    assert [counts[standard] for standard in listed] == [10, 20, 7, 3]
    values = {
        (standard, item): float(value)
        for standard, item, value in kuiwen.drop_nulls("数值").select("标准", "细项", "数值").iter_rows()
    }
    assert [values["tier_share", tier] for tier in "123"] == [10, 30, 60]
    assert [values["tier_allowance", tier] for tier in "123"] == [800, 500, 300]
    assert values["consecutive_failed_years", None] == 2
    group = pl.col("细项").str.split(":").list[0]
    weights = kuiwen.filter(pl.col("标准") == "assessment_weight").group_by(group).agg(pl.col("数值").cast(float).sum())
    posts = ("secretary", "deputy", "worker", "building_worker")
    assert dict(weights.iter_rows()) == dict.fromkeys(posts, 100)
    gaomi = read("高密市", "标准").filter(pl.col("细项").is_not_null())
    lists = gaomi.group_by("标准", group).len()
    assert {row[:2]: row[2] for row in lists.iter_rows()} == {
        ("duty_list", "shop_volunteer"): 5,
        ("duty_list", "steward"): 7,
        ("duty_list", "shop_alliance"): 3,
        ("result_list", "shop_alliance"): 4,
        ("result_list", "shop_volunteer"): 2,
        ("result_list", "steward"): 2,
    }
    hongtong = read("洪洞县", "标准").filter(pl.col("失效日期").is_null())
    assert hongtong.filter(pl.col("标准") == "evaluation_dimension")["条文"].to_list() == [
        "居民评价",
        "社区考核",
        "行业评议",
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_place_has_some_data_for_each_page(folder):
    for table in ("活动", "工单", "培训班次", "参训记录", "合伙人", "阵地"):
        assert not rows(folder, table).is_empty()
    area = pl.col("面积").cast(float)
    facilities = open_at(folder, "阵地").filter(pl.col("阵地类型").is_in(["党群服务中心", "党群服务驿站"]))
    counted = rows(folder, "人口").filter(pl.col("统计日期") == END)
    households = counted.select("社区代码", pl.col("户数").cast(int))
    by_community = facilities.group_by("社区代码").agg(area.sum()).join(households, on="社区代码")
    per_hundred = 100 * by_community["面积"].sum() / by_community["户数"].sum()
    assert 24 < per_hundred < 34
    shares = by_community.select(100 * pl.col("面积") / pl.col("户数")).to_series()
    assert shares.min() < 26 and shares.max() > 30


@pytest.mark.parametrize("folder", FOLDERS)
def test_clocks_run_forward_and_rest_at_night(folder):
    frame = rows(folder, "工单")
    assert frame.filter(pl.col("上报时间").dt.date() < FIRST).is_empty()
    for clock in CLOCKS:
        assert frame[clock].max() is None or frame[clock].max() < datetime(2026, 7, 1)
        assert frame.filter(pl.col(clock) < pl.col("上报时间")).is_empty()
    for earlier, later in (("议事时间", "定事时间"), ("认领时间", "办结时间")):
        assert frame.filter(pl.col(later) < pl.col(earlier)).is_empty()
    assert frame.filter(pl.col("办理时限") <= pl.col("上报时间")).is_empty()
    claimed = frame.drop_nulls("认领时间")["认领时间"]
    off_hours = (claimed.dt.weekday() > 5) | (claimed.dt.hour() >= 18) | (claimed.dt.hour() < 8)
    assert 0.05 < off_hours.mean() < 0.45
    assert (claimed.dt.hour().is_between(0, 5)).sum() == 0
    due = frame.drop_nulls("办理时限")
    closed = pl.col("办结时间").fill_null(datetime(2026, 6, 30, 23, 59))
    assert 0.05 < due.filter(closed > pl.col("办理时限")).height / due.height < 0.4
    is_open = pl.col("办结时间").is_null()
    recent = pl.col("上报时间").dt.date() >= date(2026, 4, 1)
    long_open = frame.filter(~recent).select(is_open.mean()).item()
    assert 0 < 5 * long_open < frame.filter(recent).select(is_open.mean()).item()
    assert frame.filter(is_open)["满意度"].count() == 0
    assert frame["上报时间"].dt.date().dt.month_start().n_unique() == 54


@pytest.mark.parametrize("folder", FOLDERS)
def test_references_between_rows_exist(folder):
    known = {
        "社区工作者编号": set(roster(folder)["社区工作者编号"]),
        "合伙人编号": set(rows(folder, "合伙人")["合伙人编号"]),
        "网格编码": set(rows(folder, "网格")["网格编码"]),
    }
    for table, column, target in (
        ("工单", "承办社工编号", "社区工作者编号"),
        ("工单", "认领合伙人编号", "合伙人编号"),
        ("工单", "网格编码", "网格编码"),
        ("活动", "组织者编号", "社区工作者编号"),
        ("活动", "合伙人编号", "合伙人编号"),
        ("活动", "网格编码", "网格编码"),
    ):
        named = rows(folder, table)[column].drop_nulls()
        assert named.len() > 0
        assert set(named) <= known[target]
    attendees = set(rows(folder, "参训记录")["参训人员编号"])
    assert attendees <= known["社区工作者编号"] | known["合伙人编号"]
    partners = rows(folder, "合伙人")
    assert partners.filter(pl.col("退出日期") < pl.col("加入日期")).is_empty()
    assert max(partners["加入日期"].max(), partners["退出日期"].max()) <= END
    assert partners.filter(pl.col("退出日期").is_null() != pl.col("退出原因").is_null()).is_empty()


def test_workers_of_gaomi_look_after_estates_of_their_community():
    homes = rows("高密市", "小区").select("小区编号", home="社区代码")
    sunk = roster("高密市").drop_nulls("下沉小区").join(homes, left_on="下沉小区", right_on="小区编号", how="left")
    assert sunk.height > 400
    assert sunk.filter(pl.col("home") != pl.col("社区代码")).is_empty()


def test_points_never_run_out():
    for folder in ("高密市", "奎文区", "洪洞县"):
        entries = rows(folder, "积分").with_columns(
            signed=pl.col("积分").cast(int) * pl.when(pl.col("收支") == "获得").then(1).otherwise(-1)
        )
        assert entries.group_by("储蓄本编号").agg(pl.col("signed").sum())["signed"].min() >= 0
        assert 0.05 < entries.filter(pl.col("收支") == "兑换").height / entries.height < 0.4
