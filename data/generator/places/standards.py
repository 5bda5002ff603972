"""Generates the districts' own rows of the table standards: targets, and lists with one row per entry."""

from datetime import date

from data.generator.people.assessments import WEIGHTS
from data.generator.settings import PilotArea

# Where a source gives only a count ("10 rules"), the entries here are invented and marked as examples.
_EXAMPLE = "示例："
_EXIT_RULES = (
    "连续两年年度考核不合格",
    "受到刑事处罚",
    "受到开除党籍处分",
    "连续旷工超过十五日",
    "严重违反工作纪律造成不良影响",
    "隐瞒重要情况取得录用资格",
    "因身体原因长期不能履职",
    "本人自愿辞职",
    "达到法定退休年龄",
    "擅自兼任其他有报酬的职务",
)
_NEGATIVE_LIST = (
    "对党组织决定拖延不办",
    "不按时召开党员大会",
    "重大事项不经集体研究",
    "不公开社区党务居务财务",
    "违规处置集体资产",
    "优亲厚友办理低保救助",
    "对群众诉求推诿扯皮",
    "隐瞒不报安全事故",
    "擅自离岗脱岗",
    "信访问题久拖不决",
    "弄虚作假应付检查",
    "违规收取费用",
    "接受管理服务对象宴请",
    "参与封建迷信活动",
    "培植宗族势力",
    "酒后上岗",
    "在网上发表不当言论",
    "泄露居民个人信息",
    "阻挠业主组织依法履职",
    "不按规定使用党组织活动经费",
)
_APPOINTMENT_STEPS = ("动议", "民主推荐", "组织考察", "资格联审", "集体研究", "任前公示", "备案任职")
_WEIGHT_NAMES = {"daily": "平时考核", "annual": "年度考核", "feedback": "服务对象评价"}
_POST_NAMES = {
    "secretary": "社区正职",
    "deputy": "社区副职",
    "worker": "一般社区工作者",
    "building_worker": "楼宇专职工作者",
}
_SHOP_VOLUNTEER_DUTIES = ("安全排查", "卫生整治", "问题化解", "政策践行", "和谐共建")
_STEWARD_DUTIES = (
    "社情民意收集",
    "矛盾纠纷化解",
    "为民服务代办",
    "示例：政策法规宣传",
    "示例：邻里互助组织",
    "示例：安全隐患巡查",
    "示例：文明新风倡导",
)
_ALLIANCE_DUTIES = ("每月走访商户", "每季召开片区例会", "收集诉求并交办")
_SHOP_VOLUNTEER_RESULTS = ("联系商户走访到位", "问题当日上报")
_STEWARD_RESULTS = ("联系户每月走访一遍", "代办事项办结反馈")
_CLEARANCES = ("安全隐患清", "垃圾杂物清", "乱停乱放清", "矛盾问题清")


def standards(pilot_area: PilotArea) -> list[dict]:
    """Returns a district's own standards, in the contract's columns; the national ones are in data/standards.csv."""
    return [{"area_code": pilot_area.code} | row for row in _STANDARDS_BY_DISTRICT[pilot_area.code]()]


def _row(
    standard: str,
    since: date,
    text: str,
    source: str,
    item: str | None = None,
    value: float | None = None,
    upper: float | None = None,
    until: date | None = None,
    pace: str | None = None,
) -> dict:
    return {
        "standard": standard,
        "item": item,
        "since": since,
        "until": until,
        "value": value,
        "upper": upper,
        "obligation": None,
        "pace": pace,
        "text": text,
        "source": source,
    }


def _former(rows: list[dict], since: date, until: date) -> list[dict]:
    """Returns the rows as an earlier edition that is no longer in force."""
    return [row | {"since": since, "until": until} for row in rows]


def _list(
    standard: str, since: date, source: str, texts: tuple[str, ...], prefix: str = "", mark: str = ""
) -> list[dict]:
    """Returns one row per entry, with items 1, 2, 3 … after the prefix and each text after the mark."""
    return [_row(standard, since, mark + text, source, f"{prefix}{number}") for number, text in enumerate(texts, 1)]


def _qingyang() -> list[dict]:
    return [
        _row(
            "staffing_ratio",
            date(2021, 9, 1),
            "每万名城镇常住人口社区工作者不少于18人",
            "庆阳市社区工作者配备要求（演示条文）",
            value=18,
        ),
        _row(
            "households_per_grid",
            date(2021, 9, 1),
            "城市社区网格一般300至500户",
            "庆阳市网格划分要求（演示条文）",
            value=300,
            upper=500,
        ),
        _row(
            "training_coverage",
            date(2023, 1, 1),
            "社区工作者每年培训全覆盖",
            "庆阳市社区工作者培训要求（演示条文）",
            value=100,
            pace="even",
        ),
        # Its last assessments are of the end of 2025, so on the demo's own day this one table is late.
        _row(
            "report_interval",
            date(2024, 1, 1),
            "考核每半年报一次",
            "庆阳市数据报送要求（演示条文）",
            "assessments",
            value=183,
        ),
    ]


