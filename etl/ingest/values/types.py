"""From cells to typed values: every way the field writes a date, a number, a yes or a code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of, normalise
from etl.ingest.validation.reasons import problems
from etl.ingest.values import times

# What a clerk writes for nothing; where 无 is one of a column's own words it means that.
BLANKS = ["", "-", "/", "无"]
# What Excel shows for a formula that failed, and writes into a CSV.
FORMULA_ERRORS = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
TRUE_WORDS = ("是", "有", "1", "true")
FALSE_WORDS = ("否", "无", "0", "false")

# NFKC would do more than wanted here: it reads 12² as 122.
_HALF_WIDTH = {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}

_NOT_A_CODE = (
    "{header} '{cell}' 不能当编号用（科学计数会丢失后面的位数）；请把这一列的格式改为文本，重新填写",
    "{column} '{cell}' can't serve as a code (scientific notation loses digits); format the column as text "
    "and enter it again",
)
_FORMULA_FAILED = (
    "{header} '{cell}' 是公式的错误值；请改正公式，或直接填写内容",
    "{column} '{cell}' is the error of a formula; correct the formula, or enter the content itself",
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
# What people and programs put before a number so that Excel keeps it as text: '0012 and ="0012".
_KEPT_AS_TEXT = r"""^(?:['’‘]|=")([^"]*)"?$"""


@dataclass(frozen=True)
class _Values:
    """A column's typed values and the rows whose cell is filled but can't be read, None where all can."""

    values: pl.Series
    failed: pl.Series | None = None


def parse_cells(
    table: Table, cells: pl.DataFrame, unmapped: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a table's text cells as its types.

    `cells` has the contract columns as text, overflow, source_unit and source_row; `unmapped` the problems of cells
    that the mapping could not put into our words. Comes back as the same rows with typed columns and source_readable
    (false where a filled cell could not be read, which is then empty, or the row is longer than the header), and the
    problems.
    """
    unreadable = cells["overflow"].is_not_null()
    found = [_overlong(table, cells.filter(unreadable))]
    if unmapped is not None:
        found.append(unmapped)
        unreadable = unreadable | cells["source_row"].is_in(unmapped["source_row"].implode())
    columns: list[pl.Series] = []
    for name, column in table.columns.items():
        if cells[name].null_count() == cells.height:
            columns.append(pl.Series(name, dtype=column.dtype).extend_constant(None, cells.height))
            continue
        read, (zh, en) = _reader(column)
        outcome = read(cells[name])
        columns.append(outcome.values.alias(name))
        if outcome.failed is not None:
            # An empty cell is neither in nor out of a set of unreadable ones: null, which would spread.
            failed = outcome.failed.fill_null(False)
            unreadable = unreadable | failed
            named = (text.replace("{header}", table.header(name)).replace("{column}", name) for text in (zh, en))
            cell = pl.col(name).str.strip_chars().alias("cell")
            rows = cells.filter(failed).select("source_unit", "source_row", cell)
            found.append(problems(rows, table, name, *named, value="cell"))
    frame = cells.select("source_unit", "source_row").with_columns(~unreadable.alias("source_readable"), *columns)
    return frame.select(table.schema.column_names()), pl.concat(found)


def _overlong(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return problems(
        rows.select("source_unit", "source_row", "overflow"),
        table,
        "overflow",
        "这一行的单元格比表头多，多出 '{overflow}'；请检查是否多了分隔符，或给这一列加上表头",
        "the row has more cells than the header: '{overflow}'; remove a separator, or add a header",
    )


def _reader(column: dy.Column) -> tuple[Callable[[pl.Series], _Values], tuple[str, str]]:
    """How a column's cells are read, and the reason for one that can't be."""
    match column:
        case dy.Enum():
            words = metadata_of(column)["words"]
            choices = "、".join(metadata_of(column)["labels"].values())
            reason = (
                f"{{header}} '{{cell}}' 不是 {choices} 之一；请改正单元格",
                f"{{column}} '{{cell}}' is not one of {choices}; correct the cell",
            )
            return lambda cells: _words(cells, words, column.dtype), reason
        case dy.Bool():
            yes_or_no = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
            return lambda cells: _words(cells, yes_or_no, pl.Boolean()), _NOT_YES_OR_NO
        case dy.Date():
            return _dates, _NOT_A_DATE
        case dy.Datetime():
            return _moments, _NOT_A_TIME
        case dy.Int64():
            return _whole_numbers, _NOT_WHOLE
        case dy.Float64():
            return _numbers, _NOT_A_NUMBER
        case _ if metadata_of(column).get("topic"):
            return lambda cells: _topics(cells, metadata_of(column)["words"]), _FORMULA_FAILED
        case _ if metadata_of(column).get("code"):
            return _codes, _NOT_A_CODE
        case _:
            return _texts, _FORMULA_FAILED


def _words(cells: pl.Series, words: Mapping[str, object], dtype: pl.DataType) -> _Values:
    different = cells.drop_nulls().unique()
    meanings = [words.get(normalise(cell)) for cell in different]
    unknown = [
        cell
        for cell, meaning in zip(different, meanings, strict=True)
        if meaning is None and cell.strip() not in BLANKS
    ]
    values = cells.replace_strict(different, pl.Series(meanings, dtype=dtype), default=None, return_dtype=dtype)
    return _Values(values, cells.is_in(unknown) if unknown else None)


def _texts(cells: pl.Series) -> _Values:
    trimmed = cells.str.strip_chars().alias("cell")
    if trimmed.str.contains_any(["\n", "\r"]).any():
        trimmed = trimmed.str.replace_all(_BREAKS, " ")
    failed = trimmed.is_in(FORMULA_ERRORS)
    filled = pl.when(~pl.col("cell").is_in([*BLANKS, *FORMULA_ERRORS])).then("cell")
    return _Values(trimmed.to_frame().select(filled).to_series(), failed if failed.any() else None)


def _topics(cells: pl.Series, words: dict[str, str]) -> _Values:
    different = cells.drop_nulls().unique()
    read = _texts(different)
    meanings = [text and words.get(normalise(text), text) for text in read.values]
    values = cells.replace_strict(different, pl.Series(meanings, dtype=pl.String), default=None, return_dtype=pl.String)
    failed = None if read.failed is None else cells.is_in(different.filter(read.failed).implode())
    return _Values(values, failed)


def _mended(cells: pl.Series, cheap: pl.Expr, mend: Callable[[pl.Expr], pl.Expr]) -> _Values:
    """Cells read the cheap way, and those it leaves null read by `mend`, once for each different cell.

    Both are about the column "cell". A file is mostly written in one way, and the cheap one fits most.
    """
    frame = cells.alias("cell").to_frame()
    values = frame.select(cheap).to_series()
    left = cells.filter(values.is_null() & cells.is_not_null()).unique()
    if left.is_empty():
        return _Values(values)
    one_line = pl.col("cell").str.replace_all(_BREAKS, " ").str.replace_many(_HALF_WIDTH).str.strip_chars()
    half_width = one_line.str.replace(_KEPT_AS_TEXT, "${1}")
    trimmed = pl.DataFrame({"cell": left}).select(half_width)
    mended = trimmed.select(pl.when(~pl.col("cell").is_in(BLANKS)).then(mend(pl.col("cell")))).to_series()
    values = values.fill_null(cells.replace_strict(left, mended, default=None, return_dtype=values.dtype))
    unread = left.filter(mended.is_null() & ~trimmed.to_series().is_in(BLANKS))
    return _Values(values, None if unread.is_empty() else cells.is_in(unread.implode()))


def _codes(cells: pl.Series) -> _Values:
    cell = pl.col("cell")
    # Nothing in such a cell has to be mended; a single character may be a mark for nothing.
    is_plain = cell.str.contains(r"^[0-9A-Za-z_][0-9A-Za-z_-]+$")

    def mend(cell: pl.Expr) -> pl.Expr:
        # A code kept as a number by Excel comes as 621002001001.0.
        whole = cell.str.replace(r"^(\d+)\.0+$", "${1}")
        is_lost = whole.str.contains(r"^\d(\.\d+)?[Ee]\+\d+$|^\d\.\d+[Ee]\d+$") | whole.is_in(FORMULA_ERRORS)
        return pl.when(~is_lost).then(whole)

    return _mended(cells, pl.when(is_plain).then(cell), mend)


def _dates(cells: pl.Series) -> _Values:
    cheap = times.null_implausible(times.parse_iso_day(pl.col("cell")))
    return _mended(cells, cheap, lambda cell: times.null_implausible(times.parse_day(cell)))


def _moments(cells: pl.Series) -> _Values:
    cheap = times.null_implausible(times.parse_format(pl.col("cell"), times.usual_format(cells)))
    return _mended(cells, cheap, lambda cell: times.null_implausible(times.parse_moment(cell)))


def _without_thousands(cell: pl.Expr) -> pl.Expr:
    grouped = cell.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
    return pl.when(grouped).then(cell.str.replace_all(",", "", literal=True)).otherwise(cell)


def _whole_numbers(cells: pl.Series) -> _Values:
    def mend(cell: pl.Expr) -> pl.Expr:
        return _without_thousands(cell).str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)

    return _mended(cells, pl.col("cell").cast(pl.Int64, strict=False), mend)


def _numbers(cells: pl.Series) -> _Values:
    def finite(cell: pl.Expr) -> pl.Expr:
        value = cell.cast(pl.Float64, strict=False)
        return pl.when(value.is_finite()).then(value)

    return _mended(cells, finite(pl.col("cell")), lambda cell: finite(_without_thousands(cell)))
