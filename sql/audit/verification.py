"""Whether the audit log is whole: every line as it was written, none missing, moved or put in between, none cut off."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sql.audit import chain
from sql.audit.chain import CONTINUATION, HEAD, TORN_LINE, ZERO_HASH, Head
from sql.semantic.files.sql_file import Text

_HOW_FOUND = {
    HEAD: Text(
        "head 缺失或读不懂，其后的记录可能被截掉过",
        "head was missing or could not be read: entries may have been cut off here",
    ),
    "cut": Text("末尾的记录被截掉了", "entries at the end had been cut off"),
    "unreadable": Text("末尾有不是本程序写的内容", "there was something at the end that the product had not written"),
}


@dataclass(frozen=True)
class Fault:
    """The first thing wrong: in which file and line (None: the file as a whole), and what."""

    file: str
    line_number: int | None
    message: Text

    @property
    def location(self) -> str:
        """The file and the line as editors have them."""
        return self.file if self.line_number is None else f"{self.file}:{self.line_number}"


@dataclass(frozen=True)
class Report:
    """What a log holds: how many entries, from when to when, the last one's hash, how many lines a killed process left
    torn (each said so by the next entry), and the first fault; None where it is whole."""

    count: int
    first_at: str | None
    last_at: str | None
    last_hash: str
    torn_lines: int
    fault: Fault | None


def verify(folder: Path, known: str | None = None) -> Report:
    """Reads the whole log as it is now, while nobody adds to it, and returns what it holds.

    `known` is the hash of an entry, kept elsewhere when it was the last one: a log that was put back to an earlier
    state, its `head` along with it, is whole in itself and found out by that alone.
    """
    if not folder.is_dir():
        return Report(0, None, None, ZERO_HASH, 0, None if known is None else _UNKNOWN)
    with chain.lock(folder, fcntl.LOCK_SH):
        return _Reader(folder, known).read()


_UNKNOWN = Fault(
    HEAD,
    None,
    Text(
        "没有 --known 给出的那一条：整份记录被换成了较早的，或重写过",
        "the entry that --known gives is not there: the log was put back to an earlier state, or written anew",
    ),
)


class _Reader:
    """Reads lines one after the other, and knows what the next one has to be."""

    def __init__(self, folder: Path, known: str | None) -> None:
        self.folder, self.known = folder, known
        self.is_known = known is None
        self.count, self.number, self.hash = 0, 0, ZERO_HASH
        self.first_at: str | None = None
        self.last_at: str | None = None
        self.torn = 0
        self.month = ""
        self.head = chain.read_head(folder)
        # What `head` would say if its process had written it after the entry that it names.
        self.at_head = Head(0, ZERO_HASH, "", 0)

    def read(self) -> Report:
        fault = next(self._faults(), None) or self._at_the_end()
        return Report(self.count, self.first_at, self.last_at, self.hash, self.torn, fault)

    def _faults(self) -> Iterator[Fault]:
        torn: tuple[str, int, bytes] | None = None
        for path in chain.duplicate_archives(self.folder):
            yield Fault(
                path.name,
                None,
                Text(
                    "同一个月的文件还有一份没有压缩的：请核对后只留一份",
                    "the month has a file that is not packed too: compare the two and keep one",
                ),
            )
        for file, place, end, line in self._lines():
            if isinstance(line, Text):
                yield Fault(file, None, line)
                return
            told = chain.parse_entry(line)
            if torn is None:
                if told is None:
                    torn = (file, place, line)
                    continue
            else:
                left = chain.describe_torn_line(torn[2])
                if told is None or told["kind"] != CONTINUATION or told.get("detail") != left:
                    yield Fault(
                        torn[0],
                        torn[1],
                        Text(
                            "这一行不是审计记录：被改过，或是插进来的",
                            "this line is no entry: it was changed or put in",
                        ),
                    )
                    return
                self.torn, torn = self.torn + 1, None
            month = file[: len("2026-06")]
            if what := self._wrong(line, told, month):
                yield Fault(file, place, what)
            self._take(told, month, end)
        if torn and not self._is_at_the_very_end(torn):
            yield Fault(
                torn[0],
                torn[1],
                Text("这一行不是审计记录：被改过，或是插进来的", "this line is no entry: it was changed or put in"),
            )
        self.torn += torn is not None

    def _lines(self) -> Iterator[tuple[str, int, int, bytes | Text]]:
        """Yields each line with its file, its number there and how long the file is up to its end."""
        for path in chain.files(self.folder).values():
            try:
                lines = chain.read_content(path).split(b"\n")
            except OSError as error:
                yield path.name, 0, 0, Text(f"文件读不出：{error}", f"the file cannot be read: {error}")
                return
            end = 0
            for place, line in enumerate(lines, 1):
                end += len(line) + 1
                if line or place < len(lines):
                    yield path.name, place, end, line

    def _is_at_the_very_end(self, torn: tuple[str, int, bytes]) -> bool:
        """Whether a torn line is where a process may have been killed just now: the last one, not even ended."""
        path = list(chain.files(self.folder).values())[-1]
        return path.name == torn[0] and chain.read_content(path).endswith(torn[2])

    def _wrong(self, line: bytes, told: chain.Entry, month: str) -> Text | None:
        number, due = told["number"], self.number + 1
        if not chain.is_intact(line):
            return Text(
                f"第 {number} 条与它的校验值不符：写入后被改过",
                f"entry {number} does not match its hash: it was changed after it was written",
            )
        if month != (due_month := chain.month_of(told["at"], self.month)):
            return Text(
                f"第 {number} 条属于 {due_month}，却在 {month} 的文件里：文件改过名或换过位置",
                f"entry {number} belongs to {due_month} but stands in the file of {month}: a file was renamed or moved",
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
                f"this is entry {number} where {due} is due: it was moved or put in",
            )
        if told["previous"] != self.hash:
            return Text(
                f"第 {number} 条接不上前一条：前面的记录被换过",
                f"entry {number} does not follow the one before, which was replaced",
            )
        if told["kind"] != CONTINUATION:
            return None
        detail = told.get("detail")
        reason = detail.get("reason") if isinstance(detail, dict) else None
        return None if reason == TORN_LINE else _HOW_FOUND.get(str(reason), _HOW_FOUND["unreadable"])

    def _take(self, told: chain.Entry, month: str, end: int) -> None:
        self.count, self.number, self.hash = self.count + 1, told["number"], told["hash"]
        self.first_at, self.last_at = self.first_at or told["at"], told["at"]
        self.month = month
        self.is_known = self.is_known or self.hash == self.known
        if self.head and self.head.number == self.number:
            self.at_head = Head(self.number, self.hash, month, end)

    def _at_the_end(self) -> Fault | None:
        """What `head` knows better; where it knows less, its process was killed before it wrote there."""
        if self.head is None:
            return (
                Fault(
                    HEAD,
                    None,
                    Text(
                        "head 缺失或读不懂：末尾是否完整无从核对",
                        "head is missing or cannot be read: whether the end is whole cannot be told",
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
        if self.head != self.at_head:
            return Fault(
                HEAD,
                None,
                Text(
                    f"head 与第 {self.head.number} 条不符：它记的是 {_where(self.head)}，实为 {_where(self.at_head)}；"
                    "其中之一被改过",
                    f"head does not match entry {self.head.number}: it names {_where(self.head)} where "
                    f"{_where(self.at_head)} is; one of them was changed",
                ),
            )
        return None if self.is_known else _UNKNOWN


def _where(head: Head) -> str:
    """Returns an entry's file, the byte where it ends and the first letters of its hash."""
    return f"{head.month}.jsonl:{head.size} ({head.hash[:8]})"
