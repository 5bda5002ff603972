"""Training and assessment: each of their metrics and queries on worlds small enough to count by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sql import metric, query
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    STREET,
    WEST,
    build_version,
    month,
    population,
    scope,
    standard,
    value,
    values,
    worker,
    workers,
)

CALENDAR = [population(EAST, "2022-12-31", 1000)]


def rows(
    version: Version, name: str, period: str = "all", area_code: str | None = CITY, **params: object
) -> list[dict]:
    """Returns the rows of a query."""
    return query(name, scope(version, period, area_code), **params).to_dicts()


def session(
    session_id: str, started_on: str, programme: str = "skills_class", area_code: str = CITY, **cells: object
) -> dict:
    """Returns a session of the city, unless a test says otherwise."""
    return {
        "session_id": session_id,
        "title": f"培训{session_id}",
        "organiser_level": "city",
        "area_code": area_code,
        "programme": programme,
        "started_on": started_on,
        "hours": 7,
        **cells,
    }


def attendance_row(
    session_id: str, attendee: str, before: float | None = None, after: float | None = None, done: bool = True
) -> dict:
    """Returns an attendance."""
    return {
        "session_id": session_id,
        "attendee_id": attendee,
        "is_completed": done,
        "score_before": before,
        "score_after": after,
    }


def university(partner_id: str, name: str, joined_on: str, left_on: str | None = None, area_code: str = COUNTY) -> dict:
    """Returns a university that became a partner."""
    return {
        "partner_id": partner_id,
        "name": name,
        "sector": "society",
        "kind": "university",
        "area_code": area_code,
        "joined_on": joined_on,
        "left_on": left_on,
    }


def place(place_id: str, kind: str, community: str = EAST, **cells: object) -> dict:
    """Returns a place, open unless a test says otherwise."""
    return {"place_id": place_id, "place_name": f"处{place_id}", "kind": kind, "community_code": community, **cells}


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes EAST with S a secretary, D a deputy in reserve, W1..W6 workers, of whom W5 was hired in 2024 and W6 has
    left.

    SOUTH has X alone. Seen up to 15 June 2024; the session of 20 June is still to come.
    """
    return build_version(
        tmp_path_factory.mktemp("training"),
        "2024-06-15",
        population=CALENDAR,
        workers=[
            worker("S", post="secretary", certificate="assistant", certified_on="2020-05-01"),
            worker("D", post="deputy", reserve_for="secretary"),
            *(worker(f"W{number}") for number in (1, 2, 3, 4)),
            worker("W5", hire_date="2024-02-01"),
            worker("W6", leave_date="2024-04-01"),
            worker("X", SOUTH),
        ],
        partners=[
            university("P1", "甲大学", "2023-01-01"),
            university("P2", "乙学院", "2023-01-01", "2024-06-15"),
            university("P3", "丙党校", "2024-06-15"),
            university("P4", "丁大学", "2024-06-16"),
            university("P5", "戊大学", "2023-06-01", area_code=OTHER_COUNTY),
        ],
        places=[
            place("T1", "teaching_point"),
            place("T2", "teaching_point", opened_on="2024-06-16"),
            place("T3", "secretary_studio", SOUTH),
            place("T4", "service_station"),
        ],
        training_sessions=[
            session("A", "2023-05-10", course="旧课", topic="专题一", university="甲大学"),
            session("B", "2024-02-20", course="新课", topic="专题一", university="甲大学", place_id="T1"),
            session("C", "2024-03-05", "onboarding", COUNTY, organiser_level="county", course="新课"),
            session("L", "2024-05-06", "leadership"),
            session("G", "2024-05-07", "growth"),
            session("K", "2024-05-08", "certificate_prep"),
            session("N", "2024-05-09", "salon", place_id="T3"),
            session("F", "2024-06-20", course="来课"),
        ],
        training_attendance=[
            attendance_row("A", "W1", 50, 70),
            attendance_row("A", "W2", 60, 60),
            attendance_row("B", "W1", 60, 75),
            attendance_row("B", "W3", 70, 66),
            attendance_row("B", "W4", 80, None, done=False),
            attendance_row("B", "W6", 40, 50),
            attendance_row("B", "D", 55, 65),
            attendance_row("B", "X", 90, 95),
            attendance_row("C", "W5"),
            attendance_row("C", "W4", done=False),
            attendance_row("L", "S"),
            attendance_row("L", "D"),
            attendance_row("G", "D"),
            attendance_row("K", "S"),
            attendance_row("K", "W1"),
            attendance_row("N", "W1"),
            attendance_row("N", "P1"),
            attendance_row("F", "W2", 10, 90),
        ],
    )


