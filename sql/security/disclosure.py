"""Rounds the counts of people in what leaves the office to multiples of five, the same for the same people each time.

A count is rounded up or down at random, up the more likely the nearer that is, so that sums of rounded counts are right
on average (unbiased random rounding: Hundepool and others, Statistical Disclosure Control, 2012, 5.4.2; Stats NZ rounds
so to base three). One in ten goes a step further: else four months of one person each, told as 5, and their sum, told
as 0, could be nothing but four times one. So nine in ten are less than five away, and all less than eleven; 0 stays 0.

The random number is drawn from the people counted and the warehouse's key: whoever asks for the same people by another
area, period or filter gets the same number and can't average the noise away. Ratios are made of the rounded counts;
averages over people keep their value, to the decimals shown, beside a rounded number of people.

A version that is `rounded` gives such numbers to whatever asks it: pages, briefings and files go the same way as with
the exact ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import polars as pl

from sql.semantic.files.dimensions import MEASURES, PERSON_IDS
from sql.semantic.files.sql_file import SqlFile, parse, projections, read, without_header
from sql.semantic.scope import LEVELS

if TYPE_CHECKING:
    from sqlglot import exp

ROUNDING_BASE = 5
# No count is told as one further away than this.
MAX_DEVIATION = 2 * ROUNDING_BASE
# Nobody's attributes or results are told of fewer.
MIN_PEOPLE = 5
# One count in so many goes a step further.
_RARE = 10
# The bound parameter by which rounding is this warehouse's own, and what rounded measures are called beside exact ones.
KEY_PARAMETER, ROUNDED_PREFIX = "rounding_key", "rounded_"
# A file whose every row is a person: nothing of it is told.
ROWS = "rows"
_MADE = re.compile(r"^-- of_people: *(\w+) = (.+?) *$", re.MULTILINE)
# Who holds one is added up by place in the tables of accounts.
_ACCOUNT = "account_id"
_UNITS_OF_PEOPLE = ("people", "person_times", "accounts")
# Populations are published by the census: a sum of them counts nobody who could be found.
_PUBLISHED = {"residents", "urban_residents"}
# A count of people in a sentence that somebody typed: 3 人, 共 4 名; 2 people, 1 worker.
_SMALL = f"<{ROUNDING_BASE}"
_IN_WORDS = re.compile(
    r"(?<![\d.,<])[1-4](?=\s?(?:人|名|位))"
    r"|(?<![\d.,<])\b[1-4](?= (?:people|persons?|workers?|secretar\w*|deput\w*|participants?|members?)\b)"
)


def people_columns(file: SqlFile) -> tuple[str, ...]:
    """Returns the columns of a file's rows that count people.

    The header names them: `-- people: workers, reached`; `-- people: none` says that there are none, and
    `-- people: rows` that each row is a person. A metric that says nothing counts people in its value where its unit is
    people, person-times or accounts, and below the line, for a percentage also above it, where it is not given for few.
    """
    if "people" in file.header:
        named = file.header["people"]
        return () if named in ("none", ROWS) else tuple(filter(None, re.split(r"[,\s]+", named)))
    if file.folder != "metrics":
        return ()
    if file.header["unit"] in _UNITS_OF_PEOPLE and "denominator" not in projections(file.path, file.text):
        return ("value",)
    if "min_people" not in file.header:
        return ()
    return ("numerator", "denominator") if file.header["unit"] == "percent" else ("denominator",)


def has_rows_of_people(file: SqlFile) -> bool:
    """Returns true where each row of a file is a person."""
    return file.header.get("people") == ROWS


def redact_text(text: str) -> str:
    """Returns a sentence that somebody typed with `<5` in place of the counts of few people in it."""
    return _IN_WORDS.sub(_SMALL, text)


def metric_projections(file: SqlFile, columns: frozenset[str]) -> dict[str, str]:
    """Returns the SQL of a metric's measures made of rounded counts, by what each is called beside the exact ones.

    `columns` are those of the mart. Empty where the metric counts nobody.
    """
    return _projections(file.path, file.text, columns)


def use_rounded_measures(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns a metric's rows with the measures made of rounded counts in place of the exact ones, where there are any.

    What is not told stays empty, and what nobody has counted stays as it is. Where the exact number may lie on either
    side of the standard there is none: nothing would be said of it that may not be so.
    """
    made = [name for name in MEASURES if ROUNDED_PREFIX + name in rows.columns]
    if not made:
        return rows
    is_told = pl.col("is_present").fill_null(False)
    rows = rows.with_columns(
        pl.when(is_told & pl.col(name).is_not_null())
        .then(pl.col(ROUNDED_PREFIX + name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in made
    )
    value, off = pl.col("value"), MAX_DEVIATION
    lowest, highest = value - off, value + off
    if "numerator" in made:
        above, below = pl.col("numerator"), pl.col("denominator")
        less, more = (below - off, below + off) if "denominator" in made else (below, below)
        # With as few below the line as the rounding may have added, everything is possible.
        lowest = pl.when(above > 0).then(value * (above - off) / above * below / more).otherwise(0.0)
        highest = pl.when((above > 0) & (less > 0)).then(value * (above + off) / above * below / less).otherwise(inf)
    is_certain = (lowest > pl.col("standard")) | (highest < pl.col("standard"))
    return rows.with_columns(standard=pl.when(~is_told | is_certain.fill_null(False)).then(pl.col("standard")))


def rounded_query_sql(file: SqlFile, sql: str, columns: dict[str, bool], area: str | None) -> str:
    """Returns the SQL of a file's rows with their counts of people rounded, and what its header makes of them anew.

    `columns` are those of the rows, each with whether it tells which row it is. A row's people are known by these, by
    the area asked about and by how many they are; periods and filters that find the same give the same.
    """
    people = [name for name in people_columns(file) if name in columns]
    if not people:
        return sql
    which = [_literal(file.path), _literal(area or "")]
    which += [f"{name}::varchar" for name, is_key in columns.items() if is_key]
    who = f"concat_ws('|', {', '.join(which)})"
    counts = ", ".join(f"{rounded_count_sql(name, who)} as {name}" for name in people)
    sql = f"select * replace ({counts})\nfrom (\n{sql}\n)"
    for name, words in derived_columns(file):
        if name in columns:
            sql = f"select * replace ({words} as {name})\nfrom (\n{sql}\n)"
    return sql


def rounded_count_sql(count: str, people: str) -> str:
    """Returns the SQL of a count, which is SQL, as a multiple of five; `people` is SQL that is the same for the same
    people."""
    number = f"({count})::bigint"
    drawn = f"md5_number(concat_ws('|', ${KEY_PARAMETER}, {people}, {number}))"
    down, rest, lot = (
        f"{number} // {ROUNDING_BASE} * {ROUNDING_BASE}",
        f"{number} % {ROUNDING_BASE}",
        f"{drawn} // {_RARE}",
    )
    # To the multiples on either side; of a rare one, to the next but one: with these chances it is right on average.
    return (
        f"case when {drawn} % {_RARE} > 0 then {down} + if({lot} % {ROUNDING_BASE} < {rest}, {ROUNDING_BASE}, 0) "
        f"when {number} < {ROUNDING_BASE} then if({lot} % {2 * ROUNDING_BASE} < {number}, {2 * ROUNDING_BASE}, 0) "
        f"else {down} - {ROUNDING_BASE} + if({lot} % {3 * ROUNDING_BASE} < {rest} + {ROUNDING_BASE}, {3 * ROUNDING_BASE}, 0) end"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def derived_columns(file: SqlFile) -> list[tuple[str, str]]:
    """Returns what the header makes of rounded counts, column by column in its order: `-- of_people: share = 100.0 *
    reached / nullif(workers, 0)`."""
    return _MADE.findall(file.text.removesuffix(without_header(file.text)))


@lru_cache(maxsize=512)
def _projections(path: str, text: str, columns: frozenset[str]) -> dict[str, str]:
    file = read(path, text)
    people = people_columns(file)
    measures = {one.alias_or_name: one.unalias() for one in parse(path, text).expressions}
    identity = _identity(columns, file.header.get("aggregation") == "latest")

    # A ratio may divide by what counts nobody: only what a measure of people counts is rounded in it.
    counts = {count for name in people if name in measures for count in map(_sql, _counts(measures[name]))}

    def of_rounded(name: str) -> str:
        return _sql(_rounded(measures[name].copy(), counts, identity))

    made = {name: of_rounded(name) for name in MEASURES if name in measures and name in people}
    if not made:
        return {}
    if "value" not in made and {"numerator", "denominator"} <= set(made) and file.header.get("unit") == "percent":
        # Who is above the line is below it too: a share is no more than all.
        made["numerator"] = f"least({made['numerator']}, {made['denominator']})"
        made["value"] = f"100.0 * {made['numerator']} / nullif({made['denominator']}, 0)"
    elif "value" not in made and "numerator" in made:
        made["value"] = of_rounded("value")
    elif "value" not in made:
        made |= _average(file, measures, columns, identity)
    return {ROUNDED_PREFIX + name: f"({words})::double" for name, words in made.items()}


def _average(
    file: SqlFile, measures: dict[str, exp.Expression], columns: frozenset[str], identity: str
) -> dict[str, str]:
    """Returns the SQL of an average over people, whose number alone is counted, without what it adds up."""
    from sqlglot import exp

    value, below = _sql(measures["value"]), _sql(measures["denominator"])
    if "min_people" in file.header:
        return {"numerator": "null", "value": _to_decimals(value, file)}
    # Below the line may stand an average over months, of the same people: it is rounded as one number.
    count = next(_counts(measures["denominator"]))
    below_told = rounded_count_sql(f"round({below})", _people_of(count, identity))
    made = {"denominator": f"({below_told})"}
    added_up = measures["numerator"].find(exp.Sum)
    if added_up is not None and columns & set(PERSON_IDS) - {_ACCOUNT}:
        # It may come from few of those it is divided by: as many times more or less as they are when rounded.
        gives = f"{_sql(added_up.this)} <> 0"
        few = f"count(distinct {identity}) filter (where {gives})"
        told = rounded_count_sql(few, _people(identity, [gives]))
        shares = f"{value} * ({told}) / {few} * {below} / nullif({below_told}, 0)"
        value = f"case when {few} = 0 then {value} else {shares} end"
        made["numerator"] = "null"
    else:
        # What is added up stands elsewhere too, and divided by the average would give the number of people.
        value = f"{_sql(measures['numerator'])} / nullif(1.0 * ({below_told}), 0)"
    return made | {"value": f"case when {below} >= {MIN_PEOPLE} then {_to_decimals(value, file)} end"}


def _to_decimals(value: str, file: SqlFile) -> str:
    return f"round({value}, {file.header.get('decimals', 0)})"


def _identity(columns: frozenset[str], is_level: bool) -> str:
    """Returns SQL that is the same for rows of the same people: who they are, else where and, of what is no level,
    when they were counted."""
    where = [f"{level}::varchar" for level in LEVELS if level in columns]
    when = [] if is_level or "month" not in columns else ["month::varchar"]
    counted_at = f"concat_ws('|', {', '.join(where + when)})" if where + when else "''"
    return f"coalesce({', '.join([*(f'{name}::varchar' for name in PERSON_IDS if name in columns), counted_at])})"


def _sql(node: exp.Expression) -> str:
    return node.sql(dialect="duckdb")


def _counts(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yields the counts of people in an expression, each with its filter; a condition is no count."""
    from sqlglot import exp

    if isinstance(node, exp.Predicate):
        return
    aggregate = node.this if isinstance(node, exp.Filter) else node
    if isinstance(aggregate, (exp.Count, exp.Sum)):
        named = {column.name for column in aggregate.find_all(exp.Column)}
        is_of_other = isinstance(aggregate.this, exp.Distinct) and not any(name.endswith("_id") for name in named)
        if not named & _PUBLISHED and not is_of_other:
            yield node
        return
    for part in _parts(node):
        yield from _counts(part)


def _parts(node: exp.Expression) -> list[exp.Expression]:
    """Returns the parts of an expression that make its value: not what a CASE asks."""
    from sqlglot import exp

    asked = node.args.get("this") if isinstance(node, exp.If) else None
    return [part for part in node.iter_expressions() if part is not asked]


def _rounded(node: exp.Expression, counts: set[str], identity: str) -> exp.Expression:
    """Returns an expression with these counts of people in it rounded."""
    for count in list(_counts(node)):
        if _sql(count) in counts:
            told = _told(count, identity)
            if count is node:
                return told
            count.replace(told)
    return node


def _told(node: exp.Expression, identity: str) -> exp.Expression:
    """Returns a count of people, rounded by who is counted."""
    import sqlglot

    return sqlglot.maybe_parse(f"({rounded_count_sql(_sql(node), _people_of(node, identity))})", dialect="duckdb")


def _people_of(node: exp.Expression, identity: str) -> str:
    """Returns SQL that is the same for the same people, of a count."""
    from sqlglot import exp

    aggregate, conditions = node, []
    if isinstance(node, exp.Filter):
        aggregate, conditions = node.this, [_sql(node.expression.this)]
    who, of = identity, aggregate.this
    if isinstance(of, exp.Distinct):
        who = f"({_sql(of.expressions[0])})::varchar"
        conditions.append(f"{who} is not null")
    elif isinstance(aggregate, exp.Sum):
        conditions.append(f"{_sql(of)} <> 0")
    elif not isinstance(of, exp.Star):
        conditions.append(f"{_sql(of)} is not null")
    return _people(who, conditions)


def _people(who: str, conditions: list[str]) -> str:
    """Returns SQL that is the same for the same people, of the rows that meet the conditions."""
    kept = f" filter (where {' and '.join(f'({one})' for one in conditions)})" if conditions else ""
    return f"sum(distinct (md5_number({who}) % 4294967296)::ubigint){kept}"
