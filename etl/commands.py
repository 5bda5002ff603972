"""What each command of `python -m etl` does. Every function returns the exit code."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from etl import versions
from etl.build import Engine, Report, build, build_rows
from etl.models import build_models, run_checks
from sql import audit, audit_check, catalog, figures, metric, rejects
from sql.errors import AskError
from sql.periods import Period
from sql.scope import Scope
from sql.warehouse import PROJECT, connect, current

PUBLISHED, REFUSED, USAGE, PUBLISHED_WITH_FAILURES = 0, 1, 2, 3
# Rejects are listed on the screen up to here; all of them are in the file that `rejects --out` writes.
_REJECTS_SHOWN = 20

# File names and cells come from people: a [ in them is no markup.
console = Console(highlight=False, markup=False)


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
    return PUBLISHED_WITH_FAILURES if report.failed.height else PUBLISHED


def _engine(args: argparse.Namespace) -> Engine:
    """What builds the models. Raises AskError for settings of Spark without it."""
    if args.engine == "spark":
        from etl import spark

        # Before files are read for nothing.
        spark.require()
        return partial(spark.build_models, spark.Settings(args.master or spark.LOCAL, args.scratch))
    if args.master or args.scratch:
        raise AskError("--master 和 --scratch 只用于 --engine spark", "--master and --scratch belong to --engine spark")
    return build_models


def print_report(report: Report, source: Path) -> None:
    """Says per file what was read, loaded, rejected and repeated, then the checks and the version."""
    table = Table(title=f"{source}", title_justify="left")
    for name in ("地区 district", "文件 file", "表 table", "状态 status"):
        table.add_column(name)
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
            console.print(f"{file['district']}/{file['file']}：{file['message_zh']}\n  {file['message_en']}")
        if file["extra_columns"]:
            console.print(f"{file['district']}/{file['file']}：未用到的列 columns not used: {file['extra_columns']}")
    if report.rejects.height:
        print_rejects(report.rejects)
    for check, rows in report.checks:
        if rows:
            console.print(f"检查 check {check.title.zh} / {check.title.en}: {rows:,}（python -m etl check）")
    seconds = " · ".join(f"{name} {value:.1f} s" for name, value in report.seconds.items())
    console.print(
        f"已发布 published {report.name} · 数据截至 data to {report.data_date} · "
        f"{report.models} 个模型中重建 {report.built} 个 · {report.built} of {report.models} models built · {seconds}"
    )


def print_rejects(rejects: pl.DataFrame) -> None:
    """Lists rejected rows with their reasons, the first of them."""
    for row in rejects.head(_REJECTS_SHOWN).iter_rows(named=True):
        place = f"{row['district'] or ''}/{row['file']}"
        if row["sheet"]:
            place += f" [{row['sheet']}]"
        if row["row_number"] is not None:
            place += f" 第 {row['row_number']} 行 row {row['row_number']}"
        console.print(f"{place}：{row['reason_zh']}\n  {row['reason_en']}")
    if rejects.height > _REJECTS_SHOWN:
        console.print(f"… 共 {rejects.height:,} 条；全部写入文件 all of them: python -m etl rejects --out rejects.xlsx")


def run_metric(args: argparse.Namespace) -> int:
    """Prints one metric's rows, or with --sql the SQL that gives them."""
    version = current(args.warehouse)
    period = Period.parse(args.period or f"{version.data_date.year}", version.data_month)
    where = tuple(tuple(item.split("=", 1)) for item in args.where)
    scope = Scope(version, args.area, period, where)
    by = tuple(name for name in (args.by or "").split(",") if name)
    asked = metric(args.name, version)
    if asked.broken:
        # Not to stdout, where a CSV or JSON is read by another program.
        print(f"{asked.broken}\n(最近可用的定义 the last good definition is used)", file=sys.stderr)
    if args.sql:
        print(asked.sql(scope, by).to_paste)
        return PUBLISHED
    rows = asked.rows(scope, by)
    if args.format == "csv":
        sys.stdout.write(rows.write_csv())
    elif args.format == "json":
        print(json.dumps(rows.to_dicts(), ensure_ascii=False, default=str))
    else:
        table = Table(title=f"{asked.title.zh} · {asked.title.en} · {period}", title_justify="left")
        for name in rows.columns:
            table.add_column(name, justify="right" if rows[name].dtype == pl.Float64 else "left")
        for row in rows.iter_rows():
            table.add_row(
                *("" if cell is None else f"{cell:,.10g}" if isinstance(cell, float) else str(cell) for cell in row)
            )
        console.print(table)
    return PUBLISHED


def run_figures(args: argparse.Namespace) -> int:
    """Prints every published figure beside the computed one; 1 where one differs."""
    compared = figures.compare(current(args.warehouse), args.area)
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
    return PUBLISHED if met == compared.height else REFUSED


def run_check(args: argparse.Namespace) -> int:
    """Runs the checks of sql/ on the current version; 1 where one of severity error finds rows."""
    with connect(current(args.warehouse)) as cursor:
        results = run_checks(cursor, catalog.current())
    for file, rows in results:
        mark = "●" if rows == 0 else "▼"
        console.print(f"{mark} {file.header['severity']:6} {file.name}: {rows:,}  {file.title.zh} / {file.title.en}")
        if rows:
            console.print(f"    {file.header['fix']}")
    return REFUSED if any(rows and file.header["severity"] == "error" for file, rows in results) else PUBLISHED


