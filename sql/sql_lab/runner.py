"""Runs the process that answers a statement, and ends it."""

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
# Beside it the dashboard gets nine parts of a core in ten.
_CONSIDERATE = 10
_LOOK_SECONDS = 0.25
# A process that has written its answer ends at once.
_END_SECONDS = 1.0


def run_process(request: dict[str, object], told: Callable[[int], None], limits: Limits) -> dict[str, Any]:
    """What the process answers to a request. `told` is called with 0 now and then; what it raises ends the process.

    Raises StatementError where the process ends without an answer, or does not end, or writes too much.
    """
    with tempfile.TemporaryFile() as asked:
        # From a file: who writes into a pipe waits for its reader.
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        # Nothing of the server's environment goes along.
        process = subprocess.Popen(  # noqa: S603  this Python and a file of our own
            [sys.executable, "-E", "-s", "-B", str(_PROCESS)],
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
    assert process.stdout is not None  # noqa: S101  asked for as a pipe just above
    # From its first moment on: to load DuckDB takes longer than most answers.
    os.setpriority(os.PRIO_PROCESS, process.pid, _CONSIDERATE)
    try:
        found = _read(process.stdout, told, limits)
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise StatementError("stopped") from error
    finally:
        _end(process, process.stdout)
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise StatementError("time", str(limits.seconds))
    if process.returncode:
        # What cannot have the memory it asks for is ended by a signal, whichever part of it asked.
        raise StatementError("memory" if process.returncode < 0 else "stopped")
    return json.loads(found)


def _end(process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    """Ends the process, and waits for it a moment: to give back what it holds takes its time on the cores that others
    leave it."""
    process.kill()
    output.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)


def _read(output: IO[bytes], told: Callable[[int], None], limits: Limits) -> bytes:
    ends = time.monotonic() + limits.seconds
    found = bytearray()
    while time.monotonic() < ends:
        if not select.select([output], [], [], _LOOK_SECONDS)[0]:
            told(0)
            continue
        part = os.read(output.fileno(), _READ_BYTES)
        if not part:
            return bytes(found)
        found += part
        # Marks and quotes stand between the values.
        if len(found) > 2 * limits.answer_bytes:
            raise StatementError("bytes")
    raise StatementError("time", str(limits.seconds))
