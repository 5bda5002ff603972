"""Defines the demo districts: their published counts and their course since 2022.

Codes, names and census counts are facts (data/reference/). The quotas marked "published" are figures that the districts
published themselves; everything else is invented.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class County:
    """Describes one county's course. Ratios are workers per 10,000 urban residents at the start of a month."""

    code: str
    workers: int  # on post at the last month's end, urban communities
    ratios: tuple[tuple[date, float], ...]  # before the last month, whose ratio follows from `workers`
    rounds: tuple[int, ...]  # months in which recruitment rounds are held
    yearly_leavers: float  # share of the workers on post
    growth: float  # urban residents, per year
    elderly: float
    children: float
    needy: float  # share of households
    hire_age: tuple[int, int, int] = (21, 46, 30)  # youngest, oldest, usual, when hired before 2022
    exodus: tuple[int, float] | None = None  # year and factor of an unusual number of leavers


@dataclass(frozen=True)
class PilotArea:
    """Describes one district that sends files. Counts of people and grids are at the end of the last month."""

    folder: str
    code: str
    counties: tuple[County, ...]
    college_graduates: int
    certified_workers: int
    public_seats: int
    reserves: tuple[int, int, int]  # for secretary, deputy, committee member
    grids: int
    residential_grids: int
    grids_without_leader: int
    unstaffed_grids: int
    pay: tuple[int, int]  # base and step per grade, yuan per month
    building_workers: frozenset[str] = frozenset()  # counties with workers for office buildings
    recorded_hires: int | None = None  # hires with a recorded channel; None: most hires
    open_hires: tuple[date, int] | None = None  # number hired by open recruitment from that date on
    forty_or_under: int | None = None
    secretary_age_total: int | None = None  # sum of the secretaries' ages in whole years
    rural_residents: int = 0  # living in urban communities but counted as rural
    late_counts: dict[str, date | None] = field(default_factory=dict)  # date of the first count; None: not counted yet


def _ratios(*points: tuple[str, float]) -> tuple[tuple[date, float], ...]:
    return tuple((date.fromisoformat(f"{month}-01"), ratio) for month, ratio in points)


QINGYANG = PilotArea(
    folder="庆阳市",
    code="621000",
    counties=(
        County(
            "621002",
            444,
            _ratios(("2022-01", 9.5), ("2023-07", 11.2), ("2025-01", 12.6)),
            rounds=(3, 9),
            yearly_leavers=0.065,
            growth=0.013,
            elderly=0.142,
            children=0.183,
            needy=0.014,
        ),
        County(
            "621021",
            133,
            _ratios(("2022-01", 10.1), ("2024-01", 12.0)),
            rounds=(7,),
            yearly_leavers=0.06,
            growth=-0.002,
            elderly=0.171,
            children=0.172,
            needy=0.022,
        ),
        County(
            "621022",
            104,
            _ratios(("2022-01", 8.8), ("2024-06", 9.7)),
            rounds=(7,),
            yearly_leavers=0.08,
            growth=-0.009,
            elderly=0.166,
            children=0.201,
            needy=0.034,
        ),
        County(
            "621023",
            92,
            _ratios(("2022-01", 11.4), ("2023-01", 12.1), ("2024-06", 16.4)),
            rounds=(3, 9),
            yearly_leavers=0.05,
            growth=0.004,
            elderly=0.158,
            children=0.176,
            needy=0.027,
        ),
        County(
            "621024",
            69,
            _ratios(("2022-01", 9.9), ("2024-01", 11.7)),
            rounds=(9,),
            yearly_leavers=0.06,
            growth=0.001,
            elderly=0.169,
            children=0.170,
            needy=0.021,
        ),
        County(
            "621025",
            85,
            _ratios(("2022-01", 9.4), ("2024-01", 10.3)),
            rounds=(7,),
            yearly_leavers=0.06,
            growth=-0.004,
            elderly=0.192,
            children=0.161,
            needy=0.025,
        ),
        County(
            "621026",
            119,
            _ratios(("2022-01", 8.8), ("2024-01", 10.1)),
            rounds=(3,),
            yearly_leavers=0.07,
            growth=-0.003,
            elderly=0.189,
            children=0.165,
            needy=0.028,
        ),
        County(
            "621027",
            117,
            _ratios(("2022-01", 9.2), ("2024-01", 9.6)),
            rounds=(9,),
            yearly_leavers=0.065,
            growth=-0.011,
            elderly=0.196,
            children=0.163,
            needy=0.036,
        ),
    ),
    college_graduates=968,
    certified_workers=341,
    public_seats=52,
    reserves=(38, 61, 84),  # 52 published
    grids=690,
    residential_grids=636,
    grids_without_leader=23,
    unstaffed_grids=12,  # 678 published
    pay=(2550, 115),
    building_workers=frozenset({"621002"}),
    recorded_hires=368,  # published
)

GAOMI = PilotArea(
    folder="高密市",
    code="370785",
    counties=(
        County(
            "370785",
            802,
            _ratios(("2022-01", 13.1), ("2024-01", 13.6)),
            rounds=(3, 9),
            yearly_leavers=0.055,
            growth=0.006,
            elderly=0.201,
            children=0.162,
            needy=0.011,
            hire_age=(22, 48, 32),
        ),
    ),
    college_graduates=661,
    certified_workers=362,
    public_seats=27,
    reserves=(15, 40, 58),
    grids=430,
    residential_grids=395,
    grids_without_leader=9,
    unstaffed_grids=3,
    pay=(3150, 150),
    late_counts={"370785003041": date(2023, 1, 31)},  # a new community
)

KUIWEN = PilotArea(
    folder="奎文区",
    code="370705",
    counties=(
        County(
            "370705",
            1806,
            _ratios(("2022-01", 17.0), ("2023-06", 17.2), ("2025-01", 17.9)),
            rounds=(3, 7, 11),
            yearly_leavers=0.042,
            growth=0.003,
            elderly=0.182,
            children=0.171,
            needy=0.009,
            hire_age=(23, 50, 37),
        ),
    ),
    college_graduates=1647,
    certified_workers=1159,
    public_seats=44,
    reserves=(12, 49, 76),  # published
    grids=800,
    residential_grids=700,
    grids_without_leader=58,
    unstaffed_grids=21,
    pay=(3450, 185),
    building_workers=frozenset({"370705"}),
    open_hires=(date(2022, 7, 1), 348),  # published
    forty_or_under=724,
    secretary_age_total=5631,  # 40.1 %, 41.1
    rural_residents=13500,
)

HONGTONG = PilotArea(
    folder="洪洞县",
    code="141024",
    counties=(
        County(
            "141024",
            258,
            _ratios(("2022-01", 10.2), ("2024-03", 10.3), ("2024-12", 8.9)),
            rounds=(3, 9),
            yearly_leavers=0.07,
            growth=-0.003,
            elderly=0.173,
            children=0.176,
            needy=0.024,
            exodus=(2024, 2.6),
        ),
    ),
    college_graduates=183,
    certified_workers=58,
    public_seats=11,
    reserves=(6, 14, 21),
    grids=190,
    residential_grids=178,
    grids_without_leader=38,
    unstaffed_grids=14,
    pay=(2250, 95),
    late_counts={"141024100014": None},
)

PILOT_AREAS = (QINGYANG, GAOMI, KUIWEN, HONGTONG)
