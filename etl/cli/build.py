"""Runs `build` and `watch`, which build versions from the files that districts send."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from etl.build.build import Engine, Report, build, build_rows
from etl.build.models import build_models
from etl.cli.console import console
from etl.cli.failures import EXIT_FILES_FAILED, EXIT_OK, print_error
from etl.cli.rejects import print_rejects
from sql.errors import InputError
from sql.language import pick, pick_from
from sql.paths import PROJECT

_STATUSES_ZH = {"loaded": "已装入", "failed": "未读入", "stale": "沿用上次", "ignored": "略过", "replaced": "已有更正"}
_PHASES_ZH = {"read": "读取", "load": "装入", "models": "模型"}


def default_source() -> Path:
    """Returns data/incoming where it holds districts' folders, else the demo."""
    incoming = PROJECT / "data" / "incoming"
    has_districts = incoming.is_dir() and any(path.is_dir() for path in incoming.iterdir())
    return incoming if has_districts else PROJECT / "data" / "demo"


def run_build(
    warehouse: Path,
    source: Path | None,
    rows: Path | None,
    as_of: date | None,
    engine: Literal["duckdb", "spark"],
    master: str | None,
    scratch: str | None,
) -> int:
    """Builds and publishes a version. Returns 3 where a file could not be read."""
    source = rows or source or default_source()
    model_builder = _model_builder(engine, master, scratch)
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
            speed = f"{done:,} {pick('行', 'rows')} · {done / elapsed:,.0f}/s" if done > 1000 and elapsed > 0.5 else ""
            bar.update(task, description=pick_from(what), speed=speed)

        report = (build_rows if rows else build)(source, warehouse, as_of, progress=progress, engine=model_builder)
    print_report(report, source)
    return EXIT_FILES_FAILED if report.failed_files.height else EXIT_OK


def _model_builder(engine: Literal["duckdb", "spark"], master: str | None, scratch: str | None) -> Engine:
    """Returns the function that builds the models. Raises InputError for Spark's settings without Spark."""
    if engine == "spark":
        from etl.engines import spark

        # Fails before any file is read.
        spark.require()
        return partial(spark.build_models, spark.Settings(master or spark.LOCAL_MASTER, scratch))
    if master or scratch:
        raise InputError(
            "--master 和 --scratch 只用于 --engine spark", "--master and --scratch belong to --engine spark"
        )
    return build_models


def run_watch(warehouse: Path, source: Path | None) -> int:
    """Builds whenever the districts' files or the models in sql/ change, until stopped."""
    from etl.build import watch

    watch.watch(source or default_source(), warehouse, _print_version, print_error)
    return EXIT_OK


def _print_version(name: str) -> None:
    print(pick(f"已发布 {name}", f"published {name}"), flush=True)


def print_report(report: Report, source: Path) -> None:
    """Prints the rows read, loaded, rejected and repeated per file, then the checks and the version."""
    table = Table(title=f"{source}", title_justify="left")
    for name in ("地区 | District", "文件 | File", "表 | Table", "状态 | Status"):
        table.add_column(pick_from(name), overflow="fold")
    for name in ("读取 | Read", "装入 | Loaded", "退回 | Rejected", "重复 | Duplicates"):
        table.add_column(pick_from(name), justify="right")
    for file in report.files.iter_rows(named=True):
        counts = (file[name] for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate"))
        table.add_row(
            file["district"] or "–",
            file["file"],
            file["table_name"] or "–",
            pick(_STATUSES_ZH[file["status"]], file["status"]),
            *(f"{count or 0:,}" for count in counts),
        )
    console.print(table)
    for file in report.files.iter_rows(named=True):
        path = f"{file['district']}/{file['file']}"
        if file["message_zh"]:
            console.print(pick(f"{path}：{file['message_zh']}", f"{path}: {file['message_en']}"))
        if file["extra_columns"]:
            columns = file["extra_columns"]
            console.print(pick(f"{path}：未用到的列：{columns}", f"{path}: unused columns: {columns}"))
    if report.rejects.height:
        print_rejects(report.rejects)
    for check, rows in report.checks:
        if rows:
            result = f"{pick(*check.title)}: {rows:,}"
            console.print(pick(f"检查 {result}（python -m etl check）", f"Check {result} (python -m etl check)"))
    built, models = report.built_count, report.model_count
    built_models = (
        pick(f"{models} 个模型全部构建", f"all {models} models built")
        if built == models
        else pick(f"{models} 个模型中重建 {built} 个", f"{built} of {models} models built")
    )
    published = pick(
        f"已发布 {report.name} · 数据截至 {report.data_date}", f"published {report.name} · data to {report.data_date}"
    )
    seconds = " · ".join(f"{pick(_PHASES_ZH[name], name)} {value:.1f} s" for name, value in report.seconds.items())
    console.print(f"{published} · {built_models} · {seconds}")
