"""`python -m etl briefing`: a playlist's briefing written to a file, for cron."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pages.briefing import workbook
from pages.briefing.briefing import add_stamp
from pages.briefing.document import document
from pages.briefing.from_playlist import build_playlist_briefing
from pages.briefing.slides import slides
from pages.meeting.playlist import load
from pages.ui.i18n import texts
from sql.audit import log
from sql.errors import InputError
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import current_version

WRITERS = {".pptx": slides.write, ".docx": document.write, ".xlsx": workbook.write}


def write(playlist: str, out: Path, area: str | None, period: str | None, language: str, warehouse: Path) -> int:
    """Writes the file in one step, and returns how many sections it has.

    Raises AskError for an unknown playlist, metric, area, ending or folder, and AuditError where it cannot be recorded,
    before anything is written; the file that was there stays.
    """
    if out.suffix.lower() not in WRITERS:
        raise InputError(
            f"{out.name}：文件名要以 {'、'.join(WRITERS)} 结尾",
            f"{out.name}: the file's name is to end with {', '.join(WRITERS)}",
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"没有文件夹 {out.parent}；请先建立", f"there is no folder {out.parent}; create it first")
    # A file goes anywhere: counts of people are rounded in it.
    version = current_version(warehouse).with_rounding
    asked = Period.parse(period or str(version.data_month.year), version.data_month)
    with texts.use_language(language):
        briefing = build_playlist_briefing(load(playlist), version, asked, area)
        if not briefing.sections:
            raise InputError(
                f"会议 {playlist} 在这个区域没有内容", f"the meeting {playlist} has nothing to tell for this area"
            )
        scope = Scope(version, area, asked)
        stamp = log.record_export(
            log.COMMAND_USER,
            "",
            scope,
            "briefing",
            out.suffix.lower().removeprefix("."),
            briefing.row_count,
            log.new_serial(),
        )
        content = WRITERS[out.suffix.lower()](add_stamp(briefing, stamp))
    with tempfile.NamedTemporaryFile("wb", dir=out.absolute().parent, prefix=f".{out.stem}.", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, out)
    return len(briefing.sections)