def test_workers_without_training_in_the_period(training):
    # On post on 15 June: S, D, W1–W5 in EAST and X. Trained in 2024: S, D, W1, W3, W5 and X.
    assert value(training, "training_coverage", "2024", CITY) == pytest.approx(100 * 6 / 8)
    assert values(training, "workers_untrained", "county", "2024", CITY) == {COUNTY: 2, OTHER_COUNTY: 0}
    assert values(training, "workers_untrained", "post", "2024", CITY) == {"secretary": 0, "deputy": 0, "worker": 2}
    # In 2023 W1 and W2 were; W5 was not hired yet.
    assert value(training, "workers_untrained", "2023", CITY) == 6
    assert values(training, "workers_untrained", ("county", "post"), "2024", COUNTY)[COUNTY, "worker"] == 2


def test_workers_who_were_never_trained(training):
    # W2 and W4 had nothing in 2024: W2 completed a class in 2023; W4 never completed one.
    assert value(training, "workers_never_trained", "2024", CITY) == 1
    # Before the first class: S, D, W1–W4, W6 and X.
    assert value(training, "workers_never_trained", "2023-04", CITY) == 8


def test_people_are_not_person_times(training):
    # 2024: D, W1 three times each (B L G; B K N), S twice, W3, W6, X, W5 once, and the university P1.
    assert value(training, "training_person_times", "2024", CITY) == 3 + 3 + 2 + 1 + 1 + 1 + 1 + 1
    assert value(training, "trained_people", "2024", CITY) == 8
    row = metric("training_times_per_person", training).rows(scope(training, "2024", CITY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (13 / 8, 13, 8)
    assert values(training, "trained_people", "post", "2024", CITY, attendee_kind="worker") == {
        "secretary": 1,
        "deputy": 1,
        "worker": 5,
    }
    by_programme = values(training, "trained_people", "programme", "2024", CITY)
    assert by_programme == {
        "skills_class": 5,
        "onboarding": 1,
        "leadership": 2,
        "growth": 1,
        "certificate_prep": 2,
        "salon": 2,
    }
    assert values(training, "trained_people", "organiser_level", "2024", CITY) == {"city": 7, "county": 1}
    # W4 gave up twice of the 15 attendances of 2024.
    assert value(training, "training_completion_rate", "2024", CITY) == pytest.approx(100 * 13 / 15)


def test_scores_are_compared_where_both_are_known(training):
    # 2024, both scores: W1 60→75, W3 70→66, W6 40→50, D 55→65, X 90→95. W4's 80 has no second score, F is to come.
    at = {"period": "2024", "area_code": CITY}
    assert value(training, "average_score_before", **at) == (60 + 70 + 40 + 55 + 90) / 5
    assert value(training, "average_score_after", **at) == (75 + 66 + 50 + 65 + 95) / 5
    assert value(training, "score_gain", **at) == (15 - 4 + 10 + 10 + 5) / 5
    assert value(training, "score_improved_share", **at) == 80
    assert values(training, "score_gain", "programme", **at)["leadership"] is None


def test_scores_of_fewer_than_five_people_are_hidden(training):
    # In COUNTY four people have both scores in 2024; over all years W1 twice and W2, six scores of five people.
    for name in ("average_score_before", "average_score_after", "score_gain", "score_improved_share"):
        assert value(training, name, "2024", COUNTY) is None, name
        assert value(training, name, "2024", OTHER_COUNTY) is None, name
    assert value(training, "score_gain", "all", COUNTY) == (15 - 4 + 10 + 10 + 20 + 0) / 6


def test_several_scores_of_few_people_are_still_of_few_people(tmp_path):
    version = build_version(
        tmp_path,
        "2024-06-30",
        population=CALENDAR,
        workers=workers(2, EAST),
        training_sessions=[session(f"S{number}", f"2024-0{number}-10") for number in (1, 2, 3)],
        training_attendance=[
            attendance_row(f"S{number}", f"{EAST}-{who}", 50, 60) for number in (1, 2, 3) for who in (0, 1)
        ],
    )
    row = metric("score_gain", version).rows(scope(version, "2024", CITY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (None, None, 2)


def test_the_ladder_shows_whom_each_rung_reaches(training):
    rungs = {
        row["programme"]: (row["rung"], row["for_whom"], row["workers"], row["reached"], row["sessions"], row["people"])
        for row in rows(training, "training_ladder")
    }
    assert rungs == {
        # Hired within a year and on post: W5, who completed it.
        "onboarding": (1, "hired_within_a_year", 1, 1, 1, 1),
        # All eight; completed ever: W1, W2 (A), W3, D, X (B). W6 is among the people, but no longer on post.
        "skills_class": (2, "everyone", 8, 5, 2, 6),
        # Without a certificate: all but S, who came all the same.
        "certificate_prep": (3, "uncertified", 7, 1, 1, 2),
        "growth": (4, "reserves", 1, 1, 1, 1),
        "leadership": (6, "secretaries", 1, 1, 1, 2),
        # Open to all: nobody is missing. The university is no worker.
        "salon": (7, "open_to_all", None, None, 1, 1),
    }
    assert [row["rung"] for row in rows(training, "training_ladder")] == [1, 2, 3, 4, 6, 7]
    # Before the salons and the rest of 2024, only the class of 2023 had been held.
    assert [row["programme"] for row in rows(training, "training_ladder", "..2023-12")] == ["skills_class"]


def test_courses_and_topics_with_when_they_were_last_held(training):
    courses = [
        (row["offer_kind"], row["offer"], row["is_current"], row["sessions"], row["person_times"], row["last_held_on"])
        for row in rows(training, "training_offers_held")
    ]
    assert courses == [
        ("course", "新课", True, 2, 6, date(2024, 3, 5)),
        ("course", "旧课", False, 1, 2, date(2023, 5, 10)),
        ("topic", "专题一", True, 2, 7, date(2024, 2, 20)),
    ]
    assert value(training, "training_courses", "2024", CITY) == 1


def test_universities_joined_and_not_left_with_their_sessions(training):
    universities = {
        row["partner_name"]: (row["sessions"], row["last_held_on"])
        for row in rows(training, "training_universities", area=CITY)
    }
    assert universities == {"甲大学": (2, date(2024, 2, 20)), "戊大学": (0, None), "丙党校": (0, None)}
    assert value(training, "partner_universities", "2024", CITY) == 3
    elsewhere = rows(training, "training_universities", area_code=OTHER_COUNTY, area=OTHER_COUNTY)
    assert [row["partner_name"] for row in elsewhere] == ["戊大学"]


def test_teaching_places_open_at_the_end_with_their_sessions(training):
    places = [
        (row["place_id"], row["kind"], row["sessions"], row["last_held_on"])
        for row in rows(training, "training_places")
    ]
    assert places == [("T1", "teaching_point", 1, date(2024, 2, 20)), ("T3", "secretary_studio", 1, date(2024, 5, 9))]


def test_sessions_held_here_or_attended_from_here(training):
    attendance = {
        row["session_id"]: (row["attended"], row["completed"])
        for row in rows(training, "training_sessions_held", "2024", COUNTY)
    }
    # X, one of B's six, is of the other county; C is the county's own; W1 and a university came to N.
    assert attendance == {"B": (5, 4), "C": (2, 1), "L": (2, 2), "G": (1, 1), "K": (2, 2), "N": (2, 2)}
    whole = [row["session_id"] for row in rows(training, "training_sessions_held", "2024")]
    assert whole == ["N", "K", "G", "L", "C", "B"]
    attendance = {
        row["session_id"]: row["attended"] for row in rows(training, "training_sessions_held", "2024", OTHER_COUNTY)
    }
    assert attendance == {"B": 1}


def test_a_district_without_attendance_is_empty_not_0(tmp_path):
    version = build_version(tmp_path, "2024-06-30", population=CALENDAR, workers=workers(6, EAST))
    for name in (
        "training_coverage",
        "workers_untrained",
        "workers_never_trained",
        "trained_people",
        "training_times_per_person",
        "training_completion_rate",
        "score_gain",
        "workers_rotated",
        "workers_assessed",
        "excellent_share",
        "failed_followed_share",
        "failed_in_a_row",
        "career_events",
        "admonitions",
        "secondments_open",
    ):
        assert value(version, name, "2024", CITY) is None, name
    for name in (
        "training_ladder",
        "training_offers_held",
        "training_places",
        "training_sessions_held",
        "assessment_scores",
        "secretary_tiers",
        "failed_years",
        "failed_in_a_row",
        "secondments_open",
    ):
        assert rows(version, name) == [], name


def result(
    worker_id: str, year: int, outcome: str = "competent", tier: int | None = None, scores: tuple = (80, 80, 80)
) -> dict:
    """Returns an assessment."""
    return {
        "worker_id": worker_id,
        "assess_year": year,
        "daily_score": scores[0],
        "annual_score": scores[1],
        "feedback_score": scores[2],
        "result": outcome,
        "tier": tier,
    }


def event(number: int, worker_id: str, on_date: str, kind: str, **cells: object) -> dict:
    """Returns a career event."""
    return {"event_id": f"E{number}", "worker_id": worker_id, "on_date": on_date, "kind": kind, **cells}


FAILED = "incompetent"


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes EAST with ten workers, W0..W9; WEST with six secretaries, S0..S5; SOUTH with two workers, Y0 and Y1.
    Seen to 30 June 2024.

    Two failed years in a row end a post in COUNTY; the other county has no rule.
    """
    failed = {
        # Failed once, dismissed after; W1 failed twice in a row, admonished only; W2 failed twice with a year between.
        "W0": [2021],
        "W1": [2022, 2023],
        "W2": [2021, 2023],
        # W3 failed three years in a row and was demoted; W4 retired; W5 was admonished in the year itself and the next July.
        "W3": [2021, 2022, 2023],
        "W4": [2022],
        "W5": [2023],
        "Y0": [2022, 2023],
    }
    people = (
        {f"W{number}": EAST for number in range(10)}
        | {f"S{number}": WEST for number in range(6)}
        | {"Y0": SOUTH, "Y1": SOUTH}
    )
    left = {"W0": "2022-05-01", "W4": "2023-08-01"}
    tiers = {"S0": 1, "S1": 2, "S2": 2, "S3": 3, "S4": 3}
    return build_version(
        tmp_path_factory.mktemp("assessed"),
        "2024-06-30",
        population=CALENDAR,
        workers=[
            worker(who, home, post="secretary" if who.startswith("S") else "worker", leave_date=left.get(who))
            for who, home in people.items()
        ],
        assessments=[
            *(
                result(
                    who,
                    year,
                    FAILED if year in failed.get(who, ()) else "excellent" if who == "W9" else "competent",
                    tiers.get(who) if year == 2023 else None,
                    (90, 80, 70) if who == "W9" else (80, 80, 80),
                )
                for year in (2021, 2022, 2023)
                for who in people
                if not (who in left and year > int(left[who][:4]))
            ),
            result("W9", 2025, FAILED),
        ],
        career_events=[
            event(1, "W0", "2022-05-01", "dismissal"),
            event(2, "W1", "2024-01-10", "admonition", detail="考勤"),
            event(3, "W3", "2024-02-01", "demotion"),
            event(4, "W3", "2024-03-01", "admonition"),
            event(5, "W5", "2023-12-31", "admonition"),
            event(6, "W5", "2024-07-01", "admonition"),
            event(7, "Y1", "2024-03-01", "dismissal"),
            event(8, "W6", "2024-05-01", "rotation", post_at_event="worker"),
            event(9, "W6", "2024-06-01", "rotation", post_at_event="worker"),
            event(10, "W7", "2024-06-01", "commendation"),
        ],
        standards=[
            standard(2, COUNTY, "2020-01-01", standard="consecutive_failed_years"),
            *(
                standard(weight, COUNTY, "2020-01-01", standard="assessment_weight", item=f"worker:{part}")
                for part, weight in (("daily", 50), ("annual", 30), ("feedback", 20))
            ),
            *(
                standard(share, COUNTY, "2020-01-01", standard="tier_share", item=str(tier))
                for tier, share in ((1, 10), (2, 30), (3, 60))
            ),
            *(
                standard(yuan, COUNTY, "2020-01-01", standard="tier_allowance", item=str(tier))
                for tier, yuan in ((1, 800), (2, 500), (3, 300))
            ),
        ],
    )


def test_results_of_a_year(assessed):
    # 2023: of ten workers W0 has left; W4, who left that August, was still assessed.
    assert value(assessed, "workers_assessed", "2023", CITY) == 9 + 6 + 2
    assert values(assessed, "workers_assessed", "post", "2023", CITY) == {"worker": 11, "secretary": 6}
    row = metric("excellent_share", assessed).rows(scope(assessed, "2023", COUNTY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (pytest.approx(100 / 15), 1, 15)
    # W1, W2, W3 and W5 failed in 2023.
    assert value(assessed, "failed_share", "2023", COUNTY) == pytest.approx(100 * 4 / 15)
    assert value(assessed, "basic_share", "2023", COUNTY) == 0
    assert value(assessed, "average_daily_score", "2023", COUNTY) == pytest.approx((14 * 80 + 90) / 15)
    assert value(assessed, "average_annual_score", "2023", COUNTY) == 80
    assert value(assessed, "average_feedback_score", "2023", COUNTY) == pytest.approx((14 * 80 + 70) / 15)
    # W9: 90 × 50% + 80 × 30% + 70 × 20% = 83.
    assert value(assessed, "average_assessment_score", "2023", COUNTY) == pytest.approx((14 * 80 + 83) / 15)


def test_results_of_fewer_than_five_people_are_hidden(assessed):
    for name in ("excellent_share", "failed_share", "average_daily_score", "average_assessment_score"):
        # Two people, six assessments of three years.
        assert value(assessed, name, "all", OTHER_COUNTY) is None, name
        assert value(assessed, name, "2023", OTHER_COUNTY) is None, name
    assert value(assessed, "failed_in_a_row", "all", OTHER_COUNTY) is None
    assert values(assessed, "excellent_share", "county", "2023", CITY)[OTHER_COUNTY] is None


def test_a_future_year_is_not_assessed(assessed):
    assert values(assessed, "workers_assessed", "year", "all", CITY) == {2021: 18, 2022: 18, 2023: 17}


def test_actions_after_a_failed_year(assessed):
    # Failed years of COUNTY: W0 1, W1 2, W2 2, W3 3, W4 1, W5 1 = 10. A measure followed W0's, W1's 2 and W3's 3.
    row = metric("failed_followed_share", assessed).rows(scope(assessed, "all", COUNTY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (60, 6, 10)
    by_measure = values(assessed, "workers_assessed", "followed_by", "all", COUNTY, result=FAILED)
    # W3 was demoted and admonished: the more severe counts. W4 resigned. W5's came too early, and too late.
    assert by_measure == {"dismissal": 1, "demotion": 1, "admonition": 1, "left": 1, "nothing": 2}
    # Fewer than five failed in 2022.
    assert value(assessed, "failed_followed_share", "2022", COUNTY) is None


def test_failed_years_in_a_row_against_the_rule(assessed):
    # W1 and W3 reached two in a row; W2's two lie a year apart. Y0 has no rule.
    assert value(assessed, "failed_in_a_row", "all", COUNTY) == 2
    assert value(assessed, "failed_in_a_row_on_post", "all", COUNTY) == 2
    assert value(assessed, "failed_in_a_row", "2021", COUNTY) == 0
    counts = [
        (
            row["failed_in_a_row"],
            row["must_leave"],
            row["workers"],
            row["dismissed"],
            row["demoted"],
            row["admonished"],
            row["left_otherwise"],
            row["on_post"],
        )
        for row in rows(assessed, "failed_in_a_row", area_code=COUNTY)
    ]
    assert counts == [(1, False, 4, 1, 0, 0, 1, 2), (2, True, 1, 0, 0, 1, 0, 1), (3, True, 1, 0, 1, 0, 0, 1)]
    assert rows(assessed, "failed_in_a_row", area_code=OTHER_COUNTY) == []


def test_failed_years_by_year(assessed):
    years = [
        (row["assess_year"], row["assessed"], row["failed"], row["dismissed"], row["demoted"], row["nothing_followed"])
        for row in rows(assessed, "failed_years", area_code=CITY)
    ]
    # 2023: W1, W2, W3, W5 and Y0. 2022: W1, W3, W4, Y0; 2021: W0, W2, W3: too few to show what followed.
    assert years == [("2023", 17, 5, 0, 1, 3), ("2022", 18, 4, None, None, None), ("2021", 18, 3, None, None, None)]
    assert [row["failed"] for row in rows(assessed, "failed_years", area_code=OTHER_COUNTY)] == [None, None, None]


def test_without_a_register_actions_are_unknown(tmp_path):
    version = build_version(
        tmp_path,
        "2024-06-30",
        population=CALENDAR,
        workers=workers(6, EAST),
        assessments=[result(f"{EAST}-{number}", 2023, FAILED) for number in range(6)],
    )
    assert value(version, "failed_share", "2023", CITY) == 100
    row = metric("failed_followed_share", version).rows(scope(version, "2023", CITY)).row(0, named=True)
    assert (row["value"], row["denominator"]) == (None, 0)
    assert rows(version, "failed_years")[0]["nothing_followed"] is None


def test_scores_by_post_beside_the_weights(assessed):
    posts = {
        row["post"]: (
            row["workers"],
            row["daily_weight"],
            row["annual_weight"],
            row["feedback_weight"],
            row["daily_score"],
            row["total_score"],
        )
        for row in rows(assessed, "assessment_scores", "2023", COUNTY)
    }
    assert posts == {
        "secretary": (6, None, None, None, 80, 80),
        "worker": (9, 50, 30, 20, pytest.approx((8 * 80 + 90) / 9), pytest.approx((8 * 80 + 83) / 9)),
    }
    assert [
        (row["workers"], row["total_score"]) for row in rows(assessed, "assessment_scores", "2023", OTHER_COUNTY)
    ] == [(2, None)]


def test_tiers_beside_their_rule(assessed):
    tiers = [tuple(row.values()) for row in rows(assessed, "secretary_tiers", "2024", COUNTY)]
    # Five of six secretaries have a tier: the allowances of fewer than ten are not summed.
    assert tiers == [("1", 1, 20, 10, 800, None), ("2", 2, 40, 30, 500, None), ("3", 2, 40, 60, 300, None)]
    # The tier of 2023 is known from 2024 on; before it there are only the rules.
    assert [tuple(row.values())[:4] for row in rows(assessed, "secretary_tiers", "2023-12", COUNTY)] == [
        ("1", None, None, 10),
        ("2", None, None, 30),
        ("3", None, None, 60),
    ]
    assert value(assessed, "secretary_tier_1_share", "2024", COUNTY) == 20


def test_the_allowances_of_ten_secretaries_are_summed(tmp_path):
    version = build_version(
        tmp_path,
        "2024-06-30",
        population=CALENDAR,
        workers=[worker(f"S{number}", post="secretary") for number in range(10)],
        assessments=[result(f"S{number}", 2023, tier=1 + number // 5) for number in range(10)],
        standards=[standard(700, CITY, "2020-01-01", standard="tier_allowance", item="1")],
    )
    tiers = [tuple(row.values()) for row in rows(version, "secretary_tiers", "2024")]
    # The second tier has no allowance here.
    assert tiers == [("1", 5, 50, None, 700, 3500), ("2", 5, 50, None, None, None)]


def test_events_are_counted_and_people_once(assessed):
    assert value(assessed, "workers_rotated", "2024", CITY) == 1
    assert value(assessed, "admonitions", "2024", CITY) == 2
    assert value(assessed, "demotions", "2024", CITY) == 1
    assert value(assessed, "dismissals", "2024", CITY) == 1
    assert value(assessed, "commendations", "2024", CITY) == 1
    assert value(assessed, "resignations", "2024", CITY) == 0
    assert values(assessed, "career_events", "kind", "2024", COUNTY) == {
        "admonition": 2,
        "commendation": 1,
        "demotion": 1,
        "rotation": 2,
    }


@pytest.fixture(scope="module")
def seconded(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes secondments: A is back, B is away since January, C was sent twice, D left while away, E came back and
    went again on one day, F is sent after the data date, G has an end without a beginning.
    """
    days = {
        "A": [("2024-01-10", "secondment"), ("2024-03-31", "secondment_end")],
        "B": [("2024-01-31", "secondment")],
        "C": [("2023-05-01", "secondment"), ("2024-02-15", "secondment")],
        "D": [("2024-01-05", "secondment")],
        "E": [("2023-12-01", "secondment"), ("2024-02-29", "secondment_end"), ("2024-02-29", "secondment")],
        "F": [("2024-07-01", "secondment")],
        "G": [("2024-02-01", "secondment_end")],
    }
    numbered = enumerate((who, day, kind) for who, those in days.items() for day, kind in those)
    return build_version(
        tmp_path_factory.mktemp("seconded"),
        "2024-06-30",
        population=CALENDAR,
        workers=[
            worker(who, EAST if who < "E" else SOUTH, leave_date="2024-05-01" if who == "D" else None) for who in days
        ],
        career_events=[event(number, who, day, kind, detail=f"借调{who}") for number, (who, day, kind) in numbered],
    )


def test_secondments_open_at_a_months_end(seconded):
    assert values(seconded, "secondments_open", "month", "2024-01..2024-06", CITY) == {
        # A, B, C, D and E; on 31 March A is back; D left on 1 May.
        month("2024-01"): 5,
        month("2024-02"): 5,
        month("2024-03"): 4,
        month("2024-04"): 4,
        month("2024-05"): 3,
        month("2024-06"): 3,
    }
    assert values(seconded, "secondments_open", "county", "2024-06", CITY) == {COUNTY: 2, OTHER_COUNTY: 1}


def test_how_long_they_have_been_away(seconded):
    durations = [
        (row["detail"], row["street_name"], row["since"], row["months_open"])
        for row in rows(seconded, "secondments_open", "2024-06")
    ]
    # On 30 June: E since 29 February four months; C since 15 February four, B since the 31st of January four.
    assert durations == [
        ("借调B", f"区划{STREET}", date(2024, 1, 31), 4),
        ("借调C", f"区划{STREET}", date(2024, 2, 15), 4),
        ("借调E", "区划621021001", date(2024, 2, 29), 4),
    ]
    assert value(seconded, "secondment_average_months", "2024-06", CITY) == 4
    # At the end of January: C since May 2023 eight, E since 1 December one, A, B and D none.
    assert value(seconded, "secondment_average_months", "2024-01", CITY) == (8 + 1 + 0 + 0 + 0) / 5


def test_nobody_away_is_0_where_a_register_was_sent(tmp_path: Path):
    version = build_version(
        tmp_path,
        "2024-06-30",
        population=CALENDAR,
        workers=workers(3, WEST),
        career_events=[event(1, f"{WEST}-0", "2024-01-01", "commendation")],
    )
    assert value(version, "secondments_open", "2024-06", CITY) == 0
    assert value(version, "secondment_average_months", "2024-06", CITY) is None
