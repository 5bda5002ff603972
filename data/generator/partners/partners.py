"""Generates the tables partners and shop_zones: current and former partners, with reasons for leaving."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

from data.generator.base.calendar import END, random_day
from data.generator.base.draws import share_out
from data.generator.district import District, is_open, number_rows, short_name
from data.generator.places.areas import streets_of

# Partners at the end of the last month. Published: those of 高密 except shops, enterprises and volunteer teams; the
# universities of 奎文; the departments, associations and studios of 洪洞, and its total of over 130.
CURRENT_COUNTS = {
    "621000": {
        "reporting_unit": 86,
        "property_company": 41,
        "enterprise": 24,
        "social_org": 402,
        "association": 8,
        "volunteer_team": 97,
        "university": 3,
    },
    "370785": {
        "reporting_unit": 140,
        "property_company": 53,
        "shop": 1260,
        "delivery_company": 12,
        "enterprise": 38,
        "social_org": 2215,
        "social_org_federation": 10,
        "volunteer_team": 66,
    },
    "370705": {
        "reporting_unit": 72,
        "property_company": 48,
        "enterprise": 30,
        "social_org": 960,
        "social_org_federation": 2,
        "volunteer_team": 137,
        "university": 14,
    },
    "141024": {
        "department": 75,
        "association": 25,
        "talent_studio": 14,
        "enterprise": 9,
        "shop": 5,
        "property_company": 4,
        "volunteer_team": 4,
    },
}
# Partners that have left by then.
FORMER_COUNTS = {
    "621000": {"reporting_unit": 4, "property_company": 5, "enterprise": 3, "social_org": 31, "volunteer_team": 6},
    "370785": {
        "reporting_unit": 9,
        "property_company": 4,
        "shop": 143,
        "delivery_company": 2,
        "enterprise": 5,
        "social_org": 128,
        "social_org_federation": 1,
        "volunteer_team": 5,
    },
    "370705": {
        "reporting_unit": 3,
        "property_company": 6,
        "enterprise": 4,
        "social_org": 58,
        "volunteer_team": 9,
        "university": 2,
    },
    "141024": {"department": 3, "association": 2, "talent_studio": 2, "enterprise": 3, "shop": 2, "volunteer_team": 2},
}
START_DATES = {
    "621000": date(2021, 5, 1),
    "370785": date(2020, 6, 1),
    "370705": date(2021, 3, 1),
    "141024": date(2023, 3, 1),
}
SECTORS = {
    "reporting_unit": "government",
    "department": "government",
    "property_company": "market",
    "shop": "market",
    "delivery_company": "market",
    "enterprise": "market",
    "social_org": "society",
    "social_org_federation": "society",
    "association": "society",
    "talent_studio": "society",
    "volunteer_team": "society",
    "university": "society",
}
COMMUNITY_KINDS = ("property_company", "shop", "social_org", "volunteer_team")
# Social organisations registered with the county; the others are registered with a community.
COUNTY_SOCIAL_ORGS = {"621000": 9, "370785": 15, "370705": 11}
MIN_SOCIAL_ORGS = 12  # per community, published by 高密
SOCIAL_ORG_MEMBERS = {"370785": 16380}  # published: over 16,000
PARTY_ORG_SHARES = {
    "reporting_unit": 1.0,
    "department": 0.97,
    "property_company": 1.0,
    "shop": 0.04,
    "delivery_company": 0.75,
    "enterprise": 0.6,
    "social_org": 0.03,
    "social_org_federation": 0.6,
    "association": 0.5,
    "talent_studio": 0.2,
    "volunteer_team": 0.15,
    "university": 1.0,
}
SHOP_ZONES = {"370785": (167, 9)}  # open (published) and closed
RESIDENTS_TEAM = {"141024": ("红枫居民互助组", "居民代表联名退出")}

BUREAUS = (
    "发展和改革局 教育和体育局 科学技术局 工业和信息化局 公安局 民政局 司法局 财政局 人力资源和社会保障局 "
    "自然资源和规划局 住房和城乡建设局 交通运输局 水利局 农业农村局 商务局 文化和旅游局 卫生健康局 "
    "退役军人事务局 应急管理局 审计局 行政审批局 市场监督管理局 综合行政执法局 统计局 医疗保障局 信访局 大数据中心 "
    "税务局 气象局 消防救援大队 生态环境分局 供销合作社 总工会 团委 妇联 科协 工商联 残联 红十字会 文联 档案馆 党校 "
    "融媒体中心 图书馆 文化馆 疾控中心 人民医院 中医院 妇幼保健院 法院 检察院 公积金管理部 不动产登记中心 "
    "机关事务服务中心 园林环卫中心 城市管理中心 公路事业发展中心 融资担保中心"
).split()
FIRMS = (
    "供电公司 自来水公司 热力公司 燃气公司 邮政分公司 移动公司 联通公司 电信公司 烟草专卖局 农商银行 农业银行支行 "
    "工商银行支行 建设银行支行 中国银行支行 邮储银行支行 人保财险支公司 人寿保险支公司 公交公司 新华书店 粮食储备库 "
    "铁塔公司 水务公司 交运公司 农业发展公司 文旅公司 城投公司 国有资产运营公司 盐业公司 石油分公司 发电公司"
).split()
SCHOOLS = (
    *(f"第{number}{school}" for school in ("中学", "小学", "幼儿园") for number in "一二三四五六七八九十"),
    "第一职业中专",
    "第二职业中专",
    "特殊教育学校",
    "老年大学",
    "体育运动学校",
    "技师学院",
    "卫生学校",
)
UNIVERSITIES = {
    "621000": ("陇东学院", "庆阳职业技术学院", "庆阳市委党校"),
    "370705": (
        "潍坊学院",
        "潍坊理工学院",
        "山东信息职业技术学院",
        "潍坊职业学院",
        "潍坊护理职业学院",
        "潍坊工程职业学院",
        "山东经贸职业学院",
        "潍坊科技学院",
        "山东交通职业学院",
        "山东畜牧兽医职业学院",
        "潍坊食品科技职业学院",
        "山东海事职业学院",
        "潍坊市委党校",
        "奎文区委党校",
        "潍坊开放大学",
        "鲁东社区学院",
    ),
}
TRADES = (
    "餐饮 物流 家政 建材 汽修 美容美发 超市零售 农产品 电子商务 房地产 物业服务 酒店 药店 养老服务 教育培训 "
    "环保 广告传媒 装饰装修 眼镜 五金 服装 婚庆 摄影 旅游 花卉 法律服务 会计 金融服务 医药 食品 纺织 机械"
).split()
TOPICS = (
    "太极拳 书法 合唱 广场舞 戏曲 摄影 棋牌 乒乓球 健步走 手工编织 读书 助老 护学 环保 治安巡逻 义剪 家电维修 法律援助 "
    "心理疏导 养花 剪纸 秧歌 舞龙 柔力球 腰鼓 旗袍 葫芦丝 二胡 国画 厨艺 助残 红白理事 邻里调解 文明养犬 楼道美化 "
    "垃圾分类 助餐 亲子 青年创业 老兵 健康管理 爱心缝补"
).split()
FORMS = ("队", "协会", "互助社", "志愿队")
GIVEN_WORDS = (
    "瑞丰 恒泰 金桥 鑫源 宏达 祥和 安居 万家 绿城 东升 嘉和 美家 盛世 海润 天和 华府 富康 泰安 永兴 德馨 佳园 "
    "明珠 宝利 中亿 诚信 同心 顺达 福临 正大 长青"
).split()
SHOPS = "超市 便利店 药房 面馆 水果店 理发店 五金店 早餐店 服装店 烘焙坊 洗衣店 文具店 花店 修车行 眼镜店 茶庄".split()
DELIVERY = (
    "美团外卖 饿了么 京东快递 顺丰速运 中通快递 圆通速递 申通快递 韵达快递 极兔速递 邮政速递 菜鸟驿站 闪送 德邦快递 "
    "达达配送"
).split()
EXITS = {
    "government": ("机构改革并入其他单位", "帮扶任务调整"),
    "market": ("停业", "迁出本地", "考核不合格清退", "合同到期"),
    "society": ("活动停止", "负责人变更后注销", "连续两季未开展服务"),
}


class Partners:
    """Holds the rows of partners and finds those of a kind in an area on a day."""

    def __init__(self, rows: list[dict]):
        self.rows = rows
        self._by_area_and_kind: dict[tuple[str, str], list[dict]] = defaultdict(list)
        for row in rows:
            self._by_area_and_kind[row["area_code"], row["kind"]].append(row)
            if len(row["area_code"]) > 6:
                self._by_area_and_kind[row["area_code"][:6], row["kind"]].append(row)

    def partner_on(self, rng: Random, kinds: tuple[str, ...], areas: tuple[str, ...], *days: date) -> str | None:
        """Draws a partner of one of the kinds that is active on all the days, from the first area that has any.

        Returns None where a few draws find none.
        """
        for area in areas:
            for _ in range(3):
                candidates = self._by_area_and_kind.get((area, rng.choice(kinds)))
                if candidates:
                    row = rng.choice(candidates)
                    if all(is_open(row, "joined_on", "left_on", day) for day in days):
                        return row["partner_id"]
        return None


def shop_zones(district: District) -> list[dict]:
    """Returns the shop-alliance zones of districts that have them, open and closed; every community has an open one."""
    if district.code not in SHOP_ZONES:
        return []
    rng = district.rng("shop_zones")
    open_count, closed_count = SHOP_ZONES[district.code]
    urban = district.urban_communities
    shares = share_out(open_count - len(urban), district.community_weights(rng, 0.5))
    communities = [community for community, extra in zip(urban, shares, strict=True) for _ in range(1 + extra)]
    rows: list[dict[str, Any]] = []
    for index, community in enumerate(communities + rng.sample(communities, closed_count)):
        set_up = random_day(rng, date(2022, 3, 1), date(2025, 9, 30))
        closed = random_day(rng, set_up + timedelta(days=120), END) if index >= open_count else None
        rows.append(
            {
                "community_code": community.code,
                "set_up_on": set_up,
                "closed_on": closed,
                "zone_name": f"{short_name(community)}{rng.choice(('商业街', '沿街', '市场', '广场', '夜市'))}片区",
            }
        )
    rows.sort(key=lambda row: (row["community_code"], row["set_up_on"]))
    name_counts: dict[str, int] = defaultdict(int)
    for row in rows:
        name_counts[row["zone_name"]] += 1
        if name_counts[row["zone_name"]] > 1:
            row["zone_name"] = row["zone_name"].removesuffix("片区") + f"第{name_counts[row['zone_name']]}片区"
    return number_rows(rows, "zone_id", "community_code", "Z", 3)


def partners(district: District, zones: list[dict]) -> list[dict]:
    """Returns every partner of a district, by the day they joined."""
    rng = district.rng("partners")
    names = _Names(district, rng)
    rows = []
    for kind, count in CURRENT_COUNTS[district.code].items():
        former_count = FORMER_COUNTS[district.code].get(kind, 0)
        areas = _areas(district, kind, count, former_count, rng)
        for index, area in enumerate(areas):
            rows.append(_partner(district, kind, area, index >= count, names, rng))
    if district.code in RESIDENTS_TEAM:
        rows.append(_residents_team(district, rng))
    if district.code in SOCIAL_ORG_MEMBERS:
        current_orgs = [row for row in rows if row["kind"] == "social_org" and row["left_on"] is None]
        sizes = share_out(
            SOCIAL_ORG_MEMBERS[district.code] - 3 * len(current_orgs),
            [rng.lognormvariate(0, 0.6) for _ in current_orgs],
        )
        for row, extra in zip(current_orgs, sizes, strict=True):
            row["members"] = 3 + extra
    _place_shops(rows, zones, rng)
    rows.sort(key=lambda row: (row["joined_on"], row["area_code"], row["name"]))
    return number_rows(rows, "partner_id", "area_code", "P", 4)


def _areas(district: District, kind: str, count: int, former_count: int, rng: Random) -> list[tuple[str, str]]:
    """Returns code and short name of each partner's area, former partners last; a county's short name is empty."""
    if kind == "university":
        return [(district.pilot_area.counties[0].code, "")] * (count + former_count)
    counties = [(rng.choice(district.pilot_area.counties).code, "") for _ in range(count + former_count)]
    if kind == "social_org_federation":
        streets = [(code, name.removesuffix("街道")) for code, name in streets_of(district.code).items()]
        return (streets + counties)[:count] + streets[:former_count]
    if kind not in COMMUNITY_KINDS or count < len(district.urban_communities):
        return counties
    weights = district.community_weights(rng, 0.3)
    if kind != "social_org":
        parts = share_out(count, weights)
        former_parts = share_out(former_count, weights)
    else:
        parts = _social_orgs(district, count - COUNTY_SOCIAL_ORGS[district.code], weights)
        # If former ones were counted too, no community would have just the minimum.
        base = 1 if former_count >= len(weights) else 0
        former_parts = [base + extra for extra in share_out(former_count - base * len(weights), weights)]
    areas = [(community.code, short_name(community)) for community in district.urban_communities]
    current = [area for area, part in zip(areas, parts, strict=True) for _ in range(part)]
    former = [area for area, part in zip(areas, former_parts, strict=True) for _ in range(part)]
    return current + counties[len(current) : count] + former


def _social_orgs(district: District, count: int, weights: list[float]) -> list[int]:
    """Returns the number per community; where a minimum is published, the smallest community has exactly that."""
    if district.code not in SOCIAL_ORG_MEMBERS:
        return share_out(count, weights)
    smallest = weights.index(min(weights))
    others = [0.0 if index == smallest else weight for index, weight in enumerate(weights)]
    base = MIN_SOCIAL_ORGS + 1
    extras = share_out(count - base * len(weights) + 1, others)
    return [base + extra - (index == smallest) for index, extra in enumerate(extras)]


def _partner(
    district: District, kind: str, area: tuple[str, str], is_former: bool, names: "_Names", rng: Random
) -> dict:
    sector = SECTORS[kind]
    start = START_DATES[district.code]
    # Most join in the second and third year of the programme, a few in every month after that.
    latest = END - timedelta(days=200) if is_former else END
    joined = start + timedelta(days=int((latest - start).days * rng.betavariate(1.3, 1.9)))
    left = random_day(rng, joined + timedelta(days=150), END) if is_former else None
    return {
        "name": names.make(kind, *area),
        "sector": sector,
        "kind": kind,
        "area_code": area[0],
        # Property companies without one have left, so that all current ones have one.
        "has_party_org": rng.random() < PARTY_ORG_SHARES[kind] and not (is_former and kind == "property_company"),
        "members": max(2, round(rng.lognormvariate(2.1 if sector != "government" else 3.3, 0.6))),
        "recruited_via": rng.choices(("offline", "online", None), (70, 22, 8))[0],
        "admitted_by": rng.choices(("community", "joint", "residents", "members", None), (46, 26, 10, 8, 10))[0],
        "joined_on": joined,
        "left_on": left,
        "exit_reason": rng.choice(EXITS[sector]) if is_former else None,
    }


def _residents_team(district: District, rng: Random) -> dict:
    """Returns the only partner that was a group of residents; it has left, so three sectors remain."""
    name, reason = RESIDENTS_TEAM[district.code]
    return {
        "name": name,
        "sector": "resident",
        "kind": "volunteer_team",
        "area_code": rng.choice(district.urban_communities).code,
        "has_party_org": False,
        "members": 11,
        "recruited_via": "offline",
        "admitted_by": "residents",
        "joined_on": date(2023, 6, 8),
        "left_on": date(2024, 11, 20),
        "exit_reason": reason,
    }


def _place_shops(rows: list[dict], zones: list[dict], rng: Random) -> None:
    """Places shops in a zone of their community, except for a few along other streets."""
    zones_of: dict[str, list[str]] = defaultdict(list)
    for zone in zones:
        if zone["closed_on"] is None:
            zones_of[zone["community_code"]].append(zone["zone_id"])
    for row in rows:
        if row["kind"] == "shop" and zones_of[row["area_code"]] and rng.random() < 0.93:
            row["zone_id"] = rng.choice(zones_of[row["area_code"]])


class _Names:
    """Invents names, each used once in a district."""

    def __init__(self, district: District, rng: Random):
        self.rng = rng
        short = district.short_name
        groups = tuple(f"{word}集团" for word in GIVEN_WORDS)
        units = [f"{short}{unit}" for unit in (*BUREAUS, *FIRMS, *SCHOOLS, *groups)]
        firms = [f"{short}{word}{trade}有限公司" for word, trade in product(GIVEN_WORDS, TRADES)]
        self.pools = {
            "reporting_unit": [f"{unit}党组织" for unit in units],
            "department": units,
            "property_company": [
                f"{short}{word}物业服务有限公司" for word in (a + b for a, b in product(GIVEN_WORDS, ("", "新", "联")))
            ],
            "delivery_company": [f"{name}{short}营业部" for name in DELIVERY],
            "enterprise": firms,
            "association": [f"{short}{trade}行业协会" for trade in TRADES],
            "talent_studio": [f"{topic}人才工作室" for topic in TOPICS],
            "university": list(UNIVERSITIES.get(district.code, ())),
        }
        for pool in self.pools.values():
            rng.shuffle(pool)
        teams = [f"{topic}{form}" for topic, form in product(TOPICS, FORMS)]
        self.names_by_kind = {
            "social_org": teams,
            "volunteer_team": [f"{topic}志愿服务队" for topic in TOPICS],
            "shop": [f"{word}{shop}" for word, shop in product(GIVEN_WORDS, SHOPS)],
        }
        self.unused: dict[tuple[str, str], list[str]] = {}

    def make(self, kind: str, area: str, area_name: str) -> str:
        """Returns a name of that kind; those of communities and streets begin with their area's name."""
        if kind == "social_org_federation":
            return f"{area_name}社会组织联合会"
        if kind not in self.names_by_kind:
            return self.pools[kind].pop()
        if (area, kind) not in self.unused:
            names = self.names_by_kind[kind]
            self.unused[area, kind] = self.rng.sample(names, min(len(names), 200))
        return area_name + self.unused[area, kind].pop()
