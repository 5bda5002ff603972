"""Restricts a file's SQL to a scope without changing the file's own text.

A file names its marts unqualified. Each is shadowed by a CTE of the same name that applies period, area and filters as
bound parameters, so nothing in the file can read rows outside the scope. Names that become SQL come from the marts'
own columns, never from the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sql.errors import InputError
from sql.files import parse_cache, sql_file
from sql.files.columns import AREA_CODE, AREA_DIMENSIONS, MEASURES, TIME_DIMENSIONS
from sql.files.sql_file import SqlFile, Text, parse, read, tables, tables_of, without_header
from sql.security import disclosure, dominance
from sql.security.dominance import LARGEST_SHARE
from sql.semantic.catalog import dimensions as dimensions_of
from sql.semantic.catalog.dimensions import choose_mart, dimensions, filters, mart_columns
from sql.semantic.catalog.sources import source_tables
from sql.semantic.held import left_out
from sql.semantic.scope import Scope

# For each time dimension: the column that the shadow adds to a mart, and the start of such a group's period.
_TIME_COLUMNS = {
    "month": (None, "{axis}"),
    "quarter": ("strftime({axis}, '%Y') || 'Q' || quarter({axis}) as quarter", "date_trunc('quarter', {axis})::date"),
    "year": ("year({axis}) as year", "date_trunc('year', {axis})::date"),
}

# The parameter that binds itself: lateness depends on the day of viewing, not on the version.
_TODAY = "today"


@dataclass(frozen=True)
class ComposedQuery:
    """Holds SQL that is ready to run, with its bound parameters."""

    sql: str
    params: dict[str, object]

    @property
    def literal_sql(self) -> str:
        """Returns the SQL with its parameters as literals, for people to read and paste; the product never runs it."""
        return re.sub(
            r"\$(\w+)",
            # The rounding key stays secret.
            lambda name: (
                _literal(self.params[name[1]])
                if name[1] in self.params.keys() - {disclosure.KEY_PARAMETER}
                else name[0]
            ),
            self.sql,
        )


def metric_mart(file: SqlFile) -> str:
    """Returns the mart that a metric aggregates. Raises SqlFileError if the file is not one plain aggregate."""
    return _parts(file.path, file.text)[0]


@lru_cache(maxsize=2048)
def _parts(path: str, text: str) -> tuple[str, int]:
    """Returns the mart of a metric's SQL and the index where its SELECT keyword ends. Raises SqlFileError."""

    def compute() -> tuple[str, int]:
        return _mart(path, text), _select_end(path, text)

    code = parse_cache.fingerprint(__file__, sql_file.__file__, dominance.__file__, dimensions_of.__file__)
    mart, select_end = parse_cache.get_or_compute(code, ("metric", text), compute)
    return mart, select_end


