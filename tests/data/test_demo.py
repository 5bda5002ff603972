"""The demo: the same bytes every time, and figures that match those the places published."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import shapely
from shapely.geometry import shape

import data.generator
from etl.cli.app import main
from sql.paths import PROJECT
from sql.source_tables import SOURCE_TABLES

DEMO = PROJECT / "data" / "demo"
CENSUS = PROJECT / "data" / "reference" / "census_2020.csv"
END = date(2026, 6, 30)
FOLDERS = ("庆阳市", "高密市", "奎文区", "洪洞县")
NO_OVERLAP = 1e-9  # square degrees


# Files whose first line is a title.
TITLED = {
    ("高密市", "人口"),
    ("奎文区", "社区工作者"),
    ("庆阳市", "考核"),
    ("高密市", "小区"),
    ("高密市", "商铺片区"),
    ("洪洞县", "合伙人"),
}


def table_of(path: Path) -> str:
    """Returns the table a file is named after: the longest Chinese name in it."""
    return max((table.zh for table in SOURCE_TABLES.values() if table.zh in path.stem), key=len, default="")


def read(folder: str, table: str) -> pl.DataFrame:
    """Reads a table of a district as text, whatever the file's format; dates as 2026-06-30."""
    (path,) = (path for path in (DEMO / folder).iterdir() if table_of(path) == table)
    title_lines = 1 if (folder, table) in TITLED else 0
    if path.suffix == ".xlsx":
        frame = pl.read_excel(path, read_options={"header_row": title_lines}, infer_schema_length=None)
        return frame.with_columns(pl.all().cast(pl.String))
    encoding = "gb18030" if folder == "洪洞县" else "utf-8-sig"
    lines = path.read_text(encoding=encoding).splitlines(keepends=True)[title_lines:]
    return pl.read_csv("".join(lines).encode(), infer_schema=False)


def with_dates(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("^.*日期$").str.head(10).str.to_date())


def on_post(roster: pl.DataFrame, day: date = END) -> pl.DataFrame:
    return roster.filter(pl.col("入职日期") <= day, pl.col("离职日期").is_null() | (pl.col("离职日期") > day))


def roster(folder: str) -> pl.DataFrame:
    return with_dates(read(folder, "社区工作者"))


def age(day: date) -> pl.Expr:
    had_birthday = pl.col("出生日期").dt.strftime("%m%d") <= f"{day:%m%d}"
    return day.year - pl.col("出生日期").dt.year() - pl.when(had_birthday).then(0).otherwise(1)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_command_writes_the_same_bytes_as_committed(tmp_path):
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    made, committed = files(tmp_path / "demo"), files(DEMO)
    assert made.keys() == committed.keys()
    differing = [name for name in made if made[name] != committed[name]]
    assert differing == [], "run `python -m etl demo --out data/demo`"


@pytest.mark.slow
def test_another_seed_keeps_the_quotas_and_changes_the_people_and_copies_have_codes_and_names_of_their_own(tmp_path):
    data.generator.write(tmp_path, seed=7, scale=2)
    other = pl.read_csv(tmp_path / "庆阳市" / "社区工作者.csv", infer_schema=False)
    assert on_post(with_dates(other)).height == 1163
    assert other["姓名"].head(50).to_list() != read("庆阳市", "社区工作者")["姓名"].head(50).to_list()
    folders = ("上级区划", *FOLDERS, *(f"{folder}_2" for folder in FOLDERS))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == sorted(folders)

    def areas_of(folder: str) -> pl.DataFrame:
        encoding = "gb18030" if folder.startswith("洪洞县") else "utf-8-sig"
        text = (tmp_path / folder / "行政区划.csv").read_text(encoding=encoding)
        return pl.read_csv(text.encode(), infer_schema=False)

    areas = pl.concat([areas_of(folder) for folder in folders])
    assert areas["区划代码"].is_unique().all()
    assert set(areas["上级代码"].drop_nulls()) <= set(areas["区划代码"])
    assert {"庆阳市_2", "西峰区_2", "潍坊市_2", "洪洞县_2"} <= set(areas["名称"])
    first, second = (
        pl.read_csv(tmp_path / folder / "社区工作者.csv", infer_schema=False) for folder in ("庆阳市", "庆阳市_2")
    )
    assert set(first["社区工作者编号"]).isdisjoint(second["社区工作者编号"])
    with pytest.raises(ValueError, match=r"1..49"):
        data.generator.write(tmp_path, scale=50)


