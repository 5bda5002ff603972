"""Rounds counts of people that leave the office to multiples of five, always the same way for the same people.

A count is rounded up or down at random, more likely to the nearer multiple, so that sums of rounded counts are correct
on average (unbiased random rounding: Hundepool and others, Statistical Disclosure Control, 2012, 5.4.2; Stats NZ rounds
to base three in this way). One count in ten is moved one step further: otherwise four months of one person each,
published as 5, with a sum published as 0, could only be four times one. So nine in ten counts deviate by less than five
and all by less than eleven; 0 stays 0.

The random number is derived from the people counted and the warehouse's key. Querying the same people by another area,
period or filter returns the same number, so the noise cannot be averaged out. Ratios are computed from rounded counts.
Averages over people keep their value, to the displayed decimals, next to a rounded number of people.

A version with `is_rounded` returns such numbers to every caller: pages, briefings and files share the code path of the
exact numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import polars as pl

from sql.files.columns import LEVELS, MEASURES, PERSON_IDS
from sql.files.sql_file import SqlFile, parse, projections, read, without_header

if TYPE_CHECKING:
    from sqlglot import exp

ROUNDING_BASE = 5
# A rounded count deviates by at most this much.
MAX_DEVIATION = 2 * ROUNDING_BASE
# Attributes or results are never published for fewer people than this.
MIN_PEOPLE = 5
# One count in this many is moved one step further.
_RARE = 10
# The bound parameter that holds the warehouse's key, and the prefix of rounded measures next to exact ones.
KEY_PARAMETER, ROUNDED_PREFIX = "rounding_key", "rounded_"
# Marks a file whose every row is a person: none of its rows may leave the office.
ROWS = "rows"
_DERIVED = re.compile(r"^-- of_people: *(\w+) = (.+?) *$", re.MULTILINE)
# In the tables of accounts, holders are summed by area.
_ACCOUNT = "account_id"
_UNITS_OF_PEOPLE = ("people", "person_times", "accounts")
# The census publishes populations: their sums identify nobody.
_PUBLISHED = {"residents", "urban_residents"}
# A small count of people in a sentence that a user typed: 3 人, 共 4 名; 2 people, 1 worker.
_REPLACEMENT = f"<{ROUNDING_BASE}"
_SMALL_COUNT = re.compile(
    r"(?<![\d.,<])[1-4](?=\s?(?:人|名|位))"
    r"|(?<![\d.,<])\b[1-4](?= (?:people|persons?|workers?|secretar\w*|deput\w*|participants?|members?)\b)"
)


def people_columns(file: SqlFile) -> tuple[str, ...]:
    """Returns the columns of a file's rows that count people.

    The header names them: `-- people: workers, reached`; `-- people: none` declares that there are none, and
    `-- people: rows` that each row is a person. For a metric without this key, value counts people if the unit is
    people, person-times or accounts; with `min_people`, denominator counts people, and for a percentage numerator too.
    """
    if "people" in file.header:
        declared = file.header["people"]
        return () if declared in ("none", ROWS) else tuple(filter(None, re.split(r"[,\s]+", declared)))
    if file.folder != "metrics":
        return ()
    if file.header["unit"] in _UNITS_OF_PEOPLE and "denominator" not in projections(file.path, file.text):
        return ("value",)
    if "min_people" not in file.header:
        return ()
    return ("numerator", "denominator") if file.header["unit"] == "percent" else ("denominator",)


def has_rows_of_people(file: SqlFile) -> bool:
    """Returns true if each row of a file is a person."""
    return file.header.get("people") == ROWS


def redact_text(text: str) -> str:
    """Returns a sentence that a user typed, with `<5` in place of small counts of people."""
    return _SMALL_COUNT.sub(_REPLACEMENT, text)


def metric_projections(file: SqlFile, columns: frozenset[str]) -> dict[str, str]:
    """Returns the SQL of a metric's measures computed from rounded counts, by their prefixed names.

    `columns` are those of the mart. Empty if the metric counts no people.
    """
    return _projections(file.path, file.text, columns)


def use_rounded_measures(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns a metric's rows with measures computed from rounded counts in place of the exact ones, if there are any.

    Hidden values stay null, and rows without data are unchanged. If the exact value may be on either side of the
    standard, the standard is null, so that no status is published that may be wrong.
    """
    rounded = [name for name in MEASURES if ROUNDED_PREFIX + name in rows.columns]
    if not rounded:
        return rows
    is_present = pl.col("is_present").fill_null(False)
    rows = rows.with_columns(
        pl.when(is_present & pl.col(name).is_not_null())
        .then(pl.col(ROUNDED_PREFIX + name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in rounded
    )
    value, deviation = pl.col("value"), MAX_DEVIATION
    lowest, highest = value - deviation, value + deviation
    if "numerator" in rounded:
        above, below = pl.col("numerator"), pl.col("denominator")
        less, more = (below - deviation, below + deviation) if "denominator" in rounded else (below, below)
        # If rounding may account for the whole denominator, the exact ratio can be anything.
        lowest = pl.when(above > 0).then(value * (above - deviation) / above * below / more).otherwise(0.0)
        highest = (
            pl.when((above > 0) & (less > 0)).then(value * (above + deviation) / above * below / less).otherwise(inf)
        )
    is_certain = (lowest > pl.col("standard")) | (highest < pl.col("standard"))
    return rows.with_columns(standard=pl.when(~is_present | is_certain.fill_null(False)).then(pl.col("standard")))


def rounded_query_sql(file: SqlFile, sql: str, columns: dict[str, bool], area: str | None) -> str:
    """Returns the SQL of a file's rows with counts of people rounded, and derived columns computed from these.

    `columns` are those of the rows; true marks a column that identifies the row. The rounding depends on these columns,
    the scope's area and the count, so other periods and filters that return the same count return the same rounded one.
    """
    people = [name for name in people_columns(file) if name in columns]
    if not people:
        return sql
    identity_parts = [_literal(file.path), _literal(area or "")]
    identity_parts += [f"{name}::varchar" for name, is_key in columns.items() if is_key]
    identity = f"concat_ws('|', {', '.join(identity_parts)})"
    counts = ", ".join(f"{rounded_count_sql(name, identity)} as {name}" for name in people)
    sql = f"select * replace ({counts})\nfrom (\n{sql}\n)"
    for name, expression in derived_columns(file):
        if name in columns:
            sql = f"select * replace ({expression} as {name})\nfrom (\n{sql}\n)"
    return sql


def rounded_count_sql(count: str, people: str) -> str:
    """Returns the SQL that rounds a count, given as SQL, to a multiple of five. `people` is SQL with the same value for
    the same people."""
    number = f"({count})::bigint"
    random = f"md5_number(concat_ws('|', ${KEY_PARAMETER}, {people}, {number}))"
    down, rest, lot = (
        f"{number} // {ROUNDING_BASE} * {ROUNDING_BASE}",
        f"{number} % {ROUNDING_BASE}",
        f"{random} // {_RARE}",
    )
    # Rounds to a neighbouring multiple, in rare cases to the one after it; these probabilities keep the mean correct.
    return (
        f"case when {random} % {_RARE} > 0 then {down} + if({lot} % {ROUNDING_BASE} < {rest}, {ROUNDING_BASE}, 0) "
        f"when {number} < {ROUNDING_BASE} then if({lot} % {2 * ROUNDING_BASE} < {number}, {2 * ROUNDING_BASE}, 0) "
        f"else {down} - {ROUNDING_BASE} + "
        f"if({lot} % {3 * ROUNDING_BASE} < {rest} + {ROUNDING_BASE}, {3 * ROUNDING_BASE}, 0) end"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def derived_columns(file: SqlFile) -> list[tuple[str, str]]:
    """Returns the columns that the header derives from rounded counts, each with its SQL, in order: `-- of_people:
    share = 100.0 * reached / nullif(workers, 0)`."""
    return _DERIVED.findall(file.text.removesuffix(without_header(file.text)))


@lru_cache(maxsize=512)
def _projections(path: str, text: str, columns: frozenset[str]) -> dict[str, str]:
    file = read(path, text)
    people = people_columns(file)
    measures = {projection.alias_or_name: projection.unalias() for projection in parse(path, text).expressions}
    identity = _identity(columns, file.header.get("aggregation") == "latest")

    # A ratio may divide by something that counts no people, so only counts from a measure of people are rounded in it.
    counts = {count for name in people if name in measures for count in map(_sql, _counts(measures[name]))}

    def rounded_sql(name: str) -> str:
        return _sql(_with_rounded_counts(measures[name].copy(), counts, identity))

    rounded = {name: rounded_sql(name) for name in MEASURES if name in measures and name in people}
    if not rounded:
        return {}
    if "value" not in rounded and {"numerator", "denominator"} <= set(rounded) and file.header.get("unit") == "percent":
        # The numerator's people are among the denominator's, so a share must not exceed 100 %.
        rounded["numerator"] = f"least({rounded['numerator']}, {rounded['denominator']})"
        rounded["value"] = f"100.0 * {rounded['numerator']} / nullif({rounded['denominator']}, 0)"
    elif "value" not in rounded and "numerator" in rounded:
        rounded["value"] = rounded_sql("value")
    elif "value" not in rounded:
        rounded |= _average(file, measures, columns, identity)
    return {ROUNDED_PREFIX + name: f"({expression})::double" for name, expression in rounded.items()}


def _average(
    file: SqlFile, measures: dict[str, exp.Expression], columns: frozenset[str], identity: str
) -> dict[str, str]:
    """Returns the SQL of an average over people, in which only the number of people is a count, not the sum."""
    from sqlglot import exp

    value, below = _sql(measures["value"]), _sql(measures["denominator"])
    if "min_people" in file.header:
        return {"numerator": "null", "value": _to_decimals(value, file)}
    # The denominator may be an average over months of the same people: it is rounded as one number.
    count = next(_counts(measures["denominator"]))
    rounded_below = rounded_count_sql(f"round({below})", _people_of(count, identity))
    rounded = {"denominator": f"({rounded_below})"}
    total = measures["numerator"].find(exp.Sum)
    if total is not None and columns & set(PERSON_IDS) - {_ACCOUNT}:
        # Only few of the people may contribute to the sum: the value is scaled by the rounding of their number.
        contributes = f"{_sql(total.this)} <> 0"
        contributors = f"count(distinct {identity}) filter (where {contributes})"
        rounded_contributors = rounded_count_sql(contributors, _people(identity, [contributes]))
        scaled = f"{value} * ({rounded_contributors}) / {contributors} * {below} / nullif({rounded_below}, 0)"
        value = f"case when {contributors} = 0 then {value} else {scaled} end"
        rounded["numerator"] = "null"
    else:
        # The sum is published elsewhere too; divided by the exact average it would reveal the number of people.
        value = f"{_sql(measures['numerator'])} / nullif(1.0 * ({rounded_below}), 0)"
    return rounded | {"value": f"case when {below} >= {MIN_PEOPLE} then {_to_decimals(value, file)} end"}


def _to_decimals(value: str, file: SqlFile) -> str:
    return f"round({value}, {file.header.get('decimals', 0)})"


def _identity(columns: frozenset[str], is_level: bool) -> str:
    """Returns SQL with the same value for rows about the same people: their identifiers, else where they were counted
    and, unless the metric is a level, when."""
    where = [f"{level}::varchar" for level in LEVELS if level in columns]
    when = [] if is_level or "month" not in columns else ["month::varchar"]
    counted_at = f"concat_ws('|', {', '.join(where + when)})" if where + when else "''"
    return f"coalesce({', '.join([*(f'{name}::varchar' for name in PERSON_IDS if name in columns), counted_at])})"


def _sql(node: exp.Expression) -> str:
    return node.sql(dialect="duckdb")


def _counts(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yields the counts of people in an expression, each with its filter; conditions are skipped."""
    from sqlglot import exp

    if isinstance(node, exp.Predicate):
        return
    aggregate = node.this if isinstance(node, exp.Filter) else node
    if isinstance(aggregate, (exp.Count, exp.Sum)):
        names = {column.name for column in aggregate.find_all(exp.Column)}
        counts_other_things = isinstance(aggregate.this, exp.Distinct) and not any(
            name.endswith("_id") for name in names
        )
        if not names & _PUBLISHED and not counts_other_things:
            yield node
        return
    for part in _parts(node):
        yield from _counts(part)


def _parts(node: exp.Expression) -> list[exp.Expression]:
    """Returns the parts of an expression that form its value, without the conditions of a CASE."""
    from sqlglot import exp

    condition = node.args.get("this") if isinstance(node, exp.If) else None
    return [part for part in node.iter_expressions() if part is not condition]


def _with_rounded_counts(node: exp.Expression, counts: set[str], identity: str) -> exp.Expression:
    """Returns an expression in which these counts of people are rounded."""
    for count in list(_counts(node)):
        if _sql(count) in counts:
            rounded = _rounded_count(count, identity)
            if count is node:
                return rounded
            count.replace(rounded)
    return node


def _rounded_count(node: exp.Expression, identity: str) -> exp.Expression:
    """Returns a count of people, rounded depending on who is counted."""
    import sqlglot

    return sqlglot.maybe_parse(f"({rounded_count_sql(_sql(node), _people_of(node, identity))})", dialect="duckdb")


def _people_of(node: exp.Expression, identity: str) -> str:
    """Returns SQL with the same value for the same people in a count."""
    from sqlglot import exp

    aggregate, conditions = node, []
    if isinstance(node, exp.Filter):
        aggregate, conditions = node.this, [_sql(node.expression.this)]
    argument = aggregate.this
    if isinstance(argument, exp.Distinct):
        identity = f"({_sql(argument.expressions[0])})::varchar"
        conditions.append(f"{identity} is not null")
    elif isinstance(aggregate, exp.Sum):
        conditions.append(f"{_sql(argument)} <> 0")
    elif not isinstance(argument, exp.Star):
        conditions.append(f"{_sql(argument)} is not null")
    return _people(identity, conditions)


def _people(identity: str, conditions: list[str]) -> str:
    """Returns SQL with the same value for the same people among the rows that meet the conditions."""
    filter_clause = (
        f" filter (where {' and '.join(f'({condition})' for condition in conditions)})" if conditions else ""
    )
    return f"sum(distinct (md5_number({identity}) % 4294967296)::ubigint){filter_clause}"
