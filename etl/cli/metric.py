"""Runs `metric`, `figures` and `check`, which query a version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import polars as pl
from rich.table import Table

from etl.cli.console import console
from etl.cli.failures import EXIT_OK, EXIT_REFUSED, print_error
from sql.files import parse_cache
from sql.files.columns import TARGETS
from sql.language import pick, pick_from
from sql.security.escaping import as_json, escape_invisible
from sql.security.spreadsheet import escape_formulas
from sql.semantic.catalog import catalog
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import connect, current_version


def run_metric(
    warehouse: Path,
    name: str,
    by: str | None,
    area: str | None,
    period_text: str | None,
    filters: list[str],
    format: Literal["table", "csv", "json"],
    is_sql_only: bool,
) -> int:
    """Prints one metric's rows, or with `is_sql_only` the SQL that returns them."""
    version = current_version(warehouse)
    period = Period.parse(period_text or f"{version.data_date.year}", version.data_month)
    assignments = (item.partition("=") for item in filters)
    scope = Scope(version, area, period, tuple((name, value) for name, _, value in assignments))
    dimensions = tuple(dimension for dimension in (by or "").split(",") if dimension)
    queried_metric = metric(name, version)
    if queried_metric.file_error:
        # Not to stdout, where another program may read CSV or JSON.
        print_error(queried_metric.file_error)
        print_error(pick("（使用最近可用的定义）", "(the last good definition is used)"))
    if is_sql_only:
        print(queried_metric.sql(scope, dimensions).literal_sql)
        return EXIT_OK
    for held_table in queried_metric.held_tables(scope):
        effect = pick("数字未采用：", "held: ")
        if not held_table.is_held:
            effect = pick("不含这个地区：", "counted without this district: ")
        print_error(effect + pick(*held_table.message(held_table.district_name)))
    rows = queried_metric.rows(scope, dimensions)
    parse_cache.save()
    if format == "csv":
        sys.stdout.write(escape_formulas(_visible(rows)).write_csv())
    elif format == "json":
        print(as_json(rows.to_dicts()))
    else:
        table = Table(title=f"{pick(*queried_metric.title)} · {period}", title_justify="left")
        for column in rows.columns:
            table.add_column(column, justify="right" if rows[column].dtype == pl.Float64 else "left")
        for row in rows.iter_rows():
            table.add_row(
                *(_cell(queried_metric, column, cell) for column, cell in zip(rows.columns, row, strict=True))
            )
        console.print(table)
    return EXIT_OK


def _visible(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows with the invisible characters in their texts escaped."""
    return rows.with_columns(pl.col(pl.String).map_elements(escape_invisible, return_dtype=pl.String))


def _cell(queried_metric: Metric, column: str, cell: object) -> str:
    """Returns a cell's text: values and standards with the metric's decimals, other numbers with all of theirs."""
    if cell is None:
        return ""
    if not isinstance(cell, float):
        return str(cell)
    return f"{cell:,.{queried_metric.decimals}f}" if column in ("value", *TARGETS) else f"{cell:,.10g}"


def run_figures(warehouse: Path, area: str | None) -> int:
    """Prints every published figure beside the computed one. Returns 1 where one differs."""
    from sql.quality import published_figures

    compared = published_figures.compare(current_version(warehouse), area)
    table = Table(title=pick("公布的数字与算出的数字", "Published and computed figures"), title_justify="left")
    for name in ("地区 | Area", "指标 | Metric"):
        table.add_column(pick_from(name))
    for name in ("公布 | Published", "算出 | Computed", "相差 | Difference"):
        table.add_column(pick_from(name), justify="right")
    table.add_column("")
    for row in compared.iter_rows(named=True):
        computed = "–" if row["computed"] is None else f"{row['computed']:,.10g}"
        difference = "" if row["difference"] is None else f"{row['difference']:+,.4g}"
        table.add_row(
            row["place"],
            row["metric"],
            f"{row['comparison'].removeprefix('standard ')} {row['published']}",
            computed,
            difference,
            pick("● 相符", "● matches") if row["is_met"] else pick("▼ 不符", "▼ differs"),
        )
    console.print(table)
    count, matching = compared.height, compared["is_met"].sum()
    console.print(pick(f"{count} 个中 {matching} 个相符", f"{matching} of {count} match"))
    return EXIT_OK if matching == count else EXIT_REFUSED


def run_check(warehouse: Path) -> int:
    """Runs the checks of sql/ on the current version. Returns 1 where a check of severity error finds rows."""
    from etl.build.checks import run_checks

    with connect(current_version(warehouse)) as cursor:
        results = run_checks(cursor, catalog.current_files())
    for file, rows in results:
        mark = "●" if rows == 0 else "▼"
        console.print(f"{mark} {file.header['severity']:6} {file.name}: {rows:,}  {pick(*file.title)}")
        if rows:
            console.print(f"    {pick_from(file.header['fix'])}")
    return EXIT_REFUSED if any(rows and file.header["severity"] == "error" for file, rows in results) else EXIT_OK