def test_urban_residents_add_up_to_the_census():
    counts = pl.read_csv(CENSUS, infer_schema=False)
    census = dict(counts.select("区划代码", pl.col("城镇人口").cast(int)).iter_rows())
    for folder in FOLDERS:
        latest = read(folder, "人口").filter(pl.col("统计日期") == "2026-06-30")
        totals = latest.group_by(county=pl.col("社区代码").str.head(6)).agg(pl.col("城镇常住人口").cast(int).sum())
        assert dict(totals.iter_rows()) == {county: census[county] for county in totals["county"]}
    kuiwen = read("奎文区", "人口").filter(pl.col("统计日期") == "2026-06-30")
    assert kuiwen["常住人口"].cast(int).sum() == 976466


def test_population_is_monthly_and_within_its_bounds():
    for folder in FOLDERS:
        rows = read(folder, "人口").with_columns(pl.exclude("社区代码", "统计日期").cast(int))
        assert rows.select("社区代码", "统计日期").is_unique().all()
        assert rows.filter(pl.col("城镇常住人口") > pl.col("常住人口")).is_empty()
        assert rows.filter(pl.col("六十岁及以上人口") + pl.col("十四岁及以下人口") > pl.col("常住人口")).is_empty()
        assert rows.filter(pl.col("困难家庭户数") > pl.col("户数")).is_empty()
        assert rows["统计日期"].n_unique() == 54
        moves = rows.sort("社区代码", "统计日期").with_columns(
            step=pl.col("常住人口") / pl.col("常住人口").shift(1).over("社区代码") - 1
        )
        assert moves["step"].abs().max() < 0.02


def test_communities_without_a_population_row():
    missing = {}
    for folder in FOLDERS:
        communities = read(folder, "行政区划").filter(pl.col("级别") == "社区", pl.col("是否城镇") == "是")["区划代码"]
        rows = read(folder, "人口")
        for month in ("2022-12-31", "2026-06-30"):
            counted = rows.filter(pl.col("统计日期") == month)["社区代码"]
            missing[folder, month] = sorted(set(communities) - set(counted))
    assert missing == {
        ("庆阳市", "2022-12-31"): [],
        ("庆阳市", "2026-06-30"): [],
        ("高密市", "2022-12-31"): ["370785003041"],
        ("高密市", "2026-06-30"): [],
        ("奎文区", "2022-12-31"): [],
        ("奎文区", "2026-06-30"): [],
        ("洪洞县", "2022-12-31"): ["141024100014"],
        ("洪洞县", "2026-06-30"): ["141024100014"],
    }
    assert on_post(roster("洪洞县")).filter(pl.col("社区代码") == "141024100014").height == 3


def test_qingyang_as_published():
    people = roster("庆阳市")
    now = on_post(people)
    assert now.height == 1163
    assert now.filter(pl.col("社区代码") == "621022109400").is_empty()  # the rural community
    assert people["选聘方式"].count() == 368
    assert now.filter(pl.col("两代表一委员") != "无").height == 52
    residents = read("庆阳市", "人口").filter(pl.col("统计日期") == "2026-06-30")
    base = residents.group_by(county=pl.col("社区代码").str.head(6)).agg(pl.col("城镇常住人口").cast(int).sum())
    ratio = (
        now.group_by(county=pl.col("社区代码").str.head(6))
        .len()
        .join(base, on="county")
        .select("county", (10000 * pl.col("len") / pl.col("城镇常住人口")).round(1))
    )
    assert dict(ratio.iter_rows()) == {
        "621002": 13.9,
        "621021": 13.9,
        "621022": 9.4,
        "621023": 18.3,
        "621024": 12.8,
        "621025": 11.9,
        "621026": 10.9,
        "621027": 11.2,
    }