def _gaomi() -> list[dict]:
    alliance, steward, property_service, branches = (
        "高密市商铺联盟工作办法（演示条文）",
        "高密市德邻管家管理办法（演示条文）",
        "高密市红色物业共建要求（演示条文）",
        "高密市小区党组织建设要求（演示条文）",
    )
    return [
        _row(
            "social_orgs_per_community",
            date(2022, 1, 1),
            "每个社区培育社区社会组织不少于12家",
            "高密市社区社会组织培育要求（演示条文）",
            value=12,
        ),
        *_list("duty_list", date(2022, 4, 1), alliance, _SHOP_VOLUNTEER_DUTIES, "shop_volunteer:"),
        *_list("duty_list", date(2022, 2, 1), steward, _STEWARD_DUTIES, "steward:"),
        *_list("duty_list", date(2022, 4, 1), alliance, _ALLIANCE_DUTIES, "shop_alliance:", _EXAMPLE),
        *_list("result_list", date(2022, 4, 1), alliance, _CLEARANCES, "shop_alliance:"),
        *_list("result_list", date(2022, 4, 1), alliance, _SHOP_VOLUNTEER_RESULTS, "shop_volunteer:", _EXAMPLE),
        *_list("result_list", date(2022, 2, 1), steward, _STEWARD_RESULTS, "steward:", _EXAMPLE),
        _row(
            "property_projects_per_year",
            date(2022, 1, 1),
            "物业企业每年至少与社区签订一项党建共建项目",
            property_service,
            value=1,
        ),
        _row("property_party_coverage", date(2022, 1, 1), "物业企业党组织全覆盖", property_service, value=100),
        _row("estates_covered_share", date(2022, 1, 1), "小区党支部全面覆盖", branches, value=100),
        _row("zones_with_heads", date(2022, 4, 1), "推行铺长制，每个片区有片区长", alliance, value=100),
        _row("zones_with_volunteers", date(2022, 4, 1), "每个片区有联铺志愿者", alliance, value=100),
    ]


def _kuiwen() -> list[dict]:
    leaving, secretaries, assessing, training = (
        "奎文区社区工作者退出办法（演示条文）",
        "奎文区社区书记管理办法（演示条文）",
        "奎文区社区工作者考核办法（演示条文）",
        "奎文区社区工作者培训计划（演示条文）",
    )
    start = date(2022, 7, 1)
    tiers = ((1, 10, 800), (2, 30, 500), (3, 60, 300))
    exit_rules = _list("exit_rule", start, leaving, _EXIT_RULES, mark=_EXAMPLE)
    negative_list = _list("negative_list", start, secretaries, _NEGATIVE_LIST, mark=_EXAMPLE)
    first_edition = date(2019, 1, 1)
    return [
        _row(
            "staffing_ratio",
            start,
            "每万常住人口配备专职社区工作者不少于18人",
            "奎文区社区工作者管理办法（演示条文）",
            value=18,
        ),
        *_former(exit_rules[:8], first_edition, start),
        *exit_rules,
        _row("consecutive_failed_years", start, "连续两年考核不合格的，终止任职", leaving, value=2),
        *_former(negative_list[:12], first_edition, start),
        *negative_list,
        *_list("appointment_step", start, secretaries, _APPOINTMENT_STEPS, mark=_EXAMPLE),
        *(
            _row(
                "assessment_weight",
                start,
                f"{_POST_NAMES[post]}：{_WEIGHT_NAMES[part]}占{weight}%（示例）",
                assessing,
                f"{post}:{part}",
                weight,
            )
            for post, weights in WEIGHTS.items()
            for part, weight in zip(_WEIGHT_NAMES, weights, strict=True)
        ),
        *(
            _row("tier_share", start, f"{tier}级书记占{share}%", secretaries, str(tier), share)
            for tier, share, _ in tiers
        ),
        *(
            _row(
                "tier_allowance",
                first_edition,
                f"{tier}级书记每月增发{allowance - 100}元",
                secretaries,
                str(tier),
                allowance - 100,
                until=start,
            )
            for tier, _, allowance in tiers
        ),
        *(
            _row("tier_allowance", start, f"{tier}级书记每月增发{allowance}元", secretaries, str(tier), allowance)
            for tier, _, allowance in tiers
        ),
        *_list("teacher_pool", start, training, ("学者智库", "实务专家", "一线精英")),
    ]


def _hongtong() -> list[dict]:
    source = "洪洞县幸福合伙人评价办法（演示条文）"
    dimensions = _list("evaluation_dimension", date(2024, 1, 1), source, ("居民评价", "社区考核", "行业评议"))
    return [
        _row(
            "households_per_grid",
            date(2022, 1, 1),
            "城市社区网格一般300至500户",
            "洪洞县网格划分要求（演示条文）",
            value=300,
            upper=500,
        ),
        *_former(dimensions[:2], date(2023, 3, 1), date(2024, 1, 1)),
        *dimensions,
    ]


_STANDARDS_BY_DISTRICT = {"621000": _qingyang, "370785": _gaomi, "370705": _kuiwen, "141024": _hongtong}
