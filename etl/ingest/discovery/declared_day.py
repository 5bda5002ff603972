"""Reads the day that a source folder declares as today, as the demo does: its data end where they end."""

import tomllib
from datetime import date, datetime
from pathlib import Path

from etl.ingest.errors import SourceError

DECLARATION = "today.toml"


def declared_day(source: Path) -> date | None:
    """Returns the day in the folder's today.toml; None without that file: then the calendar decides.

    Raises SourceError if the file does not hold one date.
    """
    path = source / DECLARATION
    try:
        day = tomllib.loads(path.read_text(encoding="utf-8")).get("today")
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path} 读不出来：{error}；请改正，或删去这个文件，以日历为准",
            f"cannot read {path}: {error}; correct it, or delete it to go by the calendar",
        ) from error
    if not isinstance(day, date) or isinstance(day, datetime):
        raise SourceError(
            f"{path}：today 应为日期，如 today = 2026-07-06；请改正，或删去这个文件，以日历为准",
            f"{path}: today should be a date, as today = 2026-07-06; correct it, or delete the file to go by the "
            "calendar",
        )
    return day
