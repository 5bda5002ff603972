"""Declares the contracts of the grid family: areas with their boundaries and population, and the grids, estates, party
organisations and venues in them."""

import polars as pl

from etl.contracts.columns import (
    Frames,
    SourceSchema,
    choice,
    code,
    day,
    flag,
    integer,
    not_before,
    not_more_than,
    number,
    rule,
    table,
    text,
)
from etl.contracts.identifiers import AREA, BRANCH, COMMUNITY, GRID, PARTNER, PARTY_ORG

# Number of digits in an area code by level, from GB/T 2260 and the statistical division codes.
CODE_DIGITS = {"province": (2, 6), "city": (2, 6), "county": (6,), "street": (9,), "community": (12,)}


def fill_is_urban(areas: pl.DataFrame, _accepted: Frames) -> pl.DataFrame:
    """Fills `is_urban`: a community counts toward the urban base unless its row says otherwise."""
    is_community = pl.col("level") == "community"
    return areas.with_columns(
        pl.when(is_community).then(pl.col("is_urban").fill_null(True)).otherwise(pl.col("is_urban"))
    )


@table("areas", family="grid", key=("area_code",), defaults=fill_is_urban, is_register=True)
class Areas(SourceSchema):
    """Describes the tree of areas from province to community."""

    area_code = code("区划代码")
    name = text("名称")
    level = choice("级别", "province 省 | city 市 | county 区县 | street 街道 | community 社区")
    parent_code = code("上级代码", AREA, required=False)
    is_urban = flag("是否城镇", required=False)
    map_approval_no = text("审图号", required=False)

    @rule(
        "area_code",
        "区划代码 '{area_code}' 的位数与级别 '{level}' 不符：省、市 2 位或 6 位，区县 6 位，街道 9 位，社区 12 位；"
        "请改正代码或级别",
        "area_code '{area_code}' has the wrong number of digits for a {level}: province and city 2 or 6, county 6, "
        "street 9, community 12; correct the code or the level",
    )
    def digits_fit_level(cls) -> pl.Expr:
        digits = pl.col("area_code").str.len_chars()
        fits = [(pl.col("level") == level) & digits.is_in(allowed) for level, allowed in CODE_DIGITS.items()]
        return pl.any_horizontal(fits) & pl.col("area_code").str.contains(r"^\d+$")


def fill_urban_residents(population: pl.DataFrame, accepted: Frames) -> pl.DataFrame:
    """Fills `urban_residents`: all residents of an urban community and none of any other, unless the row has one."""
    urban = accepted["areas"].filter(pl.col("is_urban"))["area_code"]
    is_urban = pl.col("community_code").is_in(urban.implode())
    return population.with_columns(
        pl.col("urban_residents").fill_null(pl.when(is_urban).then(pl.col("residents")).otherwise(0))
    )


@table("population", family="grid", key=("community_code", "as_of"), defaults=fill_urban_residents)
class Population(SourceSchema):
    """Describes counts of a community's people and households; a count is valid until the next one."""

    community_code = code("社区代码", COMMUNITY)
    as_of = day("统计日期", event=True)
    residents = integer("常住人口")
    urban_residents = integer("城镇常住人口", required=False)
    households = integer("户数", required=False)
    elderly = integer("六十岁及以上人口", required=False)
    children = integer("十四岁及以下人口", required=False)
    needy_households = integer("困难家庭户数", required=False)

    urban_residents_within_residents = not_more_than("urban_residents", "residents")
    elderly_within_residents = not_more_than("elderly", "residents")
    children_within_residents = not_more_than("children", "residents")
    needy_households_within_households = not_more_than("needy_households", "households")


@table("grids", family="grid", key=("grid_code",), is_register=True)
class Grids(SourceSchema):
    """Describes the grids that a community is divided into."""

    grid_code = code("网格编码")
    community_code = code("社区代码", COMMUNITY)
    grid_name = text("网格名称")
    grid_type = choice("网格性质", "residential 居民网格 | business 商圈网格 | special 专属网格")
    households = integer("户数")
    set_up_on = day("设立日期", required=False, event=True)
    closed_on = day("撤销日期", required=False)

    closed_after_set_up = not_before("closed_on", "set_up_on")


@table("estates", family="grid", key=("estate_id",), is_register=True)
class Estates(SourceSchema):
    """Describes housing estates: their management, the owners' organisation and the party branch that covers them."""

    estate_id = code("小区编号")
    community_code = code("社区代码", COMMUNITY)
    estate_name = text("小区名称")
    households = integer("户数", required=False)
    branch_id = code("党支部编号", BRANCH, required=False)
    property_company_id = code("物业企业编号", PARTNER, required=False)
    management = choice(
        "管理方式", "company 物业管理 | old_with_new 以新托旧 | self 居民自管 | none 无", required=False
    )
    committee = choice("业主组织", "owners_committee 业委会 | management_committee 物管会 | none 无", required=False)
    secretary_is_chair = flag("一肩挑", required=False)
    set_up_on = day("建档日期", required=False, event=True)
    closed_on = day("撤销日期", required=False)


@table("party_orgs", family="grid", key=("org_id",), is_register=True)
class PartyOrgs(SourceSchema):
    """Describes party organisations from the county committee down to the group of a building."""

    org_id = code("组织编号")
    parent_id = code("上级组织编号", PARTY_ORG, required=False)
    org_name = text("组织名称")
    kind = choice(
        "组织类型",
        "county_committee 县(市区)委 | street_committee 街道(乡镇)党(工)委 | community_committee 社区党组织 | "
        "branch 小区(网格)党支部 | building_group 楼栋党小组 | industry_committee 行业党委 | "
        "company_branch 企业党组织",
    )
    area_code = code("区划代码", AREA)
    set_up_on = day("成立日期", required=False, event=True)
    closed_on = day("撤销日期", required=False)


@table("places", family="grid", key=("place_id",), is_register=True)
class Venues(SourceSchema):
    """Describes venues where a community serves people: service centres, stations, pavilions, studios."""

    place_id = code("阵地编号")
    place_name = text("阵地名称")
    kind = choice(
        "阵地类型",
        "service_centre 党群服务中心 | service_station 党群服务驿站 | pavilion 议事亭(广场) | "
        "rider_station 骑手驿站 | lei_feng_station 雷锋益站 | teaching_point 现场教学点 | "
        "secretary_studio 书记工作室 | partner_shop 合伙人超市",
    )
    community_code = code("社区代码", COMMUNITY)
    lon = number("经度", required=False, at_least=-180, at_most=180)
    lat = number("纬度", required=False, at_least=-90, at_most=90)
    area_m2 = number("面积", required=False, at_least=0)
    opened_on = day("启用日期", required=False, event=True)
    closed_on = day("停用日期", required=False)
    inspected_on = day("督导检查日期", required=False, event=True)

    closed_after_opened = not_before("closed_on", "opened_on")


@table("shapes", family="grid", key=("area_code", "grid_code"), is_register=True)
class Shapes(SourceSchema):
    """Describes the boundary of an area or a grid, from a feature of a GeoJSON file."""

    area_code = code("编码", AREA, required=False)
    grid_code = code("网格编码", GRID, required=False)
    geometry = text("边界")

    @rule(
        "area_code",
        "一个边界要有 area_code 或 grid_code 之一，且只有一个；请改正要素的属性",
        "a boundary needs either an area_code or a grid_code, not both; correct the feature's properties",
    )
    def names_one_area_or_grid(cls) -> pl.Expr:
        return pl.col("area_code").is_null() != pl.col("grid_code").is_null()
