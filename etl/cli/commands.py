"""Declares the commands of `python -m etl` and their options.

Help texts hold both languages, as `中文 | English`. Each command imports what it needs when it runs, so that help and
completion wait for neither DuckDB nor Polars.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from etl.cli import failures
from etl.ingest.parser import launch
from sql.errors import InputError
from sql.language import pick
from sql.paths import PROJECT, ROWS_CACHE, folder

PROGRAM = "python -m etl"
_ABOUT = f"""邻里看板的数据命令

\b
  {PROGRAM} build                                读取各地文件，校验、建模、检查、发布
  {PROGRAM} metric staffing_ratio --by county    查一个指标，按区县
  {PROGRAM} rejects --out rejects.xlsx           列出退回的行和原因
|
Linli's data commands

\b
  {PROGRAM} build                                read, validate, model, check and publish files
  {PROGRAM} metric staffing_ratio --by county    query one metric by county
  {PROGRAM} rejects --out rejects.xlsx           list the rejected rows with their reasons
"""

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


def _read_date(text: str) -> date:
    """Returns an ISO date. Raises BadParameter where the text is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            pick(f"{text!r} 应为日期，如 2026-06-30", f"{text!r} should be a date, as 2026-06-30")
        ) from None


def _require_assignments(items: list[str] | None) -> list[str]:
    """Returns the filters. Raises BadParameter where one has no =."""
    for item in items or []:
        if "=" not in item:
            raise typer.BadParameter(pick(f"{item!r} 应为 维度=值", f"{item!r} should be DIMENSION=VALUE"))
    return items or []


def _print_version(context: typer.Context, is_asked: bool) -> None:
    # While a shell completes the line, options are parsed and nothing is run.
    if is_asked and not context.resilient_parsing:
        print(product_version())
        raise typer.Exit


def product_version() -> str:
    """Returns the number of the newest release in CHANGELOG.md."""
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    release = re.search(r"^## (\d\S*)", changelog, re.MULTILINE)
    return release[1] if release else pick("未发布", "unreleased")


Warehouse = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        metavar="DIR",
        default_factory=folder,
        show_default=False,
        help="数据仓库文件夹，默认 data/warehouse | The warehouse folder (default: data/warehouse)",
    ),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="DIR",
        help="文件夹，每个地区一个子文件夹；默认 data/incoming，没有则用演示数据 | "
        "A folder with one subfolder per district (default: data/incoming, else the demo data)",
    ),
]
Period = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="2025、2025Q2、2025-06、2023-01..2026-06 或 all；默认数据所在年 | "
        "2025, 2025Q2, 2025-06, 2023-01..2026-06 or all (default: the year of the data date)",
    ),
]


@app.callback(help=_ABOUT)
def _set_global_options(
    *,
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(
            "--lang",
            help="说哪种语言；默认按系统区域设置 | The language of help and messages (default: from the locale)",
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="出错时显示完整的错误位置 | Show the traceback when a command fails")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="显示版本号 | Show the version and exit"
        ),
    ] = False,
) -> None:
    # `--lang` was applied before the arguments were parsed.
    failures.show_tracebacks(debug)


