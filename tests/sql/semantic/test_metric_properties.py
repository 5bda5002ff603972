"""Metrics of partners, requests, training and assessment against plain Python, over random cities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sql import metric
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period, add_months
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.for_each import for_each
from tests.helpers.warehouse import random_worlds as worlds3
from tests.helpers.warehouse.random_worlds import (
    CITY,
    COMMUNITIES,
    DATA_DATE,
    PARENTS,
    World,
    file_rows,
    renumber,
    worlds,
)
from tests.helpers.warehouse.world import Row, publish, scope, values, write, write_empty

DATA_MONTH = DATA_DATE.replace(day=1)
CALENDAR = date(2023, 1, 1)
# 30 days before the data date is 21 May 2024, so April is the last month whose requests are all old enough.
LAST_RIPE = date(2024, 4, 1)
PERIODS = ("2024-06", "2023", "all", "2023-04..2024-03")
AREAS = {
    "city": (CITY,),
    "county": (worlds3.COUNTY, worlds3.OTHER_COUNTY),
    "street": (worlds3.STREET, worlds3.SECOND_STREET, worlds3.OTHER_STREET),
    "community": COMMUNITIES,
}
# Timestamps of a row that decide if it has happened yet.
DATED = ("awarded_on", "on_date", "started_on", "started_at", "raised_at", "inspected_on")


def last_day(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def path(code: str) -> list[str]:
    """Returns an area and those above it, the nearest first."""
    return [code, *path(PARENTS[code])] if code in PARENTS else [code]


class Selection:
    """Selects the rows of one world for an area and a period, as a person would pick them out of the files by hand."""

    def __init__(self, world: World, area: str, period: Period, only: tuple[str, str, object] | None = None):
        self.world, self.area, self.only = world, area, only
        self.first, self.last = period.first or date.min, min(period.last, DATA_MONTH)
        # The day on which a state is measured: the last one of the period that the data cover.
        self.day = min(last_day(self.last), DATA_DATE)

    def ripe(self) -> Selection:
        """Returns the selection without the months that are too young to be judged."""
        return Selection(self.world, self.area, Period(self.first, min(self.last, LAST_RIPE)), self.only)

    def rows(self, table: str) -> Iterator[Row]:
        """Yields the table's rows of the area, and of the one requested value."""
        for row in self.world[table]:
            code = row.get("area_code") or row.get("community_code")
            if self.area in path(str(code)) and self._wanted(table, row):
                yield row

    def _wanted(self, table: str, row: Row) -> bool:
        if self.only is None or self.only[0] != table:
            return True
        measures = row[self.only[1]]
        return (measures or NOTHING.get(self.only[1])) == self.only[2]

    def in_period(self, moment: date | datetime | None) -> bool:
        """Returns true where an event is in the period, and not after the data date."""
        day = moment.date() if isinstance(moment, datetime) else moment
        return day is not None and self.first <= day <= self.day

    def during(self, table: str, column: str, **cells: object) -> list[Row]:
        """Returns the rows with an event in the period and these values."""
        return [row for row in self.rows(table) if self.in_period(row[column]) and holds(row, cells)]

    def standing(self, table: str, since: str, end: str, **cells: object) -> list[Row]:
        """Returns the rows in force on the day: since <= date and (end empty or > date)."""
        return [row for row in self.rows(table) if stands(row, since, end, self.day) and holds(row, cells)]

    def posts(self, role: str) -> list[Row]:
        return self.standing("partner_posts", "since", "until", role=role)

    def partners(self, **cells: object) -> list[Row]:
        return self.standing("partners", "joined_on", "left_on", **cells)

    def resolved(self, **cells: object) -> list[Row]:
        """Returns the resolved requests, by the month closed."""
        return [row for row in self.during("requests", "closed_at", **cells) if is_resolved(row)]

    def list_in_force(self, standard: str, area: str, day: date) -> dict[str, Row]:
        """Returns the items of the nearest area's whole list; of a changed item, the latest version."""
        written = [*self.world["standards"], *NATIONAL]
        for code in (*path(area), None):
            measures = [
                row
                for row in written
                if row["standard"] == standard and row["area_code"] == code and stands(row, "since", "until", day)
            ]
            if measures:
                return {row["item"]: row for row in sorted(measures, key=lambda row: row["since"])}
        return {}


