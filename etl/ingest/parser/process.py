"""Runs the parser process, with limits on time and memory per file."""

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
# Files up to this size have these limits; for a larger one they grow in proportion.
_TYPICAL_BYTES = 50 * _MB
# The promised limits are 30 s and 1 GB; the margin covers the polling interval and the time a kill takes.
_MAX_SECONDS = 26.0
_MAX_BYTES = 950 * _MB
# A process that has grown this large gets no further file.
_MAX_REUSE_BYTES = _MAX_BYTES // 2
_POLL_SECONDS = 0.01
# Reserved memory exceeds resident memory, as much of it is never written to.
_RESERVED_FACTOR = 3


class _Parser(NamedTuple):
    """Holds the running process, the pipe for tasks and the pipe for answers."""

    process: subprocess.Popen[bytes]
    tasks: IO[bytes]
    answers: IO[bytes]


class ParserProcess:
    """Manages the one parser process, which is started when first needed."""

    def __init__(self) -> None:
        self._running: _Parser | None = None
        self._lock = threading.Lock()

    def ask(self, task: Task, path: Path, seconds: dict[Path, float]) -> dict[str, Any]:
        """Runs a task and returns its answer. Adds the time taken to `seconds`, the seconds spent on each file so far.

        Raises FileError if the file is at fault, WarehouseError if the machine is.
        """
        max_seconds, max_bytes = _limits(path)
        if seconds.get(path, 0.0) >= max_seconds:
            raise _too_slow_error(max_seconds)
        with self._lock:
            try:
                line = self._answer(task, path, seconds, max_seconds, max_bytes)
            except BaseException:
                self.stop()
                raise
            if self._running and (size := _resident_bytes(self._running.process.pid)) and size > _MAX_REUSE_BYTES:
                self.stop()
        reply: dict[str, Any] = json.loads(line)
        if "file" in reply:
            # A message may quote a file name, which need not be valid text.
            raise FileError(*(text.encode("utf-8", "replace").decode("utf-8") for text in reply["file"]))
        if "system" in reply:
            raise WarehouseError(
                f"写不下读取的结果：{reply['system']}；请检查磁盘空间后重试",
                f"the parsed data can't be stored: {reply['system']}; check the free disk space and try again",
            )
        return reply

    def stop(self) -> None:
        """Kills the process if it is running."""
        if self._running is not None:
            self._running.process.kill()
            self._running.process.wait()
            # Closing flushes a task that the process did not read.
            with suppress(BrokenPipeError):
                self._running.tasks.close()
            self._running.answers.close()
            self._running = None

    def _answer(self, task: Task, path: Path, seconds: dict[Path, float], max_seconds: float, max_bytes: int) -> bytes:
        parser = self._start()
        started_at = time.monotonic()
        deadline = started_at + max_seconds - seconds.get(path, 0.0)
        try:
            try:
                _send_task(parser, task, max_bytes)
                return _read_answer(parser, deadline, max_seconds, max_bytes)
            except BrokenPipeError:
                # The process has just ended because it was idle.
                self.stop()
                parser = self._start()
                _send_task(parser, task, max_bytes)
                return _read_answer(parser, deadline, max_seconds, max_bytes)
        finally:
            seconds[path] = seconds.get(path, 0.0) + time.monotonic() - started_at

    def _start(self) -> _Parser:
        """Starts the process if need be and waits until it is ready; this doesn't count towards a file's time limit.

        Raises WarehouseError if it can't be started.
        """
        if self._running is not None and self._running.process.poll() is None:
            return self._running
        self.stop()
        process = launch.get_process()
        assert process.stdin is not None  # noqa: S101  started with pipes
        assert process.stdout is not None  # noqa: S101  started with pipes
        self._running = _Parser(process, process.stdin, process.stdout)
        if not self._running.answers.readline():
            raise WarehouseError("解析程序无法启动；请查看日志", "the parser process can't be started; see the log")
        return self._running


def _send_task(parser: _Parser, task: Task, max_bytes: int) -> None:
    # A single large allocation would outrun polling: the operating system refuses it.
    limits = (_RESERVED_FACTOR * max_bytes, resource.RLIM_INFINITY)
    resource.prlimit(parser.process.pid, resource.RLIMIT_DATA, limits)
    pickle.dump(task, parser.tasks)
    parser.tasks.flush()


def _read_answer(parser: _Parser, deadline: float, max_seconds: float, max_bytes: int) -> bytes:
    process = parser.process
    while not select.select([parser.answers], [], [], _POLL_SECONDS)[0]:
        if time.monotonic() > deadline:
            raise _too_slow_error(max_seconds)
        if (_resident_bytes(process.pid) or 0) > max_bytes:
            raise _too_large_error(max_bytes)
    line = parser.answers.readline()
    if line.endswith(b"\n"):
        return line
    match process.wait():
        case 0:
            raise BrokenPipeError
        case code if code == -signal.SIGABRT:
            # Rust aborts when an allocation is refused.
            raise _too_large_error(max_bytes)
        case _:
            raise FileError(
                "读取时解析程序意外中止，文件可能已损坏；请用 Excel 打开后另存为新文件",
                "the parser crashed while reading; the file may be damaged: open it in Excel and save it as a new file",
            )


def _too_slow_error(max_seconds: float) -> FileError:
    return FileError(
        f"读取超过 {max_seconds:.0f} 秒，已停止；请拆成几个文件，或用 Excel 重新另存后再报送",
        f"reading took over {max_seconds:.0f} s and was stopped; split the file, or save it again from Excel",
    )


def _too_large_error(max_bytes: int) -> FileError:
    return FileError(
        f"读取占用内存超过 {max_bytes / _MB:,.0f} MB，已停止；请删去表格末尾空的或零散的行列，或拆成几个文件",
        f"reading used over {max_bytes / _MB:,.0f} MB of memory and was stopped; "
        "delete empty or stray rows and columns at the end of the table, or split the file",
    )


def _limits(path: Path) -> tuple[float, int]:
    """Returns the seconds and bytes of memory that reading a file may take."""
    try:
        factor = max(1.0, path.stat().st_size / _TYPICAL_BYTES)
    except FileNotFoundError:
        factor = 1.0
    return _MAX_SECONDS * factor, int(_MAX_BYTES * factor)


def _resident_bytes(pid: int) -> int | None:
    """Returns the resident memory of a process in bytes; None if it has ended or the system has no such figure."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


parser = ParserProcess()
atexit.register(parser.stop)
