"""Returns the day by the calendar of the districts, from which lateness counts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def calendar_day() -> date:
    """Returns today's date in Asia/Shanghai, whatever the time zone of the machine."""
    return datetime.now(SHANGHAI).date()
