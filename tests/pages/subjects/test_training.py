"""The training page: its headline, cards, and every picture's figures against the metrics, in each of the places."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from pages.ui.i18n import texts
from pages.ui.i18n.names import short_name
from sql import metric, query
from tests.helpers.depth import examples
from tests.helpers.pages.screens import cards, facts, figures, scope, table, trace

PLACES = ("621000", "370785", "370705", "141024")
VIEWS = ("coverage", "people", "scores", "ladder", "sessions", "resources", "practice")
# All places, a county of a city, a street and a community beside the four places.
AREAS = ("", *PLACES, "621002", "370705005", "621002001001")


def picture(test, title: str) -> dict:
    """Returns the Plotly figure whose alternative text, which is its title, contains these words."""
    found = [chart.proto for chart in test.get("plotly_chart") if title in chart.proto.alt]
    assert len(found) == 1, [chart.proto.alt for chart in test.get("plotly_chart")]
    return json.loads(found[0].spec)


def fact(test, area: str, demo, name: str, period: str = "2026") -> None:
    """Asserts that the number on the page is the metric's."""
    subject = metric(name, demo)
    amount = texts.amount(subject.value(scope(demo, area, period)), subject)
    assert amount in [shown.value for shown in (*cards(test), *facts(test)) if shown.name == name], (name, amount)


@pytest.mark.parametrize("area", AREAS)
def test_every_view_opens(app, area):
    """Each view in one language, the next in the other; in depth in both."""
    for place, view in enumerate(VIEWS, AREAS.index(area)):
        for language in ("zh", "en", "zh")[place % 2 :][: examples(1, 2)]:
            test = app("training", view=view, lang=language, **({"area": area} if area else {}))
            assert not test.exception and not test.error, (area, view, language)
            assert len(test.title) == 1


@pytest.mark.parametrize(
    ("area", "period", "finding"),
    [
        (
            "621000",
            "2023-01..2026-06",
            "庆阳市2023年1月 – 2026年6月:green[培训全覆盖]，在岗 1,163 人都参过训；8 个县区全部达标；训后平均提高 13.0 分。",
        ),
        ("370705", "2026", "奎文区2026年1–6月培训覆盖 37.8%，1,124 人没有参训；训后平均提高 12.7 分。"),
        (
            "621002001001",
            "2026",
            "解放路社区2026年1–6月培训覆盖 50.0%，:green[按进度应 50%（全年 100%）]，9 人没有参训；训后平均提高 13.6 分。",
        ),
    ],
)
def test_the_headline_states_who_was_not_reached_and_the_gain(app, area, period, finding):
    assert app("training", area=area, period=period).title[0].value == finding


@pytest.mark.parametrize("area", PLACES)
def test_cards_are_the_metrics(app, demo, area):
    card_values = [card.value for card in cards(app("training", area=area))]
    names = (
        "training_coverage",
        "workers_untrained",
        "trained_people",
        "training_person_times",
        "training_sessions",
        "score_gain",
    )
    metrics = [metric(name, demo) for name in names]
    assert card_values == [texts.amount(one.value(scope(demo, area)), one) for one in metrics]


# The figures of published_figures.csv on this page: place, metric, period, amount and the view it is in.
PUBLISHED = [
    ("621000", "training_sessions", "2023-01..2026-06", "20 期", "coverage"),
    ("621000", "training_person_times", "2023-01..2026-06", "1,600 人次", "coverage"),
    ("621000", "training_coverage", "2023-01..2026-06", "100.0%", "coverage"),
    ("370705", "training_courses", "2026-06", "10 类", "resources"),
    ("370705", "training_topics", "2026-06", "6 类", "resources"),
    ("370705", "partner_universities", "2026-06", "14 家", "resources"),
    ("370705", "teaching_points", "2026-06", "23 处", "resources"),
    ("370705", "secretary_studios", "2026-06", "10 处", "resources"),
    ("370705", "teacher_pools", "2026-06", "3 项", "resources"),
    ("370705", "shadowing_placements", "..2026-06", "72 人", "practice"),
    ("370705", "training_salons", "..2026-06", "7 期", "practice"),
    ("370705", "deputies_rotated", "..2026-06", "31 人", "practice"),
]


@pytest.mark.parametrize(("area", "name", "period", "amount", "view"), PUBLISHED)
def test_published_figures_are_on_the_page(app, demo, area, name, period, amount, view):
    subject = metric(name, demo)
    assert texts.amount(subject.value(scope(demo, area, period)), subject) == amount
    fact(app("training", area=area, period=period, view=view), area, demo, name, period)


