"""The page of the organisation: its headline, its facts and lists, the tree, and every picture against its metric."""

from __future__ import annotations

import polars as pl
import pytest

from pages.ui.organisation import tree as organisation_tree
from sql import query
from sql.semantic.metrics import metric
from tests.helpers.pages.screens import cards, figures, scope, tables
from tests.helpers.warehouse.world import area, build_version, population
from tests.pages.subjects.test_alliances import agrees, facts, published, table

GAOMI = "370785"
# The view and label of each figure that 高密市 published about its organisation.
PUBLISHED = {
    "tiers": ("estate_branches", "building_groups", "focal_households"),
    "estates": ("estates_covered",),
    "people": (
        "part_time_members",
        "joint_matters",
        "stewards",
        "mediators",
        "delivery_companies",
        "delivery_patrols",
        "steward_duties",
    ),
    "places": ("service_stations", "discussion_places", "rider_stations", "lei_feng_stations", "premises_inspected"),
    "societies": ("social_org_federations", "social_orgs", "social_orgs_per_community", "social_org_members"),
}


def bars(test, name: str) -> dict[str, float]:
    """Returns the bars of a picture by their values."""
    trace = next(one for figure in figures(test) for one in figure["data"] if one.get("name") == name)
    return dict(zip(trace["customdata"], trace["x"], strict=True))


def tree(test) -> dict[str, dict]:
    """Returns every node of the tree by its id: parent, label, text, height."""
    trace_data = next(one for figure in figures(test) for one in figure["data"] if one["type"] == "icicle")
    keys = ("ids", "parents", "labels", "text", "values")
    return {
        node: {"parent": parent, "label": label, "text": text, "height": height}
        for node, parent, label, text, height in zip(*(trace_data[key] for key in keys), strict=True)
    }


def test_the_headline_states_how_far_the_network_reaches(app, demo):
    assert app("organisation", area=GAOMI).title[0].value == (
        "高密市：507 个小区中 :orange[34 个没有党支部]；每百户服务设施 29.3 m²，:orange[低于标准 30]；"
        ":green[每个社区的社会组织都达标]。"
    )
    assert query("estates_out_of_reach", scope(demo, GAOMI)).filter(~pl.col("has_branch")).height == 34


def test_the_headline_where_there_are_no_estates_or_no_organisations(app):
    assert (
        app("organisation", area="141024")
        .title[0]
        .value.startswith("洪洞县：52 个小区（网格）党支部、312 户党员中心户；")
    )
    assert app("organisation", area="621000").title[0].value == (
        "庆阳市：每百户服务设施 28.3 m²，:orange[低于标准 30]。"
    )


def test_cards_are_the_metrics(app):
    assert [card.value for card in cards(app("organisation", area=GAOMI))] == [
        "93.3%",
        "212 个",
        "5,326 户",
        "397 处",
        "29.3 m²",
        "0 个",
    ]


@pytest.mark.parametrize("view", PUBLISHED)
def test_published_figures_are_on_the_page(app, demo, view):
    page_facts, figure = facts(app("organisation", area=GAOMI, period="all", view=view)), published(GAOMI)
    for name in PUBLISHED[view]:
        assert agrees(page_facts[metric(name, demo).short_title.zh], figure[name]), name


def test_five_tiers_of_hongtong(app):
    assert agrees(facts(app("organisation", area="141024"))["组织体系层级"], published("141024")["organisation_tiers"])


