"""Keeps an append-only log: one file per month, one line per entry, and in each line the hash of the previous one.

The file `head` records the last entry, so that truncation at the end is detected too. Several processes and threads
can append to one log, one at a time. A line left incomplete by a killed process stays, and the next entry reports it.
"""

from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# The first entry has this as the hash of the previous one.
ZERO_HASH = "0" * 64
HEAD = "head"
# The kind of entry that reports the state in which the log was found, and the only reason that is no sign of tampering.
CONTINUATION, TORN_LINE = "continued", "torn"
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})\.jsonl(\.gz)?")
_HASH = re.compile(rb',"hash":"([0-9a-f]{64})"\}')
_HASH_LENGTH = len(',"hash":""}') + 64
# With less free disk space than this, the next entry may fail.
_MIN_FREE_BYTES = 1_000_000
# An entry parsed from JSON. `parse_entry` has checked that number, hashes, kind and time exist with the right types.
Entry = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """Describes the last entry: its number and hash, and the month and size of its file including it."""

    number: int
    hash: str
    month: str
    size: int


def append(folder: Path, fields: Mapping[str, object]) -> Entry:
    """Appends an entry with its number, its time and the hash of the previous one, and returns it.

    Raises OSError if it cannot be written; then nothing of it is.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with lock(folder):
        head, damage = _recover(folder)
        if damage:
            head, _continuation = _append_entry(folder, head, {"kind": CONTINUATION, "detail": damage})
        return _append_entry(folder, head, fields)[1]


def require_room(folder: Path) -> None:
    """Raises OSError if an entry could not be written now."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    for path in (folder, *(path for path in files(folder).values() if path.suffix != ".gz")):
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    disk = os.statvfs(folder)
    if disk.f_bavail * disk.f_frsize < _MIN_FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


