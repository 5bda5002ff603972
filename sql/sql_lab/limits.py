"""Defines the resource limits of a statement in the SQL lab, and the messages for statements that are not answered."""

from __future__ import annotations

from dataclasses import dataclass

from sql.errors import InputError
from sql.files.sql_file import Text

MAX_LENGTH = 100_000
MESSAGES = {
    "empty": Text("还没有语句；写一条 SELECT", "there is no statement yet; write one SELECT"),
    "long": Text(
        f"语句超过 {MAX_LENGTH:,} 个字符；请写短一些",
        f"the statement is longer than {MAX_LENGTH:,} characters; shorten it",
    ),
    "select": Text(
        "这里只运行一条 SELECT：去掉别的语句，一次只写一条",
        "only a single SELECT can be run here: remove other statements, and run one at a time",
    ),
    "deep": Text("语句嵌套太深；请拆开来写", "the statement is nested too deeply; split it up"),
    "table": Text(
        "没有可查的表 {what}；能查的表都列在旁边，写成 表名 或 intermediate.表名",
        "there is no table {what} to query; the available tables are listed beside, written as table or "
        "intermediate.table",
    ),
    "function": Text(
        "这里不能用函数 {what}；只能用由给定的值算出结果的函数",
        "the function {what} cannot be used here; only functions that compute a result from their arguments can",
    ),
    "construct": Text("这里不能用 {what}；请只用普通的 SELECT", "{what} cannot be used here; write a plain SELECT"),
    "memory": Text(
        "这条查询需要的内存超出限制；请先筛选或汇总",
        "the query needs more memory than the limit; filter or aggregate first",
    ),
    "bytes": Text("结果太大；请少选几列，或先汇总", "the result is too large; select fewer columns or aggregate first"),
    "time": Text(
        "运行超过 {what} 秒，已停止；请先筛选、汇总，或加 limit",
        "the query was stopped after {what} seconds; filter, aggregate, or add a limit",
    ),
    "waiting": Text(
        "您已有 {what} 条查询在等；请等它们查完，或在别的窗口里停下一条",
        "{what} of your queries are already waiting; wait for them to finish, or stop one in its window",
    ),
    "left": Text(
        "还没查完，页面就刷新了；请再点一次运行", "the page was reloaded before the query finished; run it again"
    ),
    "stopped": Text(
        "查询中途停止了；请把语句写简单些再试", "the query stopped unexpectedly; simplify it and try again"
    ),
    "duckdb": Text("{what}", "{what}"),
}


class StatementError(InputError):
    """Reports a statement that was not answered; `why` is the key of the reason in `MESSAGES`."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(MESSAGES[why].zh.format(what=what), MESSAGES[why].en.format(what=what))
        self.why = why


@dataclass(frozen=True)
class Limits:
    """Holds a statement's limits: wall-clock and CPU seconds, rows and bytes of the answer, bytes of memory for DuckDB
    (`memory`), and bytes of address space for its process (`bytes`)."""

    seconds: int = 10
    cpu_seconds: int = 8
    rows: int = 10_000
    answer_bytes: int = 16 << 20
    memory: int = 512 << 20
    bytes: int = 1 << 30


DEFAULT_LIMITS = Limits()