def run_versions(args: argparse.Namespace) -> int:
    """Lists the versions, the current one marked."""
    pointed = versions.pointed(args.warehouse)
    for name in versions.names(args.warehouse):
        console.print(f"{'→' if name == pointed else ' '} {name}")
    return PUBLISHED


def run_rollback(args: argparse.Namespace) -> int:
    """Serves an earlier version again."""
    name = versions.rollback(args.warehouse, args.version)
    console.print(f"现在使用 now serving {name}")
    return PUBLISHED


def run_rejects(args: argparse.Namespace) -> int:
    """Lists the rejected rows of the current version, or writes all of them to an XLSX, laid out as their files."""
    version = current(args.warehouse)
    if args.out is None:
        listed = version.rows("select * from raw.rejects order by district, file, sheet, row_number")
        print_rejects(listed)
        console.print(f"{listed.height:,} 条 in all")
        return PUBLISHED
    if not args.out.absolute().parent.is_dir():
        raise AskError(
            f"没有文件夹 {args.out.parent}；请先建立", f"there is no folder {args.out.parent}; create it first"
        )
    console.print(f"{rejects.write(version, args.out):,} 行 rows → {args.out}")
    return PUBLISHED


def run_inspect(args: argparse.Namespace) -> int:
    """Says what a file looks like and writes a draft of its mapping beside it."""
    from etl import draft
    from etl.inspect import inspect
    from etl.intake.hiding import hide_numbers
    from etl.kinds import NAMES

    written, looks = inspect(args.file)
    console.print(f"{args.file}" + "".join(f" · {value}" for value in written.values()))
    for look in looks:
        title = f"{look.table.title} {look.table.name}" if look.table else "看不出是哪张表 no table of ours"
        where = f"表头在第 {look.header_row} 行 header in row {look.header_row}" if look.header_row else ""
        if look.header_rows > 1:
            where += f"–{look.header_row + look.header_rows - 1}"
        table = Table(
            title=" · ".join(filter(None, (hide_numbers(look.sheet), title, where, f"{look.rows:,} 行 rows"))),
            title_justify="left",
        )
        for name in ("列 header", "像是 looks like", "类型 holds", "有值 filled", "例 examples"):
            table.add_column(name, overflow="fold")
        for column in look.columns:
            guess = f"{column.column}{'' if column.is_sure else ' ?'}" if column.column else "–"
            examples = "、".join(column.examples)
            table.add_row(hide_numbers(column.header), guess, NAMES[column.kind], f"{column.filled:.0%}", examples)
        console.print(table)
        if look.table:
            for missing in look.missing:
                console.print(f"缺少必填列 required but not found: {look.table.header(missing)} {missing}")
    console.print(f"映射草稿 draft of the mapping → {draft.write(args.file, looks)}")
    return PUBLISHED


def run_demo(args: argparse.Namespace) -> int:
    """Writes the demo places' files, or a rows folder with so many times their events."""
    from etl import demo
    from etl.demo import many

    if args.format == "files":
        demo.write(args.out, scale=args.scale, seed=args.seed)
    else:
        with tempfile.TemporaryDirectory() as source:
            demo.write(Path(source), seed=args.seed)
            many.write(Path(source), args.out, args.scale)
    console.print(f"→ {args.out}")
    return PUBLISHED


def run_watch(args: argparse.Namespace) -> int:
    """Builds whenever the districts' files or the models in sql/ change, until stopped."""
    from etl import watch

    watch.watch(args.source or default_source(), args.warehouse)
    return PUBLISHED


def run_briefing(args: argparse.Namespace) -> int:
    """Writes a meeting's briefing as slides, a document or a workbook."""
    # The pages stand above etl, and bring Streamlit along: only this command asks for them, when it is run.
    import logging

    logging.getLogger("streamlit").setLevel(logging.ERROR)
    from pages.briefing import command

    count = command.write(args.playlist, args.out, args.area, args.period, args.lang, args.warehouse)
    console.print(f"{count} 节 sections → {args.out}")
    return PUBLISHED


def run_audit(_args: argparse.Namespace) -> int:
    """Checks the audit log from the first entry to the last; 1 with the first thing wrong and where it is."""
    report = audit_check.verify(audit.folder())
    if report.fault:
        console.print(f"▼ {audit.folder() / report.fault.place}：{report.fault.what.zh}", soft_wrap=True)
        console.print(f"  {report.fault.what.en}", soft_wrap=True)
        return REFUSED
    console.print(f"● {report.count:,} 条完整 entries, all whole · {report.first_at or '–'} → {report.last_at or '–'}")
    if report.torn:
        console.print(f"  {report.torn} 行没有写完（进程被中断） lines of interrupted processes, not entries")
    console.print(f"  最后一条的校验值 hash of the last: {report.last_hash}", soft_wrap=True)
    return PUBLISHED