def test_qingyang_rose_from_nine_and_a_half():
    people, residents = roster("庆阳市"), with_dates(read("庆阳市", "人口"))

    def ratio(day: date) -> float:
        base = residents.filter(pl.col("统计日期") == day)["城镇常住人口"].cast(int).sum()
        return round(10000 * on_post(people, day).height / base, 1)

    assert ratio(date(2022, 1, 31)) == 9.5
    assert ratio(END) == 12.7
    assert people["入职日期"].min().year == 2003


def test_kuiwen_as_published():
    people = roster("奎文区")
    now = on_post(people)
    assert now.height == 1806
    assert round(10000 * now.height / 976466, 1) == 18.5
    opened = people.filter(pl.col("选聘方式") == "公开招聘", pl.col("入职日期") >= date(2022, 7, 1))
    assert opened.height == 348
    assert opened["离职日期"].count() > 0
    others = people.filter(pl.col("入职日期") >= date(2022, 7, 1), pl.col("选聘方式").is_in(["机关选派", "选任"]))
    assert others.height > 0
    assert round(100 * now.filter(age(END) <= 40).height / now.height, 1) == 40.1
    college = now.filter(pl.col("学历").is_in(["大专", "本科", "研究生"])).height
    assert college == 1647
    assert round(100 * now.filter(pl.col("社会工作者职业资格") != "无").height / now.height, 1) == 64.2
    assert people.filter(pl.col("取证日期") > END).is_empty()
    secretaries = now.filter(pl.col("岗位").str.starts_with("社区正职"))
    assert secretaries["社区代码"].n_unique() == secretaries.height == 137
    assert round(secretaries.select(age(END)).to_series().mean(), 1) == 41.1
    reserves = dict(now["后备人选"].value_counts().iter_rows())
    assert {kind: reserves[kind] for kind in ("正职", "副职", "两委成员")} == {"正职": 12, "副职": 49, "两委成员": 76}
    assert now.filter(pl.col("后备人选") == "正职")["出生日期"].min() >= date(1990, 1, 1)


def test_headcounts_of_gaomi_and_hongtong():
    assert on_post(roster("高密市")).height == 802  # 14.5 per 10,000 urban residents
    people = roster("洪洞县")
    assert on_post(people).height == 258
    left = people.group_by(year=pl.col("离职日期").dt.year()).len().drop_nulls()
    assert left.sort("len")["year"].to_list()[-1] == 2024  # the wave of leavers


