"""Lists SQL that is refused in a model with its portable replacement: each case is a name, the former and the latter.

The cases are used in a SELECT from rows with d and e (dates), t and u (times), x and y (numbers), i and j (whole
numbers), s and p (texts) and l (a list).
"""

# Expressions with one value per row.
ROW_CASES = [
    ("date_diff in months", "date_diff('month', d, e)", "year(e) * 12 + month(e) - year(d) * 12 - month(d)"),
    ("date_diff in hours", "date_diff('hour', t, u)", "date_diff('microsecond', t, u) / 3.6e9"),
    ("days between times", "date_diff('day', t, u)", "date_diff('day', t::date, u::date)"),
    ("a date minus a date", "e - d", "date_diff('day', d, e)"),
    ("dayofweek", "dayofweek(d)", "date_diff('day', date '0001-01-01', d::date) % 7 + 1"),
    ("isodow", "isodow(t)", "date_diff('day', date '0001-01-01', t::date) % 7 + 1"),
    ("extract", "extract(isodow from d)", "date_diff('day', date '0001-01-01', d::date) % 7 + 1"),
    ("dayname", "dayname(d)", "date_diff('day', date '0001-01-01', d::date) % 7 + 1"),
    ("monthname", "monthname(d)", "month(d)"),
    ("week", "week(d)", "weekofyear(d)"),
    ("regexp_replace without g", "regexp_replace(s, 'a', 'b')", "regexp_replace(s, 'a', 'b', 'g')"),
    ("a fraction to an integer", "x::integer", "round(x)::integer"),
    ("a fraction to a text", "x::varchar", "round(x)::bigint::varchar"),
    ("a fixed-point number", "(i * 3.3)::double", "i * 3.3e0"),
    ("a type Spark has not", "i::hugeint", "i::bigint"),
    ("format", "format('{}-{}', s, i)", "s || '-' || i"),
    ("date_sub in months", "date_sub('month', d, e)", "year(e) * 12 + month(e) - year(d) * 12 - month(d)"),
    ("weeks in strftime", "strftime(d, '%G-W%V')", "strftime(d, '%Y-%m-%d')"),
    ("strptime", "strptime('2024-02-29', '%Y-%m-%d')", "'2024-02-29'::date"),
    ("time_bucket", "time_bucket(interval 1 month, d)", "date_trunc('month', d)::date"),
    ("epoch", "epoch(u) - epoch(t)", "date_diff('microsecond', t, u) / 1e6"),
    ("division by what may be zero", "x / y", "x / nullif(y, 0)"),
    ("a remainder of what may be zero", "i % j", "i % nullif(j, 0)"),
    ("whole division by what may be zero", "i // j", "i // nullif(j, 0)"),
    ("rounding to decimals", "round(x, 2)", "round(x)"),
    ("the length of a list", "len(l)", "array_length(l)"),
    ("an item of a list", "l[1]", "list_contains(l, 'a')"),
    ("today", "current_date", "(select max(d) from given)"),
    ("chance", "random()", "i"),
    ("a function of DuckDB's own", "age(e, d)", "date_diff('day', d, e)"),
]
# Expressions with one value for all rows.
AGGREGATE_CASES = [
    ("percentile_cont", "percentile_cont(0.5) within group (order by x)", "median(x)"),
    ("quantile_cont", "quantile_cont(x, 0.5)", "median(x)"),
    ("list", "list(s)", "list_sort(coalesce(list(s) filter (where s is not null), []))"),
    (
        "list of nothing",
        "list(s) filter (where i > 99)",
        "list_sort(coalesce(list(s) filter (where i > 99 and s is not null), []))",
    ),
    ("arg_max", "arg_max(p, i)", "arg_max(p, i) filter (where p is not null)"),
    ("string_agg without an order", "string_agg(s, ',')", "string_agg(s, ',' order by i)"),
    ("first", "first(i)", "min(i)"),
    ("any_value", "any_value(i)", "max(i)"),
]
# Whole statements, with the line on which the refused construct begins.
STATEMENTS = [
    (
        "an alias in WHERE",
        4,
        "select\n    i + 1 as k,\nfrom given\nwhere k > 2",
        "select\n    i + 1 as k,\nfrom given\nwhere i + 1 > 2",
    ),
    (
        "a calendar",
        2,
        "select *\nfrom generate_series(date '2024-01-01', date '2024-06-01', interval 1 month)",
        "select month from staging.months",
    ),
    ("a range", 2, "select *\nfrom range(10)", "select month from staging.months"),
    (
        "ASOF JOIN",
        3,
        "select given.i\nfrom given\nasof join given as other\n    on given.d >= other.d",
        "select given.i\nfrom given\ninner join given as other\n    on given.d >= other.d",
    ),
    (
        "PIVOT",
        3,
        "select *\nfrom given\npivot (sum(i) for s in ('a', 'b'))",
        "select sum(i) filter (where s = 'a') as a from given",
    ),
    ("COLUMNS()", 2, "select\n    columns('i|j')\nfrom given", "select i, j from given"),
    ("* REPLACE", 2, "select\n    * replace (i + 1 as i)\nfrom given", "select * exclude (i), i + 1 as i from given"),
    (
        "UNION BY NAME",
        3,
        "select i from given\nunion all by name\nselect i from given",
        "select i from given\nunion all\nselect i from given",
    ),
]
