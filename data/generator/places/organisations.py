"""Generates the tables party_orgs and estates: branches, the estates they cover, the groups below them."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from random import Random

from data.generator.base.calendar import END, random_day
from data.generator.base.draws import draw, share_out
from data.generator.district import District, number_rows, short_name
from data.generator.partners.partners import Partners
from data.generator.places.areas import streets_of

# Counts of 高密; all are published except the estates without an open branch.
BRANCHES, BUILDING_GROUPS = 212, 1634
ESTATES_COVERED, ESTATES_UNCOVERED, ESTATES_OF_CLOSED_BRANCHES, ESTATES_CLOSED = 473, 31, 3, 18
OLD_WITH_NEW, COMMITTEES, CHAIRS = 89, 342, 138
# Secretaries who chair a second estate of the same branch; each counts as one person.
SECOND_CHAIRS = 12
CLOSED_BRANCHES, CLOSED_GROUPS = 14, 57
# 洪洞 publishes only its tiers, not its branches; its building groups were an abandoned trial.
HONGTONG_BRANCHES, HONGTONG_CLOSED_BRANCHES, HONGTONG_TRIAL_GROUPS = 52, 4, 9

ESTATE_WORDS = (
    "锦绣 凤凰 阳光 翰林 康成 利群 豪迈 密水 夷安 醴泉 胶河 书香 金色 东方 御景 龙泽 碧桂 滨河 盛世 名仕 "
    "水岸 丽景 春天 幸福 和谐 文昌 观澜 学府 状元 福源 华安 南湖 月潭 顺河 向阳 新城 永安 百合 紫薇 梧桐"
).split()
ESTATE_FORMS = "花园 小区 家园 苑 华府 名城 雅居 公寓 新村 佳苑 府邸 嘉园 广场 里".split()


def party_orgs(district: District) -> list[dict]:
    """Returns the party organisations of districts that keep a register, down to the building groups."""
    rng = district.rng("party_orgs")
    if district.code == "370785":
        return _with_groups(district, rng)
    if district.code == "141024":
        return _without_groups(district, rng)
    return []


def _org(name: str, kind: str, area: str, parent: dict | None, set_up: date, closed: date | None = None) -> dict:
    return {
        "org_name": name,
        "kind": kind,
        "area_code": area,
        "parent": parent,
        "set_up_on": set_up,
        "closed_on": closed,
    }


def _numbered(orgs: list[dict]) -> list[dict]:
    """Numbers all organisations and sets the number of each parent; returns them."""
    for org in number_rows(orgs, "org_id", "area_code", "D", 4):
        org["parent_id"] = org["parent"]["org_id"] if org["parent"] else None
    return orgs


def _upper_tiers(district: District, street_body: str) -> tuple[list[dict], dict[str, dict]]:
    """Returns the county, street and community committees, and those of communities also by code."""
    top = _org(f"中共{district.pilot_area.folder}委员会", "county_committee", district.code, None, date(2001, 1, 8))
    streets = {
        code: _org(f"{name}{street_body}", "street_committee", code, top, date(2010, 7, 1))
        for code, name in streets_of(district.code).items()
    }
    homes = {
        community.code: _org(
            f"{short_name(community)}社区党委",
            "community_committee",
            community.code,
            streets[community.street],
            date(2014, 12, 1),
        )
        for community in district.urban_communities
    }
    return [top, *streets.values(), *homes.values()], homes


def _branches(homes: dict[str, dict], counts: list[int], closed: int, first: date, rng: Random) -> list[dict]:
    """Returns the branches of every community; `closed` more were merged into another."""
    rows = [
        _org("", "branch", code, home, random_day(rng, first, date(2025, 8, 31)))
        for (code, home), count in zip(homes.items(), counts, strict=True)
        for _ in range(count)
    ]
    for template in rng.sample(rows, closed):
        start = random_day(rng, first, date(2024, 6, 30))
        rows.append(
            _org(
                "",
                "branch",
                template["area_code"],
                template["parent"],
                start,
                random_day(rng, start + timedelta(days=200), END),
            )
        )
    serial: dict[str, int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: (row["area_code"], row["set_up_on"])):
        serial[row["area_code"]] += 1
        home = row["parent"]["org_name"].removesuffix("社区党委")
        row["org_name"] = f"{home}社区第{serial[row['area_code']]}网格（小区）党支部"
    return sorted(rows, key=lambda row: (row["area_code"], row["set_up_on"]))


def _groups(branches: list[dict], count: int, closed: int, rng: Random) -> list[dict]:
    """Returns the building groups of open branches, and `closed` more that ended."""
    open_branches = [branch for branch in branches if branch["closed_on"] is None]
    shares = share_out(count - len(open_branches), [rng.lognormvariate(0, 0.5) for _ in open_branches])
    rows = []
    for branch, extra in zip(open_branches, shares, strict=True):
        for number in range(1, 2 + extra):
            start = random_day(rng, branch["set_up_on"], min(branch["set_up_on"] + timedelta(days=500), END))
            rows.append(
                _org(
                    f"{branch['org_name'].removesuffix('党支部')}{number}号楼党小组",
                    "building_group",
                    branch["area_code"],
                    branch,
                    start,
                )
            )
    for branch in rng.choices(branches, k=closed):
        start = branch["set_up_on"]
        end = branch["closed_on"] or random_day(rng, start + timedelta(days=60), END)
        rows.append(
            _org(
                f"{branch['org_name'].removesuffix('党支部')}原联合党小组",
                "building_group",
                branch["area_code"],
                branch,
                start,
                end,
            )
        )
    return rows


def _with_groups(district: District, rng: Random) -> list[dict]:
    upper, homes = _upper_tiers(district, "党工委")
    estate_counts = [
        1 + extra for extra in share_out(ESTATES_COVERED - len(homes), district.community_weights(rng, 0.3))
    ]
    counts = [1 + extra for extra in share_out(BRANCHES - len(homes), [count - 1 + 1e-9 for count in estate_counts])]
    branches = _branches(homes, counts, CLOSED_BRANCHES, date(2021, 3, 1), rng)
    industries = [
        _org(f"{district.pilot_area.folder}{name}行业党委", "industry_committee", district.code, upper[0], start)
        for name, start in (("物业服务", date(2021, 9, 16)), ("快递外卖", date(2022, 11, 8)))
    ]
    firms = [
        _org(
            f"第{number}联合企业党支部",
            "company_branch",
            rng.choice(district.urban_communities).code,
            industries[number % 2],
            random_day(rng, date(2022, 1, 1), date(2025, 12, 31)),
        )
        for number in range(1, 61)
    ]
    return _numbered([*upper, *industries, *branches, *_groups(branches, BUILDING_GROUPS, CLOSED_GROUPS, rng), *firms])


def _without_groups(district: District, rng: Random) -> list[dict]:
    upper, homes = _upper_tiers(district, "党委")
    counts = [1 + extra for extra in share_out(HONGTONG_BRANCHES - len(homes), district.community_weights(rng, 0.4))]
    branches = _branches(homes, counts, HONGTONG_CLOSED_BRANCHES, date(2022, 3, 1), rng)
    trial = [
        _org(
            f"{branch['org_name'].removesuffix('党支部')}楼栋党小组（试点）",
            "building_group",
            branch["area_code"],
            branch,
            branch["set_up_on"],
            date(2024, 12, 31),
        )
        for branch in branches
        if branch["set_up_on"] < date(2024, 6, 1)
    ][:HONGTONG_TRIAL_GROUPS]
    return _numbered([*upper, *branches, *trial])


def estates(district: District, orgs: list[dict], partners: Partners) -> list[dict]:
    """Returns the residential estates of 高密: covered by open branches by quota, some uncovered, some closed."""
    if district.code != "370785":
        return []
    rng = district.rng("estates")
    branches = [org for org in orgs if org["kind"] == "branch"]
    open_branches = [branch for branch in branches if branch["closed_on"] is None]
    closed_branches = [branch for branch in branches if branch["closed_on"] is not None]
    names = _estate_names(rng)
    size = dict(
        zip(
            (community.code for community in district.urban_communities),
            district.community_weights(rng, 0.2),
            strict=True,
        )
    )
    # Every branch covers at least one estate, most two or three.
    extra = rng.choices(
        open_branches, [size[branch["area_code"]] for branch in open_branches], k=ESTATES_COVERED - len(open_branches)
    )
    rows = [_estate(branch["area_code"], branch, names, rng) for branch in [*open_branches, *extra]]
    chaired = _assign_chairs(rows, open_branches, rng)
    homes = rng.choices(list(size), list(size.values()), k=ESTATES_UNCOVERED)
    rows += [_estate(home, None, names, rng) for home in homes]
    rows += [
        _estate(branch["area_code"], branch, names, rng)
        for branch in rng.sample(closed_branches, ESTATES_OF_CLOSED_BRANCHES)
    ]
    for row in draw(
        rng,
        [row for row in rows if not row["secretary_is_chair"]],
        COMMITTEES - len(chaired),
        lambda row: 1.0 if row["branch_id"] else 0.3,
    ):
        row["committee"] = _committee(rng)
    closed_ids = {branch["org_id"] for branch in closed_branches}
    for row in rows:
        # The branch is closed, but the register still lists its secretary as chair.
        if row["branch_id"] in closed_ids and row["committee"] != "none":
            row["secretary_is_chair"] = True
    for row in rng.sample(rows, OLD_WITH_NEW):
        row["management"] = "old_with_new"
    for branch in rng.sample(open_branches, ESTATES_CLOSED):
        rows.append(_closed_estate(branch, names, rng))
    for row in rows:
        if row["management"] in ("company", "old_with_new"):
            day = row["closed_on"] - timedelta(days=1) if row["closed_on"] else END
            row["property_company_id"] = partners.partner_on(
                rng, ("property_company",), (row["community_code"], district.code), day
            )
    rows.sort(key=lambda row: (row["community_code"], row["set_up_on"], row["estate_name"]))
    return number_rows(rows, "estate_id", "community_code", "X", 3)


def _estate_names(rng: Random) -> list[str]:
    names = [word + form for word, form in product(ESTATE_WORDS, ESTATE_FORMS)]
    rng.shuffle(names)
    return names


def _committee(rng: Random) -> str:
    return rng.choices(("owners_committee", "management_committee"), (64, 36))[0]


def _estate(community: str, branch: dict | None, names: list[str], rng: Random) -> dict:
    # Most were entered when the register started, long before their branch was set up.
    last = date(2021, 12, 31) if rng.random() < 0.8 else date(2025, 10, 31)
    set_up = random_day(rng, date(2021, 1, 1), last)
    return {
        "community_code": community,
        "estate_name": names.pop(),
        "branch_id": branch["org_id"] if branch else None,
        "households": max(24, round(rng.lognormvariate(5.7, 0.65))),
        "management": rng.choices(("company", "self", "none"), (66, 26, 8))[0],
        "committee": "none",
        "secretary_is_chair": False,
        "set_up_on": set_up,
        "closed_on": None,
    }


def _assign_chairs(rows: list[dict], branches: list[dict], rng: Random) -> list[dict]:
    """Makes branch secretaries chairs of the committees of some estates, some of them in two; returns these estates."""
    of_branch: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        of_branch[row["branch_id"]].append(row)
    chairs = rng.sample([branch["org_id"] for branch in branches], CHAIRS)
    with_two_estates = [branch for branch in chairs if len(of_branch[branch]) > 1]
    chaired = [of_branch[branch][0] for branch in chairs]
    chaired += [of_branch[branch][1] for branch in rng.sample(with_two_estates, SECOND_CHAIRS)]
    for row in chaired:
        row["committee"], row["secretary_is_chair"] = _committee(rng), True
    return chaired


def _closed_estate(branch: dict, names: list[str], rng: Random) -> dict:
    """Returns an estate that was demolished or merged; its row still has its former management."""
    row = _estate(branch["area_code"], branch, names, rng)
    row["set_up_on"] = random_day(rng, date(2021, 1, 1), date(2021, 12, 31))
    row["closed_on"] = random_day(rng, date(2022, 6, 1), END)
    row["management"] = rng.choice(("old_with_new", "company", "self"))
    row["committee"] = rng.choice(("owners_committee", "management_committee", "none"))
    row["secretary_is_chair"] = row["committee"] != "none" and rng.random() < 0.6
    return row


def assign_estates(district: District, rows: list[dict]) -> None:
    """Sets the estate of each worker in the roster, where the district has estates."""
    rng = district.rng("worker_estates")
    of_community: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["closed_on"] is None:
            of_community[row["community_code"]].append(row["estate_id"])
    for worker in district.workers:
        nearby = of_community[worker["community_code"]]
        if nearby and worker["post"] != "secretary" and rng.random() < 0.72:
            worker["estate_id"] = rng.choice(nearby)
