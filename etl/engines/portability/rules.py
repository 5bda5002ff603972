"""Defines the portability rules that need no types: constructs that differ between DuckDB and Spark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

Message = tuple[str, str]
# Returns the problem with a node and its remedy, in Chinese and English; None where the node is portable. A rule takes
# nodes of the classes it is listed under, which the type of a dictionary cannot express.
Rule = Callable[[Any], Message | None]

_FORMATS = frozenset("YmdHMS")
_NOT_IN_SPARK = (
    exp.DataType.Type.INT128,
    exp.DataType.Type.UINT128,
    exp.DataType.Type.UTINYINT,
    exp.DataType.Type.USMALLINT,
    exp.DataType.Type.UINT,
    exp.DataType.Type.UBIGINT,
    exp.DataType.Type.TIME,
    exp.DataType.Type.DECIMAL,
    exp.DataType.Type.TIMESTAMPTZ,
)


def _always(zh: str, en: str) -> list[Rule]:
    return [lambda node: (zh, en)]


def _unknown_function(node: exp.Anonymous) -> Message:
    name = node.name.lower()
    return (
        f"{name}() 只有 DuckDB 才有，或在 Spark 上含义不同；请改用其他函数",
        f"{name}() exists only in DuckDB or means something else on Spark; use another function",
    )


def _date_diff(node: exp.DateDiff) -> Message | None:
    if date_part(node) in ("day", "microsecond"):
        return None
    return (
        "date_diff 按月、年、小时等在 Spark 上结果不同；月份差写成 year(b) * 12 + month(b) - year(a) * 12 - month(a)，"
        "时长写成 date_diff('microsecond', a, b) / 3.6e9",
        "date_diff in months, years, hours … differs on Spark; "
        "write months as year(b) * 12 + month(b) - year(a) * 12 - month(a), and a duration in hours "
        "as date_diff('microsecond', a, b) / 3.6e9",
    )


def date_part(node: exp.DateDiff) -> str:
    """Returns the unit that a date_diff counts in."""
    return node.text("unit").lower()


def _extract(node: exp.Extract) -> Message | None:
    part = node.name.lower()
    if part in ("year", "month", "day", "hour", "minute", "quarter"):
        return None
    return (
        f"extract({part} …) 在 Spark 上不同；星期几写成 date_diff('day', date '0001-01-01', x::date) % 7 + 1",
        f"extract({part} …) differs on Spark; write a weekday as date_diff('day', date '0001-01-01', x::date) % 7 + 1",
    )


def _regexp_replace(node: exp.RegexpReplace) -> Message | None:
    if "g" in node.text("modifiers"):
        return None
    return (
        "regexp_replace 不带 'g' 时 DuckDB 只换第一处，Spark 换全部；请写 regexp_replace(x, 模式, 替换, 'g')",
        "regexp_replace without 'g' replaces the first match in DuckDB but all of them on Spark; "
        "write regexp_replace(x, pattern, replacement, 'g')",
    )


def _strftime(node: exp.TimeToStr) -> Message | None:
    codes = set(node.text("format").split("%")[1:])
    if all(code[:1] in _FORMATS for code in codes):
        return None
    return (
        "strftime 只有 %Y %m %d %H %M %S 与 Spark 相同；星期和周请用日期运算",
        "only %Y %m %d %H %M %S of strftime are the same on Spark; compute weeks and weekdays from dates",
    )


def _join(node: exp.Join) -> Message | None:
    method = node.method.upper()
    if method not in ("ASOF", "POSITIONAL"):
        return None
    return (
        f"Spark 没有 {method} JOIN；请用 lead() 求出每行有效到何时，再按区间连接",
        f"Spark has no {method} JOIN; compute with lead() until when each row is valid, and join on that range",
    )


def _star(node: exp.Star) -> Message | None:
    if not node.args.get("replace") and not node.args.get("rename"):
        return None
    return (
        "Spark 没有 * REPLACE 和 * RENAME；请写 * exclude (x) 并另写该列",
        "Spark has no * REPLACE or * RENAME; write * exclude (x) and add the column separately",
    )


def _by_name(node: exp.SetOperation) -> Message | None:
    if not node.args.get("by_name"):
        return None
    return (
        "Spark 没有 UNION BY NAME；请两边按相同顺序列出各列",
        "Spark has no UNION BY NAME; list the columns on both sides in the same order",
    )


def _alias_in_where(node: exp.Column) -> Message | None:
    where = node.find_ancestor(exp.Where, exp.Select)
    if node.table or not isinstance(where, exp.Where) or not isinstance(where.parent, exp.Select):
        return None
    aliases = [
        projection
        for projection in where.parent.selects
        if isinstance(projection, exp.Alias) and projection.alias == node.name
    ]
    if not aliases or (isinstance(aliases[0].this, exp.Column) and aliases[0].this.name == node.name):
        return None
    return (
        f"WHERE 里的 {node.name} 是本 SELECT 的别名，Spark 不认；请写出原来的列（表名.列名），或先放进一个 CTE",
        f"{node.name} in WHERE is an alias of this SELECT, which Spark does not resolve; qualify the column with its "
        "table, or compute it in a CTE first",
    )


def _by_zero(node: exp.Binary) -> Message | None:
    if _is_never_zero(node.expression):
        return None
    return (
        "除数可能为 0，在 Spark 上会出错；请写 a / nullif(b, 0)",
        "the divisor may be 0, which is an error on Spark; write a / nullif(b, 0)",
    )


def _is_never_zero(divisor: exp.Expression) -> bool:
    if isinstance(divisor, exp.Paren | exp.Cast | exp.Neg):
        return _is_never_zero(divisor.this)
    if isinstance(divisor, exp.Mul):
        return _is_never_zero(divisor.this) and _is_never_zero(divisor.expression)
    if isinstance(divisor, exp.Nullif):
        return divisor.expression.is_number and float(divisor.expression.name) == 0
    return divisor.is_number and float(divisor.name) != 0


def _decimal_literal(node: exp.Literal) -> Message | None:
    if node.is_string or "." not in node.this or "e" in node.this.lower() or isinstance(node.parent, exp.Cast):
        return None
    return (
        f"{node.this} 在 Spark 上按定点小数计算，会丢失位数；请写成 {float(node.this):e} 这样的浮点数或整数",
        f"Spark treats {node.this} as a fixed-point number and loses digits; "
        f"write a float such as {float(node.this):e}, or an integer",
    )


def _unordered_list(node: exp.ArrayAgg) -> Message | None:
    whole: exp.Expr = node.parent if isinstance(node.parent, exp.Filter) else node
    is_filtered = isinstance(whole, exp.Filter) and _excludes_null(whole)
    whole = whole.parent if isinstance(whole.parent, exp.Window) else whole
    fallback, sort = whole.parent, whole.parent and whole.parent.parent
    if is_filtered and isinstance(fallback, exp.Coalesce) and isinstance(sort, exp.ArraySort):
        return None
    return (
        "list() 在 Spark 上顺序不定、略去空值、没有行时为 []；"
        "请写 list_sort(coalesce(list(x) filter (where x is not null), []))",
        "list() on Spark has no order, skips null, and returns [] for no rows; "
        "write list_sort(coalesce(list(x) filter (where x is not null), []))",
    )


def _excludes_null(node: exp.Filter) -> bool:
    """Returns true where FILTER keeps only rows in which the aggregated expression is not null."""
    condition = node.expression.this
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return any(
        isinstance(part, exp.Not) and part.this == exp.Is(this=node.this.this, expression=exp.Null()) for part in parts
    )


def _arg_max(node: exp.ArgMax | exp.ArgMin) -> Message | None:
    if isinstance(node.parent, exp.Filter) and _excludes_null(node.parent):
        return None
    return (
        "arg_max/arg_min 在 DuckDB 中跳过空值，在 Spark 上不跳；请加 filter (where x is not null)，并使排序值不重复",
        "arg_max and arg_min skip null in DuckDB but not on Spark; add filter (where x is not null), and "
        "make sure that the compared values have no ties",
    )


def _string_agg(node: exp.GroupConcat) -> Message | None:
    if node.find(exp.Order):
        return None
    return "string_agg 不写顺序则结果不定；请写 string_agg(x, '、' order by x)", (
        "string_agg without an order returns texts in arbitrary order; write string_agg(x, '、' order by x)"
    )


def _round(node: exp.Round) -> Message | None:
    if node.args.get("decimals") is None:
        return None
    return (
        "round(x, n) 在两边舍入不同；模型里请不要舍入到小数，由显示时舍入",
        "round(x, n) rounds differently on Spark; round to decimals only for display, not in models",
    )


def _type(node: exp.DataType) -> Message | None:
    if node.this not in _NOT_IN_SPARK:
        return None
    return (
        f"Spark 没有类型 {node.sql('duckdb')}，或按它计算不同；请用 bigint、double、date、timestamp 或 varchar",
        f"Spark has no type {node.sql('duckdb')}, or computes with it differently; "
        "use bigint, double, date, timestamp or varchar",
    )


_WEEKDAY = _always(
    "星期几在 Spark 上从别的日子数起；请写 date_diff('day', date '0001-01-01', x::date) % 7 + 1（周一为 1）",
    "Spark numbers weekdays from another day; write date_diff('day', date '0001-01-01', x::date) % 7 + 1 (Monday is 1)",
)
_PERCENTILE = _always(
    "分位数在 Spark 上不同或不能用；请用 median(x)，或用 row_number() 取第几行",
    "percentiles differ or fail on Spark; use median(x), or pick a row with row_number()",
)
_CALENDAR = _always(
    "Spark 不能这样生成日历；请用 staging.months", "Spark cannot generate a calendar this way; use staging.months"
)
_CHANCE = _always(
    "取哪一行全凭运气；请用 min()、max()，或 row_number() 配完整的排序",
    "it picks an arbitrary row; use min(), max(), or row_number() with a complete order",
)
_NOW = _always(
    "每次运行结果不同；数据日期请用 (select max(observed_on) from staging.months)",
    "the result differs from run to run; take the data date from (select max(observed_on) from staging.months)",
)

RULES: dict[type[exp.Expr], list[Rule]] = {
    exp.Anonymous: [_unknown_function],
    exp.DateDiff: [_date_diff],
    exp.DayOfWeek: _WEEKDAY,
    exp.DayOfWeekIso: _WEEKDAY,
    exp.Dayname: _WEEKDAY,
    exp.Monthname: _always("monthname 在 Spark 上不同；请用 month(x)", "monthname differs on Spark; use month(x)"),
    exp.Week: _always("Spark 没有 week()；请用 weekofyear(x)", "Spark has no week(); use weekofyear(x)"),
    exp.Extract: [_extract],
    exp.PercentileCont: _PERCENTILE,
    exp.PercentileDisc: _PERCENTILE,
    exp.Quantile: _PERCENTILE,
    exp.ApproxQuantile: _PERCENTILE,
    exp.WithinGroup: _PERCENTILE,
    exp.RegexpReplace: [_regexp_replace],
    exp.Format: _always(
        "format() 的占位符在 Spark 上不同；请用 || 连接",
        "format() has other placeholders on Spark; concatenate with ||",
    ),
    exp.TimeToStr: [_strftime],
    exp.StrToTime: _always(
        "strptime 在 Spark 上的宽严不同；日期在读入时就已转换",
        "strptime is stricter on Spark; ingest parses dates already",
    ),
    exp.DateBin: _always(
        "Spark 没有 time_bucket；请用 date_trunc('month', x)", "Spark has no time_bucket; use date_trunc('month', x)"
    ),
    exp.TimeToUnix: _always(
        "epoch() 在 Spark 上丢掉秒以下；请写 date_diff('microsecond', a, b) / 1e6",
        "epoch() drops fractions of a second on Spark; write date_diff('microsecond', a, b) / 1e6",
    ),
    exp.GenerateSeries: _CALENDAR,
    exp.Unnest: _CALENDAR,
    exp.Explode: _CALENDAR,
    exp.Join: [_join],
    exp.Pivot: _always(
        "Spark 上的 PIVOT 不同；请写 sum(x) filter (where …)",
        "PIVOT works differently on Spark; write sum(x) filter (where …)",
    ),
    exp.Columns: _always("Spark 没有 COLUMNS()；请列出各列", "Spark has no COLUMNS(); list the columns"),
    exp.Star: [_star],
    exp.SetOperation: [_by_name],
    exp.Column: [_alias_in_where],
    exp.Div: [_by_zero],
    exp.IntDiv: [_by_zero],
    exp.Mod: [_by_zero],
    exp.Literal: [_decimal_literal],
    exp.ArrayAgg: [_unordered_list],
    exp.ArgMax: [_arg_max],
    exp.ArgMin: [_arg_max],
    exp.GroupConcat: [_string_agg],
    exp.First: _CHANCE,
    exp.Last: _CHANCE,
    exp.AnyValue: _CHANCE,
    exp.TableSample: _CHANCE,
    exp.Rand: _NOW,
    exp.CurrentDate: _NOW,
    exp.CurrentTimestamp: _NOW,
    exp.Round: [_round],
    exp.DataType: [_type],
    exp.Bracket: _always(
        "取列表中没有的一项在 Spark 上出错；请用 min()、max() 或 array_contains",
        "reading an item that a list does not have is an error on Spark; use min(), max() or array_contains",
    ),
}