def holds(row: Row, cells: dict[str, object]) -> bool:
    return all(row[column] in (value if isinstance(value, tuple) else (value,)) for column, value in cells.items())


def stands(row: Row, since: str, end: str, day: date) -> bool:
    return (row[since] is None or row[since] <= day) and (row[end] is None or row[end] > day)


def is_resolved(row: Row) -> bool:
    """Follows the row's own flag; without one, returns true where it is closed."""
    return row["closed_at"] is not None if row["is_resolved"] is None else bool(row["is_resolved"])


def distinct(rows: list[Row], column: str) -> int:
    return len({row[column] for row in rows if row[column] is not None})


def total(rows: list[Row], column: str) -> float:
    return sum(row[column] or 0 for row in rows)


NOTHING = {"focus_group": "none", "management": "none", "committee": "none"}
NATIONAL = [
    {
        "standard": "grade_band",
        "area_code": None,
        "item": post,
        "since": date(2021, 1, 1),
        "until": None,
        "upper": upper,
    }
    for post, upper in (("secretary", 18), ("deputy", 12), ("worker", 9))
]
Rate = tuple[float, float]


def median(hours: list[float | None]) -> float | None:
    """Returns the median, where a row without an end is longer than any; the longest known where half have none."""
    known = sorted(hour for hour in hours if hour is not None)
    if not hours or 2 * len(known) < len(hours):
        return None
    if 2 * len(known) == len(hours):
        return known[-1]
    longest = known + [float("inf")] * (len(hours) - len(known))
    middle = len(hours) // 2
    return longest[middle] if len(hours) % 2 else (longest[middle - 1] + longest[middle]) / 2


def waits(at: Selection, column: str) -> float | None:
    raised = at.ripe().during("requests", "raised_at")
    return median([(row[column] - row["raised_at"]).total_seconds() / 3600 if row[column] else None for row in raised])


def resolution(at: Selection, **cells: object) -> Rate:
    raised = at.during("requests", "raised_at", **cells)
    return sum(map(is_resolved, raised)), len(raised)


def resolved_in_time(at: Selection, **cells: object) -> Rate:
    raised = at.ripe().during("requests", "raised_at", **cells)
    in_time = [
        row
        for row in raised
        if is_resolved(row) and row["closed_at"] and row["closed_at"] - row["raised_at"] <= timedelta(days=30)
    ]
    return len(in_time), len(raised)


def on_time(at: Selection) -> Rate:
    due = [
        row
        for row in at.ripe().during("requests", "raised_at")
        if row["due_at"] and (row["closed_at"] or row["due_at"].date() <= DATA_DATE)
    ]
    return sum(row["closed_at"] is not None and row["closed_at"] <= row["due_at"] for row in due), len(due)


def off_hours(at: Selection) -> Rate:
    claimed = [row["claimed_at"] for row in at.during("requests", "claimed_at")]
    return sum(when.weekday() >= 5 or not 8 <= when.hour < 18 for when in claimed), len(claimed)


def satisfaction(at: Selection) -> Rate:
    given_ = [row["satisfaction"] for row in at.during("requests", "closed_at") if row["satisfaction"]]
    return sum(given_), len(given_)


def open_branches(at: Selection) -> set[object]:
    return {
        row["org_id"]
        for row in at.world["party_orgs"]
        if row["kind"] == "branch" and stands(row, "set_up_on", "closed_on", at.day)
    }


def estates(at: Selection, **cells: object) -> list[Row]:
    return at.standing("estates", "set_up_on", "closed_on", **cells)


