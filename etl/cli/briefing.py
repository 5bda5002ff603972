"""Writes a playlist's briefing to a file, for `python -m etl briefing`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pages.briefing import formats
from pages.briefing.briefing import add_stamp
from pages.briefing.from_playlist import build_playlist_briefing
from pages.meeting.playlist import load
from pages.ui.i18n import texts
from sql.audit import log
from sql.errors import InputError
from sql.security.release import Policy
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import current_version


def write(playlist: str, out: Path, area: str | None, period: str | None, language: str, warehouse: Path) -> int:
    """Replaces the file in one step and returns its number of sections.

    Raises InputError for an unknown playlist, metric, area, file ending or folder, and AuditError where the export
    cannot be recorded. Nothing is written then, and an earlier file stays.
    """
    kinds = {f".{kind}": kind for kind in formats.TITLES}
    kind = kinds.get(out.suffix.lower())
    if kind is None:
        raise InputError(
            f"{out.name}：文件名要以 {'、'.join(kinds)} 结尾",
            f"{out.name}: the file name must end with {', '.join(kinds)}",
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"没有文件夹 {out.parent}；请先建立", f"there is no folder {out.parent}; create it first")
    version = Policy.OUTSIDE.view(current_version(warehouse))
    briefing_period = Period.parse(period or str(version.data_month.year), version.data_month)
    with texts.use_language(language):
        briefing = build_playlist_briefing(load(playlist), version, briefing_period, area)
        if not briefing.sections:
            raise InputError(
                f"会议 {playlist} 在这个区域没有内容", f"the meeting {playlist} has no content for this area"
            )
        scope = Scope(version, area, briefing_period)
        stamp = log.record_export(log.COMMAND_USER, "", scope, "briefing", kind, briefing.row_count, log.new_serial())
        content = formats.write(kind, add_stamp(briefing, stamp))
    with tempfile.NamedTemporaryFile("wb", dir=out.absolute().parent, prefix=f".{out.stem}.", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, out)
    return len(briefing.sections)
