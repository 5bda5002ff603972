"""A log that is only ever added to: a file a month, a line an entry, and in each line the hash of the line before.

`head` beside the files knows the last entry, so that lines cut off at the end are missed too. Several processes and
threads add to one log, one at a time. What a process that was killed left behind stays, and the next entry says so.
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

# What the first entry has for the hash of the one before.
ZERO_HASH = "0" * 64
HEAD = "head"
# The kind of an entry that says how the log was found when it went on, and the one reason that is nobody's doing.
CONTINUATION, TORN_LINE = "continued", "torn"
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})\.jsonl(\.gz)?")
_HASH = re.compile(rb',"hash":"([0-9a-f]{64})"\}')
_HASH_LENGTH = len(',"hash":""}') + 64
# With less room than this on the disk the next entry may find none.
_MIN_ROOM = 1_000_000
# An entry as JSON tells it; `entry` has seen that its number, hashes, kind and time are there, of their types.
Entry = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The last entry: its number and hash, its month's file and how long that is with it."""

    number: int
    hash: str
    month: str
    size: int


def append(folder: Path, told: Mapping[str, object]) -> Entry:
    """Adds an entry with its number, its time and the hash of the one before; gives the entry.

    Raises OSError where it cannot be written: then nothing of it is.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with lock(folder):
        head, found = _standing(folder)
        if found:
            head, _entry_of_it = _added(folder, head, {"kind": CONTINUATION, "detail": found})
        return _added(folder, head, told)[1]


def require_room(folder: Path) -> None:
    """Raises OSError where an entry could not be written now."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    for path in (folder, *(path for path in files(folder).values() if path.suffix != ".gz")):
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < _MIN_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


@contextmanager
def lock(folder: Path, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """While no other process or thread adds to the log; with LOCK_SH others may read it too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, kind)
        yield
    finally:
        os.close(opened)


def files(folder: Path) -> dict[str, Path]:
    """The files of the log by their month, in order; months that are over may be packed with gzip."""
    there = {}
    for name in sorted(os.listdir(folder), reverse=True):
        if found := _MONTH.fullmatch(name):
            there[found[1]] = folder / name
    return dict(sorted(there.items()))


def duplicate_archives(folder: Path) -> list[Path]:
    """Returns the packed files of months whose plain file is there too, in order: the log reads the plain one."""
    return [
        path.with_name(f"{path.name}.gz")
        for path in files(folder).values()
        if path.suffix != ".gz" and path.with_name(f"{path.name}.gz").exists()
    ]


def month_of(at: str, before: str) -> str:
    """Returns the month, as 2026-06, whose file holds an entry of this time, after an entry in the file of `before`."""
    # Where the clock was put back the entry stays behind the one before.
    return max(at[:7], before)


def read_content(path: Path) -> bytes:
    """What a file of the log holds. Raises OSError where it cannot be read or a packed one is damaged."""
    held = path.read_bytes()
    try:
        return gzip.decompress(held) if path.suffix == ".gz" else held
    except (EOFError, zlib.error) as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def read_head(folder: Path) -> Head | None:
    """What `head` says; None where it is not there or says nothing of use."""
    try:
        told = json.loads((folder / HEAD).read_bytes())
        head = Head(told["number"], told["hash"], told["month"], told["size"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return head if list(map(type, asdict(head).values())) == [int, str, str, int] else None


def is_intact(line: bytes) -> bool:
    """Whether a line is, to the byte, what was written with its hash."""
    ending = _HASH.fullmatch(line[-_HASH_LENGTH:])
    return ending is not None and hashlib.sha256(line[:-_HASH_LENGTH] + b"}").hexdigest().encode() == ending[1]


def parse_entry(line: bytes) -> Entry | None:
    """What a line tells; None where it is not an entry, whatever its hash."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    is_entry = (
        isinstance(told, dict)
        and {"number": int, "previous": str, "hash": str, "kind": str, "at": str}.items()
        <= {name: type(value) for name, value in told.items()}.items()
    )
    return told if is_entry else None


