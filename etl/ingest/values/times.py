"""Parses dates and times as districts write them: expressions over text cells, null for any other text."""

from datetime import datetime

import polars as pl

_FIRST_DAY = pl.date(1900, 1, 1)
_LAST_DAY = pl.date(2100, 12, 31)
# Excel counts days from 1899-12-30; these serials cover 1950 to 2100.
_EXCEL_DAY_ZERO = pl.date(1899, 12, 30)
_EXCEL_SERIALS = (18264, 73415)

# Year, month and day; which characters may follow the day depends on the rest of the text.
_DAY = r"(\d{4})(?:[-/.]|年)\s*(\d{1,2})(?:[-/.]|月)\s*(\d{1,2})"
_CLOCK = r"(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?)?"
_ZONE = r"(Z|[+-]\d\d:?\d\d)"
# Formats of whole files; single cells may differ.
_USUAL_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
)
# For orders with the year last: the usual format of whole files, and the positions of month and day.
DATE_ORDERS = ("year/month/day", "month/day/year", "day/month/year")
_YEAR_LAST = {"month/day/year": ("%m/%d/%Y %I:%M:%S %p", (0, 1)), "day/month/year": ("%d/%m/%Y %H:%M:%S", (1, 0))}
_AMERICAN_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?"
_YEAR_LAST_DATE = rf"^\s*(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}})(?:[ T]+{_AMERICAN_CLOCK})?\s*$"


def null_implausible(moment: pl.Expr) -> pl.Expr:
    """Returns dates or times of the years 1900 to 2100, null for others."""
    return pl.when(moment.cast(pl.Date).is_between(_FIRST_DAY, _LAST_DAY)).then(moment)


def parse_iso_day(cell: pl.Expr) -> pl.Expr:
    """Parses a date written as 2024-03-05."""
    return cell.str.to_date("%Y-%m-%d", strict=False)


def parse_day(cell: pl.Expr) -> pl.Expr:
    """Parses a date in any format, with or without a midnight time after it."""
    cell = cell.str.replace(r"[ T]+0?0:00(:00(\.0+)?)?$", "").str.replace(r"^(\d+)\.0+$", "${1}")
    parts = cell.str.extract_groups(rf"^{_DAY}日?$")
    packed = pl.when(cell.str.contains(r"^\d{8}$")).then(cell).str.to_date("%Y%m%d", strict=False)
    serial = pl.when(cell.str.contains(r"^\d{5}$")).then(cell).cast(pl.Int32, strict=False)
    serial = pl.when(serial.is_between(*_EXCEL_SERIALS)).then(serial)
    return pl.coalesce(parse_iso_day(_join_date(parts)), packed, _EXCEL_DAY_ZERO + pl.duration(days=serial))


def usual_format(cells: pl.Series) -> str:
    """Returns the format of most of a column's first 100 cells."""
    first_cells = cells.drop_nulls().head(100).alias("cell").to_frame()
    parsed_counts = {
        date_format: first_cells.select(parse_format(pl.col("cell"), date_format)).to_series().count()
        for date_format in _USUAL_FORMATS
    }
    return max(parsed_counts, key=parsed_counts.__getitem__)


def parse_format(cell: pl.Expr, date_format: str) -> pl.Expr:
    """Parses a date and time in one format."""
    return cell.str.to_datetime(date_format, strict=False, time_unit="us")


def parse_moment(cell: pl.Expr) -> pl.Expr:
    """Parses a date and time in any format; the result is in Asia/Shanghai.

    A time with a zone is converted, one without is taken as Asia/Shanghai, and a date alone means midnight.
    """
    serial = pl.when(cell.str.contains(r"^\d{5}\.\d+$")).then(cell).cast(pl.Float64, strict=False)
    # A serial is a fraction of a day made from whole seconds, hence the rounding.
    seconds = pl.when(serial.is_between(*_EXCEL_SERIALS)).then((serial * 86400).round()).cast(pl.Int64)
    of_serial = _EXCEL_DAY_ZERO.cast(pl.Datetime("us")) + pl.duration(seconds=seconds)
    return pl.coalesce(_parse_with_clock(cell), of_serial, parse_day(cell).cast(pl.Datetime("us")))