def test_the_tree_of_a_county_has_every_community(app, demo):
    nodes = tree(app("organisation", area=GAOMI))
    rows = query("organisation_tree", scope(demo, GAOMI), levels=("county", "street", "community"))
    communities = rows.filter(pl.col("tier") == "community")
    assert communities.height == 44 and set(communities["id"]) <= set(nodes)
    assert communities["branches"].sum() == 212 and communities["focal_households"].sum() == 5326
    assert communities["building_groups"].sum() == 1634
    assert nodes[GAOMI] == {"parent": "", "label": "高密市", "text": "212 支部 · 5,326 户", "height": 46}
    assert nodes["370785001014"]["parent"] == "370785001" and nodes["370785001014"]["label"] == "娘娘庙社区"
    assert nodes["370785001014:branch"]["label"] == "3 支部 · 18 小组"
    assert nodes["370785001014:focal_household"] == {
        "parent": "370785001014:branch",
        "label": "69 户",
        "text": "",
        "height": 1,
    }
    # Towns without an urban community share a place of two lines.
    assert nodes[f"{GAOMI}:rural"] == {"parent": GAOMI, "label": "7 个街道乡镇", "text": "没有城市社区", "height": 2}


def test_every_node_is_as_high_as_the_nodes_beneath_it(app):
    for area_code in (GAOMI, "141024", "370785003", ""):
        nodes = tree(app("organisation", **({"area": area_code} if area_code else {})))
        assert sum(not node["parent"] for node in nodes.values()) == 1
        for name, node in nodes.items():
            below = [other["height"] for other in nodes.values() if other["parent"] == name]
            assert not below or node["height"] == sum(below), name


def test_above_a_county_streets_are_the_lowest(app):
    test = app("organisation")
    nodes = tree(test)
    assert {"all", GAOMI, "141024", "370785001", "370785001:branch"} <= set(nodes) and "370785001014" not in nodes
    assert nodes["370785001:branch"]["label"] == "60 支部 · 439 小组"
    assert nodes["141024:rural"]["label"] == "12 个街道乡镇"
    assert any(element.value.startswith("## 6 个街道乡镇都有党支部和党员中心户\n") for element in test.markdown)


def test_a_community_without_a_branch_is_marked(tmp_path):
    areas = [area("370785", "county", None), area("370785001", "street", "370785")]
    areas += [area(code, "community", "370785001") for code in ("370785001001", "370785001002")]
    version = build_version(
        tmp_path,
        "2024-03-31",
        areas=areas,
        population=[population(areas[-1]["area_code"], "2024-01-31", 1000)],
        party_orgs=[
            {
                "org_id": "B",
                "org_name": "支部",
                "kind": "branch",
                "area_code": "370785001001",
                "set_up_on": "2023-01-01",
            }
        ],
    )
    at = scope(version, "370785", "2024-03")
    nodes = query("organisation_tree", at, levels=("county", "street", "community"))
    rows = organisation_tree._rows(at, nodes, ("county", "street", "community"))
    notes = dict(rows.select("id", "note").iter_rows())
    assert (notes["370785001001"], notes["370785001002"]) == ("▼ 没有党员中心户", "▼ 没有党支部")
    assert organisation_tree.headline(nodes, ("county", "street", "community")) == "2 个社区中 1 个没有党支部"


def test_the_tree_of_a_community_begins_with_it(app):
    nodes = tree(app("organisation", area="370785001014"))
    assert list(nodes) == ["370785001014", "370785001014:branch", "370785001014:focal_household"]


def test_kinds_of_organisations(app, demo):
    bar_values = bars(app("organisation", area=GAOMI), "kind")
    assert bar_values == dict(
        metric("party_organisations", demo).rows(scope(demo, GAOMI), by="kind").select("kind", "value").iter_rows()
    )
    assert (
        bar_values["company_branch"] == 60
        and bar_values["industry_committee"] == 2
        and bar_values["focal_household"] == 5326
    )


def test_every_branch_is_listed_with_what_it_covers(app):
    rows = table(app("organisation", area=GAOMI), "org_name")
    assert rows.height == 212 and rows["building_groups"].sum() == 1634 and rows["estates"].sum() == 473


