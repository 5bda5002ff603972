"""Generates areas and population: real divisions and census counts, split among communities by invented sizes."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import cos, pi
from pathlib import Path
from random import Random

from data.generator.base.calendar import END, START, month_end, month_starts
from data.generator.base.draws import share_out
from data.generator.settings import County, PilotArea

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"

# Rural communities and those without a count have no share of the census's urban residents.
RURAL_RESIDENTS = {"621022109400": 3180, "141024106002": 4260}
UNCOUNTED_SIZE = 2400


@dataclass(frozen=True)
class Community:
    """Describes a community with its size at the end of the last month."""

    code: str
    name: str
    is_urban: bool
    first_count: date | None  # month-end of its first population row; None: it has none
    residents: int
    urban_residents: int
    households: int

    @property
    def street(self) -> str:
        return self.code[:9]

    @property
    def county(self) -> str:
        return self.code[:6]


@cache
def divisions() -> list[dict[str, str]]:
    """Reads divisions.csv: area_code, name, level, parent_code, urban_rural_code, lon, lat, all text."""
    with open(REFERENCE / "divisions.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def streets_of(code: str) -> dict[str, str]:
    """Returns the names of a county's streets and townships, by code."""
    return {
        row["area_code"]: row["name"]
        for row in divisions()
        if row["level"] == "street" and row["area_code"].startswith(code)
    }


@cache
def census() -> dict[str, dict[str, str]]:
    """Reads the rows of the 2020 census, by area code."""
    with open(REFERENCE / "census_2020.csv", encoding="utf-8", newline="") as file:
        return {row["区划代码"]: row for row in csv.DictReader(file)}


def parent_areas() -> list[dict]:
    """Returns the rows of the provinces and cities above the districts."""
    return [_area(row) for row in divisions() if row["level"] in ("province", "city") and row["area_code"] != "621000"]


def areas(pilot_area: PilotArea) -> list[dict]:
    """Returns the area rows of a district: itself and everything below it."""
    stem = pilot_area.code.rstrip("0") if pilot_area.code.endswith("00") else pilot_area.code
    return [_area(row) for row in divisions() if row["area_code"].startswith(stem) and row["level"] != "province"]


def _area(row: dict[str, str]) -> dict:
    is_urban = not row["urban_rural_code"].startswith("2") if row["level"] == "community" else None
    return {
        "area_code": row["area_code"],
        "name": row["name"],
        "level": row["level"],
        "parent_code": row["parent_code"],
        "is_urban": is_urban,
    }


def communities(pilot_area: PilotArea, county: County, seed: int) -> list[Community]:
    """Returns a county's communities, sized so that urban residents add up to the 2020 census."""
    rng = Random(f"{seed}/sizes/{county.code}")
    rows = [row for row in divisions() if row["level"] == "community" and row["area_code"][:6] == county.code]
    per_street: dict[str, int] = {}
    for row in rows:
        per_street[row["parent_code"]] = per_street.get(row["parent_code"], 0) + 1
    counts = census()[county.code]
    counted_rows = [
        row
        for row in rows
        if row["area_code"] not in RURAL_RESIDENTS and pilot_area.late_counts.get(row["area_code"], START) is not None
    ]
    weights = []
    for row in counted_rows:
        # The county seat has the most communities, and the largest ones.
        seat = 1.5 if per_street[row["parent_code"]] == max(per_street.values()) else 1.0
        late = 0.45 if row["area_code"] in pilot_area.late_counts else 1.0
        weights.append(seat * late * rng.lognormvariate(0, 0.33))
    urban = dict(
        zip((row["area_code"] for row in counted_rows), share_out(int(counts["城镇人口"]), weights), strict=True)
    )
    fringe = _rural_fringe(pilot_area, counted_rows, rng)
    households_per_resident = int(counts["家庭户数"]) / int(counts["人口数_合计"])

    result = []
    for row in rows:
        code = row["area_code"]
        urban_residents = urban.get(code, 0)
        residents = RURAL_RESIDENTS.get(code, urban_residents + fringe.get(code, 0) or UNCOUNTED_SIZE)
        households = round(residents * households_per_resident * rng.uniform(0.96, 1.04))
        result.append(
            Community(
                code,
                row["name"],
                code not in RURAL_RESIDENTS,
                pilot_area.late_counts.get(code, month_end(START)),
                residents,
                urban_residents,
                households,
            )
        )
    return result


def _rural_fringe(pilot_area: PilotArea, rows: list[dict[str, str]], rng: Random) -> dict[str, int]:
    """Returns residents whom the census counts as rural although their community is urban: those of the last street."""
    if not pilot_area.rural_residents:
        return {}
    outer = [row["area_code"] for row in rows if row["parent_code"] == "370705010"][-12:]
    shares = share_out(pilot_area.rural_residents, [rng.uniform(0.4, 1.6) for _ in outer])
    return dict(zip(outer, shares, strict=True))


def urban_residents_at(county: County, community: Community, month: date, seed: int) -> int:
    """Returns the urban residents at the end of a month, whether or not the community is counted by then."""
    return round(community.urban_residents * _growth(county, community, month, seed))


def _growth(county: County, community: Community, month: date, seed: int) -> float:
    """Returns the size at a month's end relative to the last month: a smooth curve, with a dip in some communities."""
    rng = Random(f"{seed}/growth/{community.code}")
    years_before = ((END.year - month.year) * 12 + END.month - month.month) / 12
    own_growth = county.growth + rng.gauss(0, 0.005)
    dip = rng.uniform(0.01, 0.05) if rng.random() < 0.3 else 0.0
    centre, width = rng.uniform(1.0, 3.5), rng.uniform(0.5, 1.2)
    distance = abs(years_before - centre) / width
    # A rebuilt quarter empties and fills again; the dip is over by the last month.
    bend = dip * (1 + cos(pi * distance)) / 2 if distance < 1 and years_before > 0 else 0.0
    return (1 + own_growth) ** -years_before * (1 - bend)


def population(county: County, communities_of_county: list[Community], seed: int) -> list[dict]:
    """Returns the population rows, one per counted community and month-end."""
    rows = []
    for community in communities_of_county:
        if community.first_count is None:
            continue
        rng = Random(f"{seed}/ages/{community.code}")
        elderly, children = county.elderly * rng.uniform(0.8, 1.25), county.children * rng.uniform(0.85, 1.15)
        needy = county.needy * rng.uniform(0.5, 1.6)
        for month in month_starts():
            as_of = month_end(month)
            if as_of < community.first_count:
                continue
            size = _growth(county, community, month, seed)
            years_before = (END.year - month.year) + (END.month - month.month) / 12
            residents = round(community.residents * size)
            households = round(community.households * size)
            rows.append(
                {
                    "community_code": community.code,
                    "as_of": as_of,
                    "residents": residents,
                    "urban_residents": urban_residents_at(county, community, month, seed),
                    "households": households,
                    # Each year the share of the elderly grows and that of children shrinks.
                    "elderly": round(residents * (elderly - 0.004 * years_before)),
                    "children": round(residents * (children + 0.003 * years_before)),
                    "needy_households": round(households * needy * (1 + 0.05 * years_before)),
                }
            )
    return rows
