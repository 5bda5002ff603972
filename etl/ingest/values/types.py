"""Converts cells to typed values, in every way districts write a date, a number, a yes or a code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of, normalise
from etl.ingest.validation.reasons import problems
from etl.ingest.values import times

# Clerks write these for an empty cell, unless 无 is one of the column's own words.
BLANKS = ["", "-", "/", "无"]
# Excel displays these for a failed formula, and writes them to a CSV.
FORMULA_ERRORS = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
TRUE_WORDS = ("是", "有", "1", "true")
FALSE_WORDS = ("否", "无", "0", "false")

# NFKC would go too far here: it turns 12² into 122.
_HALF_WIDTH = {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}

_NOT_A_CODE = (
    "{header} '{cell}' 不能当编号用（科学计数会丢失后面的位数）；请把这一列的格式改为文本，重新填写",
    "{column} '{cell}' can't be used as a code (scientific notation loses digits); format the column as text "
    "and enter it again",
)
_FORMULA_FAILED = (
    "{header} '{cell}' 是公式的错误值；请改正公式，或直接填写内容",
    "{column} '{cell}' is a formula error; correct the formula, or enter the value itself",
)
_NOT_A_DATE = (
    "{header} '{cell}' 不是日期；请写成 2024-03-05 的样子",
    "{column} '{cell}' is not a date; write it as 2024-03-05",
)
_NOT_A_TIME = (
    "{header} '{cell}' 不是日期和时间；请写成 2024-03-05 14:30 的样子",
    "{column} '{cell}' is not a date and time; write it as 2024-03-05 14:30",
)
_NOT_WHOLE = ("{header} '{cell}' 不是整数；请只填数字", "{column} '{cell}' is not a whole number; enter digits only")
_NOT_A_NUMBER = (
    "{header} '{cell}' 不是数字；请只填数字，不带单位",
    "{column} '{cell}' is not a number; enter digits only, without a unit",
)
_NOT_YES_OR_NO = (
    "{header} '{cell}' 不是 是、否；请改正单元格",
    "{column} '{cell}' is not 是 or 否 (yes or no); correct the cell",
)

_BREAKS = r"\s*[\r\n]+\s*"
# Notations that make Excel keep a number as text: '0012 and ="0012".
_FORCED_TEXT = r"""^(?:['’‘]|=")([^"]*)"?$"""


@dataclass(frozen=True)
class _ParsedColumn:
    """Holds a column's typed values, and the mask of filled cells that can't be read, None if all can."""

    values: pl.Series
    is_unreadable: pl.Series | None = None


def parse_cells(
    table: Table, cells: pl.DataFrame, unmapped: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Converts a table's text cells to its types.

    `cells` has the contract columns as text, overflow, source_unit and source_row; `unmapped` has the problems of cells
    that the mapping couldn't translate. Returns the same rows with typed columns and source_readable (false if a filled
    cell can't be read, which is then null, or if the row is longer than the header), and the problems.
    """
    is_unreadable = cells["overflow"].is_not_null()
    problem_frames = [_overflow_problems(table, cells.filter(is_unreadable))]
    if unmapped is not None:
        problem_frames.append(unmapped)
        is_unreadable = is_unreadable | cells["source_row"].is_in(unmapped["source_row"].implode())
    columns: list[pl.Series] = []
    for name, column in table.columns.items():
        if cells[name].null_count() == cells.height:
            columns.append(pl.Series(name, dtype=column.dtype).extend_constant(None, cells.height))
            continue
        parse, (zh, en) = _parser(column)
        parsed = parse(cells[name])
        columns.append(parsed.values.alias(name))
        if parsed.is_unreadable is not None:
            # For a null cell, is_in returns null, which would propagate.
            cell_is_unreadable = parsed.is_unreadable.fill_null(False)
            is_unreadable = is_unreadable | cell_is_unreadable
            reason = (text.replace("{header}", table.header(name)).replace("{column}", name) for text in (zh, en))
            cell = pl.col(name).str.strip_chars().alias("cell")
            rows = cells.filter(cell_is_unreadable).select("source_unit", "source_row", cell)
            problem_frames.append(problems(rows, table, name, *reason, value="cell"))
    frame = cells.select("source_unit", "source_row").with_columns(~is_unreadable.alias("source_readable"), *columns)
    return frame.select(table.schema.column_names()), pl.concat(problem_frames)


def _overflow_problems(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return problems(
        rows.select("source_unit", "source_row", "overflow"),
        table,
        "overflow",
        "这一行的单元格比表头多，多出 '{overflow}'；请检查是否多了分隔符，或给这一列加上表头",
        "the row has more cells than the header: '{overflow}'; remove a surplus separator, or add a header",
    )


def _parser(column: dy.Column) -> tuple[Callable[[pl.Series], _ParsedColumn], tuple[str, str]]:
    """Returns the function that converts a column's cells, and the reason given for an unreadable one."""
    match column:
        case dy.Enum():
            words = metadata_of(column)["words"]
            choices = "、".join(metadata_of(column)["labels"].values())
            reason = (
                f"{{header}} '{{cell}}' 不是 {choices} 之一；请改正单元格",
                f"{{column}} '{{cell}}' is not one of {choices}; correct the cell",
            )
            return lambda cells: _parse_words(cells, words, column.dtype), reason
        case dy.Bool():
            yes_or_no = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
            return lambda cells: _parse_words(cells, yes_or_no, pl.Boolean()), _NOT_YES_OR_NO
        case dy.Date():
            return _parse_dates, _NOT_A_DATE
        case dy.Datetime():
            return _parse_moments, _NOT_A_TIME
        case dy.Int64():
            return _parse_whole_numbers, _NOT_WHOLE
        case dy.Float64():
            return _parse_numbers, _NOT_A_NUMBER
        case _ if metadata_of(column).get("topic"):
            return lambda cells: _parse_topics(cells, metadata_of(column)["words"]), _FORMULA_FAILED
        case _ if metadata_of(column).get("code"):
            return _parse_codes, _NOT_A_CODE
        case _:
            return _parse_texts, _FORMULA_FAILED


def _parse_words(cells: pl.Series, words: Mapping[str, object], dtype: pl.DataType) -> _ParsedColumn:
    unique_cells = cells.drop_nulls().unique()
    meanings = [words.get(normalise(cell)) for cell in unique_cells]
    unknown = [
        cell
        for cell, meaning in zip(unique_cells, meanings, strict=True)
        if meaning is None and cell.strip() not in BLANKS
    ]
    values = cells.replace_strict(unique_cells, pl.Series(meanings, dtype=dtype), default=None, return_dtype=dtype)
    return _ParsedColumn(values, cells.is_in(unknown) if unknown else None)


def _parse_texts(cells: pl.Series) -> _ParsedColumn:
    trimmed = cells.str.strip_chars().alias("cell")
    if trimmed.str.contains_any(["\n", "\r"]).any():
        trimmed = trimmed.str.replace_all(_BREAKS, " ")
    is_error = trimmed.is_in(FORMULA_ERRORS)
    nonblank = pl.when(~pl.col("cell").is_in([*BLANKS, *FORMULA_ERRORS])).then("cell")
    return _ParsedColumn(trimmed.to_frame().select(nonblank).to_series(), is_error if is_error.any() else None)


def _parse_topics(cells: pl.Series, words: dict[str, str]) -> _ParsedColumn:
    unique_cells = cells.drop_nulls().unique()
    parsed = _parse_texts(unique_cells)
    meanings = [text and words.get(normalise(text), text) for text in parsed.values]
    values = cells.replace_strict(
        unique_cells, pl.Series(meanings, dtype=pl.String), default=None, return_dtype=pl.String
    )
    is_error = (
        None if parsed.is_unreadable is None else cells.is_in(unique_cells.filter(parsed.is_unreadable).implode())
    )
    return _ParsedColumn(values, is_error)


def _parse_in_two_steps(cells: pl.Series, fast: pl.Expr, thorough: Callable[[pl.Expr], pl.Expr]) -> _ParsedColumn:
    """Parses cells with the expression `fast`, and those it leaves null with `thorough`, once per distinct cell.

    Both work on the column "cell". A file mostly uses one format, which `fast` handles.
    """
    frame = cells.alias("cell").to_frame()
    values = frame.select(fast).to_series()
    remaining = cells.filter(values.is_null() & cells.is_not_null()).unique()
    if remaining.is_empty():
        return _ParsedColumn(values)
    one_line = pl.col("cell").str.replace_all(_BREAKS, " ").str.replace_many(_HALF_WIDTH).str.strip_chars()
    half_width = one_line.str.replace(_FORCED_TEXT, "${1}")
    trimmed = pl.DataFrame({"cell": remaining}).select(half_width)
    parsed = trimmed.select(pl.when(~pl.col("cell").is_in(BLANKS)).then(thorough(pl.col("cell")))).to_series()
    values = values.fill_null(cells.replace_strict(remaining, parsed, default=None, return_dtype=values.dtype))
    unreadable = remaining.filter(parsed.is_null() & ~trimmed.to_series().is_in(BLANKS))
    return _ParsedColumn(values, None if unreadable.is_empty() else cells.is_in(unreadable.implode()))


def _parse_codes(cells: pl.Series) -> _ParsedColumn:
    cell = pl.col("cell")
    # Such a cell needs no further parsing; a single character may be a mark for an empty cell.
    is_plain = cell.str.contains(r"^[0-9A-Za-z_][0-9A-Za-z_-]+$")

    def parse(cell: pl.Expr) -> pl.Expr:
        # A code that Excel stores as a number arrives as 621002001001.0.
        whole = cell.str.replace(r"^(\d+)\.0+$", "${1}")
        is_lost = whole.str.contains(r"^\d(\.\d+)?[Ee]\+\d+$|^\d\.\d+[Ee]\d+$") | whole.is_in(FORMULA_ERRORS)
        return pl.when(~is_lost).then(whole)

    return _parse_in_two_steps(cells, pl.when(is_plain).then(cell), parse)


def _parse_dates(cells: pl.Series) -> _ParsedColumn:
    fast = times.null_implausible(times.parse_iso_day(pl.col("cell")))
    return _parse_in_two_steps(cells, fast, lambda cell: times.null_implausible(times.parse_day(cell)))


def _parse_moments(cells: pl.Series) -> _ParsedColumn:
    fast = times.null_implausible(times.parse_format(pl.col("cell"), times.usual_format(cells)))
    return _parse_in_two_steps(cells, fast, lambda cell: times.null_implausible(times.parse_moment(cell)))


def _without_thousands(cell: pl.Expr) -> pl.Expr:
    has_separators = cell.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
    return pl.when(has_separators).then(cell.str.replace_all(",", "", literal=True)).otherwise(cell)


def _parse_whole_numbers(cells: pl.Series) -> _ParsedColumn:
    def parse(cell: pl.Expr) -> pl.Expr:
        return _without_thousands(cell).str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)

    return _parse_in_two_steps(cells, pl.col("cell").cast(pl.Int64, strict=False), parse)


def _parse_numbers(cells: pl.Series) -> _ParsedColumn:
    def parse_finite(cell: pl.Expr) -> pl.Expr:
        value = cell.cast(pl.Float64, strict=False)
        return pl.when(value.is_finite()).then(value)

    return _parse_in_two_steps(cells, parse_finite(pl.col("cell")), lambda cell: parse_finite(_without_thousands(cell)))
