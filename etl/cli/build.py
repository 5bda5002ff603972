"""`build` and `watch`: versions built from what districts send."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from etl.build.build import Engine, Report, build, build_rows
from etl.build.models import build_models
from etl.cli.console import EXIT_FILES_FAILED, EXIT_OK, console, print_error
from etl.cli.rejects import print_rejects
from sql.errors import InputError
from sql.paths import PROJECT


def default_source() -> Path:
    """data/incoming where districts' folders lie in it, else the demo."""
    incoming = PROJECT / "data" / "incoming"
    has_districts = incoming.is_dir() and any(path.is_dir() for path in incoming.iterdir())
    return incoming if has_districts else PROJECT / "data" / "demo"


def run_build(args: argparse.Namespace) -> int:
    """Builds and publishes; 3 where some file could not be read."""
    source = args.rows or args.source or default_source()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[speed]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("…", total=None, speed="")

        def progress(done: int, what: str) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            speed = f"{done:,} 行 rows · {done / elapsed:,.0f}/s" if done > 1000 and elapsed > 0.5 else ""
            bar.update(task, description=what, speed=speed)

        report = (build_rows if args.rows else build)(
            source, args.warehouse, args.as_of, progress=progress, engine=_engine(args)
        )
    print_report(report, source)
    return EXIT_FILES_FAILED if report.failed_files.height else EXIT_OK


def _engine(args: argparse.Namespace) -> Engine:
    """What builds the models. Raises AskError for settings of Spark without it."""
    if args.engine == "spark":
        from etl.engines import spark

        # Before files are read for nothing.
        spark.require()
        return partial(spark.build_models, spark.Settings(args.master or spark.LOCAL_MASTER, args.scratch))
    if args.master or args.scratch:
        raise InputError(
            "--master 和 --scratch 只用于 --engine spark", "--master and --scratch belong to --engine spark"
        )
    return build_models


def run_watch(args: argparse.Namespace) -> int:
    """Builds whenever the districts' files or the models in sql/ change, until stopped."""
    from etl.build import watch

    watch.watch(args.source or default_source(), args.warehouse, print_error)
    return EXIT_OK


def print_report(report: Report, source: Path) -> None:
    """Says per file what was read, loaded, rejected and repeated, then the checks and the version."""
    table = Table(title=f"{source}", title_justify="left")
    for name in ("地区 district", "文件 file", "表 table", "状态 status"):
        table.add_column(name, overflow="fold")
    for name in ("读取 read", "装入 loaded", "退回 rejected", "重复 duplicates"):
        table.add_column(name, justify="right")
    for file in report.files.iter_rows(named=True):
        counts = (file[name] for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate"))
        table.add_row(
            file["district"] or "–",
            file["file"],
            file["table_name"] or "–",
            file["status"],
            *(f"{count or 0:,}" for count in counts),
        )
    console.print(table)
    for file in report.files.iter_rows(named=True):
        if file["message_zh"]:
            console.print(
                f"{file['district']}/{file['file']}：{file['message_zh']}", f"  {file['message_en']}", sep="\n"
            )
        if file["extra_columns"]:
            console.print(f"{file['district']}/{file['file']}：未用到的列 columns not used: {file['extra_columns']}")
    if report.rejects.height:
        print_rejects(report.rejects)
    for check, rows in report.checks:
        if rows:
            console.print(f"检查 check {check.title.zh} / {check.title.en}: {rows:,}（python -m etl check）")
    whole = report.built_count == report.model_count
    built = (
        f"{report.model_count} 个模型全部构建 · all {report.model_count} models built"
        if whole
        else f"{report.model_count} 个模型中重建 {report.built_count} 个 · {report.built_count} of {report.model_count} models built"
    )
    seconds = " · ".join(f"{name} {value:.1f} s" for name, value in report.seconds.items())
    console.print(f"已发布 published {report.name} · 数据截至 data to {report.data_date} · {built} · {seconds}")
