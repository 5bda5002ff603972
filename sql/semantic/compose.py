"""Puts a question's scope under the SQL of a file, without touching the file's own words.

A file names its marts unqualified. Each is shadowed by a CTE of the same name that carries period, area and filters as
bound parameters, so nothing in the file can reach rows outside the scope. Names that become SQL come from the marts'
own columns, never from a caller's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sql.errors import InputError
from sql.security import disclosure, dominance
from sql.security.dominance import LARGEST_SHARE
from sql.semantic.files import dimensions as dimensions_of
from sql.semantic.files import parse_cache, sql_file
from sql.semantic.files.dimensions import (
    AREA_CODE,
    AREA_DIMENSIONS,
    MEASURES,
    TIME_DIMENSIONS,
    choose_mart,
    dimensions,
    filters,
    mart_columns,
)
from sql.semantic.files.sql_file import SqlFile, parse, read, tables, tables_of, without_header
from sql.semantic.scope import Scope

# What the shadow adds to a mart for a time dimension, and where such a group's period starts.
_TIME_COLUMNS = {
    "month": (None, "{axis}"),
    "quarter": ("strftime({axis}, '%Y') || 'Q' || quarter({axis}) as quarter", "date_trunc('quarter', {axis})::date"),
    "year": ("year({axis}) as year", "date_trunc('year', {axis})::date"),
}


@dataclass(frozen=True)
class ComposedQuery:
    """SQL ready to run, with its bound parameters."""

    sql: str
    params: dict[str, object]

    @property
    def literal_sql(self) -> str:
        """The SQL with its parameters written in as literals: for people to read and paste, never run by the
        product."""
        return re.sub(
            r"\$(\w+)",
            # The secret that rounds stays one.
            lambda name: (
                _literal(self.params[name[1]])
                if name[1] in self.params.keys() - {disclosure.KEY_PARAMETER}
                else name[0]
            ),
            self.sql,
        )


def metric_mart(file: SqlFile) -> str:
    """The one mart a metric aggregates. Raises SqlFileError where the file is more than one plain aggregate."""
    return _parts(file.path, file.text)[0]


@lru_cache(maxsize=2048)
def _parts(path: str, text: str) -> tuple[str, int]:
    """The mart of a metric's text, and where the word SELECT ends in it. Raises SqlFileError."""

    def found() -> tuple[str, int]:
        return _mart(path, text), _select_end(path, text)

    code = parse_cache.fingerprint(__file__, sql_file.__file__, dominance.__file__, dimensions_of.__file__)
    mart, select_end = parse_cache.get_or_compute(code, ("metric", text), found)
    return mart, select_end


def _mart(path: str, text: str) -> str:
    from sqlglot import exp

    file, tree = read(path, text), parse(path, text)
    refused = [
        word
        for word, found in {
            "join": tree.args.get("joins"),
            "with": tree.args.get("with_"),
            "group by": tree.args.get("group"),
            "having": tree.args.get("having"),
            "order by": tree.args.get("order"),
            "limit": tree.args.get("limit"),
            "distinct": tree.args.get("distinct"),
            "qualify": tree.args.get("qualify"),
            "union": not isinstance(tree, exp.Select),
            "subquery": len(list(tree.find_all(exp.Query))) > 1,
        }.items()
        if found
    ]
    marts = tables(tree)
    if refused or len(marts) != 1 or marts[0].db:
        what = f"no {', '.join(refused)}" if refused else "exactly one mart, named without a schema"
        raise file.error(
            "a metric is one outer SELECT from one mart: "
            f"{what} / 指标只能是对一张集市表的一条 SELECT（复杂的请写成 marts）"
        )
    names = sql_file.projections(path, text)
    unknown = [name for name in names if name not in MEASURES and not (name == LARGEST_SHARE and name in file.header)]
    if unknown or "value" not in names:
        raise file.error(
            "a metric gives value and, where they apply, numerator, denominator, standard; "
            f"not {', '.join(unknown) or '…'} / 指标只给出 value、numerator、denominator、standard 几列"
        )
    dominance.check(file)
    return marts[0].name