def grids_and_duties(folder: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    grids = with_dates(read(folder, "网格"))
    opened = grids.filter(pl.col("设立日期") <= END, pl.col("撤销日期").is_null() | (pl.col("撤销日期") > END))
    duties = with_dates(read(folder, "网格任职"))
    current_duties = duties.filter(pl.col("开始日期") <= END, pl.col("结束日期").is_null() | (pl.col("结束日期") > END))
    return opened, current_duties


@pytest.mark.parametrize(
    ("folder", "count", "unstaffed", "without_leader"),
    [("庆阳市", 690, 12, 23), ("高密市", 430, 3, 9), ("奎文区", 800, 21, 58), ("洪洞县", 190, 14, 38)],
)
def test_grids_and_their_staff(folder, count, unstaffed, without_leader):
    opened, duties = grids_and_duties(folder)
    codes = set(opened["网格编码"])
    assert len(codes) == opened.height == count
    assert len(codes - set(duties["网格编码"])) == unstaffed
    leaders = duties.filter(pl.col("网格职务") == "网格长")["网格编码"]
    assert len(codes - set(leaders)) == without_leader
    households = opened.filter(pl.col("网格性质") == "居民网格")["户数"].cast(int)
    assert 440 < households.mean() < 520
    if folder == "庆阳市":
        assert 490 <= households.mean() <= 505


@pytest.mark.parametrize("folder", FOLDERS)
def test_rosters_are_consistent(folder):
    people = roster(folder)
    assert people["社区工作者编号"].is_unique().all()
    assert people.filter(pl.col("离职日期") < pl.col("入职日期")).is_empty()
    assert people["入职日期"].max() <= END
    assert people.filter(pl.col("离职日期") > END).is_empty()
    hired_at = people.with_columns(age=(pl.col("入职日期") - pl.col("出生日期")).dt.total_days() / 365.25)["age"]
    assert hired_at.min() >= 18 and hired_at.max() < 60
    bands = {
        "社区正职（书记/主任）": (7, 18),
        "社区副职": (4, 15),
        "一般社区工作者": (1, 12),
        "楼宇专职工作者": (1, 12),
    }
    for post, (lower, upper) in bands.items():
        grades = people.filter(pl.col("岗位") == post)["岗位等级"].cast(int)
        assert grades.is_empty() or (grades.min() >= lower and grades.max() <= upper)
    duties = with_dates(read(folder, "网格任职")).join(people, on="社区工作者编号", how="left")
    assert duties.select("社区工作者编号", "网格编码", "开始日期").is_unique().all()
    assert duties.filter(pl.col("社区代码") != pl.col("网格编码").str.head(12)).is_empty()
    assert duties.filter(pl.col("开始日期") < pl.col("入职日期")).is_empty()
    assert duties.filter(pl.col("结束日期") < pl.col("开始日期")).is_empty()
    never_ended = duties.filter(pl.col("结束日期").is_null(), pl.col("离职日期").is_not_null())
    assert 0 < never_ended.height <= 10


@pytest.mark.parametrize("folder", FOLDERS)
def test_identity_numbers_are_valid_and_belong_to_nobody(folder):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    people = roster(folder)
    for number, birth, gender, phone in people.select("身份证号", "出生日期", "性别", "手机号").iter_rows():
        assert number.startswith("999") and phone.startswith("100") and len(phone) == 11
        assert number[6:14] == f"{birth:%Y%m%d}"
        assert int(number[16]) % 2 == (gender == "男")
        total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
        assert number[17] == "10X98765432"[total % 11]
    assert people["身份证号"].is_unique().all()


@pytest.mark.parametrize("folder", FOLDERS)
def test_shapes_tile(folder):
    features = json.loads((DEMO / folder / "shapes.geojson").read_text(encoding="utf-8"))["features"]
    areas = {feature["properties"].get("area_code"): shape(feature["geometry"]) for feature in features}
    areas.pop(None)
    grids = {feature["properties"].get("grid_code"): shape(feature["geometry"]) for feature in features}
    grids.pop(None)
    assert all(part.is_valid and not part.is_empty for part in [*areas.values(), *grids.values()])
    assert all(ring.exterior.is_ccw for part in [*areas.values(), *grids.values()] for ring in shapely.get_parts(part))

    listed = read(folder, "行政区划").filter(pl.col("级别").is_in(["区县", "街道", "社区"]))["区划代码"]
    assert set(areas) == set(listed)
    assert set(grids) == set(grids_and_duties(folder)[0]["网格编码"])

    communities = {code: area for code, area in areas.items() if len(code) == 12}
    own: dict[str, list] = {code: [] for code in communities}
    for code, part in grids.items():
        own[code[:12]].append(part)
    for code, parts in own.items():
        union = shapely.union_all(parts)
        assert sum(part.area for part in parts) - union.area < NO_OVERLAP
        assert union.symmetric_difference(communities[code]).area < NO_OVERLAP
    together = shapely.union_all(list(communities.values()))
    assert sum(area.area for area in communities.values()) - together.area < NO_OVERLAP
    for county in (code for code in areas if len(code) == 6):
        streets = [area for code, area in areas.items() if len(code) == 9 and code.startswith(county)]
        union = shapely.union_all(streets)
        assert sum(area.area for area in streets) - union.area < NO_OVERLAP
        # The county keeps its real vertices only; its streets add theirs, each centimetres off its line.
        assert union.symmetric_difference(areas[county]).area < 1e-6