def test_coverage_ranking_and_posts_are_the_metrics(app, demo):
    ranking, posts, untrained = figures(app("training", area="370705"))
    rows = metric("training_coverage", demo).rows(scope(demo, "370705"), by="street")
    assert dict(zip(ranking["data"][0]["customdata"], ranking["data"][0]["x"], strict=True)) == pytest.approx(
        dict(rows.select("street", "value").iter_rows())
    )
    # Without a standard of the area nobody is behind.
    assert ranking["layout"]["annotations"][0]["text"] == "<b>33.0</b> ≈"
    paced = figures(app("training", area="621000"))[0]
    assert paced["layout"]["annotations"][0]["text"] == "<b>36.5</b> ▼ 未参训 54 人 ≈"
    for drawn, name in ((posts, "training_coverage"), (untrained, "workers_untrained")):
        rows = metric(name, demo).rows(scope(demo, "370705"), by="post")
        bars = trace(drawn, "post")
        assert dict(zip(bars["customdata"], bars["x"], strict=True)) == pytest.approx(
            dict(rows.select("post", "value").iter_rows())
        )


@pytest.mark.parametrize(("area", "level"), [("621000", "county"), ("370705005", "community"), ("", "place")])
def test_the_untrained_by_area_and_post_add_up(app, demo, area, level):
    test = app("training", **({"area": area} if area else {}))
    shown = table(test, "area_name", "total", "secretary")
    rows = metric("workers_untrained", demo).rows(scope(demo, area), by=(level, "post"))
    expected = {(short_name(row[f"{level}_name"]), row["post"]): row["value"] for row in rows.iter_rows(named=True)}
    posts = ["secretary", "deputy", "worker", "building_worker"]
    found = {(line["area_name"], post): line[post] for line in shown.to_dicts() for post in posts if post in line}
    assert {pair: count for pair, count in found.items() if count} == {
        pair: count for pair, count in expected.items() if count
    }
    assert shown["total"].sum() == metric("workers_untrained", demo).value(scope(demo, area))
    assert list(shown["total"]) == sorted(shown["total"], reverse=True)


def test_people_beside_person_times(app, demo):
    test = app("training", area="621000", period="2023-01..2026-06", view="people")
    at = scope(demo, "621000", "2023-01..2026-06")
    assert any("人次是结业的次数" in caption.value for caption in test.caption)
    programmes, levels, completion, posts = figures(test)
    for drawn, by in ((programmes, "programme"), (levels, "organiser_level"), (posts, "post")):
        for name in ("trained_people", "training_person_times"):
            rows = metric(name, demo).rows(at, by=by).drop_nulls(by)
            assert sorted(trace(drawn, name)["x"]) == pytest.approx(sorted(rows["value"]))
    # 1600 person-times are not 1600 people.
    assert sum(trace(levels, "training_person_times")["x"]) == 1600
    assert metric("trained_people", demo).value(at) == 1233
    rows = metric("training_completion_rate", demo).rows(at, by="programme")
    assert sorted(trace(completion, "programme")["x"]) == pytest.approx(sorted(rows["value"]))


@pytest.mark.parametrize("area", PLACES)
def test_scores_before_and_after(app, demo, area):
    programmes, years, posts = figures(app("training", area=area, view="scores"))
    for drawn, by, period in ((programmes, "programme", "2026"), (posts, "post", "2026"), (years, "year", "..2026-06")):
        for name in ("average_score_before", "average_score_after"):
            rows = metric(name, demo).rows(scope(demo, area, period), by=by).drop_nulls(["value", by])
            assert sorted(trace(drawn, name)["x"]) == pytest.approx(sorted(rows["value"]))


def test_scores_of_a_handful_are_hidden(app, demo):
    code = next(
        row["community"]
        for row in metric("score_gain", demo).rows(scope(demo, "370705"), by="community").iter_rows(named=True)
        if row["value"] is None and row["denominator"]
    )
    test = app("training", area=code)
    assert cards(test)[5].value == "人数过少"
    assert "训后" not in test.title[0].value


@pytest.mark.parametrize("area", PLACES)
def test_the_ladder_is_the_query(app, demo, area):
    test = app("training", area=area, view="ladder")
    rows = query("training_ladder", scope(demo, area, "..2026-06"))
    figure = picture(test, "级阶梯中")
    assert trace(figure, "share")["x"] == rows["share"].to_list()
    labels = [note["text"] for note in figure["layout"]["annotations"]]
    for label, row in zip(labels, rows.iter_rows(named=True), strict=True):
        people = texts.number(row["people"] if row["share"] is None else row["workers"])
        assert people in label and f">{row['sessions']} 期<" in label