@contextmanager
def _fast_imports() -> Iterator[None]:
    """Switches garbage collection off for a command's imports: searching modules, which stay, takes a tenth of them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@app.command(
    help="构建并发布一个版本 | Build and publish a version",
    epilog="退出码：0 已发布，1 未发布，2 用法错误，3 已发布但有文件失败 | "
    "Exit codes: 0 published, 1 refused, 2 usage error, 3 published, but some files failed",
)
def build(
    *,
    warehouse: Warehouse,
    source: Source = None,
    rows: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="已校验的行（demo --format parquet 写出的文件夹），不再校验；不能与 --source 同用 | "
            "A folder of validated rows, as demo --format parquet writes it; not together with --source",
        ),
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=_read_date,
            metavar="DATE",
            help="数据日期，默认文件中不晚于今天的最近日期；写明的也算作今天，逾期从它算 | "
            "The data date (default: the latest date in the files that is not in the future); one given here counts as "
            "today too",
        ),
    ] = None,
    engine: Annotated[
        Literal["duckdb", "spark"],
        typer.Option(
            help="用什么建模型；spark 需要 requirements-spark.txt | "
            "The engine that builds the models; spark needs requirements-spark.txt"
        ),
    ] = "duckdb",
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Spark 的 master，如 spark://host:7077；默认本机 local[*] | "
            "The Spark master, as spark://host:7077 (default: local[*], this machine)",
        ),
    ] = None,
    scratch: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="集群与本机交换数据的地址，如 s3a://bucket/linli；默认本机的文件夹 | "
            "Where the cluster and this machine exchange rows, as s3a://bucket/linli (default: a local folder)",
        ),
    ] = None,
) -> int:
    if rows and source:
        raise InputError("--rows 和 --source 不能同用", "--rows and --source cannot be used together")
    if not rows and not (warehouse / ROWS_CACHE).is_dir():
        # Every file will have to be read.
        launch.start_ahead()
    with _fast_imports():
        from etl.cli.build import run_build
    return run_build(warehouse, source, rows, as_of, engine, master, scratch)


@app.command(help="查一个指标 | Query one metric")
def metric(
    *,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="sql/metrics 里的文件名 | The name of a file in sql/metrics")
    ],
    warehouse: Warehouse,
    by: Annotated[
        str | None, typer.Option(metavar="DIM[,DIM]", help="维度，如 county,month | Dimensions, as county,month")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="区划代码，默认全部 | An area code (default: all areas)")
    ] = None,
    period: Period = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="K=V",
            callback=_require_assignments,
            help="按维度筛选，可重复 | Filter by a dimension; may be repeated",
        ),
    ] = None,
    format: Annotated[Literal["table", "csv", "json"], typer.Option(help="输出格式 | The output format")] = "table",
    sql: Annotated[
        bool, typer.Option("--sql", help="只打印得出该数的 SQL | Print only the SQL that returns the number")
    ] = False,
) -> int:
    with _fast_imports():
        from etl.cli.metric import run_metric
    return run_metric(warehouse, name, by, area, period, where or [], format, sql)


@app.command(help="公布的数字与算出的数字 | Compare published figures with computed ones")
def figures(
    *,
    warehouse: Warehouse,
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="只看一个地区 | Only the figures of this area")
    ] = None,
) -> int:
    with _fast_imports():
        from etl.cli.metric import run_figures
    return run_figures(warehouse, area)


@app.command(
    help="需要关注的预警，或发给别的系统 | List open alerts, or post them to another system",
    epilog="退出码：0 没有预警，1 有预警，2 用法错误，3 没有读到或没有送达 | "
    "Exit codes: 0 no open alert, 1 open alerts, 2 usage error, 3 not read or not posted",
)
def alerts(
    *,
    warehouse: Warehouse,
    area: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="这个区划和它的下一级；默认各地区和它们的下一级 | "
            "This area and one level below (default: every top-level area and one level below)",
        ),
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help="输出格式 | The output format")] = "table",
    post: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="以 JSON 发到这个地址；与上次相同则不发 | Post JSON to this address, unless nothing has changed",
        ),
    ] = None,
    always: Annotated[bool, typer.Option("--always", help="没有变化也发 | Post even if nothing has changed")] = False,
) -> int:
    with _fast_imports():
        from etl.cli.alerts import run_alerts
    return run_alerts(warehouse, area, format, post, always)


@app.command(help="对当前版本运行 sql/checks | Run sql/checks on the current version")
def check(*, warehouse: Warehouse) -> int:
    with _fast_imports():
        from etl.cli.metric import run_check
    return run_check(warehouse)


@app.command(help="列出版本 | List the versions")
def versions(*, warehouse: Warehouse) -> int:
    with _fast_imports():
        from etl.cli.versions import run_versions
    return run_versions(warehouse)


@app.command(help="退回某个版本 | Go back to an earlier version")
def rollback(
    *,
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="默认上一个 | The version (default: the one before)")
    ] = None,
    warehouse: Warehouse,
) -> int:
    with _fast_imports():
        from etl.cli.versions import run_rollback
    return run_rollback(warehouse, version)


@app.command(help="列出退回的行 | List the rejected rows")
def rejects(
    *,
    warehouse: Warehouse,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="全部写入这个文件 | Write all of them to this file")
    ] = None,
) -> int:
    with _fast_imports():
        from etl.cli.rejects import run_rejects
    return run_rejects(warehouse, out)


@app.command(help="看看一个文件里有什么，写出映射草稿 | Inspect a file and draft its mapping")
def inspect(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="区县文件夹里的文件 | A file in a district's folder")],
    warehouse: Warehouse,
) -> int:
    with _fast_imports():
        from etl.cli.files import run_inspect
    return run_inspect(file)


@app.command(help="文件或 sql/ 一变就重建 | Rebuild whenever files or sql/ change")
def watch(*, warehouse: Warehouse, source: Source = None) -> int:
    with _fast_imports():
        from etl.cli.build import run_watch
    return run_watch(warehouse, source)


@app.command(help="把会议的简报写成文件，供定时任务 | Write a meeting's briefing to a file, as for cron")
def briefing(
    *,
    playlist: Annotated[
        str, typer.Option(metavar="NAME", help="data/meetings 里的文件名 | The name of a file in data/meetings")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="以 .pptx、.docx 或 .xlsx 结尾 | The file, ending with .pptx, .docx or .xlsx"
        ),
    ],
    warehouse: Warehouse,
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="开会的区域，默认全部 | The meeting's area (default: all areas)")
    ] = None,
    period: Period = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="简报的语言 | The language of the briefing")] = "zh",
) -> int:
    with _fast_imports():
        from etl.cli.files import run_briefing
    return run_briefing(warehouse, playlist, out, area, period, lang)


@app.command(
    help="核对审计记录是否完整 | Check that the audit log is intact",
    epilog="退出码：0 完整，1 有缺口或被改过 | Exit codes: 0 intact, 1 damaged or changed",
)
def audit(
    *,
    action: Annotated[
        Literal["verify"],
        typer.Argument(metavar="ACTION", help="从第一条核对到最后一条 | Check every entry from the first to the last"),
    ],
    warehouse: Warehouse,
    known: Annotated[
        str | None,
        typer.Option(
            metavar="HASH",
            help="另存的某次末条校验值，须仍在其中 | An earlier last hash, kept elsewhere: the log must still hold it",
        ),
    ] = None,
) -> int:
    with _fast_imports():
        from etl.cli.versions import run_audit
    return run_audit(known)


@app.command(help="写出每张表的空白工作簿，供各地填报 | Write empty workbooks for districts to fill in")
def templates(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="写到这个文件夹 | The folder to write to")],
    warehouse: Warehouse,
) -> int:
    with _fast_imports():
        from etl.cli.files import run_templates
    return run_templates(out)


@app.command(help="生成演示数据 | Write the demo data")
def demo(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="写到这个文件夹 | The folder to write to")],
    warehouse: Warehouse,
    scale: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="files：各地重复 N 份；parquet：事件重复 N 倍 | "
            "files: N copies of each place; parquet: N times the events",
        ),
    ] = 1,
    format: Annotated[
        Literal["files", "parquet"],
        typer.Option(
            help="files：各地报送的文件；parquet：供 build --rows 用的行 | "
            "files: as districts send them; parquet: rows for build --rows"
        ),
    ] = "files",
    seed: Annotated[int, typer.Option(metavar="S", help="随机数种子 | The random seed")] = 2026,
) -> int:
    with _fast_imports():
        from etl.cli.files import run_demo
    return run_demo(out, scale, format, seed)
