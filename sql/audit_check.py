"""Whether the audit log is whole: every line as it was written, none missing, moved or put in between, none cut off."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sql import chain
from sql.chain import BEGINNING, CONTINUED, HEAD, TORN
from sql.files import Text

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
    line: int | None
    what: Text

    @property
    def place(self) -> str:
        """The file and the line as editors have them."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Report:
    """What a log holds: how many entries, from when to when, the last one's hash, how many lines a killed process left
    torn (each said so by the next entry), and the first fault; None where it is whole."""

    count: int
    first_at: str | None
    last_at: str | None
    last_hash: str
    torn: int
    fault: Fault | None


def verify(folder: Path) -> Report:
    """Reads the whole log as it is now, while nobody adds to it."""
    if not folder.is_dir():
        return Report(0, None, None, BEGINNING, 0, None)
    with chain.alone(folder, fcntl.LOCK_SH):
        return _Reader(folder).read()


class _Reader:
    """Reads lines one after the other, and knows what the next one has to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count, self.number, self.hash = 0, 0, BEGINNING
        self.first_at: str | None = None
        self.last_at: str | None = None
        self.torn = 0
        self.head = chain.read_head(folder)
        self.hash_at_head = BEGINNING

    def read(self) -> Report:
        fault = next(self._faults(), None) or self._at_the_end()
        return Report(self.count, self.first_at, self.last_at, self.hash, self.torn, fault)

    def _faults(self) -> Iterator[Fault]:
        torn: tuple[str, int, bytes] | None = None
        for file, place, line in self._lines():
            if isinstance(line, Text):
                yield Fault(file, None, line)
                return
            told = chain.entry(line)
            if torn is None:
                if told is None:
                    torn = (file, place, line)
                    continue
            else:
                left = chain.leftover(torn[2])
                if told is None or told["kind"] != CONTINUED or told.get("detail") != left:
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
            if what := self._wrong(line, told):
                yield Fault(file, place, what)
            self._take(told)
        if torn and not self._is_at_the_very_end(torn):
            yield Fault(
                torn[0],
                torn[1],
                Text("这一行不是审计记录：被改过，或是插进来的", "this line is no entry: it was changed or put in"),
            )
        self.torn += torn is not None

    def _lines(self) -> Iterator[tuple[str, int, bytes | Text]]:
        for path in chain.files(self.folder).values():
            try:
                lines = chain.content(path).split(b"\n")
            except OSError as error:
                yield path.name, 0, Text(f"文件读不出：{error}", f"the file cannot be read: {error}")
                return
            for place, line in enumerate(lines, 1):
                if line or place < len(lines):
                    yield path.name, place, line

    def _is_at_the_very_end(self, torn: tuple[str, int, bytes]) -> bool:
        """Whether a torn line is where a process may have been killed just now: the last one, not even ended."""
        path = list(chain.files(self.folder).values())[-1]
        return path.name == torn[0] and chain.content(path).endswith(torn[2])

    def _wrong(self, line: bytes, told: chain.Entry) -> Text | None:
        number, due = told["number"], self.number + 1
        if not chain.is_intact(line):
            return Text(
                f"第 {number} 条与它的校验值不符：写入后被改过",
                f"entry {number} does not match its hash: it was changed after it was written",
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
        if told["kind"] != CONTINUED:
            return None
        detail = told.get("detail")
        reason = detail.get("reason") if isinstance(detail, dict) else None
        return None if reason == TORN else _HOW_FOUND.get(str(reason), _HOW_FOUND["unreadable"])

    def _take(self, told: chain.Entry) -> None:
        self.count, self.number, self.hash = self.count + 1, told["number"], told["hash"]
        self.first_at, self.last_at = self.first_at or told["at"], told["at"]
        if self.head and self.head.number == self.number:
            self.hash_at_head = self.hash

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
        if self.head.hash != self.hash_at_head:
            return Fault(
                HEAD,
                None,
                Text(
                    f"head 与第 {self.head.number} 条不符：其中之一被改过",
                    f"head does not match entry {self.head.number}: one of them was changed",
                ),
            )
        return None