def tiers(at: Selection) -> int:
    kinds = {row["kind"] for row in at.standing("party_orgs", "set_up_on", "closed_on")}
    of_organisations = kinds & {"county_committee", "street_committee", "community_committee", "branch"}
    return len(of_organisations) + bool(at.posts("focal_household"))


def facilities(at: Selection) -> Rate:
    """Returns the last count of each community, and the places of the communities that have one."""
    households: dict[object, tuple[date, int]] = {}
    for row in at.rows("population"):
        code = row["community_code"]
        if row["as_of"] <= at.day and (code not in households or households[code][0] < row["as_of"]):
            households[code] = (row["as_of"], row["households"])
    places = at.standing("places", "opened_on", "closed_on", kind=("service_centre", "service_station"))
    return (
        total([row for row in places if row["community_code"] in households], "area_m2"),
        sum(count for _, count in households.values()),
    )


def least_social_orgs(at: Selection) -> int | None:
    urban = [
        row["area_code"] for row in at.rows("areas") if row["level"] == "community" and row["is_urban"] is not False
    ]
    orgs = [row["area_code"] for row in at.partners(kind="social_org")]
    return min((orgs.count(code) for code in urban), default=None)


def attended(at: Selection) -> list[tuple[Row, Row, Row]]:
    """Returns the completed attendances of sessions started in the period: the person (of the area), and the session."""
    sessions = {row["session_id"]: row for row in at.world["training_sessions"]}
    people = {row["worker_id"]: row for row in at.rows("workers")}
    people |= {row["partner_id"]: row for row in at.rows("partners")}
    return [
        (row, people[row["attendee_id"]], sessions[row["session_id"]])
        for row in at.world["training_attendance"]
        if row["is_completed"]
        and row["attendee_id"] in people
        and at.in_period(sessions[row["session_id"]]["started_on"])
    ]


def on_post(at: Selection) -> list[Row]:
    return at.standing("workers", "hire_date", "leave_date")


def coverage(at: Selection) -> Rate:
    trained = {row["attendee_id"] for row, _, _ in attended(at)}
    people = [row["worker_id"] for row in on_post(at)]
    return sum(who in trained for who in people), len(people)


def hours_per_worker(at: Selection) -> Rate:
    """Returns each month's hours of those on post at its end; the average is over the months with anybody on post."""
    hours, people = 0.0, []
    month = max(at.first, CALENDAR)
    while month <= at.last:
        during = Selection(at.world, at.area, Period(month, month), at.only)
        here = {row["worker_id"] for row in on_post(during)}
        hours += sum(session["hours"] or 0 for row, _, session in attended(during) if row["attendee_id"] in here)
        people += [len(here)] if here else []
        month = add_months(month, 1)
    return hours, sum(people) / len(people) if people else 0


def offers(at: Selection, column: str) -> int:
    """Returns the kinds held in the 12 months to the day."""
    year_before = at.day.replace(year=at.day.year - 1, day=min(at.day.day, 28) if at.day.month == 2 else at.day.day)
    sessions = [row for row in at.rows("training_sessions") if year_before < row["started_on"] <= at.day]
    return distinct(sessions, column)


def assessed(at: Selection) -> list[dict]:
    """Returns the assessments of the period; a year's is that of its last month, and a future one does not count."""
    people = {row["worker_id"] for row in at.rows("workers")}
    return [
        row
        for row in at.world["assessments"]
        if row["worker_id"] in people and at.first <= date(row["assess_year"], 12, 1) <= at.last
    ]


def assessment_score(at: Selection) -> Rate:
    people = {row["worker_id"]: row for row in at.rows("workers")}
    scores = []
    for row in assessed(at):
        person = people[row["worker_id"]]
        rules = at.list_in_force("assessment_weight", PARENTS[person["community_code"]], DATA_DATE)
        parts = ("daily", "annual", "feedback")
        weights = [rules.get(f"{person['post']}:{part}", {"value": 0})["value"] for part in parts]
        weights = weights if any(weights) else [1, 1, 1]
        weighed = sum(weight * row[f"{part}_score"] for weight, part in zip(weights, parts, strict=True))
        scores.append(weighed / sum(weights))
    return sum(scores), len(scores)


