"""Converts numbers from the units clerks use to those of the contract."""

import dataframely as dy
import polars as pl

from etl.contracts import Table

# Columns with a unit, by name; all other numbers are plain.
_MEASURES = {"hours": "hours", "area_m2": "m2"}
_PLAIN = {
    "百": 1e2,
    "hundred": 1e2,
    "千": 1e3,
    "thousand": 1e3,
    "万": 1e4,
    "ten thousand": 1e4,
    "百万": 1e6,
    "million": 1e6,
    "亿": 1e8,
}
_SHARES = {"percent": 1.0, "%": 1.0, "百分之": 1.0, "fraction": 100.0, "小数": 100.0, "permille": 0.1, "‰": 0.1}
_FACTORS = {
    "hours": {
        "hours": 1.0,
        "小时": 1.0,
        "minutes": 1 / 60,
        "分钟": 1 / 60,
        "days": 24.0,
        "天": 24.0,
        "workdays": 8.0,
        "工作日": 8.0,
    },
    "m2": {
        "m2": 1.0,
        "㎡": 1.0,
        "平方米": 1.0,
        "万平方米": 1e4,
        "亩": 2000 / 3,
        "mu": 2000 / 3,
        "公顷": 1e4,
        "hectares": 1e4,
        "km2": 1e6,
        "平方公里": 1e6,
    },
}
# Further digits come from the multiplication, not from the file.
_DECIMALS = 6


def unit_factors(table: Table, column: str) -> dict[str, float]:
    """Returns the units a column may be written in, with the factor to the contract's; none for a text or a date."""
    contract = table.columns[column]
    if not isinstance(contract, (dy.Int64, dy.Float64)):
        return {}
    factors = _FACTORS.get(_MEASURES.get(column, ""), {})
    return factors or (_PLAIN if isinstance(contract, dy.Int64) else _PLAIN | _SHARES)


def convert_unit(table: Table, column: str, unit: str, cell: pl.Expr) -> pl.Expr:
    """Converts cells from a unit, which may or may not follow the number, to the contract's unit, as text.

    A cell that isn't a number stays unchanged and is rejected later.
    """
    number = cell.str.strip_chars().str.strip_suffix(unit)
    if unit in ("percent", "fraction", "permille", "百分之", "小数"):
        number = number.str.strip_chars("%％‰")
    has_thousands_separators = number.str.contains(r"^\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*$")
    number = (
        pl.when(has_thousands_separators)
        .then(number.str.replace_all(",", "", literal=True))
        .otherwise(number)
        .str.strip_chars()
    )
    value = (number.cast(pl.Float64, strict=False) * unit_factors(table, column)[unit]).round(_DECIMALS)
    text = value.cast(pl.String).str.strip_suffix(".0")
    if isinstance(table.columns[column], dy.Int64):
        # Integers are written out in full: a large number must not become 1e8.
        whole = pl.when(value == value.round()).then(value).cast(pl.Int64, strict=False)
        text = pl.coalesce(whole.cast(pl.String), text)
    return pl.when(value.is_finite()).then(text).otherwise(cell)
