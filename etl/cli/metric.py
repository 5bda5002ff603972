"""`metric`, `figures` and `check`: what a version says."""

from __future__ import annotations

import argparse
import sys

import polars as pl
from rich.table import Table

from etl.cli.console import EXIT_OK, EXIT_REFUSED, console, print_error
from sql.security.escaping import as_json, escape_invisible
from sql.security.spreadsheet import escape_formulas
from sql.semantic.files import catalog, parse_cache
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import connect, current_version


def run_metric(args: argparse.Namespace) -> int:
    """Prints one metric's rows, or with --sql the SQL that gives them."""
    version = current_version(args.warehouse)
    period = Period.parse(args.period or f"{version.data_date.year}", version.data_month)
    where = tuple(tuple(item.split("=", 1)) for item in args.where)
    scope = Scope(version, args.area, period, where)
    by = tuple(name for name in (args.by or "").split(",") if name)
    asked = metric(args.name, version)
    if asked.file_error:
        # Not to stdout, where a CSV or JSON is read by another program.
        print_error(f"{asked.file_error}\n(最近可用的定义 the last good definition is used)")
    if args.sql:
        print(asked.sql(scope, by).literal_sql)
        return EXIT_OK
    rows = asked.rows(scope, by)
    parse_cache.save()
    if args.format == "csv":
        sys.stdout.write(escape_formulas(_visible(rows)).write_csv())
    elif args.format == "json":
        print(as_json(rows.to_dicts()))
    else:
        table = Table(title=f"{asked.title.zh} · {asked.title.en} · {period}", title_justify="left")
        for name in rows.columns:
            table.add_column(name, justify="right" if rows[name].dtype == pl.Float64 else "left")
        for row in rows.iter_rows():
            table.add_row(*(_cell(asked, name, cell) for name, cell in zip(rows.columns, row, strict=True)))
        console.print(table)
    return EXIT_OK


def _visible(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the names in them as a terminal may show them."""
    return rows.with_columns(pl.col(pl.String).map_elements(escape_invisible, return_dtype=pl.String))


def _cell(asked: Metric, column: str, cell: object) -> str:
    """A cell of the table: the value and its standard with the metric's decimals, what they are made of as it is."""
    if cell is None:
        return ""
    if not isinstance(cell, float):
        return str(cell)
    return f"{cell:,.{asked.decimals}f}" if column in ("value", "standard") else f"{cell:,.10g}"


def run_figures(args: argparse.Namespace) -> int:
    """Prints every published figure beside the computed one; 1 where one differs."""
    from sql.quality import published_figures

    compared = published_figures.compare(current_version(args.warehouse), args.area)
    table = Table(title="公布的数字与算出的数字 · published and computed figures", title_justify="left")
    for name in ("地区 place", "指标 metric"):
        table.add_column(name)
    for name in ("公布 published", "算出 computed", "相差 difference"):
        table.add_column(name, justify="right")
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
            "● 相符 met" if row["is_met"] else "▼ 不符 differs",
        )
    console.print(table)
    met = compared["is_met"].sum()
    console.print(f"{compared.height} 个中 {met} 个相符 · {met} of {compared.height} met")
    return EXIT_OK if met == compared.height else EXIT_REFUSED


def run_check(args: argparse.Namespace) -> int:
    """Runs the checks of sql/ on the current version; 1 where one of severity error finds rows."""
    from etl.build.checks import run_checks

    with connect(current_version(args.warehouse)) as cursor:
        results = run_checks(cursor, catalog.current_files())
    for file, rows in results:
        mark = "●" if rows == 0 else "▼"
        console.print(f"{mark} {file.header['severity']:6} {file.name}: {rows:,}  {file.title.zh} / {file.title.en}")
        if rows:
            console.print(f"    {file.header['fix']}")
    return EXIT_REFUSED if any(rows and file.header["severity"] == "error" for file, rows in results) else EXIT_OK
