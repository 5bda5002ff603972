"""Published figures beside computed ones: what places said of themselves must come out of SQL over rows."""

from __future__ import annotations

from typing import Any

import polars as pl

from sql.paths import PROJECT
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

FIGURES_FILE = PROJECT / "data" / "reference" / "published_figures.csv"


def area_codes() -> list[str]:
    """The codes of the areas that published figures, in the order of the file."""
    return pl.read_csv(FIGURES_FILE, infer_schema=False)["area_code"].unique(maintain_order=True).to_list()


def compare(version: Version, area: str | None = None) -> pl.DataFrame:
    """Every published figure, or those of one area, with what the version computes for it.

    Columns: place, area_code, figure, metric, where (`recruited_via=open_recruitment`, or empty), period (as people
    write it), quote, comparison, published (as written), computed, difference, is_met. `=` is met where the computed
    value is equal after rounding to the decimals published, `>=` where it is at least that, `standard =` where the
    metric's standard is equal. Raises AskError for a figure of an area that the version does not hold.
    """
    published = pl.read_csv(FIGURES_FILE, infer_schema=False)
    if area is not None:
        published = published.filter(pl.col("area_code") == area)
    rows = [{**row, **_computed(version, row)} for row in published.iter_rows(named=True)]
    schema = {
        "place": pl.String,
        "area_code": pl.String,
        "figure": pl.String,
        "metric": pl.String,
        "where": pl.String,
        "period": pl.String,
        "quote": pl.String,
        "comparison": pl.String,
        "value": pl.String,
        "computed": pl.Float64,
        "difference": pl.Float64,
        "is_met": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema).rename({"value": "published"})


def _computed(version: Version, row: dict[str, Any]) -> dict[str, object]:
    period = Period.parse(f"{row['from_month'] or ''}..{row['to_month']}", version.data_month)
    pairs = (item.partition("=") for item in (row["where"] or "").split(",") if item)
    where = tuple((name, value) for name, _equals, value in pairs)
    found = metric(row["metric"], version).rows(Scope(version, row["area_code"], period, where)).row(0, named=True)
    computed = found["standard"] if row["comparison"] == "standard =" else found["value"]
    published = float(row["value"])
    told = {"period": str(period), "computed": computed, "difference": None, "is_met": False}
    if computed is None:
        return told
    decimals = len(row["value"].partition(".")[2])
    is_met = computed >= published if row["comparison"] == ">=" else round(computed, decimals) == published
    return told | {"difference": computed - published, "is_met": is_met}
