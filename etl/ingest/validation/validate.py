"""Validates typed rows: the contract's rules, exact repeats, and conflicting rows of one key."""

import polars as pl

from etl.contracts import Table
from etl.ingest.validation.reasons import no_problems, problems

_ROW_ID = ("source_unit", "source_row")

# Reasons by the name dataframely gives its column rules; {limit} is the column's own bound.
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
    """Returns the rows that satisfy every rule of the contract, and the problems of the others.

    `unreadable` are the problems of unreadable cells; such a cell isn't reported again for being empty.
    """
    valid_rows, failure = table.schema.filter(rows)
    if len(failure) == 0:
        return valid_rows, no_problems()
    verdicts = failure.details()
    problem_frames = [no_problems()]
    for rule in failure.counts():
        if rule == "all_cells_readable":
            continue
        failing_rows = verdicts.filter(pl.col(rule) == "invalid")
        column, _, kind = rule.partition("|")
        if not kind:
            reason = table.reason(rule)
            problem_frames.append(problems(failing_rows, table, reason.column, reason.zh, reason.en))
            continue
        if kind == "nullability":
            already_reported = unreadable.filter(pl.col("column_name") == column)
            failing_rows = failing_rows.join(already_reported, on=_ROW_ID, how="anti")
        limit = str(getattr(table.columns[column], kind, ""))
        names = {"{header}": table.header(column), "{column}": column, "{limit}": limit, "{cell}": f"{{{column}}}"}
        zh, en = (_replace_names(text, names) for text in _COLUMN_RULES[kind])
        problem_frames.append(problems(failing_rows, table, column, zh, en))
    return valid_rows, pl.concat(problem_frames)


def _replace_names(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def remove_repeats(
    table: Table, rows: pl.DataFrame, locations: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Leaves one row per key. Returns the kept rows, their exact repeats, and the problems of keys in conflict.

    Of exact repeats, the first is kept; if rows of one key differ, none is kept. `locations` has source_unit and the
    `place` of every source as named in reasons, so that each reason can name the other row.
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
    kept_rows = pl.concat([rows.filter(~repeated), single.filter("is_first").select(rows.columns)])
    duplicates = single.filter(~pl.col("is_first")).select(rows.columns)
    return kept_rows, duplicates, _conflict_problems(table, in_conflict, locations)


def repeated_keys(table: Table, rows: pl.DataFrame) -> pl.Series | None:
    """Returns which rows share their key with another, None if no row does."""
    first, *others = table.key
    # If the key's first column is unique, so is the key: the case for every roster without history.
    if rows[first].null_count() == 0 and rows[first].n_unique() == rows.height:
        return None
    keys = rows.select(table.key) if others else rows.select(first)
    repeated = keys.is_duplicated()
    return repeated if repeated.any() else None


def _conflict_problems(table: Table, rows: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    if rows.is_empty():
        return no_problems()
    content = pl.col("content")
    differs = content != content.first()

    def of_other(column: str) -> pl.Expr:
        """Returns the column's value in the key's first row whose content differs from this row's."""
        first_other = pl.col(column).filter(differs).first().over(table.key)
        return pl.when(differs.over(table.key)).then(pl.col(column).first().over(table.key)).otherwise(first_other)

    with_other = (
        rows.with_columns(content=pl.struct(list(table.columns)).hash())
        .with_columns(other_unit=of_other("source_unit"), other_row=of_other("source_row"))
        .join(locations.rename({"source_unit": "other_unit", "place": "other"}), on="other_unit", how="left")
    )
    headers = "、".join(table.header(column) for column in table.key)
    return problems(
        with_other,
        table,
        table.key[0],
        f"与 {{other}} 第 {{other_row}} 行的 {headers} 相同而内容不同，两处都未采用；请只保留正确的一行",
        f"has the same {', '.join(table.key)} as {{other}} row {{other_row}} but different content, so neither "
        "is used; keep only the correct row",
    )
