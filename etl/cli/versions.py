"""`versions`, `rollback` and `audit`: what is kept."""

from __future__ import annotations

import argparse

from etl.build import versions
from etl.cli.console import EXIT_OK, EXIT_REFUSED, console


def run_versions(args: argparse.Namespace) -> int:
    """Lists the versions, the current one marked."""
    pointed = versions.read_pointer(args.warehouse)
    for name in versions.version_names(args.warehouse):
        console.print(f"{'→' if name == pointed else ' '} {name}")
    return EXIT_OK


def run_rollback(args: argparse.Namespace) -> int:
    """Serves an earlier version again."""
    name = versions.rollback(args.warehouse, args.version)
    console.print(f"现在使用 now serving {name}")
    return EXIT_OK


def run_audit(args: argparse.Namespace) -> int:
    """Checks the audit log from the first entry to the last; 1 with the first thing wrong and where it is."""
    from sql.audit import log, verification

    if not log.folder().is_dir():
        console.print(f"▼ 没有文件夹 {log.folder()}；请检查 LINLI_AUDIT", soft_wrap=True)
        console.print(f"  there is no folder {log.folder()}; check LINLI_AUDIT", soft_wrap=True)
        return EXIT_REFUSED
    report = verification.verify(log.folder(), args.known)
    if report.fault:
        console.print(f"▼ {log.folder() / report.fault.location}：{report.fault.message.zh}", soft_wrap=True)
        console.print(f"  {report.fault.message.en}", soft_wrap=True)
        return EXIT_REFUSED
    console.print(f"● {report.count:,} 条完整 entries, all whole · {report.first_at or '–'} → {report.last_at or '–'}")
    if report.torn_lines:
        console.print(f"  {report.torn_lines} 行没有写完（进程被中断） lines of interrupted processes, not entries")
    console.print(f"  最后一条的校验值 hash of the last: {report.last_hash}", soft_wrap=True)
    return EXIT_OK