def is_date_format(text: str) -> bool:
    """Returns whether a text is a strptime format of a full date: day, month and year, or day of the year and year."""
    example = datetime(2024, 11, 23, 14, 30, 45)
    try:
        cells = pl.Series([example.strftime(text)]).alias("cell").to_frame()
        parsed = cells.select(parse_format(pl.col("cell"), text), day=pl.col("cell").str.to_date(text, strict=False))
    except (ValueError, pl.exceptions.PolarsError):
        return False
    return "%" in text and example.date() in (parsed.item(0, "day"), parsed["cell"].dt.date().item())


def to_year_first(cells: pl.Series, date_format: str) -> pl.Series:
    """Rewrites cells in one of DATE_ORDERS, or in a strptime format, as year-month-day; leaves others unchanged."""
    if date_format in ("", DATE_ORDERS[0]) or cells.null_count() == len(cells):
        return cells
    cell = pl.col("cell")
    usual_format, order = _YEAR_LAST.get(date_format, (date_format, None))
    frame = cells.alias("cell").to_frame()
    if order is None:
        either = pl.coalesce(
            parse_format(cell, date_format), cell.str.to_date(date_format, strict=False).cast(pl.Datetime("us"))
        )
        moments = frame.select(either).to_series()
    else:
        moments = frame.select(parse_format(cell, usual_format)).to_series()
        remaining = cells.filter(moments.is_null() & cells.is_not_null()).unique()
        parsed = remaining.alias("cell").to_frame().select(_parse_year_last(cell, *order)).to_series()
        moments = moments.fill_null(
            cells.replace_strict(remaining, parsed, default=None, return_dtype=pl.Datetime("us"))
        )
    # A date without a time gets midnight, which readers of dates and times accept.
    return moments.dt.strftime("%Y-%m-%d %H:%M:%S").fill_null(cells)


def _parse_year_last(cell: pl.Expr, month_at: int, day_at: int) -> pl.Expr:
    parts = cell.str.extract_groups(_YEAR_LAST_DATE)
    hour, half = parts.struct[3].cast(pl.Int8, strict=False), parts.struct[6].str.to_lowercase()
    hour = (
        pl.when(half.is_null())
        .then(hour.fill_null(0))
        .when(hour.is_between(1, 12))
        .then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    )
    date = pl.concat_str(parts.struct[2], parts.struct[month_at], parts.struct[day_at], separator="-")
    clock = pl.concat_str(hour, parts.struct[4].fill_null("0"), parts.struct[5].fill_null("0"), separator=":")
    return parse_format(date + " " + clock, "%Y-%m-%d %H:%M:%S")


def _parse_with_clock(cell: pl.Expr) -> pl.Expr:
    colons = cell.str.replace_many({"时": ":", "分": ":", "秒": ""}).str.replace(r":$", "")
    parts = colons.str.extract_groups(rf"^{_DAY}(?:日\s*|\s*T|\s+){_CLOCK}\s*{_ZONE}?$")
    hour, minute, second, zone = (parts.struct[index] for index in range(3, 7))
    clock = pl.concat_str(hour, minute.fill_null("0"), second.fill_null("0"), separator=":")
    local = parse_format(_join_date(parts) + " " + clock, "%Y-%m-%d %H:%M:%S%.f")
    offset_hhmm = zone.str.replace("Z", "+0000").str.replace(":", "").cast(pl.Int32, strict=False)
    offset = pl.duration(minutes=offset_hhmm.abs() // 100 * 60 + offset_hhmm.abs() % 100) * offset_hhmm.sign()
    in_shanghai = (local - offset).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai")
    return pl.when(zone.is_null()).then(local).otherwise(in_shanghai.dt.replace_time_zone(None))


def _join_date(parts: pl.Expr) -> pl.Expr:
    return parts.struct[0] + "-" + parts.struct[1] + "-" + parts.struct[2]
