"""Dates and times of day as the field writes them: expressions over text cells, null for any other text."""

from datetime import datetime

import polars as pl

_FIRST_DAY = pl.date(1900, 1, 1)
_LAST_DAY = pl.date(2100, 12, 31)
# Excel counts days from 1899-12-30; these serials are 1950 to 2100.
_EXCEL_DAY_ZERO = pl.date(1899, 12, 30)
_EXCEL_SERIALS = (18264, 73415)

# Year, month and day; what may stand after the day depends on what follows.
_DAY = r"(\d{4})(?:[-/.]|年)\s*(\d{1,2})(?:[-/.]|月)\s*(\d{1,2})"
_CLOCK = r"(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?)?"
_ZONE = r"(Z|[+-]\d\d:?\d\d)"
# How whole files are written; single cells may differ.
_USUAL_WAYS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
)
# Where the year comes last: which part is the month, and how whole files of that kind are written.
DATE_ORDERS = ("year/month/day", "month/day/year", "day/month/year")
_YEAR_LAST = {"month/day/year": ("%m/%d/%Y %I:%M:%S %p", (0, 1)), "day/month/year": ("%d/%m/%Y %H:%M:%S", (1, 0))}
_AMERICAN_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?"
_LAST = rf"^\s*(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}})(?:[ T]+{_AMERICAN_CLOCK})?\s*$"


def null_implausible(when: pl.Expr) -> pl.Expr:
    """Dates or times of the years 1900 to 2100, null for others."""
    return pl.when(when.cast(pl.Date).is_between(_FIRST_DAY, _LAST_DAY)).then(when)


def parse_iso_day(cell: pl.Expr) -> pl.Expr:
    """A date written 2024-03-05."""
    return cell.str.to_date("%Y-%m-%d", strict=False)


def parse_day(cell: pl.Expr) -> pl.Expr:
    """A date, however it is written, midnight after it or not."""
    cell = cell.str.replace(r"[ T]+0?0:00(:00(\.0+)?)?$", "").str.replace(r"^(\d+)\.0+$", "${1}")
    parts = cell.str.extract_groups(rf"^{_DAY}日?$")
    packed = pl.when(cell.str.contains(r"^\d{8}$")).then(cell).str.to_date("%Y%m%d", strict=False)
    serial = pl.when(cell.str.contains(r"^\d{5}$")).then(cell).cast(pl.Int32, strict=False)
    serial = pl.when(serial.is_between(*_EXCEL_SERIALS)).then(serial)
    return pl.coalesce(parse_iso_day(_dashed(parts)), packed, _EXCEL_DAY_ZERO + pl.duration(days=serial))


def usual_format(cells: pl.Series) -> str:
    """The format that most of a column's first cells are written in."""
    first = cells.drop_nulls().head(100).alias("cell").to_frame()
    read = {way: first.select(parse_format(pl.col("cell"), way)).to_series().count() for way in _USUAL_WAYS}
    return max(read, key=read.__getitem__)


def parse_format(cell: pl.Expr, way: str) -> pl.Expr:
    """A date and time written in one format."""
    return cell.str.to_datetime(way, strict=False, time_unit="us")


def parse_moment(cell: pl.Expr) -> pl.Expr:
    """A date and time, however it is written, in Asia/Shanghai: one that names its zone is brought there, one
    without is there already, and a date alone is its midnight."""
    serial = pl.when(cell.str.contains(r"^\d{5}\.\d+$")).then(cell).cast(pl.Float64, strict=False)
    # A serial is a quotient of a day; what it was made of are whole seconds.
    seconds = pl.when(serial.is_between(*_EXCEL_SERIALS)).then((serial * 86400).round()).cast(pl.Int64)
    of_serial = _EXCEL_DAY_ZERO.cast(pl.Datetime("us")) + pl.duration(seconds=seconds)
    return pl.coalesce(_clocked(cell), of_serial, parse_day(cell).cast(pl.Datetime("us")))


def is_date_format(text: str) -> bool:
    """Whether a text is a format of a date as strptime has them: day, month and year, or day of the year."""
    example = datetime(2024, 11, 23, 14, 30, 45)
    try:
        cells = pl.Series([example.strftime(text)]).alias("cell").to_frame()
        read = cells.select(parse_format(pl.col("cell"), text), day=pl.col("cell").str.to_date(text, strict=False))
    except (ValueError, pl.exceptions.PolarsError):
        return False
    return "%" in text and example.date() in (read.item(0, "day"), read["cell"].dt.date().item())


def to_year_first(cells: pl.Series, way: str) -> pl.Series:
    """Cells written in one of ORDERS or in a format of their own, as year-month-day; any others as they are."""
    if way in ("", DATE_ORDERS[0]) or cells.null_count() == len(cells):
        return cells
    cell = pl.col("cell")
    usual, order = _YEAR_LAST.get(way, (way, None))
    frame = cells.alias("cell").to_frame()
    if order is None:
        either = pl.coalesce(parse_format(cell, way), cell.str.to_date(way, strict=False).cast(pl.Datetime("us")))
        moments = frame.select(either).to_series()
    else:
        moments = frame.select(parse_format(cell, usual)).to_series()
        left = cells.filter(moments.is_null() & cells.is_not_null()).unique()
        read = left.alias("cell").to_frame().select(_year_last(cell, *order)).to_series()
        moments = moments.fill_null(cells.replace_strict(left, read, default=None, return_dtype=pl.Datetime("us")))
    # Midnight is how a date without a time of day reads.
    return moments.dt.strftime("%Y-%m-%d %H:%M:%S").fill_null(cells)


def _year_last(cell: pl.Expr, month_at: int, day_at: int) -> pl.Expr:
    parts = cell.str.extract_groups(_LAST)
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


def _clocked(cell: pl.Expr) -> pl.Expr:
    colons = cell.str.replace_many({"时": ":", "分": ":", "秒": ""}).str.replace(r":$", "")
    parts = colons.str.extract_groups(rf"^{_DAY}(?:日\s*|\s*T|\s+){_CLOCK}\s*{_ZONE}?$")
    hour, minute, second, zone = (parts.struct[place] for place in range(3, 7))
    clock = pl.concat_str(hour, minute.fill_null("0"), second.fill_null("0"), separator=":")
    local = parse_format(_dashed(parts) + " " + clock, "%Y-%m-%d %H:%M:%S%.f")
    hhmm = zone.str.replace("Z", "+0000").str.replace(":", "").cast(pl.Int32, strict=False)
    ahead = pl.duration(minutes=hhmm.abs() // 100 * 60 + hhmm.abs() % 100) * hhmm.sign()
    in_shanghai = (local - ahead).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai")
    return pl.when(zone.is_null()).then(local).otherwise(in_shanghai.dt.replace_time_zone(None))


def _dashed(parts: pl.Expr) -> pl.Expr:
    return parts.struct[0] + "-" + parts.struct[1] + "-" + parts.struct[2]
