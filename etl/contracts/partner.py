"""Declares the contracts of the partner family: partners, their posts, shop zones, services, ratings and honours."""

import polars as pl

from etl.contracts.activity import CATEGORIES, FOCUS_GROUPS
from etl.contracts.columns import (
    SourceSchema,
    choice,
    code,
    day,
    flag,
    integer,
    not_before,
    rule,
    score,
    table,
    text,
    topic,
)
from etl.contracts.identifiers import COMMUNITY, ESTATE, GRID, PARTNER, POST_HOLDER, SHOP_ZONE, UP_TO_COUNTY, WORKER


@table("partners", family="partner", key=("partner_id",), is_register=True)
class Partners(SourceSchema):
    """Describes the partners of communities: offices, companies, social organisations, residents."""

    partner_id = code("合伙人编号")
    name = text("名称")
    sector = choice("合伙人类型", "government 机关单位 | market 市场主体 | society 社会力量 | resident 居民群众")
    kind = choice(
        "合伙人细类",
        "reporting_unit 双报到单位 | department 职能部门 | property_company 物业企业 | shop 商铺 | "
        "delivery_company 快递外卖企业 | enterprise 企业 | social_org 社区社会组织 | "
        "social_org_federation 社会组织联合会 | association 行业协会 | talent_studio 人才工作室 | "
        "volunteer_team 志愿服务队 | university 院校",
    )
    area_code = code("区划代码", UP_TO_COUNTY)
    zone_id = code("商铺片区编号", SHOP_ZONE, required=False)
    has_party_org = flag("是否建立党组织", required=False)
    members = integer("成员数", required=False)
    recruited_via = choice("招募方式", "online 线上 | offline 线下", required=False)
    admitted_by = choice(
        "准入审核", "community 社区党组织 | residents 居民代表 | members 党员代表 | joint 联合审核", required=False
    )
    joined_on = day("加入日期", event=True)
    left_on = day("退出日期", required=False)
    exit_reason = text("退出原因", required=False)

    left_after_joined = not_before("left_on", "joined_on")


@table("partner_posts", family="partner", key=("post_id",), is_register=True)
class PartnerPosts(SourceSchema):
    """Describes the posts that partners and residents hold, where and when."""

    post_id = code("任职编号")
    holder_id = code("人员编号", identifies=True)
    partner_id = code("所属合伙人编号", PARTNER, required=False)
    role = choice(
        "角色",
        "reporting_member 报到党员 | building_leader 楼栋长 | unit_leader 单元长 | focal_household 党员中心户 | "
        "part_time_member 兼职委员 | zone_head 片区长 | shop_volunteer 联铺志愿者 | steward 德邻管家 | "
        "mediator 调解员 | delivery_patrol 社区巡查员 | linked_leader 联系领导 | "
        "linked_department_member 联网格干部 | veteran 三老人员",
        office=True,
    )
    community_code = code("社区代码", COMMUNITY)
    grid_code = code("网格编码", GRID, required=False)
    estate_id = code("小区编号", ESTATE, required=False)
    zone_id = code("商铺片区编号", SHOP_ZONE, required=False)
    households_linked = integer("联系户数", required=False)
    since = day("开始日期", event=True)
    until = day("结束日期", required=False)

    ends_after_start = not_before("until", "since")


@table("shop_zones", family="partner", key=("zone_id",), is_register=True)
class ShopZones(SourceSchema):
    """Describes the zones that a community's shops are divided into."""

    zone_id = code("商铺片区编号")
    community_code = code("社区代码", COMMUNITY)
    zone_name = text("片区名称")
    set_up_on = day("划定日期", required=False, event=True)
    closed_on = day("撤销日期", required=False)


@table("partner_services", family="partner", key=("service_id",), is_register=True)
class PartnerServices(SourceSchema):
    """Describes the services that a partner offers, where, and the capacity per month."""

    service_id = code("服务编号")
    partner_id = code("合伙人编号", PARTNER)
    category = topic("服务类别", CATEGORIES)
    focus_group = choice("服务对象", FOCUS_GROUPS, required=False)
    area_code = code("区划代码/社区代码", UP_TO_COUNTY)
    capacity = integer("月供给量", required=False, at_least=1)
    since = day("开始日期", event=True)
    until = day("结束日期", required=False)

    ends_after_start = not_before("until", "since")


@table("partner_ratings", family="partner", key=("partner_id", "quarter"))
class PartnerRatings(SourceSchema):
    """Describes a partner's ratings by residents, the community and its industry in a quarter."""

    partner_id = code("合伙人编号", PARTNER)
    quarter = code("季度")
    resident_score = score("居民评价得分")
    community_score = score("社区考核得分")
    industry_score = score("行业评议得分")

    @rule(
        "quarter",
        "季度 '{quarter}' 不是季度；请写成 2025Q3 的样子",
        "quarter '{quarter}' is not a quarter; write it as 2025Q3",
    )
    def quarter_is_one(cls) -> pl.Expr:
        return pl.col("quarter").str.contains(r"^20\d\dQ[1-4]$")


@table("honours", family="partner", key=("honour_id",))
class Honours(SourceSchema):
    """Describes honours awarded to partners, holders of a post and workers."""

    honour_id = code("荣誉编号")
    recipient_id = code("获奖对象编号", PARTNER, POST_HOLDER, WORKER)
    title = choice(
        "荣誉称号",
        "model_shop 文明示范商户 | outstanding_volunteer 优秀志愿者 | outstanding_partner 优秀幸福合伙人 | "
        "star_shop 星级服务商户 | home_star 幸福家园之星",
    )
    community_code = code("社区代码", COMMUNITY)
    awarded_on = day("授予日期", event=True)
