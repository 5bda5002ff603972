"""Declares the contracts of the activity family: activities, requests with each of their steps, and points."""

import polars as pl

from etl.contracts.columns import (
    Frames,
    SourceSchema,
    choice,
    code,
    day,
    flag,
    integer,
    moment,
    not_before,
    number,
    rule,
    table,
    text,
    topic,
)
from etl.contracts.identifiers import COMMUNITY, ESTATE, GRID, PARTNER, SHOP_ZONE, UP_TO_COUNTY, WORKER

CATEGORIES = (
    "education 教育 · culture 文化 · medical 医疗 · elderly_care 养老 · property 物业 · environment 环境卫生 · "
    "safety 安全 · parking 停车 · employment 就业 · other 其他"
)
FOCUS_GROUPS = "elderly 老 | child 小 | needy 困 | none 其他"


@table("activities", family="activity", key=("activity_id",))
class Activities(SourceSchema):
    """Describes activities that workers and partners held for residents, with the number of participants."""

    activity_id = code("活动编号")
    started_at = moment("开始时间", event=True)
    area_code = code("区划代码/社区代码", UP_TO_COUNTY)
    grid_code = code("网格编码", GRID, required=False)
    kind = choice(
        "活动类型",
        "service 服务活动 | home_visit 入户走访 | joint_party_day 联建共建 | campaign 专项整治 | "
        "welfare 公益活动 | market 邻里集市 | festival 邻里文化节 | meeting 议事协商",
    )
    title = text("活动名称", required=False)
    worker_id = code("组织者编号", WORKER, required=False)
    partner_id = code("合伙人编号", PARTNER, required=False)
    participants = integer("参与人次", required=False)
    beneficiaries = integer("受益人次", required=False)
    hours = number("服务时长", required=False, at_least=0)

    @rule(
        "title",
        "专项整治要有活动名称（按名称计数）；请补上",
        "a campaign needs a title, because campaigns are counted by title; enter one",
    )
    def campaign_has_title(cls) -> pl.Expr:
        return (pl.col("kind") != "campaign") | pl.col("title").is_not_null()


def fill_is_resolved(requests: pl.DataFrame, _accepted: Frames) -> pl.DataFrame:
    """Fills `is_resolved`: a closed request counts as resolved unless its row says otherwise."""
    return requests.with_columns(pl.col("is_resolved").fill_null(pl.col("closed_at").is_not_null()))


@table("requests", family="activity", key=("request_id",), defaults=fill_is_resolved)
class Requests(SourceSchema):
    """Describes requests to a community, with each step until they were closed."""

    request_id = code("工单编号")
    kind = choice(
        "事项类型",
        "livelihood 民生问题 | hazard 安全隐患 | dispute 矛盾纠纷 | whistle 吹哨服务 | micro_wish 微心愿 | "
        "shop 商铺诉求 | joint_meeting 联席会议事项 | joint_matter 共建事项",
    )
    category = topic("服务类别", CATEGORIES, required=False)
    source = topic(
        "来源渠道",
        "grid_visit 网格走访 · wish_wall 微心愿墙 · consultation 议事协商 · wechat 微信群 · "
        "shop_alliance 商铺联盟 · hotline 热线 · joint_meeting 联席会议",
        required=False,
    )
    focus_group = choice("服务对象", FOCUS_GROUPS, required=False)
    area_code = code("区划代码/社区代码", UP_TO_COUNTY)
    grid_code = code("网格编码", GRID, required=False)
    estate_id = code("小区编号", ESTATE, required=False)
    zone_id = code("商铺片区编号", SHOP_ZONE, required=False)
    raised_at = moment("上报时间", event=True)
    published_at = moment("发布时间", required=False, event=True)
    claimed_at = moment("认领时间", required=False, event=True)
    discussed_at = moment("议事时间", required=False, event=True)
    decided_at = moment("定事时间", required=False, event=True)
    due_at = moment("办理时限", required=False)
    closed_at = moment("办结时间", required=False, event=True)
    is_resolved = flag("是否解决", required=False)
    worker_id = code("承办社工编号", WORKER, required=False)
    partner_id = code("认领合伙人编号", PARTNER, required=False)
    satisfaction = integer("满意度", required=False, at_least=1, at_most=5)

    published_after_raised = not_before("published_at", "raised_at")
    claimed_after_raised = not_before("claimed_at", "raised_at")
    discussed_after_raised = not_before("discussed_at", "raised_at")
    decided_after_discussed = not_before("decided_at", "discussed_at")
    due_after_raised = not_before("due_at", "raised_at")
    closed_after_claimed = not_before("closed_at", "claimed_at")
    # The rule above implies this one where the request was claimed.
    closed_after_raised = not_before("closed_at", "raised_at")


@table("points", family="activity", key=("entry_id",))
class Points(SourceSchema):
    """Describes entries in a resident's points account."""

    entry_id = code("积分流水号")
    account_id = code("储蓄本编号", identifies=True)
    community_code = code("社区代码", COMMUNITY)
    on_date = day("日期", event=True)
    kind = choice("收支", "earn 获得 | redeem 兑换")
    points = integer("积分", at_least=1)
    reason = text("事由", required=False)
