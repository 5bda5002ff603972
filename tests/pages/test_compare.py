"""Compare mode: the peers of an area, and the columns beside the page's own numbers."""

from __future__ import annotations

import io
import json

import polars as pl

from pages.ui.kit import compare
from sql.semantic.metrics import metric
from sql.semantic.peers import peers
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from tests.helpers.pages.screens import scope, table
from tests.helpers.pages.sockets import open_visitor


def beside(test) -> list[list[str]]:
    """Returns the table of the comparison: its columns' names and its rows."""
    return [list(row) for row in table(test, "指标").iter_rows()]


def test_peers_are_the_areas_of_the_level_nearest_in_residents(demo):
    everyone = metric("residents", demo).rows(scope(demo, None), by="county")
    residents = dict(everyone.select("county", "value").drop_nulls().iter_rows())
    own = residents.pop("621022")
    # In proportion: half as many are as far away as twice as many.
    nearest = sorted(residents, key=lambda code: (max(residents[code] / own, own / residents[code]), code))[:4]
    assert [peer.area_code for peer in peers(scope(demo, "621022"))] == nearest


def test_a_city_whose_only_peers_are_steps_of_a_path_has_no_peers(demo):
    assert peers(scope(demo, "621000")) == []
    assert peers(scope(demo, None)) == []


def test_an_area_beside_another(app, demo):
    rows = beside(app("staffing", area="370785", compare="370705"))
    own, other = (metric("staffing_ratio", demo).value(scope(demo, code)) for code in ("370785", "370705"))
    assert rows[0][0] == "每万人社工（人）"
    assert rows[0][1].startswith(f"{own:.1f} ") and rows[0][2].startswith(f"{other:.1f} ")
    assert rows[0][3] == f"{own - other:+.1f}".replace("-", "−")
    gap = [metric("staffing_gap", demo).value(scope(demo, code)) for code in ("370785", "370705")]
    assert rows[1][3] == f"{gap[0] - gap[1]:+.0f}".replace("-", "−")


def test_columns_of_places_with_the_same_name_are_distinguished(demo):
    assert compare._headers(["东街社区", "东街社区", "指标", "东街社区"]) == {
        "0": "东街社区",
        "1": "东街社区 2",
        "2": "指标 2",
        "3": "东街社区 3",
    }


def test_an_area_beside_its_peers(app, demo):
    rows = beside(app("staffing", area="621022", compare="peers"))
    values = [float(cell.split()[0]) for cell in rows[0][1:]]
    expected = [
        metric("staffing_ratio", demo).value(scope(demo, code))
        for code in ["621022", *(peer.area_code for peer in peers(scope(demo, "621022")))]
    ]
    assert values == [round(value, 1) for value in expected]


def test_a_period_beside_the_one_before(app, demo):
    # Half a year beside the same half of the year before; a month beside the month before.
    for period, before in (("2026", "2025-01..2025-06"), ("2026-06", "2026-05")):
        rows = beside(app("staffing", area="621000", period=period, compare="period"))
        value = metric("staffing_workers", demo).value(Scope(demo, "621000", Period.parse(before, demo.data_month)))
        assert rows[2][2] == f"{value:,.0f}"


def test_the_other_area_is_a_line_in_the_trend(app, demo):
    figure = json.loads(app("staffing", area="370785", compare="370705").get("plotly_chart")[1].proto.spec)
    line = next(trace for trace in figure["data"] if trace.get("name") == "奎文区")
    rows = metric("staffing_ratio", demo).rows(scope(demo, "370705", "2022-01..2026-06"), by="month")
    assert line["y"] == rows["value"].to_list()


def test_an_impossible_comparison_is_explained(app):
    for query in (
        {"compare": "peers", "area": "621000"},
        {"compare": "nonsense", "area": "621000"},
        {"compare": "period", "area": "621000", "period": "2022-01"},
    ):
        assert next(info.value for info in app("staffing", **query).info).startswith("没有可以对比的")


def test_the_file_holds_rounded_counts_under_the_names_of_the_areas(address):
    asked = {"area": "370785", "compare": "370705", "period": "2026"}
    with open_visitor(address) as visitor:
        files = dict(visitor.files(visitor.ask("staffing", asked)))
    name = next(name for name in files if name.endswith("compare_staffing_ratio_csv"))
    rows = pl.read_csv(io.BytesIO(files[name]), infer_schema=False)
    assert rows.columns == ["指标", "高密市", "奎文区", "相差"]
    workers = rows.filter(pl.col("指标").str.starts_with("配备口径社工")).row(0)
    assert all(int(number.split()[0].replace(",", "")) % 5 == 0 for number in workers[1:3])
