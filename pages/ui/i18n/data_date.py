"""Says how far a version's data reach and how long ago that is, in one way on every page, slide and document."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from sql.warehouse import Version

# Marks data older than a month, beside the colour.
OLD = "▲"
_MONTH_DAYS = 31


def is_old(version: Version) -> bool:
    """Returns true once a month has passed since the data date."""
    return (version.today - version.data_date).days > _MONTH_DAYS


def line(version: Version) -> str:
    """Returns 数据截至 6月30日（已 152 天）, with the year where it is not this one and ▲ once a month has passed."""
    day = version.data_date
    return _line(version, _day(day) if day.year == version.today.year else _day_and_year(day))


def full_line(version: Version) -> str:
    """Returns the same with the whole date, for what is read elsewhere and later."""
    return _line(version, version.data_date.isoformat())


def remarks(version: Version) -> list[str]:
    """Returns a remark where the version declares a day of its own as today; none where the calendar decides."""
    return [_("今天按 {date} 算").format(date=version.today)] if version.declared_day else []


def _line(version: Version, day: str) -> str:
    days = (version.today - version.data_date).days
    if days <= 0:
        return _("数据截至 {date}").format(date=day)
    text = _("数据截至 {date}（已 {days} 天）").format(date=day, days=days)
    return f"{OLD} {text}" if is_old(version) else text


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日" if texts.language() == "zh" else format_date(day, "d MMMM", locale="en")


def _day_and_year(day: date) -> str:
    return f"{day.year}年{_day(day)}" if texts.language() == "zh" else f"{_day(day)} {day.year}"
