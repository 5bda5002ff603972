"""Generates the table assessments: three scores per year, the result, and the secretaries' tier."""

from datetime import date
from random import Random

from data.generator.base.calendar import END, age_at
from data.generator.base.draws import share_out
from data.generator.district import District, on_post

YEARS = (2022, 2023, 2024, 2025)
DISTRICTS = ("621000", "370705")
# 奎文 tiers its secretaries 1 : 3 : 6 (published); the shares were different in the first years.
TIERS = {2022: (0.16, 0.34, 0.50), 2023: (0.14, 0.32, 0.54), 2024: (0.11, 0.31, 0.58), 2025: (0.1, 0.3, 0.6)}
TIER_DISTRICT = "370705"
# Weights of the daily, annual and feedback scores, as in the standards.
WEIGHTS = {"secretary": (40, 40, 20), "deputy": (40, 40, 20), "worker": (50, 30, 20), "building_worker": (45, 25, 30)}
FORMER_SECRETARIES = 6
EXCELLENT, BASIC, FAILED = 90.5, 79.0, 62.0


def assessments(district: District) -> list[dict]:
    """Returns one row per worker and year served; every secretary now on post has a tier for the last year."""
    if district.code not in DISTRICTS:
        return []
    rng = district.rng("assessments")
    # Talent is drawn once per worker, so that some are better than others every year.
    talent = {worker["worker_id"]: rng.gauss(0, 2.8) for worker in district.workers}
    rows = []
    for year in YEARS:
        rows_of_year = []
        for worker in district.workers:
            served = on_post(worker, date(year, 12, 31)) and worker["hire_date"] <= date(year, 9, 30)
            # A year's assessment closes in spring, and whoever has become secretary by then is assessed as one.
            is_new_secretary = (
                year == YEARS[-1]
                and district.code == TIER_DISTRICT
                and worker["post"] == "secretary"
                and on_post(worker, END)
            )
            if served or is_new_secretary:
                rows_of_year.append((worker, _assessment(worker, year, talent[worker["worker_id"]], rng)))
        if district.code == TIER_DISTRICT:
            _assign_tiers(year, rows_of_year)
        rows += [row for _, row in rows_of_year]
    return sorted(rows, key=lambda row: (row["assess_year"], row["worker_id"]))


def _assessment(worker: dict, year: int, talent: float, rng: Random) -> dict:
    study = {"bachelor": 1.2, "postgraduate": 1.8, "junior_high": -1.5}.get(worker["education"], 0.0)
    certified = 1.0 if worker.get("certificate") not in (None, "none") else 0.0
    settling = -2.0 if (date(year, 12, 31) - worker["hire_date"]).days < 365 else 0.0
    tired = -1.0 if age_at(worker["birth_date"], date(year, 12, 31)) > 54 else 0.0
    mean = 85.5 + talent + study + certified + settling + tired + (1.5 if worker["post"] == "secretary" else 0.0)
    # Dismissed workers failed in the two years before; few others ever fail, and then for one year.
    dismissed = worker["leave_reason"] == "解聘" and worker["leave_date"].year - year <= 2
    if dismissed or rng.random() < 0.003:
        mean = 55.0
    scores = [round(min(99.5, max(35.0, rng.gauss(mean + shift, 3.4))), 1) for shift in (0.0, 0.5, 1.0)]
    total = sum(score * weight for score, weight in zip(scores, WEIGHTS[worker["post"]], strict=True)) / 100
    result = (
        "incompetent"
        if total < FAILED
        else "basic"
        if total < BASIC
        else "excellent"
        if total >= EXCELLENT
        else "competent"
    )
    return {
        "worker_id": worker["worker_id"],
        "assess_year": year,
        "daily_score": scores[0],
        "annual_score": scores[1],
        "feedback_score": scores[2],
        "result": result,
    }


def _assign_tiers(year: int, rows_of_year: list[tuple[dict, dict]]) -> None:
    """Assigns tiers by score; the shares hold among the secretaries still on post."""
    secretaries = [(worker, row) for worker, row in rows_of_year if worker["post"] == "secretary"]
    for group in (
        [pair for pair in secretaries if on_post(pair[0], END)],
        [pair for pair in secretaries if not on_post(pair[0], END)],
    ):
        if not group:
            continue
        ranked = sorted(group, key=lambda pair: (-pair[1]["annual_score"], pair[1]["worker_id"]))
        counts = share_out(len(ranked), TIERS[year])
        tiers = [tier for tier, count in enumerate(counts, 1) for _ in range(count)]
        for (_, row), tier in zip(ranked, tiers, strict=True):
            row["tier"] = tier
    if year == YEARS[0]:
        # Some of today's deputies were secretaries then and had a tier.
        deputies = [row for worker, row in rows_of_year if worker["post"] == "deputy" and on_post(worker, END)]
        for number, row in enumerate(deputies[:FORMER_SECRETARIES]):
            row["tier"] = 1 + number % 3