def test_estates_out_of_reach_are_listed(app, demo):
    test = app("organisation", area=GAOMI, view="estates")
    rows = table(test, "estate_name")
    assert rows["has_branch"].to_list() == ["否"] * 34 + ["是"] * 5
    assert rows["stewards"].tail(5).to_list() == [0] * 5
    ranked = next(trace for figure in figures(test) for trace in figure["data"] if trace["type"] == "bar")
    shares = (
        metric("estates_covered_share", demo).rows(scope(demo, GAOMI), by="street").drop_nulls("value").sort("value")
    )
    assert ranked["x"] == pytest.approx(shares["value"].to_list())


def test_people_by_role(app, demo):
    bar_values = bars(app("organisation", area=GAOMI, view="people"), "role")
    assert bar_values == dict(
        metric("post_holders", demo).rows(scope(demo, GAOMI), by="role").select("role", "value").iter_rows()
    )
    assert (bar_values["building_leader"], bar_values["unit_leader"], bar_values["steward"]) == (640, 410, 3960)


def test_duties_of_a_steward(app):
    rows = table(app("organisation", area=GAOMI, view="people"), "text")
    assert rows["text"].to_list()[:4] == ["社情民意收集", "矛盾纠纷化解", "为民服务代办", "政策法规宣传"]
    assert rows["example"].to_list() == [""] * 3 + ["示例"] * 4


def test_people_of_streets_add_up(app):
    rows = table(app("organisation", area=GAOMI, view="people"), "stewards")
    assert rows["stewards"].sum() == 3960 and rows["mediators"].sum() == 196


def test_places_by_kind_filter_their_list(app, demo):
    bar_values = bars(app("organisation", area="370705", view="places"), "kind")
    assert bar_values == dict(
        metric("places", demo).rows(scope(demo, "370705"), by="kind").select("kind", "value").iter_rows()
    )
    test = app("organisation", area="370705", view="places", kind="secretary_studio")
    rows = table(test, "place_name")
    assert rows.height == bar_values["secretary_studio"] == 10 and set(rows["kind"]) == {"书记工作室"}
    # The filter narrows the places only: the facts and cards stay those of all.
    assert (
        facts(test)["阵地"] == "425 处" and cards(test)[3].value == cards(app("organisation", area="370705"))[3].value
    )


def test_premises_never_inspected_come_first(app):
    rows = table(app("organisation", area="621000", view="places"), "place_name")
    centres = rows.filter(pl.col("kind") == "党群服务中心")["inspected_on"]
    never = centres.null_count()
    assert 0 < never < centres.len() and centres.head(never).null_count() == never
    assert centres.drop_nulls().is_sorted()


def test_communities_with_the_fewest_social_organisations_come_first(app, demo):
    test = app("organisation", area="621000", view="societies")
    rows = table(test, "social_orgs_standard")
    assert rows.height == 96 and rows["social_orgs"].is_sorted()
    # Nobody here has set how many there should be, so nobody falls short.
    assert rows.select("social_orgs_standard", "missing", "meets_standard").null_count().row(0) == (96, 96, 96)
    assert table(test, "communities_short_of_social_orgs")["communities_short_of_social_orgs"].null_count() == 8
    card = next(card for card in cards(test) if card.name == "communities_short_of_social_orgs")
    assert card.lines[1:] == ["–", "没有执行的标准"]
    ranked = next(trace for figure in figures(test) for trace in figure["data"] if trace["type"] == "bar")
    least = metric("social_orgs_per_community", demo).rows(scope(demo), by="county").drop_nulls("value")
    assert sorted(ranked["x"]) == sorted(least["value"].to_list())


@pytest.mark.parametrize(
    ("area", "view", "file"),
    [
        ("621000", "tiers", "党组织.csv"),
        ("370705", "tiers", "党组织.csv"),
        ("141024", "estates", "小区.csv"),
        ("370705", "people", "合伙人任职.csv"),
    ],
)
def test_missing_data_are_reported_with_their_file(app, area, view, file):
    test = app("organisation", area=area, view=view)
    assert [info.value for info in test.info if file in info.value] and not tables(test)
    assert not test.exception