@contextmanager
def lock(folder: Path, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Holds a lock against other processes and threads that append to the log; with LOCK_SH others may still read."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def files(folder: Path) -> dict[str, Path]:
    """Returns the files of the log by month, in order; past months may be compressed with gzip."""
    by_month = {}
    for name in sorted(os.listdir(folder), reverse=True):
        if match := _MONTH.fullmatch(name):
            by_month[match[1]] = folder / name
    return dict(sorted(by_month.items()))


def duplicate_archives(folder: Path) -> list[Path]:
    """Returns the compressed files of months that have a plain file too, in order; the log reads the plain file."""
    return [
        path.with_name(f"{path.name}.gz")
        for path in files(folder).values()
        if path.suffix != ".gz" and path.with_name(f"{path.name}.gz").exists()
    ]


def month_of(at: str, before: str) -> str:
    """Returns the month, such as 2026-06, whose file holds an entry of this time that follows one in month `before`."""
    # If the clock was set back, the entry still follows the previous one.
    return max(at[:7], before)


def read_content(path: Path) -> bytes:
    """Returns the content of a log file. Raises OSError if it cannot be read or its compression is damaged."""
    content = path.read_bytes()
    try:
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (EOFError, zlib.error) as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def read_head(folder: Path) -> Head | None:
    """Reads `head`; returns None if it is missing or invalid."""
    try:
        fields = json.loads((folder / HEAD).read_bytes())
        head = Head(fields["number"], fields["hash"], fields["month"], fields["size"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return head if list(map(type, asdict(head).values())) == [int, str, str, int] else None


def is_intact(line: bytes) -> bool:
    """Returns true if a line matches its hash, that is, has not changed by a byte since it was written."""
    ending = _HASH.fullmatch(line[-_HASH_LENGTH:])
    return ending is not None and hashlib.sha256(line[:-_HASH_LENGTH] + b"}").hexdigest().encode() == ending[1]


def parse_entry(line: bytes) -> Entry | None:
    """Parses a line; returns None if it is not an entry, without checking its hash."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_entry = (
        isinstance(entry, dict)
        and {"number": int, "previous": str, "hash": str, "kind": str, "at": str}.items()
        <= {name: type(value) for name, value in entry.items()}.items()
    )
    return entry if is_entry else None


def describe_torn_line(torn: bytes) -> dict[str, object]:
    """Returns the detail that the next entry records about a line that was not written completely."""
    return {"reason": TORN_LINE, "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}


def _append_entry(folder: Path, head: Head, fields: Mapping[str, object]) -> tuple[Head, Entry]:
    now = datetime.now(UTC)
    at = now.isoformat(timespec="milliseconds")
    month = month_of(at, head.month)
    number = head.number + 1
    entry = {"number": number, "at": at, **fields, "previous": head.hash}
    # A name may contain a lone surrogate, which UTF-8 cannot encode: it is written as a JSON escape.
    body = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    entry_hash = hashlib.sha256(body).hexdigest()
    size = _write(folder / f"{month}.jsonl", body[:-1] + f',"hash":"{entry_hash}"}}\n'.encode())
    head = Head(number, entry_hash, month, size)
    _write_head(folder, head)
    return head, entry | {"hash": entry_hash}


def _write(path: Path, line: bytes) -> int:
    """Appends bytes to a file, all or none; returns its new size."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        before = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fdatasync(descriptor)
        except OSError:
            # If the truncation fails too, the next entry reports a torn line, as after a kill.
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
        return before + len(line)
    finally:
        os.close(descriptor)


def _write_head(folder: Path, head: Head) -> None:
    new_file = folder / f"{HEAD}.new"
    with new_file.open("w", encoding="utf-8") as file:
        json.dump(asdict(head), file)
        file.flush()
        os.fdatasync(file.fileno())
    os.replace(new_file, folder / HEAD)


def _recover(folder: Path) -> tuple[Head, dict[str, object] | None]:
    """Returns the entry to continue from, and the damage that the next entry must report; None if there is none."""
    by_month, head = files(folder), read_head(folder)
    if head is None and not by_month:
        head = Head(0, ZERO_HASH, "", 0)
        # Written before the first entry: otherwise a log whose process was killed right after that entry would look as
        # if somebody had removed `head`.
        _write_head(folder, head)
        return head, None
    if head is None:
        return _last_intact(by_month), {"reason": HEAD}
    if (
        list(by_month)[-1:] == [head.month]
        and by_month[head.month].suffix != ".gz"
        and by_month[head.month].stat().st_size == head.size
    ):
        return head, None
    if head.number and (head.month not in by_month or len(read_content(by_month[head.month])) < head.size):
        _end_line(by_month.get(head.month))
        return head, {"reason": "cut"}
    torn = None
    for month, path in by_month.items():
        if month < head.month:
            continue
        start = head.size if month == head.month else 0
        *lines, rest = read_content(path)[start:].split(b"\n")
        if rest:
            _end_line(path)
            lines.append(rest)
        for line in lines:
            start += len(line) + 1
            entry = parse_entry(line) if is_intact(line) else None
            if entry is None and torn is None:
                torn = line
            elif (
                entry and (entry["number"], entry["previous"]) == (head.number + 1, head.hash) and _reports(entry, torn)
            ):
                # Its process was killed before it updated `head`.
                head, torn = Head(entry["number"], entry["hash"], month, start), None
            else:
                return head, {"reason": "unreadable"}
    return head, None if torn is None else describe_torn_line(torn)


def _reports(entry: Mapping[str, object], torn: bytes | None) -> bool:
    """Returns true if there is no torn line before the entry, or if the entry reports it."""
    return torn is None or (entry["kind"] == CONTINUATION and entry.get("detail") == describe_torn_line(torn))


def _last_intact(by_month: dict[str, Path]) -> Head:
    """Returns the last intact entry in the files, or the beginning if there is none."""
    last = list(by_month)[-1]
    _end_line(by_month[last])
    for month in reversed(by_month):
        for line in reversed(read_content(by_month[month]).split(b"\n")):
            if is_intact(line) and (entry := parse_entry(line)):
                return Head(entry["number"], entry["hash"], last, 0)
    return Head(0, ZERO_HASH, last, 0)


def _end_line(path: Path | None) -> None:
    """Ends an incomplete last line, so that the next entry starts on a new line."""
    if path and path.suffix != ".gz" and not read_content(path).endswith(b"\n") and path.stat().st_size:
        _write(path, b"\n")
