"""Any area, partner or metric is found by the words that a leader types."""

from __future__ import annotations

import pytest

from sql.semantic.search import search


def found(demo, text: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.name.zh) for hit in search(demo, text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("西峰", ("area", "西峰区")),
        ("西峰区", ("area", "西峰区")),
        ("xfq", ("area", "西峰区")),
        ("xifengqu", ("area", "西峰区")),
        ("XiFeng", ("area", "西峰区")),
        ("kwq", ("area", "奎文区")),
        ("gms", ("area", "高密市")),
        ("621022", ("area", "环县")),
        ("培训覆盖", ("metric", "培训覆盖率")),
        ("pxfgl", ("metric", "培训覆盖率")),
        ("training coverage", ("metric", "培训覆盖率")),
    ],
)
def test_the_first_hit_is_the_intended_one(demo, text, first):
    assert found(demo, text)[0] == first


def test_a_partner_is_found_with_the_area_it_serves(demo):
    name, code = demo.rows("select partner_name, area_code from staging.partners where left_on is null order by 1").row(
        0
    )
    hit = next(hit for hit in search(demo, name) if hit.kind == "partner")
    assert (hit.name.zh, hit.area_code) == (name, code)


def test_larger_areas_come_first_and_no_kind_hides_another(demo):
    hits = search(demo, "庆阳")
    assert (hits[0].kind, hits[0].name.zh) == ("area", "庆阳市")
    assert len(hits) <= 8
    assert max(sum(hit.kind == kind for hit in hits) for kind in ("area", "partner", "metric")) <= 4


@pytest.mark.parametrize("text", ["", "   ", "没有这个名字", "'; drop table areas; --", "%"])
def test_nothing_is_found_for_nothing_and_nonsense(demo, text):
    assert found(demo, text) == []
