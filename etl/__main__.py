"""The command line: python -m etl COMMAND."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from pkgutil import resolve_name
from typing import NoReturn

from etl.ingest.parser import launch
from sql.errors import InputError, LinliError
from sql.paths import ROWS_CACHE, folder

DESCRIPTION = """邻里看板的数据命令 | Linli's data commands

  python -m etl build                            读取各地文件，校验、建模、检查、发布 | read, validate, model, check, publish
  python -m etl metric staffing_ratio --by county    一个指标，按区县 | one metric by county
  python -m etl rejects --out rejects.xlsx       退回的行和原因 | the rows sent back, with reasons
"""  # noqa: E501  laid out in columns, as it is printed


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m etl", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    anywhere = argparse.ArgumentParser(add_help=False)
    anywhere.add_argument(
        "--warehouse",
        type=Path,
        default=folder(),
        metavar="DIR",
        help="数据仓库文件夹，默认 data/warehouse | folder of the warehouse (default data/warehouse)",
    )
    add = top.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser
    source_help = (
        "每个地区一个子文件夹；默认 data/incoming，没有则用演示数据 | holds one folder a district; "
        "default data/incoming, else the demo"
    )

    command = _command(
        add, anywhere, "build", "etl.cli.build:run_build", "构建并发布一个版本 | build and publish a version"
    )
    either = command.add_mutually_exclusive_group()
    either.add_argument("--source", type=Path, metavar="DIR", help=source_help)
    either.add_argument(
        "--rows",
        type=Path,
        metavar="DIR",
        help="已校验的行（demo --format parquet 写出的文件夹），不再校验 | "
        "validated rows, as demo --format parquet writes them",
    )
    command.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="DATE",
        help="数据日期，默认文件中不晚于今天的最近日期 | the data date; default: the latest past date in the files",
    )
    command.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="用什么建模型，默认 duckdb；spark 需要 requirements-spark.txt | what builds the models; "
        "spark needs requirements-spark.txt",
    )
    command.add_argument(
        "--master",
        metavar="URL",
        help="Spark 的 master，默认本机 local[*]，如 spark://host:7077 | of Spark; default: this machine",
    )
    command.add_argument(
        "--scratch",
        metavar="URL",
        help="集群与本机交换数据的地址，如 s3a://bucket/linli | where a cluster and this machine exchange rows; "
        "default: a local folder",
    )
    command.epilog = (
        "退出码 exit code: 0 已发布 published · 1 未发布 refused · 2 用法 usage · "
        "3 已发布但有文件失败 published with failed files"
    )

    command = _command(add, anywhere, "metric", "etl.cli.metric:run_metric", "查一个指标 | ask one metric")
    command.add_argument("name", metavar="NAME", help="sql/metrics 里的文件名 | the name of a file in sql/metrics")
    command.add_argument("--by", metavar="DIM[,DIM]", help="维度，如 county,month | dimensions, as county,month")
    command.add_argument("--area", metavar="CODE", help="区划代码，默认全部 | an area_code; default: all places")
    command.add_argument(
        "--period",
        metavar="PERIOD",
        help="2025、2025Q2、2025-06、2023-01..2026-06、all；默认数据所在年 | default: the data's year",
    )
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="K=V",
        type=_assignment,
        help="按维度筛选，可重复 | filter by a dimension; may be repeated",
    )
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command.add_argument(
        "--sql", action="store_true", help="只打印得出该数的 SQL | print the SQL that gives the number"
    )

    command = _command(
        add,
        anywhere,
        "figures",
        "etl.cli.metric:run_figures",
        "公布的数字与算出的数字 | published figures beside computed ones",
    )
    command.add_argument("--area", metavar="CODE", help="只看一个地区 | only this place")
    command = _command(
        add,
        anywhere,
        "alerts",
        "etl.cli.alerts:run_alerts",
        "需要关注的预警，或发给别的系统 | open alerts, or post them to other systems",
    )
    command.add_argument(
        "--area",
        metavar="CODE",
        help="这个区划和它的下一级；默认各地区和它们的下一级 | this area and one step below; default: "
        "every place and one step below",
    )
    command.add_argument("--format", choices=("table", "json"), default="table")
    command.add_argument(
        "--post",
        metavar="URL",
        help="以 JSON 发到这个地址；与上次相同则不发 | send JSON there, unless nothing changed since the last time",
    )
    command.add_argument("--always", action="store_true", help="没有变化也发 | post even where nothing changed")
    command.epilog = (
        "退出码 exit code: 0 没有预警 none open · 1 有预警 some open · 2 用法 usage · "
        "3 没有读到或没有送达 not read or not posted"
    )
    _command(
        add,
        anywhere,
        "check",
        "etl.cli.metric:run_check",
        "对当前版本运行 sql/checks | run sql/checks on the current version",
    )
    _command(add, anywhere, "versions", "etl.cli.versions:run_versions", "列出版本 | list the versions")
    command = _command(
        add, anywhere, "rollback", "etl.cli.versions:run_rollback", "退回某个版本 | serve an earlier version again"
    )
    command.add_argument("version", nargs="?", metavar="VERSION", help="默认上一个 | default: the one before")
    command = _command(add, anywhere, "rejects", "etl.cli.rejects:run_rejects", "列出退回的行 | list the rejected rows")
    command.add_argument("--out", type=Path, metavar="FILE.xlsx")
    command = _command(
        add,
        anywhere,
        "inspect",
        "etl.cli.files:run_inspect",
        "看看一个文件里有什么，写出映射草稿 | look at a file and draft its mapping",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="区县文件夹里的文件 | a file in a district's folder")
    command = _command(
        add,
        anywhere,
        "watch",
        "etl.cli.build:run_watch",
        "文件或 sql/ 一变就重建 | rebuild whenever files or sql/ change",
    )
    command.add_argument("--source", type=Path, metavar="DIR", help=source_help)
    command = _command(
        add,
        anywhere,
        "briefing",
        "etl.cli.files:run_briefing",
        "把会议的简报写成文件，供定时任务 | write a meeting's briefing to a file, for cron",
    )
    command.add_argument(
        "--playlist",
        required=True,
        metavar="NAME",
        help="data/meetings 里的文件名 | the name of a file in data/meetings",
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="以 .pptx、.docx 或 .xlsx 结尾 | ends with one of these"
    )
    command.add_argument(
        "--area", metavar="CODE", help="开会的区域，默认全部 | the meeting's area (default: all places)"
    )
    command.add_argument(
        "--period", metavar="PERIOD", help="同 metric，默认数据所在年 | as of metric; default: the data's year"
    )
    command.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 | language")
    command = _command(
        add, anywhere, "audit", "etl.cli.versions:run_audit", "核对审计记录是否完整 | whether the audit log is whole"
    )
    command.add_argument("what", choices=("verify",), help="从第一条核对到最后一条 | from the first entry to the last")
    command.add_argument(
        "--known",
        metavar="HASH",
        help="另存的某次末条校验值，须仍在其中 | the last hash of an earlier time, kept elsewhere: it has to be there",
    )
    command.epilog = "退出码 exit code: 0 完整 whole · 1 有缺口或被改过 damaged or changed"
    command = _command(add, anywhere, "demo", "etl.cli.files:run_demo", "生成演示数据 | write the demo places' files")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument(
        "--scale",
        type=int,
        default=1,
        metavar="N",
        help="files：各地重复 N 份；parquet：事件重复 N 倍 | "
        "files: the places N times over; parquet: N times the events",
    )
    command.add_argument(
        "--format",
        choices=("files", "parquet"),
        default="files",
        help="files：各地报送的文件；parquet：供 build --rows 用的行 | "
        "files as districts send them, or rows for build --rows",
    )
    command.add_argument("--seed", type=int, default=2026, metavar="S")
    return top


def _command(
    add: Callable[..., argparse.ArgumentParser], anywhere: argparse.ArgumentParser, name: str, run: str, about: str
) -> argparse.ArgumentParser:
    """A command; `run` names the function that runs it, as module:function, imported only then."""
    command = add(name, parents=[anywhere], help=about, description=about)
    command.set_defaults(run=run)
    return command


def _assignment(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"{text!r}：应为 维度=值 | should be DIMENSION=VALUE")
    return text


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    args = parser().parse_args(arguments)
    if args.command == "build" and not args.rows and not (args.warehouse / ROWS_CACHE).is_dir():
        # Every file will have to be read.
        launch.start_ahead()
    # Whoever only asks for help need not wait for DuckDB and Polars. Their modules stay: to look for garbage among them
    # would take a tenth of their import.
    gc.disable()
    import duckdb

    from etl.cli.console import EXIT_REFUSED, EXIT_USAGE, print_error

    run = resolve_name(args.run)
    gc.enable()
    try:
        return run(args)
    except InputError as error:
        print_error(error)
        return EXIT_USAGE
    except LinliError as error:
        print_error(error)
        return EXIT_REFUSED
    except duckdb.Error as error:
        print_error(f"DuckDB：{error}")
        return EXIT_REFUSED
    except OSError as error:
        print_error(
            f"读写文件失败：{error}；请检查磁盘空间和权限后重试\n"
            f"reading or writing a file failed: {error}; check the space on the disk and the permissions, "
            "and try again"
        )
        return EXIT_REFUSED


def _end(code: int) -> NoReturn:
    """Ends the process at once. Everything is written and closed by now, and to take hundreds of modules apart one by
    one would take longer than many a command."""
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _end(main())
