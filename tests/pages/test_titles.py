"""Titles say something: they name nothing that nobody filled in, no group of a few and no difference within chance."""

from __future__ import annotations

import polars as pl

from pages.ui.charts.bars import headline as bars_headline
from pages.ui.charts.flow import headline as flow_headline
from pages.ui.charts.heatmap import headline as heatmap_headline
from pages.ui.charts.pairs import headline as pairs_headline
from pages.ui.charts.steps import headline as steps_headline
from sql.semantic.metrics import metric


def rows(by: str, *groups: tuple) -> pl.DataFrame:
    """Returns rows of a metric by one dimension: value of the dimension, value, denominator."""
    return pl.DataFrame(groups, schema={by: pl.String, "value": pl.Float64, "denominator": pl.Float64}, orient="row")


def test_what_nobody_filled_in_is_not_the_finding(demo):
    raised = metric("requests_raised", demo)
    by_category = rows("category", (None, 80, None), ("parking", 15, None), ("property", 5, None))
    assert bars_headline(by_category, raised, "category", None) == "停车最多，15 件，占 15%"
    # Where nothing at all is filled in, the title is the dimension's name.
    assert bars_headline(by_category.head(1), raised, "category", None) == "服务类别"
    by_responder = rows("responder", ("unnamed", 80, None), ("worker", 15, None))
    assert bars_headline(by_responder, raised, "responder", None).startswith("社区工作者最多")


def test_a_group_of_a_few_is_not_the_finding(demo):
    satisfied = metric("resolved_within_30_days", demo)
    by_kind = rows("kind", ("hazard", 100, 3), ("livelihood", 90, 400), ("dispute", 60, 400))
    assert bars_headline(by_kind, satisfied, "kind", 75) == "民生问题最高，90.0%"
    assert bars_headline(by_kind.head(1), satisfied, "kind", 75) == "类型"


def test_a_maximum_within_chance_is_not_the_finding(demo):
    resolved = metric("resolved_within_30_days", demo)
    # 95 % limits around 75 % for 100 cases: 75 ± 1.96 × √(75 × 25 ÷ 100) = 66.5 to 83.5.
    within = rows("kind", ("livelihood", 83, 100), ("dispute", 70, 100))
    beyond = rows("kind", ("livelihood", 84, 100), ("dispute", 70, 100))
    assert bars_headline(within, resolved, "kind", 75) == "各类的差别都在机会范围之内"
    assert bars_headline(beyond, resolved, "kind", 75) == "民生问题最高，84.0%"


def test_two_dimensions_are_named_only_where_both_are_filled_in(demo):
    raised = metric("requests_raised", demo)
    cells = pl.DataFrame(
        [("livelihood", "unnamed", 90.0, None), ("livelihood", "worker", 10.0, None)],
        schema={"kind": pl.String, "responder": pl.String, "value": pl.Float64, "denominator": pl.Float64},
        orient="row",
    )
    assert flow_headline(cells, raised, ("kind", "responder")) == "民生问题 → 社区工作者 最多，10 件"
    assert heatmap_headline(cells, raised, ("kind", "responder")).endswith("社区工作者最多，10 件")
    hours = metric("median_claim_hours", demo), metric("median_close_hours", demo)
    both = rows("responder", ("unnamed", 0, None), ("worker", 0, None)).with_columns(
        first=pl.Series([1.0, 4.0]), second=pl.Series([90.0, 9.0])
    )
    assert pairs_headline(both, hours, "responder") == "社区工作者相差最大：4.0 → 9.0 小时"


def test_steps_end_where_the_office_does():
    reached = pl.DataFrame(
        {
            "step": ["raised", "published", "claimed", "closed", "rated", "satisfied"],
            "count": [200, 190, 188, 150, 40, 30],
        }
    )
    assert steps_headline(reached) == "上报 200 件，办结 150 件（75%）"
    whistles = pl.DataFrame({"step": ["whistle", "claimed", "closed", "in_time"], "count": [70, 66, 60, 35]})
    assert steps_headline(whistles) == "吹哨 70 件，按时办结 35 件（50%）"