def first_tier(at: Selection) -> Rate:
    """Counts secretaries on post by the tier of the last year before this one for which they have any."""
    measures = []
    for person in on_post(at):
        known = {
            row["assess_year"]: row["tier"]
            for row in at.world["assessments"]
            if row["worker_id"] == person["worker_id"] and row["tier"] and row["assess_year"] < at.last.year
        }
        if person["post"] == "secretary" and known:
            measures.append(known[max(known)])
    return measures.count(1), len(measures)


def events(at: Selection, **cells: object) -> int:
    """Returns the distinct workers of the area with such an event in the period."""
    people = {row["worker_id"] for row in at.rows("workers")}
    return len(
        {
            row["worker_id"]
            for row in at.world["career_events"]
            if row["worker_id"] in people and at.in_period(row["on_date"]) and holds(row, cells)
        }
    )


def items(at: Selection, standard: str) -> int:
    return len(at.list_in_force(standard, at.area, at.day))


def highest_grade(at: Selection) -> float | None:
    bands = at.list_in_force("grade_band", at.area, at.day).values()
    return max((row["upper"] for row in bands if row["upper"] is not None), default=None)


COUNTS: dict[str, Callable[[Selection], float | None]] = {
    "requests_raised": lambda at: len(at.during("requests", "raised_at")),
    "hazards_found": lambda at: len(at.during("requests", "raised_at", kind="hazard")),
    "shop_requests": lambda at: len(at.during("requests", "raised_at", kind="shop")),
    "requests_closed": lambda at: len(at.during("requests", "closed_at")),
    "needs_unmet": lambda at: sum(not is_resolved(row) for row in at.during("requests", "raised_at")),
    "livelihood_issues_resolved": lambda at: len(at.resolved(kind="livelihood")),
    "disputes_mediated": lambda at: len(at.resolved(kind="dispute")),
    "wishes_granted": lambda at: len(at.resolved(kind="micro_wish")),
    "joint_meeting_issues_resolved": lambda at: len(at.resolved(kind="joint_meeting")),
    "partner_requests_resolved": lambda at: sum(row["partner_id"] is not None for row in at.resolved()),
    "service_activities": lambda at: len(at.during("activities", "started_at", kind="service")),
    "welfare_activities": lambda at: len(at.during("activities", "started_at", kind="welfare")),
    "welfare_beneficiaries": lambda at: total(at.during("activities", "started_at", kind="welfare"), "beneficiaries"),
    "participants": lambda at: total(at.during("activities", "started_at"), "participants"),
    "service_hours": lambda at: total(at.during("activities", "started_at"), "hours"),
    "partner_activities": lambda at: sum(
        row["partner_id"] is not None for row in at.during("activities", "started_at")
    ),
    "property_campaigns": lambda at: distinct(at.during("activities", "started_at", kind="campaign"), "title"),
    "partners": lambda at: len(at.partners()),
    "partner_sectors": lambda at: distinct(at.partners(), "sector"),
    "partners_joined": lambda at: len(at.during("partners", "joined_on")),
    "partners_left": lambda at: len(at.during("partners", "left_on")),
    "social_orgs": lambda at: len(at.partners(kind="social_org")),
    "partner_universities": lambda at: len(at.partners(kind="university")),
    "reporting_members": lambda at: distinct(at.posts("reporting_member"), "holder_id"),
    "households_linked": lambda at: total(at.posts("reporting_member"), "households_linked"),
    "focal_households": lambda at: distinct(at.posts("focal_household"), "holder_id"),
    "zone_heads": lambda at: distinct(at.posts("zone_head"), "holder_id"),
    "shop_volunteers": lambda at: distinct(at.posts("shop_volunteer"), "holder_id"),
    "estates_covered": lambda at: sum(row["branch_id"] in open_branches(at) for row in estates(at)),
    "owners_committees": lambda at: len(estates(at, committee=("owners_committee", "management_committee"))),
    "estates_old_with_new": lambda at: len(estates(at, management="old_with_new")),
    "secretary_chairs": lambda at: distinct(
        [row for row in estates(at, secretary_is_chair=True) if row["branch_id"] in open_branches(at)], "branch_id"
    ),
    "estate_branches": lambda at: len(at.standing("party_orgs", "set_up_on", "closed_on", kind="branch")),
    "organisation_tiers": tiers,
    "service_stations": lambda at: len(at.standing("places", "opened_on", "closed_on", kind="service_station")),
    "premises_inspected": lambda at: len(at.during("places", "inspected_on", kind="service_centre")),
    "social_orgs_per_community": least_social_orgs,
    "shop_zones": lambda at: len(at.standing("shop_zones", "set_up_on", "closed_on")),
    "training_sessions": lambda at: len(at.during("training_sessions", "started_on")),
    "training_salons": lambda at: len(at.during("training_sessions", "started_on", programme="salon")),
    "training_person_times": lambda at: len(attended(at)),
    "training_courses": lambda at: offers(at, "course"),
    "training_topics": lambda at: offers(at, "topic"),
    "shadowing_placements": lambda at: events(at, kind="shadowing"),
    "deputies_rotated": lambda at: events(at, kind="rotation", post_at_event="deputy"),
    "secretaries_promoted": lambda at: events(at, kind="secretary_appointment"),
    "points_earned": lambda at: total(at.during("points", "on_date", kind="earn"), "points"),
    "active_accounts": lambda at: distinct(at.during("points", "on_date"), "account_id"),
    "model_shops": lambda at: distinct(at.during("honours", "awarded_on", title="model_shop"), "recipient_id"),
    "services_offered": lambda at: len(at.standing("partner_services", "since", "until")),
    "exit_rules": lambda at: items(at, "exit_rule"),
    "grade_posts": lambda at: items(at, "grade_band"),
    "grade_levels": highest_grade,
    "assessment_categories": lambda at: len(
        {item.split(":")[0] for item in at.list_in_force("assessment_weight", at.area, at.day)}
    ),
    "median_claim_hours": lambda at: waits(at, "claimed_at"),
    "median_close_hours": lambda at: waits(at, "closed_at"),
}
# Numerator and denominator, and the factor of the quotient.
RATES: dict[str, tuple[Callable[[Selection], Rate], int]] = {
    "resolution_rate": (resolution, 100),
    "shop_resolution_rate": (lambda at: resolution(at, kind="shop"), 100),
    "resolved_within_30_days": (resolved_in_time, 100),
    "shop_requests_resolved_within_30_days": (lambda at: resolved_in_time(at, kind="shop"), 100),
    "wishes_granted_within_30_days": (lambda at: resolved_in_time(at, kind="micro_wish"), 100),
    "joint_meeting_issues_resolved_within_30_days": (lambda at: resolved_in_time(at, kind="joint_meeting"), 100),
    "on_time_rate": (on_time, 100),
    "off_hours_share": (off_hours, 100),
    "satisfaction": (satisfaction, 1),
    "facility_area_per_100_households": (facilities, 100),
    "property_party_coverage": (
        lambda at: (
            sum(row["has_party_org"] is True for row in at.partners(kind="property_company")),
            len(at.partners(kind="property_company")),
        ),
        100,
    ),
    "training_coverage": (coverage, 100),
    "training_hours_per_worker": (hours_per_worker, 1),
    "average_assessment_score": (assessment_score, 1),
    "secretary_tier_1_share": (first_tier, 100),
}
# Results of people, and how many people they are of: for fewer than five nothing is shown.
PERSONAL = {
    "average_assessment_score": lambda at: len({row["worker_id"] for row in assessed(at)}),
    "secretary_tier_1_share": lambda at: first_tier(at)[1],
}
# The extra dimension that each is also grouped by: the table whose rows it selects, and the column, which is also the
# dimension's name unless DIMENSIONS gives another.
DIMENSIONS = {("partners", "kind"): "partner_kind", ("partners", "sector"): "partner_sector"}
OWN = {
    "requests_raised": ("requests", "source"),
    "hazards_found": ("requests", "focus_group"),
    "needs_unmet": ("requests", "kind"),
    "wishes_granted": ("requests", "source"),
    "partner_requests_resolved": ("requests", "kind"),
    "resolution_rate": ("requests", "kind"),
    "on_time_rate": ("requests", "kind"),
    "resolved_within_30_days": ("requests", "source"),
    "satisfaction": ("requests", "focus_group"),
    "off_hours_share": ("requests", "kind"),
    "median_close_hours": ("requests", "kind"),
    "participants": ("activities", "kind"),
    "service_hours": ("activities", "kind"),
    "property_campaigns": ("activities", "title"),
    "partners": ("partners", "sector"),
    "partners_joined": ("partners", "kind"),
    "partners_left": ("partners", "sector"),
    "partner_sectors": ("partners", "recruited_via"),
    "estates_covered": ("estates", "management"),
    "owners_committees": ("estates", "management"),
    "training_sessions": ("training_sessions", "organiser_level"),
    "points_earned": ("points", "reason"),
    "active_accounts": ("points", "kind"),
    "services_offered": ("partner_services", "category"),
    "training_coverage": ("workers", "post"),
    "average_assessment_score": ("workers", "post"),
}


