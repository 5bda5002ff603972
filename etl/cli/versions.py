"""Runs `versions`, `rollback` and `audit`."""

from __future__ import annotations

from pathlib import Path

from etl.build import versions
from etl.cli.console import console
from etl.cli.failures import EXIT_OK, EXIT_REFUSED
from sql.language import pick


def run_versions(warehouse: Path) -> int:
    """Lists the versions, the current one marked."""
    pointed = versions.read_pointer(warehouse)
    for name in versions.version_names(warehouse):
        console.print(f"{'→' if name == pointed else ' '} {name}")
    return EXIT_OK


def run_rollback(warehouse: Path, version: str | None) -> int:
    """Makes an earlier version the current one again."""
    name = versions.rollback(warehouse, version)
    console.print(pick(f"现在使用 {name}", f"now serving {name}"))
    return EXIT_OK


def run_audit(known_hash: str | None) -> int:
    """Checks the audit log from the first entry to the last. Returns 1 with the first fault and where it is."""
    from sql.audit import log, verification

    folder = log.folder()
    if not folder.is_dir():
        _print_line(f"▼ 没有文件夹 {folder}；请检查 LINLI_AUDIT", f"▼ there is no folder {folder}; check LINLI_AUDIT")
        return EXIT_REFUSED
    report = verification.verify(folder, known_hash)
    if report.fault:
        path, message = folder / report.fault.location, report.fault.message
        _print_line(f"▼ {path}：{message.zh}", f"▼ {path}: {message.en}")
        return EXIT_REFUSED
    span = f"{report.first_at or '–'} → {report.last_at or '–'}"
    _print_line(f"● {report.count:,} 条完整 · {span}", f"● {report.count:,} entries, all intact · {span}")
    if report.torn_lines:
        _print_line(
            f"  {report.torn_lines} 行没有写完（进程被中断），不算条目",
            f"  {report.torn_lines} unfinished lines of interrupted processes, not counted as entries",
        )
    _print_line(f"  最后一条的校验值：{report.last_hash}", f"  hash of the last entry: {report.last_hash}")
    return EXIT_OK


def _print_line(zh: str, en: str) -> None:
    """Prints a line that is not cut at the terminal's edge: hashes and paths are copied from it."""
    console.print(pick(zh, en), soft_wrap=True)