def metric_sql(file: SqlFile, scope: Scope, by: tuple[str, ...] = ()) -> ComposedQuery:
    """The metric's own SELECT, grouped by the dimensions, over its shadowed mart.

    Without dimensions it returns one row, or none where the mart has no row in the scope.
    Raises AskError for a dimension or filter that the mart does not offer.
    """
    mart, select_end = _parts(file.path, file.text)
    offered = dimensions(scope.version, mart)
    for name in by:
        if by.count(name) > 1:
            raise InputError(f"维度 {name!r} 写了两次", f"the dimension {name!r} is given twice")
        if name not in offered:
            raise InputError(
                f"指标 {file.name} 没有维度 {name!r}；可用：{', '.join(offered)}",
                f"metric {file.name} has no dimension {name!r}; it has {', '.join(offered)}",
            )
    for name, value in scope.where:
        # A level is read at one month of the period: a filter on time beside it would find nothing, and say 0.
        if name in TIME_DIMENSIONS:
            raise InputError(
                f"时间 {name}={value} 不能用作筛选；请写成时期，如 2025、2025Q2、2025-06",
                f"time is no filter: {name}={value}; ask for a period, as 2025, 2025Q2 or 2025-06",
            )
        if name not in (able := filters(scope.version, mart)):
            raise InputError(
                f"指标 {file.name} 不能按 {name!r} 筛选；可用：{', '.join(able)}",
                f"metric {file.name} has no filter {name!r}; it has {', '.join(able)}",
            )
    times = [name for name in by if name in TIME_DIMENSIONS]
    months = _latest_months(scope, times) if file.header.get("aggregation") == "latest" else None
    shadow, params = _shadow(file, mart, scope, file.header.get("month", "month"), months, by)
    head, body = without_header(file.text[:select_end]), file.text[select_end:].rstrip().rstrip(";")
    more = [*by]
    if scope.version.is_rounded and (made := _rounded(file, scope, mart, by)):
        more += made
        params[disclosure.KEY_PARAMETER] = scope.version.rounding_key
    if more:
        head += f"\n    {', '.join(more)},"
    if by:
        names = ", ".join(by)
        sql = f"with {shadow}\n{head}{body}\ngroup by {names}\norder by {names}"
    else:
        sql = f"with {shadow}\n{head}{body}\nhaving count(*) > 0"
    return ComposedQuery(sql, params)


def _rounded(file: SqlFile, scope: Scope, mart: str, by: tuple[str, ...]) -> list[str]:
    """The metric's measures made of rounded counts of people, for its SELECT."""
    columns = frozenset(mart_columns(scope.version, choose_mart(scope, file, mart, by)))
    return [f"{words} as {name}" for name, words in disclosure.metric_projections(file, columns).items()]


def query_sql(file: SqlFile, scope: Scope, params: dict[str, object]) -> ComposedQuery:
    """A query file over its shadowed marts, with its own `$name` parameters.

    A filter narrows every mart that has it. Raises AskError where the parameters given are not the ones the header
    names, and for a filter that no mart of the file has.
    """
    expected = {name.strip() for name in file.header.get("params", "").split(",") if name.strip()}
    if expected != set(params):
        raise InputError(
            f"查询 {file.name} 的参数应为 {sorted(expected)}，得到 {sorted(params)}",
            f"query {file.name} takes the parameters {sorted(expected)}, got {sorted(params)}",
        )
    marts = sorted(name for schema, name in tables_of(file.path, file.text) if not schema)
    kept = {mart: filters(scope.version, mart) for mart in marts}
    for name, _ in scope.where:
        if not any(name in able for able in kept.values()):
            raise InputError(f"查询 {file.name} 不能按 {name!r} 筛选", f"query {file.name} has no filter {name!r}")
    bound: dict[str, object] = dict(params)
    shadows = []
    for mart in marts:
        narrowed = replace(scope, where=tuple(pair for pair in scope.where if pair[0] in kept[mart]))
        shadow, scoped = _shadow(file, mart, narrowed, "month", None, (), marts.index(mart))
        shadows.append(shadow)
        bound |= scoped
    text = without_header(file.text).rstrip().rstrip(";")
    if shadows:
        marker, joint = "with", "\n"
        opening = re.match(r"\s*with(\s+recursive\b)?", text, re.IGNORECASE)
        if opening and parse(file.path, text).args.get("with_"):
            # The file has CTEs of its own: the shadows go before them.
            marker, joint, text = opening[0].strip(), ",", text[opening.end() :]
        text = f"{marker} " + ",\n".join(shadows) + joint + text
    return ComposedQuery(text, bound)