def describe_torn_line(torn: bytes) -> dict[str, object]:
    """What the next entry says of a line that was not written to its end."""
    return {"reason": TORN_LINE, "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}


def _added(folder: Path, head: Head, told: Mapping[str, object]) -> tuple[Head, Entry]:
    now = datetime.now(UTC)
    at = now.isoformat(timespec="milliseconds")
    month = month_of(at, head.month)
    number = head.number + 1
    made = {"number": number, "at": at, **told, "previous": head.hash}
    # A name may hold half a letter, which UTF-8 has not: it stands as JSON writes it.
    body = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    own = hashlib.sha256(body).hexdigest()
    size = _write(folder / f"{month}.jsonl", body[:-1] + f',"hash":"{own}"}}\n'.encode())
    head = Head(number, own, month, size)
    _keep(folder, head)
    return head, made | {"hash": own}


def _write(path: Path, line: bytes) -> int:
    """Adds bytes to a file, all or none; gives how long it is then."""
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        before = os.fstat(opened).st_size
        try:
            if os.write(opened, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fdatasync(opened)
        except OSError:
            # What cannot be taken back is found, as after a kill, by the next entry.
            with suppress(OSError):
                os.ftruncate(opened, before)
            raise
        return before + len(line)
    finally:
        os.close(opened)


def _keep(folder: Path, head: Head) -> None:
    aside = folder / f"{HEAD}.new"
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(head), file)
        file.flush()
        os.fdatasync(file.fileno())
    os.replace(aside, folder / HEAD)


def _standing(folder: Path) -> tuple[Head, dict[str, object] | None]:
    """The entry to go on from, and what the next one is to say of how the log was found; None where all is well."""
    there, head = files(folder), read_head(folder)
    if head is None and not there:
        head = Head(0, ZERO_HASH, "", 0)
        # Before the first entry: else a log whose process is killed after it looks like one whose `head` was taken
        # away.
        _keep(folder, head)
        return head, None
    if head is None:
        return _last_intact(there), {"reason": HEAD}
    if (
        list(there)[-1:] == [head.month]
        and there[head.month].suffix != ".gz"
        and there[head.month].stat().st_size == head.size
    ):
        return head, None
    if head.number and (head.month not in there or len(read_content(there[head.month])) < head.size):
        _end_line(there.get(head.month))
        return head, {"reason": "cut"}
    torn = None
    for month, path in there.items():
        if month < head.month:
            continue
        start = head.size if month == head.month else 0
        *lines, rest = read_content(path)[start:].split(b"\n")
        if rest:
            _end_line(path)
            lines.append(rest)
        for line in lines:
            start += len(line) + 1
            told = parse_entry(line) if is_intact(line) else None
            if told is None and torn is None:
                torn = line
            elif told and (told["number"], told["previous"]) == (head.number + 1, head.hash) and _tells_of(told, torn):
                # Its process was killed before it said so in `head`.
                head, torn = Head(told["number"], told["hash"], month, start), None
            else:
                return head, {"reason": "unreadable"}
    return head, None if torn is None else describe_torn_line(torn)


def _tells_of(told: Mapping[str, object], torn: bytes | None) -> bool:
    """Whether an entry may stand after a torn line, which it has to tell of; or after none."""
    return torn is None or (told["kind"] == CONTINUATION and told.get("detail") == describe_torn_line(torn))


def _last_intact(there: dict[str, Path]) -> Head:
    """The last entry that the files hold; where there is none, the beginning."""
    last = list(there)[-1]
    _end_line(there[last])
    for month in reversed(there):
        for line in reversed(read_content(there[month]).split(b"\n")):
            if is_intact(line) and (told := parse_entry(line)):
                return Head(told["number"], told["hash"], last, 0)
    return Head(0, ZERO_HASH, last, 0)


def _end_line(path: Path | None) -> None:
    """Has what follows begin on a line of its own."""
    if path and path.suffix != ".gz" and not read_content(path).endswith(b"\n") and path.stat().st_size:
        _write(path, b"\n")
