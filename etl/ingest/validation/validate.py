"""From typed rows to accepted ones: the contract's rules, exact repeats, and keys given twice."""

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import no_problems, problems

_PLACE = ("source_unit", "source_row")

# What dataframely calls its column rules, with the reason; {limit} is the column's own bound.
_COLUMN_RULES = {
    "nullability": ("{header}为空，而这一列必填；请补上", "{column} is empty but required; enter it"),
    "min": ("{header} {cell} 小于 {limit}；请改正单元格", "{column} {cell} is less than {limit}; correct the cell"),
    "min_exclusive": (
        "{header} {cell} 应大于 {limit}；请改正单元格",
        "{column} {cell} is not more than {limit}; correct the cell",
    ),
    "max": ("{header} {cell} 大于 {limit}；请改正单元格", "{column} {cell} is more than {limit}; correct the cell"),
}


def check_contract(table: Table, rows: pl.DataFrame, unreadable: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that keep every rule of the contract, and the problems of the others.

    `unreadable` are the problems of reading the cells; such a cell isn't reported again for being empty.
    """
    good, failure = table.schema.filter(rows)
    if len(failure) == 0:
        return good, no_problems()
    verdicts = failure.details()
    found = [no_problems()]
    for rule in failure.counts():
        if rule == "all_cells_readable":
            continue
        failed = verdicts.filter(pl.col(rule) == "invalid")
        column, _, kind = rule.partition("|")
        if not kind:
            reason = table.reason(rule)
            found.append(problems(failed, table, reason.column, reason.zh, reason.en))
            continue
        if kind == "nullability":
            seen = unreadable.filter(pl.col("column_name") == column)
            failed = failed.join(seen, on=_PLACE, how="anti")
        limit = str(getattr(table.columns[column], kind, ""))
        names = {"{header}": table.header(column), "{column}": column, "{limit}": limit, "{cell}": f"{{{column}}}"}
        zh, en = (_with_names(text, names) for text in _COLUMN_RULES[kind])
        found.append(problems(failed, table, column, zh, en))
    return good, pl.concat(found)


def _with_names(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def remove_repeats(
    table: Table, rows: pl.DataFrame, places: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """One row a key: the rows that stay, the exact repeats of one of them, the problems of keys in conflict.

    Of exact repeats the first stays; where rows of one key differ none of them does. `places` gives
    source_unit and the `place` in words of every unit, so that each reason can name the other row.
    """
    repeated = repeated_keys(table, rows)
    if repeated is None:
        return rows, rows.clear(), no_problems()
    content = pl.struct(list(table.columns))
    group = (
        rows.filter(repeated)
        .with_columns(is_first=content.is_first_distinct())
        .with_columns(contents=pl.col("is_first").sum().over(table.key))
    )
    single = group.filter(pl.col("contents") == 1)
    in_conflict = group.filter(pl.col("contents") > 1)
    kept = pl.concat([rows.filter(~repeated), single.filter("is_first").select(rows.columns)])
    duplicates = single.filter(~pl.col("is_first")).select(rows.columns)
    return kept, duplicates, _conflicts(table, in_conflict, places)


def repeated_keys(table: Table, rows: pl.DataFrame) -> pl.Series | None:
    """Which rows share their key with another, None where no row does."""
    first, *others = table.key
    # Where the key's first column is already unique so is the key: true of every roster without history.
    if rows[first].null_count() == 0 and rows[first].n_unique() == rows.height:
        return None
    keys = rows.select(table.key) if others else rows.select(first)
    repeated = keys.is_duplicated()
    return repeated if repeated.any() else None


def _conflicts(table: Table, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    if rows.is_empty():
        return no_problems()
    content = pl.col("content")
    differs = content != content.first()

    def of_other(column: str) -> pl.Expr:
        """The column in the first row of the key with other contents than this row's."""
        first_other = pl.col(column).filter(differs).first().over(table.key)
        return pl.when(differs.over(table.key)).then(pl.col(column).first().over(table.key)).otherwise(first_other)

    named = (
        rows.with_columns(content=pl.struct(list(table.columns)).hash())
        .with_columns(other_unit=of_other("source_unit"), other_row=of_other("source_row"))
        .join(places.rename({"source_unit": "other_unit", "place": "other"}), on="other_unit", how="left")
    )
    headers = "、".join(table.header(column) for column in table.key)
    return problems(
        named,
        table,
        table.key[0],
        f"与 {{other}} 第 {{other_row}} 行的 {headers} 相同而内容不同，两处都未采用；请只保留正确的一行",
        f"has the same {', '.join(table.key)} as {{other}} row {{other_row}} but other contents, so neither "
        "is used; keep the right one only",
    )