def _shadow(
    file: SqlFile, mart: str, scope: Scope, axis: str, months: list | None, by: tuple[str, ...], place: int = 0
) -> tuple[str, dict[str, object]]:
    detail = choose_mart(scope, file, mart, by)
    columns = mart_columns(scope.version, detail)
    times = [name for name in by if name in TIME_DIMENSIONS]
    params: dict[str, object] = {}
    conditions = []
    if months is not None and len(months) == 1:
        conditions.append(f"{axis} = $month")
        params["month"] = months[0]
    elif months is not None:
        conditions.append(f"list_contains($months, {axis})")
        params["months"] = tuple(months)
    elif axis in columns:
        conditions.append(f"{axis} <= $last_month")
        params["last_month"] = scope.period.last
        if scope.period.first is not None:
            conditions.append(f"{axis} >= $first_month")
            params["first_month"] = scope.period.first
    if scope.area_code is not None:
        conditions.append(f"{scope.area.level} = $area")
        params["area"] = scope.area_code
    if AREA_CODE in columns:
        asked = [name for name in by if name in AREA_DIMENSIONS]
        conditions.append(f"{AREA_CODE} = {asked[-1]}" if asked else f"{AREA_CODE} is not distinct from $area")
        if not asked:
            params["area"] = scope.area_code
    for number, (name, value) in enumerate(scope.where):
        # Several marts of a query may be narrowed by different filters: each has names of its own.
        bound = f"where_{place}_{number}"
        conditions.append(f"{name}::varchar = ${bound}")
        params[bound] = value
    projection = "*"
    replaced = {}
    if axis != "month":
        replaced["month"] = axis
    if "period_start" in columns:
        # Without a beginning every earlier day is in the period; with one, its first year or quarter starts there.
        params["period_start"] = scope.period.first or date.min
        replaced["period_start"] = "$period_start"
        if times:
            replaced["period_start"] = f"greatest({_TIME_COLUMNS[times[-1]][1].format(axis=axis)}, $period_start)"
    if replaced:
        projection += " replace (" + ", ".join(f"{what} as {name}" for name, what in replaced.items()) + ")"
    for time in times:
        if added := _TIME_COLUMNS[time][0]:
            projection += f", {added.format(axis=axis)}"
    where = "\n    where " + "\n        and ".join(conditions) if conditions else ""
    return f"{mart} as (\n    select {projection}\n    from main.{detail}{where}\n)", params


def _latest_months(scope: Scope, times: list[str]) -> list | None:
    """The months a `latest` metric is read at: the last of the period that has begun by the data date, or of each
    quarter or year in it; None means every month of the period."""
    if "month" in times:
        return None
    period, data_month = scope.period, scope.version.data_month
    has_begun = period.first is None or period.first <= data_month
    last = min(period.last, data_month) if has_begun else period.last
    if times:
        known = scope.version.first_month
        first = max(period.first or known, known)
        return type(period)(first, last).last_month_of_each(times[-1])
    return [last]


def _literal(value: object) -> str:
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, tuple):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    from sqlglot import exp

    return "null" if value is None else str(exp.convert(value).sql(dialect="duckdb"))


def _select_end(path: str, text: str) -> int:
    """Where the first SELECT of a text ends as a word."""
    import sqlglot
    from sqlglot.tokens import TokenType

    for token in sqlglot.tokenize(text, read="duckdb"):
        if token.token_type == TokenType.SELECT:
            return token.end + 1
    raise SqlFile(path, {}, text).error("SELECT is missing / 缺少 SELECT")