def test_kuiwens_ladder_goes_up_from_entering_to_leading(app):
    figure = picture(app("training", area="370705", view="ladder"), "级阶梯中")
    names = [name.split("</b>")[0].removeprefix("<b>") for name in figure["layout"]["yaxis"]["ticktext"]]
    assert names == [
        "1 适岗初任",
        "2 能力素质提升班",
        "3 证书考前",
        "4 青雁成长",
        "5 书记主任培训班",
        "6 头雁领航",
        "治理沙龙",
        "现场教学",
    ]
    assert figure["layout"]["yaxis"]["range"] == [-0.5, 7.5]
    assert figure["layout"]["annotations"][3]["text"].startswith("<b>91%</b> 124/137 人<br>")


def test_salons_are_listed_since_records_began(app):
    page_rows = table(app("training", area="370705", view="ladder"), "started_on", "place_name", "attended")
    assert len(page_rows) == 7
    assert "社区治理沙龙" in page_rows["title"][0] and page_rows["place_name"][0] == "宝通西书记工作室"


def test_a_chosen_programme_narrows_the_classes_but_not_the_coverage(app, demo):
    test = app("training", area="370705", view="sessions", programme="leadership", period="2025")
    page_rows = table(test, "title", "programme", "completed")
    assert set(page_rows["programme"]) == {"头雁领航"} and len(page_rows) == 2
    subject = metric("training_coverage", demo)
    assert cards(test)[0].value == texts.amount(subject.value(scope(demo, "370705", "2025")), subject)
    line = trace(figures(test)[0], "value")
    rows = metric("training_sessions", demo).rows(
        scope(demo, "370705", "2022-01..2025-12").with_filters(("programme", "leadership")), by="month"
    )
    assert line["y"] == rows["value"].to_list()


@pytest.mark.parametrize("area", [*PLACES, "621002"])
def test_sessions_by_month_and_in_a_list(app, demo, area):
    test = app("training", area=area, view="sessions")
    for drawn, name in zip(figures(test), ("training_sessions", "training_person_times"), strict=True):
        rows = metric(name, demo).rows(scope(demo, area, "2022-01..2026-06"), by="month")
        assert trace(drawn, "value")["y"] == rows["value"].to_list()
    listed = query("training_sessions_held", scope(demo, area))
    page_rows = table(test, "title", "programme", "completed")
    assert page_rows["title"].to_list() == listed["title"].to_list()
    assert page_rows["completed"].sum() == metric("training_person_times", demo).value(scope(demo, area))


def test_courses_places_and_universities_of_kuiwen(app):
    test = app("training", area="370705", view="resources")
    offers = table(test, "offer", "is_current", "last_held_on")
    current = offers.filter(is_current="是")
    assert Counter(current["offer_kind"]) == {"课程": 10, "专题": 6}
    assert len(offers) == 25
    places = table(test, "place_name", "opened_on")
    assert Counter(places["kind"]) == {"现场教学点": 23, "书记工作室": 10}
    assert len(table(test, "partner_name", "joined_on")) == 14
    pools = table(test, "number", "text")
    assert pools["text"].to_list() == ["学者智库", "实务专家", "一线精英"]


def test_a_place_without_courses_pools_or_teaching_points_says_so(app):
    test = app("training", area="141024", view="resources")
    messages = [info.value for info in test.info]
    assert messages.count("这个范围没有这样的记录。") == 3
    assert any("标准 = teacher_pool" in words for words in messages)


def test_placements_and_rotation(app, demo):
    test = app("training", area="370705", view="practice", period="..2026-06")
    at = scope(demo, "370705", "..2026-06")
    shadowing, posts, rotation = figures(test)
    for drawn, name, kind, by in (
        (shadowing, "shadowing_placements", "shadowing", "detail"),
        (posts, "workers_rotated", "rotation", "post_at_event"),
        (rotation, "workers_rotated", "rotation", "detail"),
    ):
        rows = metric(name, demo).rows(at.with_filters(("kind", kind)), by=by)
        bars = trace(drawn, by)
        assert dict(zip(bars["customdata"], bars["x"], strict=True)) == dict(rows.select(by, "value").iter_rows())
    assert set(trace(rotation, "detail")["customdata"]) == {"跨社区轮岗", "跨岗位轮岗", "到街道便民服务中心轮岗"}
    page_rows = table(test, "shadowing_placements", "deputies_rotated")
    assert page_rows["shadowing_placements"].sum() == 72 and page_rows["deputies_rotated"].sum() == 31


@pytest.mark.parametrize("area", ["370785", "141024"])
def test_a_place_without_a_register_says_which_file_is_missing(app, area):
    test = app("training", area=area, view="practice")
    assert [info.value.split("。")[1] for info in test.info] == [
        "把履历事件.csv放进该地区的数据文件夹，再运行 python -m etl build"
    ]
    assert not test.get("plotly_chart")
