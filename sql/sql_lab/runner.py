"""Starts and stops the process that answers a statement."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sql.sql_lab.limits import Limits, StatementError

_PROCESS = Path(__file__).with_name("process.py")
_READ_BYTES = 1 << 16
# At this priority the dashboard gets nine tenths of a contended core.
_PRIORITY = 10
_POLL_SECONDS = 0.25
# A process that has written its answer exits at once.
_EXIT_SECONDS = 1.0


def run_process(request: dict[str, object], on_progress: Callable[[int], None], limits: Limits) -> dict[str, Any]:
    """Returns the process's answer to a request. Calls `on_progress` with 0 repeatedly; an exception from it kills the
    process.

    Raises StatementError if the process exits without an answer, does not exit, or writes too much.
    """
    with tempfile.TemporaryFile() as request_file:
        # A file, because writing to a pipe blocks until the process reads it.
        request_file.write(json.dumps(request).encode())
        request_file.seek(0)
        # The process gets an empty environment, nothing of the server's.
        process = subprocess.Popen(  # noqa: S603  this Python and a file of our own
            [sys.executable, "-E", "-s", "-B", str(_PROCESS)],
            stdin=request_file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
    assert process.stdout is not None  # noqa: S101  opened as a pipe just above
    # Set right after the start, because loading DuckDB takes longer than most answers.
    os.setpriority(os.PRIO_PROCESS, process.pid, _PRIORITY)
    try:
        answer = _read(process.stdout, on_progress, limits)
        process.wait(_EXIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise StatementError("stopped") from error
    finally:
        _stop(process, process.stdout)
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise StatementError("time", str(limits.seconds))
    if process.returncode:
        # A process that cannot allocate memory is ended by a signal, whichever library made the request.
        raise StatementError("memory" if process.returncode < 0 else "stopped")
    return json.loads(answer)


def _stop(process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    """Kills the process and waits for it briefly, because freeing its memory takes time at its low priority."""
    process.kill()
    output.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_EXIT_SECONDS)


def _read(output: IO[bytes], on_progress: Callable[[int], None], limits: Limits) -> bytes:
    deadline = time.monotonic() + limits.seconds
    answer = bytearray()
    while time.monotonic() < deadline:
        if not select.select([output], [], [], _POLL_SECONDS)[0]:
            on_progress(0)
            continue
        part = os.read(output.fileno(), _READ_BYTES)
        if not part:
            return bytes(answer)
        answer += part
        # Twice the limit, because JSON adds quotes and separators to the values.
        if len(answer) > 2 * limits.answer_bytes:
            raise StatementError("bytes")
    raise StatementError("time", str(limits.seconds))
