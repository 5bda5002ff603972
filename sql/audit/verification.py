"""Verifies that the audit log is intact: no line changed, missing, moved or inserted, and the end not cut off."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sql.audit import chain
from sql.audit.chain import CONTINUATION, HEAD, TORN_LINE, ZERO_HASH, Head
from sql.files.sql_file import Text

_DAMAGE = {
    HEAD: Text(
        "head 缺失或读不懂，其后的记录可能被截掉过",
        "head was missing or unreadable: entries may have been cut off here",
    ),
    "cut": Text("末尾的记录被截掉了", "entries at the end had been cut off"),
    "unreadable": Text("末尾有不是本程序写的内容", "the end held content that the product had not written"),
}


@dataclass(frozen=True)
class Fault:
    """Describes the first fault: its file and line (None: the file as a whole), and a message."""

    file: str
    line_number: int | None
    message: Text

    @property
    def location(self) -> str:
        """Returns file and line in the form that editors understand."""
        return self.file if self.line_number is None else f"{self.file}:{self.line_number}"


@dataclass(frozen=True)
class Report:
    """Summarises a log: the number of entries, the first and last time, the last hash, the number of torn lines that
    killed processes left (each reported by the next entry), and the first fault, None if the log is intact."""

    count: int
    first_at: str | None
    last_at: str | None
    last_hash: str
    torn_lines: int
    fault: Fault | None


def verify(folder: Path, known: str | None = None) -> Report:
    """Reads the whole log under a lock that keeps writers out, and returns a summary.

    `known` is the hash of an entry, stored elsewhere when it was the last one. Only this reveals a log that was reset
    to an earlier state together with its `head`, because such a log is consistent in itself.
    """
    if not folder.is_dir():
        return Report(0, None, None, ZERO_HASH, 0, None if known is None else _KNOWN_IS_MISSING)
    with chain.lock(folder, fcntl.LOCK_SH):
        return _Reader(folder, known).read()


_KNOWN_IS_MISSING = Fault(
    HEAD,
    None,
    Text(
        "没有 --known 给出的那一条：整份记录被换成了较早的，或重写过",
        "there is no entry with the hash given by --known: the log was reset to an earlier state or rewritten",
    ),
)


class _Reader:
    """Reads the lines in order and checks each against the one before."""

    def __init__(self, folder: Path, known: str | None) -> None:
        self.folder, self.known = folder, known
        self.is_known = known is None
        self.count, self.number, self.hash = 0, 0, ZERO_HASH
        self.first_at: str | None = None
        self.last_at: str | None = None
        self.torn_lines = 0
        self.month = ""
        self.head = chain.read_head(folder)
        # The content that `head` should have, computed from the entry that it names.
        self.expected_head = Head(0, ZERO_HASH, "", 0)

    def read(self) -> Report:
        fault = next(self._faults(), None) or self._end_fault()
        return Report(self.count, self.first_at, self.last_at, self.hash, self.torn_lines, fault)

    def _faults(self) -> Iterator[Fault]:
        torn: tuple[str, int, bytes] | None = None
        for path in chain.duplicate_archives(self.folder):
            yield Fault(
                path.name,
                None,
                Text(
                    "同一个月的文件还有一份没有压缩的：请核对后只留一份",
                    "the month also has an uncompressed file: compare the two and keep one",
                ),
            )
        for file, line_number, end, line in self._lines():
            if isinstance(line, Text):
                yield Fault(file, None, line)
                return
            entry = chain.parse_entry(line)
            if torn is None:
                if entry is None:
                    torn = (file, line_number, line)
                    continue
            else:
                expected_detail = chain.describe_torn_line(torn[2])
                if entry is None or entry["kind"] != CONTINUATION or entry.get("detail") != expected_detail:
                    yield Fault(
                        torn[0],
                        torn[1],
                        Text(
                            "这一行不是审计记录：被改过，或是插进来的",
                            "this line is not an entry: it was changed or inserted",
                        ),
                    )
                    return
                self.torn_lines, torn = self.torn_lines + 1, None
            month = file[: len("2026-06")]
            if message := self._entry_fault(line, entry, month):
                yield Fault(file, line_number, message)
            self._accept(entry, month, end)
        if torn and not self._is_at_very_end(torn):
            yield Fault(
                torn[0],
                torn[1],
                Text(
                    "这一行不是审计记录：被改过，或是插进来的", "this line is not an entry: it was changed or inserted"
                ),
            )
        self.torn_lines += torn is not None

    def _lines(self) -> Iterator[tuple[str, int, int, bytes | Text]]:
        """Yields each line with its file, its line number and the offset of its end; for an unreadable file, a message
        in place of the line."""
        for path in chain.files(self.folder).values():
            try:
                lines = chain.read_content(path).split(b"\n")
            except OSError as error:
                yield path.name, 0, 0, Text(f"文件读不出：{error}", f"the file cannot be read: {error}")
                return
            end = 0
            for line_number, line in enumerate(lines, 1):
                end += len(line) + 1
                if line or line_number < len(lines):
                    yield path.name, line_number, end, line

    def _is_at_very_end(self, torn: tuple[str, int, bytes]) -> bool:
        """Returns true if a torn line is the last one and has no line break, as a process killed just now leaves it."""
        path = list(chain.files(self.folder).values())[-1]
        return path.name == torn[0] and chain.read_content(path).endswith(torn[2])

    def _entry_fault(self, line: bytes, entry: chain.Entry, month: str) -> Text | None:
        number, due = entry["number"], self.number + 1
        if not chain.is_intact(line):
            return Text(
                f"第 {number} 条与它的校验值不符：写入后被改过",
                f"entry {number} does not match its hash: it was changed after it was written",
            )
        if month != (due_month := chain.month_of(entry["at"], self.month)):
            return Text(
                f"第 {number} 条属于 {due_month}，却在 {month} 的文件里：文件改过名或换过位置",
                f"entry {number} belongs to {due_month} but is in the file of {month}: a file was renamed or moved",
            )
        if number > due:
            missing = f"{due}" if number == due + 1 else f"{due}–{number - 1}"
            return Text(
                f"这里是第 {number} 条，前面缺第 {missing} 条",
                f"this is entry {number}; entry {missing} is missing before it",
            )
        if number < due:
            return Text(
                f"这里是第 {number} 条，应为第 {due} 条：顺序被改过，或是插进来的",
                f"this is entry {number}, but {due} is expected: it was moved or inserted",
            )
        if entry["previous"] != self.hash:
            return Text(
                f"第 {number} 条接不上前一条：前面的记录被换过",
                f"entry {number} does not continue the previous one: an earlier entry was replaced",
            )
        if entry["kind"] != CONTINUATION:
            return None
        detail = entry.get("detail")
        reason = detail.get("reason") if isinstance(detail, dict) else None
        return None if reason == TORN_LINE else _DAMAGE.get(str(reason), _DAMAGE["unreadable"])

    def _accept(self, entry: chain.Entry, month: str, end: int) -> None:
        self.count, self.number, self.hash = self.count + 1, entry["number"], entry["hash"]
        self.first_at, self.last_at = self.first_at or entry["at"], entry["at"]
        self.month = month
        self.is_known = self.is_known or self.hash == self.known
        if self.head and self.head.number == self.number:
            self.expected_head = Head(self.number, self.hash, month, end)

    def _end_fault(self) -> Fault | None:
        """Returns the fault that `head` reveals. A `head` that is behind is no fault: its process was killed before
        updating it."""
        if self.head is None:
            return (
                Fault(
                    HEAD,
                    None,
                    Text(
                        "head 缺失或读不懂：末尾是否完整无从核对",
                        "head is missing or unreadable, so the end of the log cannot be verified",
                    ),
                )
                if self.count
                else None
            )
        if self.head.number > self.number:
            missing = (
                f"{self.number + 1}" if self.head.number == self.number + 1 else f"{self.number + 1}–{self.head.number}"
            )
            return Fault(
                HEAD,
                None,
                Text(f"末尾缺第 {missing} 条：被截掉了", f"entry {missing} is missing at the end: it was cut off"),
            )
        if self.head != self.expected_head:
            return Fault(
                HEAD,
                None,
                Text(
                    f"head 与第 {self.head.number} 条不符：它记的是 {_position(self.head)}，"
                    f"实为 {_position(self.expected_head)}；其中之一被改过",
                    f"head does not match entry {self.head.number}: it records {_position(self.head)}, but the entry "
                    f"is at {_position(self.expected_head)}; one of them was changed",
                ),
            )
        return None if self.is_known else _KNOWN_IS_MISSING


def _position(head: Head) -> str:
    """Returns an entry's file, the offset where it ends and the first characters of its hash."""
    return f"{head.month}.jsonl:{head.size} ({head.hash[:8]})"
