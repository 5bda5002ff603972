"""Contracts of the grid family: areas and their shapes, their population, and the grids."""

import polars as pl

from etl.contracts.columns import (
    Frames,
    Reference,
    Sourced,
    choice,
    code,
    day,
    flag,
    rule,
    table,
    text,
    whole,
)

COMMUNITY = Reference("areas", "area_code", level="community")

# GB/T 2260 and the statistical division code: how many digits name an area of each level.
CODE_DIGITS = {"province": (2, 6), "city": (2, 6), "county": (6,), "street": (9,), "community": (12,)}


def urban_by_default(areas: pl.DataFrame, _accepted: Frames) -> pl.DataFrame:
    """A community counts toward the urban base unless its row says otherwise."""
    is_community = pl.col("level") == "community"
    return areas.with_columns(
        pl.when(is_community).then(pl.col("is_urban").fill_null(True)).otherwise(pl.col("is_urban"))
    )


@table("areas", "行政区划", family="grid", key=("area_code",), defaults=urban_by_default)
class Areas(Sourced):
    """The tree of areas from province to community."""

    area_code = code("区划代码")
    name = text("名称")
    level = choice("级别", "province 省 | city 市 | county 区县 | street 街道 | community 社区")
    parent_code = code("上级代码", required=False, reference=Reference("areas", "area_code"))
    is_urban = flag("是否城镇", required=False)
    map_approval_no = text("审图号", required=False)

    @rule(
        "area_code",
        "区划代码 '{area_code}' 的位数与级别 '{level}' 不符：省、市 2 位或 6 位，区县 6 位，街道 9 位，社区 12 位；请改正代码或级别",
        "area_code '{area_code}' does not have the digits of a {level}: province and city 2 or 6, county 6, "
        "street 9, community 12; correct the code or the level",
    )
    def digits_fit_level(cls) -> pl.Expr:
        digits = pl.col("area_code").str.len_chars()
        fits = [(pl.col("level") == level) & digits.is_in(allowed) for level, allowed in CODE_DIGITS.items()]
        return pl.any_horizontal(fits) & pl.col("area_code").str.contains(r"^\d+$")


def urban_residents_by_default(population: pl.DataFrame, accepted: Frames) -> pl.DataFrame:
    """All residents of an urban community are urban residents and none of another's, unless the row says."""
    urban = accepted["areas"].filter(pl.col("is_urban"))["area_code"]
    is_urban = pl.col("community_code").is_in(urban.implode())
    return population.with_columns(
        pl.col("urban_residents").fill_null(pl.when(is_urban).then(pl.col("residents")).otherwise(0))
    )


def _within(part: str, part_zh: str, whole_: str, whole_zh: str):
    """A rule: a part of a count is no more than the count."""

    return rule(
        part,
        f"{part_zh} {{{part}}} 多于{whole_zh} {{{whole_}}}；请改正其中之一",
        f"{part} {{{part}}} is more than {whole_} {{{whole_}}}; correct one of them",
    )


@table(
    "population", "人口", family="grid", key=("community_code", "as_of"), defaults=urban_residents_by_default
)
class Population(Sourced):
    """Counts of a community's people and households; a count holds until the next one."""

    community_code = code("社区代码", reference=COMMUNITY)
    as_of = day("统计日期", event=True)
    residents = whole("常住人口")
    urban_residents = whole("城镇常住人口", required=False)
    households = whole("户数")
    elderly = whole("六十岁及以上人口", required=False)
    children = whole("十四岁及以下人口", required=False)
    needy_households = whole("困难家庭户数", required=False)

    @_within("urban_residents", "城镇常住人口", "residents", "常住人口")
    def urban_residents_within_residents(cls) -> pl.Expr:
        return pl.col("urban_residents") <= pl.col("residents")

    @_within("elderly", "六十岁及以上人口", "residents", "常住人口")
    def elderly_within_residents(cls) -> pl.Expr:
        return pl.col("elderly") <= pl.col("residents")

    @_within("children", "十四岁及以下人口", "residents", "常住人口")
    def children_within_residents(cls) -> pl.Expr:
        return pl.col("children") <= pl.col("residents")

    @_within("needy_households", "困难家庭户数", "households", "户数")
    def needy_households_within_households(cls) -> pl.Expr:
        return pl.col("needy_households") <= pl.col("households")


@table("grids", "网格", family="grid", key=("grid_code",))
class Grids(Sourced):
    """The grids a community is divided into."""

    grid_code = code("网格编码")
    community_code = code("社区代码", reference=COMMUNITY)
    grid_name = text("网格名称")
    grid_type = choice("网格性质", "residential 居民网格 | business 商圈网格 | special 专属网格")
    households = whole("户数")
    set_up_on = day("设立日期", required=False, event=True)
    closed_on = day("撤销日期", required=False)

    @rule(
        "closed_on",
        "撤销日期 {closed_on} 早于设立日期 {set_up_on}；请改正其中之一",
        "closed_on {closed_on} is before set_up_on {set_up_on}; correct one of them",
    )
    def closed_after_set_up(cls) -> pl.Expr:
        return pl.col("closed_on") >= pl.col("set_up_on")


@table("shapes", "边界", family="grid", key=("area_code", "grid_code"))
class Shapes(Sourced):
    """A boundary of an area or a grid, from the features of a GeoJSON file."""

    area_code = code("编码", required=False, reference=Reference("areas", "area_code"))
    grid_code = code("网格编码", required=False, reference=Reference("grids", "grid_code"))
    geometry = text("边界")

    @rule(
        "area_code",
        "一个边界要有 area_code 或 grid_code 之一，且只有一个；请改正要素的属性",
        "a boundary has either an area_code or a grid_code; correct the feature's properties",
    )
    def names_one_place(cls) -> pl.Expr:
        return pl.col("area_code").is_null() != pl.col("grid_code").is_null()
