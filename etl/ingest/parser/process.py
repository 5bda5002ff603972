"""The one process that parses files for this one, within bounds of time and memory."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import resource
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from etl.ingest.errors import FileError
from etl.ingest.parser import launch
from sql.errors import WarehouseError

if TYPE_CHECKING:
    from etl.ingest.parser.tasks import Task

_MB = 1024**2
# Up to this size a file has the whole of the bounds; a larger one has more in proportion.
_USUAL_BYTES = 50 * _MB
# A file may take 30 s and 1 GB: between two looks it goes on, and to stop it takes a moment.
_MAX_SECONDS = 26.0
_MAX_BYTES = 950 * _MB
# A process that has grown so large is not given another file.
_WORN_BYTES = _MAX_BYTES // 2
_LOOKS_EVERY = 0.01
# Memory reserved, which is more than what is held: much of it is never written to.
_TIMES_RESERVED = 3


class _Parser(NamedTuple):
    """The process that runs, what tasks are written to and what answers are read from."""

    process: subprocess.Popen[bytes]
    tasks: IO[bytes]
    answers: IO[bytes]


class ParserProcess:
    """The one process that parses files for this one, started when it is first needed."""

    def __init__(self) -> None:
        self._running: _Parser | None = None
        self._lock = threading.Lock()

    def ask(self, task: Task, path: Path, seconds: dict[Path, float]) -> dict[str, Any]:
        """Its answer. `seconds` has how long each file took so far, to which this is added.

        Raises FileError where the file is at fault, WarehouseError where the machine is.
        """
        most_seconds, most_bytes = _bounds(path)
        if seconds.get(path, 0.0) >= most_seconds:
            raise _too_slow(most_seconds)
        with self._lock:
            try:
                line = self._answer(task, path, seconds, most_seconds, most_bytes)
            except BaseException:
                self.stop()
                raise
            if self._running and (size := _memory(self._running.process.pid)) and size > _WORN_BYTES:
                self.stop()
        said: dict[str, Any] = json.loads(line)
        if "file" in said:
            # A name on the disk, which a reason may quote, need not be text.
            raise FileError(*(text.encode("utf-8", "replace").decode("utf-8") for text in said["file"]))
        if "system" in said:
            raise WarehouseError(
                f"写不下读取的结果：{said['system']}；请检查磁盘空间后重试",
                f"what was read can't be stored: {said['system']}; check the space on the disk and try again",
            )
        return said

    def stop(self) -> None:
        """Kill the process, if it runs."""
        if self._running is not None:
            self._running.process.kill()
            self._running.process.wait()
            # A task that it did not take is written once more on closing.
            with suppress(BrokenPipeError):
                self._running.tasks.close()
            self._running.answers.close()
            self._running = None

    def _answer(
        self, task: Task, path: Path, seconds: dict[Path, float], most_seconds: float, most_bytes: int
    ) -> bytes:
        parser = self._start()
        began = time.monotonic()
        ends = began + most_seconds - seconds.get(path, 0.0)
        try:
            try:
                _hand(parser, task, most_bytes)
                return _line(parser, ends, most_seconds, most_bytes)
            except BrokenPipeError:
                # It has just ended for want of work.
                self.stop()
                parser = self._start()
                _hand(parser, task, most_bytes)
                return _line(parser, ends, most_seconds, most_bytes)
        finally:
            seconds[path] = seconds.get(path, 0.0) + time.monotonic() - began

    def _start(self) -> _Parser:
        """Have it run and be ready: its start is not a file's to answer for. Raises WarehouseError where it can't."""
        if self._running is not None and self._running.process.poll() is None:
            return self._running
        self.stop()
        process = launch.get_process()
        assert process.stdin is not None  # noqa: S101  started with pipes
        assert process.stdout is not None  # noqa: S101  started with pipes
        self._running = _Parser(process, process.stdin, process.stdout)
        if not self._running.answers.readline():
            raise WarehouseError(
                "解析程序无法启动；请查看日志", "the process that parses files can't be started; see the log"
            )
        return self._running


def _hand(parser: _Parser, task: Task, most_bytes: int) -> None:
    # What is asked for at once, faster than anybody can look, is not given.
    limits = (_TIMES_RESERVED * most_bytes, resource.RLIM_INFINITY)
    resource.prlimit(parser.process.pid, resource.RLIMIT_DATA, limits)
    pickle.dump(task, parser.tasks)
    parser.tasks.flush()


def _line(parser: _Parser, ends: float, most_seconds: float, most_bytes: int) -> bytes:
    process = parser.process
    while not select.select([parser.answers], [], [], _LOOKS_EVERY)[0]:
        if time.monotonic() > ends:
            raise _too_slow(most_seconds)
        if (_memory(process.pid) or 0) > most_bytes:
            raise _too_large(most_bytes)
    line = parser.answers.readline()
    if line.endswith(b"\n"):
        return line
    match process.wait():
        case 0:
            raise BrokenPipeError
        case code if code == -signal.SIGABRT:
            # How Rust ends where the system gives it no more.
            raise _too_large(most_bytes)
        case _:
            raise FileError(
                "读取时解析程序意外中止，文件可能已损坏；请用 Excel 打开后另存为新文件",
                "the parser fell while reading, so the file may be damaged; open it in Excel and save it as a new one",
            )


def _too_slow(most_seconds: float) -> FileError:
    return FileError(
        f"读取超过 {most_seconds:.0f} 秒，已停止；请拆成几个文件，或用 Excel 重新另存后再报送",
        f"reading took over {most_seconds:.0f} s and was stopped; split the file, or save it anew from Excel",
    )


def _too_large(most_bytes: int) -> FileError:
    return FileError(
        f"读取占用内存超过 {most_bytes / _MB:,.0f} MB，已停止；请删去表格末尾空的或零散的行列，或拆成几个文件",
        f"reading took over {most_bytes / _MB:,.0f} MB of memory and was stopped; "
        "delete empty or stray rows and columns at the end of the table, or split the file",
    )


def _bounds(path: Path) -> tuple[float, int]:
    """The seconds and bytes of memory that reading a file may take."""
    try:
        times = max(1.0, path.stat().st_size / _USUAL_BYTES)
    except FileNotFoundError:
        times = 1.0
    return _MAX_SECONDS * times, int(_MAX_BYTES * times)


def _memory(pid: int) -> int | None:
    """The bytes of memory that a process holds now; None where the system doesn't tell or it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


parser = ParserProcess()
atexit.register(parser.stop)