def _mart(path: str, text: str) -> str:
    from sqlglot import exp

    file, tree = read(path, text), parse(path, text)
    unsupported = [
        clause
        for clause, is_present in {
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
        if is_present
    ]
    marts = tables(tree)
    if unsupported or len(marts) != 1 or marts[0].db:
        clauses = ", ".join(unsupported)
        raise file.error(
            Text(
                "指标只能是对一张集市表的一条 SELECT："
                + (f"不能有 {clauses}" if clauses else "只从一张集市表读，不写模式名")
                + "（复杂的请写成 marts）",
                "a metric must be one outer SELECT from one mart: "
                + (f"no {clauses}" if clauses else "exactly one mart, named without a schema"),
            )
        )
    names = sql_file.projections(path, text)
    unknown = [name for name in names if name not in MEASURES and not (name == LARGEST_SHARE and name in file.header)]
    if unknown or "value" not in names:
        raise file.error(
            Text(
                f"指标只给出 {'、'.join(MEASURES)} 几列，而不是 {'、'.join(unknown) or '…'}",
                f"a metric must return value and, where they apply, {', '.join(MEASURES[1:])}; "
                f"not {', '.join(unknown) or '…'}",
            )
        )
    dominance.check(file)
    return marts[0].name


def metric_sql(file: SqlFile, scope: Scope, by: tuple[str, ...] = ()) -> ComposedQuery:
    """Returns the metric's own SELECT, grouped by the dimensions, over its shadowed mart.

    Without dimensions the SQL returns one row, or none if the mart has no row in the scope.
    Raises InputError for a dimension or filter that the mart does not have.
    """
    mart, select_end = _parts(file.path, file.text)
    mart_dimensions = dimensions(scope.version, mart)
    for name in by:
        if by.count(name) > 1:
            raise InputError(f"维度 {name!r} 写了两次", f"the dimension {name!r} is given twice")
        if name not in mart_dimensions:
            raise InputError(
                f"指标 {file.name} 没有维度 {name!r}；可用：{', '.join(mart_dimensions)}",
                f"metric {file.name} has no dimension {name!r}; it has {', '.join(mart_dimensions)}",
            )
    for name, value in scope.where:
        # A level is read at one month of the period: an additional filter on time would match nothing and return 0.
        if name in TIME_DIMENSIONS:
            raise InputError(
                f"时间 {name}={value} 不能用作筛选；请写成时期，如 2025、2025Q2、2025-06",
                f"time cannot be a filter: {name}={value}; set a period instead, such as 2025, 2025Q2 or 2025-06",
            )
        if name not in (mart_filters := filters(scope.version, mart)):
            raise InputError(
                f"指标 {file.name} 不能按 {name!r} 筛选；可用：{', '.join(mart_filters)}",
                f"metric {file.name} has no filter {name!r}; it has {', '.join(mart_filters)}",
            )
    times = [name for name in by if name in TIME_DIMENSIONS]
    own, others = source_tables(scope.version, file, mart)
    excluded = left_out(scope.version, own | others)
    months = _latest_months(scope, times) if file.header.get("aggregation") == "latest" else None
    shadow, params = _shadow(file, mart, scope, file.header.get("month", "month"), months, by, 0, excluded)
    head, body = without_header(file.text[:select_end]), file.text[select_end:].rstrip().rstrip(";")
    extra_columns = [*by]
    if scope.version.is_rounded and (measures := _rounded_measures(file, scope, mart, by)):
        extra_columns += measures
        params[disclosure.KEY_PARAMETER] = scope.version.rounding_key
    if extra_columns:
        head += f"\n    {', '.join(extra_columns)},"
    if by:
        names = ", ".join(by)
        sql = f"with {shadow}\n{head}{body}\ngroup by {names}\norder by {names}"
    else:
        sql = f"with {shadow}\n{head}{body}\nhaving count(*) > 0"
    return ComposedQuery(sql, params)


def _rounded_measures(file: SqlFile, scope: Scope, mart: str, by: tuple[str, ...]) -> list[str]:
    """Returns the metric's measures computed from rounded counts of people, as projections for its SELECT."""
    columns = frozenset(mart_columns(scope.version, choose_mart(scope, file, mart, by)))
    return [f"{expression} as {name}" for name, expression in disclosure.metric_projections(file, columns).items()]


def query_sql(file: SqlFile, scope: Scope, params: dict[str, object]) -> ComposedQuery:
    """Returns the SQL of a query file over its shadowed marts, with its own `$name` parameters. `$today`, where its
    header lists it, is the day on which the version is viewed.

    A filter applies to every mart that has it. Raises InputError if the parameters differ from those in the header, or
    for a filter that no mart of the file has.
    """
    expected = {name.strip() for name in file.header.get("params", "").split(",") if name.strip()}
    today: dict[str, object] = {_TODAY: scope.version.today} if _TODAY in expected else {}
    expected -= {_TODAY}
    if expected != set(params):
        raise InputError(
            f"查询 {file.name} 的参数应为 {sorted(expected)}，得到 {sorted(params)}",
            f"query {file.name} takes the parameters {sorted(expected)}, got {sorted(params)}",
        )
    marts = sorted(name for schema, name in tables_of(file.path, file.text) if not schema)
    filters_by_mart = {mart: filters(scope.version, mart) for mart in marts}
    for name, _ in scope.where:
        if not any(name in names for names in filters_by_mart.values()):
            raise InputError(f"查询 {file.name} 不能按 {name!r} 筛选", f"query {file.name} has no filter {name!r}")
    bound: dict[str, object] = params | today
    shadows = []
    for mart in marts:
        mart_scope = replace(scope, where=tuple(pair for pair in scope.where if pair[0] in filters_by_mart[mart]))
        shadow, shadow_params = _shadow(file, mart, mart_scope, "month", None, (), marts.index(mart))
        shadows.append(shadow)
        bound |= shadow_params
    text = without_header(file.text).rstrip().rstrip(";")
    if shadows:
        keyword, separator = "with", "\n"
        opening = re.match(r"\s*with(\s+recursive\b)?", text, re.IGNORECASE)
        if opening and parse(file.path, text).args.get("with_"):
            # The file has CTEs of its own: the shadows go before them.
            keyword, separator, text = opening[0].strip(), ",", text[opening.end() :]
        text = f"{keyword} " + ",\n".join(shadows) + separator + text
    return ComposedQuery(text, bound)


def _shadow(
    file: SqlFile,
    mart: str,
    scope: Scope,
    axis: str,
    months: list | None,
    by: tuple[str, ...],
    mart_index: int = 0,
    excluded: tuple[tuple[str, str], ...] = (),
) -> tuple[str, dict[str, object]]:
    """Returns the CTE that shadows a mart, with its parameters. `excluded` areas, each a level and a code, do not
    count."""
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
        levels = [name for name in by if name in AREA_DIMENSIONS]
        conditions.append(f"{AREA_CODE} = {levels[-1]}" if levels else f"{AREA_CODE} is not distinct from $area")
        if not levels:
            params["area"] = scope.area_code
    for number, (level, code) in enumerate(excluded):
        conditions.append(f"{level} is distinct from $excluded_{number}")
        params[f"excluded_{number}"] = code
    for number, (name, value) in enumerate(scope.where):
        # Different filters may apply to different marts of a query, so each mart has its own parameter names.
        parameter = f"where_{mart_index}_{number}"
        conditions.append(f"{name}::varchar = ${parameter}")
        params[parameter] = value
    projection = "*"
    replacements = {}
    if axis != "month":
        replacements["month"] = axis
    if "period_start" in columns:
        # A period without a beginning includes every earlier day; otherwise its first year or quarter starts there.
        params["period_start"] = scope.period.first or date.min
        replacements["period_start"] = "$period_start"
        if times:
            replacements["period_start"] = f"greatest({_TIME_COLUMNS[times[-1]][1].format(axis=axis)}, $period_start)"
    if replacements:
        pairs = (f"{expression} as {name}" for name, expression in replacements.items())
        projection += " replace (" + ", ".join(pairs) + ")"
    for time in times:
        if time_column := _TIME_COLUMNS[time][0]:
            projection += f", {time_column.format(axis=axis)}"
    where = "\n    where " + "\n        and ".join(conditions) if conditions else ""
    return f"{mart} as (\n    select {projection}\n    from main.{detail}{where}\n)", params


def _latest_months(scope: Scope, times: list[str]) -> list | None:
    """Returns the months at which a `latest` metric is read: the last month of the period up to the data date, or of
    each quarter or year in it; None means every month of the period."""
    if "month" in times:
        return None
    period, data_month = scope.period, scope.version.data_month
    has_begun = period.first is None or period.first <= data_month
    last = min(period.last, data_month) if has_begun else period.last
    if times:
        calendar_start = scope.version.first_month
        first = max(period.first or calendar_start, calendar_start)
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
    """Returns the index where the first SELECT keyword of a text ends."""
    import sqlglot
    from sqlglot.tokens import TokenType

    for token in sqlglot.tokenize(text, read="duckdb"):
        if token.token_type == TokenType.SELECT:
            return token.end + 1
    raise SqlFile(path, {}, text).error(Text("缺少 SELECT", "SELECT is missing"))
