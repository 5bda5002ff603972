"""Compares figures that pilot areas have published with those that the warehouse computes from its rows."""

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
    """Returns the codes of the areas with published figures, in the order of the file."""
    return pl.read_csv(FIGURES_FILE, infer_schema=False)["area_code"].unique(maintain_order=True).to_list()


def compare(version: Version, area: str | None = None) -> pl.DataFrame:
    """Returns every published figure, or those of one area, with the value that the version computes.

    Columns: place, area_code, figure, metric, where (`recruited_via=open_recruitment`, or empty), period (as people
    write it), quote, comparison, published (as written), computed, difference, is_met. `=` is met if the computed value
    is equal after rounding to the published decimals, `>=` if it is at least the published value, `standard =` if the
    metric's standard is equal. Raises InputError for a figure of an area that the version does not contain.
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
    measures = metric(row["metric"], version).rows(Scope(version, row["area_code"], period, where)).row(0, named=True)
    computed = measures["standard"] if row["comparison"] == "standard =" else measures["value"]
    published = float(row["value"])
    comparison = {"period": str(period), "computed": computed, "difference": None, "is_met": False}
    if computed is None:
        return comparison
    decimals = len(row["value"].partition(".")[2])
    is_met = computed >= published if row["comparison"] == ">=" else round(computed, decimals) == published
    return comparison | {"difference": computed - published, "is_met": is_met}