CITIES_TRIED = examples(20, 50)


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[World], Version]:
    """Returns cities that one district sent, and one more of which only the areas are known, in one version."""
    made: list[World] = []

    # Nothing is asserted while they are generated, so there is nothing to shrink.
    @settings(
        max_examples=CITIES_TRIED,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def collect(world: World) -> None:
        made.append(world)

    collect()
    folder = tmp_path_factory.mktemp("cities")
    for table, columns in made[0].items():
        if rows := file_rows(made, table):
            write(folder / "source", "五十市", **{table: rows})
        else:
            write_empty(folder / "source", "五十市", table, ",".join(columns))
    silent = [
        {**row, **{c: renumber(len(made), c, row[c]) for c in ("area_code", "parent_code")}} for row in made[0]["areas"]
    ]
    write(folder / "source", "未报市", areas=silent)
    report, version = publish(folder / "source", folder / "warehouse", DATA_DATE.isoformat())
    assert report.rejects.is_empty(), report.rejects["reason_en"].to_list()
    assert len(made) == CITIES_TRIED and version.first_month == CALENDAR
    return made, version


def by_hand(name: str, at: Selection) -> dict[str, float | None]:
    """Returns the measures of a metric in plain Python; a rate is empty where the denominator is zero."""
    if name in COUNTS:
        return {"value": COUNTS[name](at)}
    parts, factor = RATES[name]
    above, below = parts(at)
    if not below:
        return {"value": None}
    if name in PERSONAL and PERSONAL[name](at) < 5:
        return {"value": None, "numerator": None, "denominator": PERSONAL[name](at)}
    return {"value": factor * above / below, "numerator": above, "denominator": below}


def differences(
    measures: dict[object, dict[str, float | None]], name: str, expected: dict[object, Selection]
) -> list[tuple[object, str, float | None, float | None]]:
    """Returns the measures that differ from those worked out by hand: the key, the measure, actual and by hand."""
    return [
        (key, measure, measures[key][measure], right)
        for key, at in expected.items()
        for measure, right in by_hand(name, at).items()
        if measures[key][measure] != (right if right is None else pytest.approx(right))
    ]


def measures(version: Version, name: str, by: tuple[str, ...], period: str, area: str | None = None) -> dict:
    """Returns the measures by group, as the product computes them."""
    rows = metric(name, version).rows(scope(version, period, area), by)
    return {row[by[0]] if len(by) == 1 else tuple(row[word] for word in by): row for row in rows.to_dicts()}


@pytest.mark.parametrize("period", PERIODS)
@for_each("name", [*COUNTS, *RATES])
def test_every_area_has_the_figure_of_plain_python(cities, name, period):
    made, version = cities
    for level, codes in AREAS.items():
        if level == "community" and metric(name, version).mart == "area_standards":
            # Lists are kept for every area above the communities; they list nothing for communities.
            assert {row["value"] for row in measures(version, name, (level,), period).values()} == {None}
            continue
        expected = {
            renumber(number, "area_code", code): Selection(world, code, Period.parse(period, DATA_MONTH))
            for number, world in enumerate(made)
            for code in codes
        }
        assert differences(measures(version, name, (level,), period), name, expected) == []


@for_each("name", [*COUNTS, *RATES])
def test_every_month_has_the_figure_of_plain_python(cities, name):
    made, version = cities
    months = [add_months(CALENDAR, step) for step in range(18)]
    expected = {
        (renumber(number, "area_code", CITY), month): Selection(world, CITY, Period(month, month))
        for number, world in enumerate(made)
        for month in months
        if month <= LAST_RIPE or not metric(name, version).is_ripe_only
    }
    assert differences(measures(version, name, ("city", "month"), "2023-01..2024-06"), name, expected) == []


@for_each("name", OWN)
def test_each_value_of_a_dimension_has_the_figure_of_plain_python(cities, name):
    made, version = cities
    table, column = OWN[name]
    words = {row[column] or NOTHING.get(column) for world in made for row in world[table]}
    for period in ("2024", "all"):
        expected = {
            (renumber(number, "area_code", CITY), word): Selection(
                world, CITY, Period.parse(period, DATA_MONTH), (table, column, word)
            )
            for number, world in enumerate(made)
            for word in words
        }
        rows = measures(version, name, ("city", DIMENSIONS.get((table, column), column)), period)
        # A value that no row of any city holds then is no group.
        expected = {key: at for key, at in expected.items() if key in rows or by_hand(name, at)["value"]}
        assert differences(rows, name, expected) == []


@for_each("name", [*COUNTS, *RATES])
def test_without_files_there_is_no_figure(cities, name):
    made, version = cities
    if metric(name, version).mart == "area_standards":
        return
    for level, codes in AREAS.items():
        rows = measures(version, name, (level,), "2024")
        assert [rows[renumber(len(made), "area_code", code)]["value"] for code in codes] == [None] * len(codes)


@pytest.mark.parametrize("grain", ["quarter", "year"])
@for_each("name", [*COUNTS, *RATES])
def test_a_quarter_or_year_is_counted_as_far_as_the_period_goes(cities, name, grain):
    made, version = cities
    asked_months = [add_months(date(2023, 5, 1), step) for step in range(13)]
    groups: dict[object, list[date]] = {}
    for month in asked_months:
        key = month.year if grain == "year" else f"{month.year}Q{(month.month + 2) // 3}"
        groups.setdefault(key, []).append(month)
    expected = {
        (renumber(number, "area_code", CITY), key): Selection(world, CITY, Period(months[0], months[-1]))
        for number, world in enumerate(made)
        for key, months in groups.items()
    }
    rows = measures(version, name, ("city", grain), "2023-05..2024-05")
    # A quarter without any event is no group.
    expected = {key: at for key, at in expected.items() if key in rows or by_hand(name, at)["value"]}
    assert differences(rows, name, expected) == []


# The factor of a quotient, where it is not 1, by the metric's unit.
FACTORS = {"percent": 100, "per_10k": 10_000, "m2": 100}
# Nobody and nothing is counted twice here: each belongs to one area only.
IN_ONE_AREA = {"workers", "grids", "partners", "shop_zones", "training_sessions"}
# Its denominator is an average over months; an area's workers may all have come in one of them.
AVERAGED = {"training_hours_per_worker"}
ASKED = [(place, period) for place in ("621000", "370785") for period in ("2026-06", "2025", "2024-03..2026-02", "all")]


def scopes_of(name: str) -> list[tuple[str, str]]:
    """Returns the areas and periods to query a metric for: every second one, alternating between metrics; all in depth."""
    return ASKED[catalog.names("metrics").index(name) % 2 :: 2] if examples(1, 0) else ASKED


def how_it_adds_up(name: str, version: Version) -> str | None:
    """Returns sum, distinct (a person may be counted in two areas), or None for a metric that counts nothing."""
    subject = metric(name, version)
    if subject.is_rate or subject.mart == "area_standards" or re.search(r"\b(min|max|ceil)\(", subject.file.text):
        return None
    return "distinct" if "distinct" in subject.file.text and name not in IN_ONE_AREA else "sum"


def held_directly(version: Version, name: str, place: str, period: str) -> Row:
    """Runs the metric's own SELECT over the rows of an area that lie in no area one step down."""
    subject, at = metric(name, version), scope(version, period, place)
    month = subject.file.header.get("month", "month")
    first = at.period.last if subject.aggregation == "latest" else at.period.first or date.min
    shadow = f"select * from main.{subject.mart} where {at.area.level} = $place and {at.child_level} is null"
    if subject.mart == "worker_months":
        shadow = shadow.replace("*", "* replace ($begins::date as period_start)")
    else:
        shadow += " and $begins::date is not null"
    return version.rows(
        f"with {subject.mart} as ({shadow} and {month} between $first and $last) {subject.file.text}",
        {"place": place, "first": first, "last": at.period.last, "begins": at.period.first or date.min},
    ).row(0, named=True)


def parts_of(version: Version, name: str, place: str, period: str, measure: str) -> list[float]:
    """Returns a measure of each area one step down, and of the rows held at the area itself."""
    below = values(version, name, scope(version, period, place).child_level, period, place, measure)
    parts = [*below.values(), held_directly(version, name, place, period)[measure]]
    return [float(part) for part in parts if part]


def of_area(version: Version, name: str, place: str, period: str) -> Row:
    return metric(name, version).rows(scope(version, period, place)).row(0, named=True)


@for_each("name", catalog.names("metrics"))
def test_a_count_is_the_sum_of_its_parts(demo, name):
    adds_up = how_it_adds_up(name, demo)
    for place, period in scopes_of(name):
        whole = of_area(demo, name, place, period)["value"]
        if adds_up == "sum":
            parts = parts_of(demo, name, place, period, "value")
            assert (whole or 0) == pytest.approx(sum(parts)), (place, period)
        elif adds_up == "distinct":
            parts = parts_of(demo, name, place, period, "value")
            assert max(parts, default=0) <= (whole or 0) <= sum(parts), (place, period)


@for_each("name", catalog.names("metrics"))
def test_a_rate_is_its_numerator_by_its_denominator(demo, name):
    subject = metric(name, demo)
    # A median has a number of people as its denominator, and is no ratio.
    if "as denominator" not in subject.file.text or "median(" in subject.file.text:
        return
    factor = FACTORS.get(subject.unit, 1)
    for place, period in scopes_of(name):
        at = scope(demo, period, place)
        for row in [*subject.rows(at).to_dicts(), *subject.rows(at, (at.child_level, "year")).to_dicts()]:
            if row["denominator"] and row["numerator"] is not None:
                assert row["value"] == pytest.approx(factor * row["numerator"] / row["denominator"])
            else:
                assert row["value"] is None, row
        if subject.min_people:
            # A value shown for a city may be hidden in its parts.
            continue
        whole = of_area(demo, name, place, period)
        for measure in ("numerator",) if name in AVERAGED else ("numerator", "denominator"):
            parts = parts_of(demo, name, place, period, measure)
            assert (whole[measure] or 0) == pytest.approx(sum(parts)), (place, period, measure)
