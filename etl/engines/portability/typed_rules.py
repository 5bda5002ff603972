"""Defines the portability rules for expressions whose types are known."""

from __future__ import annotations

from sqlglot import exp

from etl.engines.portability.rules import Message, Rule, date_part

_INTEGERS = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.TINYINT)
_FRACTIONS = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT, exp.DataType.Type.DECIMAL)
_DAYS = (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ)
_ROUNDED = (exp.Round, exp.Floor, exp.Ceil, exp.Trunc)


def _days_between_times(node: exp.DateDiff) -> Message | None:
    if date_part(node) != "day" or all(part.is_type("date") for part in (node.this, node.expression)):
        return None
    return (
        "date_diff('day', …) 只有对两个日期才与 Spark 相同；请写 date_diff('day', a::date, b::date)",
        "date_diff('day', …) is the same on Spark only for two dates; write date_diff('day', a::date, b::date)",
    )


def _to_integer(node: exp.Cast) -> Message | None:
    if node.to.this not in _INTEGERS or isinstance(node.this, _ROUNDED) or not node.this.is_type(*_FRACTIONS):
        return None
    return (
        "小数转整数时 DuckDB 四舍五入，Spark 舍去；请写 round(x)::integer 或 floor(x)::integer",
        "casting a decimal number to an integer rounds in DuckDB and truncates on Spark; "
        "write round(x)::integer or floor(x)::integer",
    )


def _to_text(node: exp.Cast) -> Message | None:
    if not node.to.is_type(*exp.DataType.TEXT_TYPES) or not node.this.is_type(*_FRACTIONS):
        return None
    return (
        "小数转文字在两边写法不同；请先取整：round(x)::bigint::varchar",
        "a decimal number becomes a different text on Spark; round it first: round(x)::bigint::varchar",
    )


def _date_minus_date(node: exp.Sub) -> Message | None:
    if not all(part.is_type(*_DAYS) for part in (node.this, node.expression)):
        return None
    return (
        "两个日期相减在 Spark 上不是天数；请写 date_diff('day', a, b)",
        "a date minus a date is not a number of days on Spark; write date_diff('day', a, b)",
    )


def _length(node: exp.Length) -> Message | None:
    if not node.this.is_type("array"):
        return None
    return (
        "len(列表) 在 Spark 上出错；请写 array_length(x)",
        "len() of a list is an error on Spark; write array_length(x)",
    )


TYPED_RULES: dict[type[exp.Expr], list[Rule]] = {
    exp.DateDiff: [_days_between_times],
    exp.Cast: [_to_integer, _to_text],
    exp.Sub: [_date_minus_date],
    exp.Length: [_length],
}
