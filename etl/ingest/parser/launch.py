"""Starts the parser process, ahead of time if it will certainly be needed.

Imports next to nothing, so that the parser process starts while this one imports what a build needs.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

_PROJECT = Path(__file__).parents[3]
_started_ahead: list[subprocess.Popen[bytes]] = []


def start_ahead() -> None:
    """Starts the process for `get_process` to return later. An unused one ends with this process."""
    _started_ahead.append(_start())


def get_process() -> subprocess.Popen[bytes]:
    """Returns the process started ahead, else a new one. Its first line on stdout signals that it is ready."""
    while _started_ahead:
        process = _started_ahead.pop()
        # One that nobody needed for a while has ended, although its first line can still be read.
        if process.poll() is None:
            return process
    return _start()


def _start() -> subprocess.Popen[bytes]:
    # Ctrl-C reaches the new process too. It inherits the mask, and takes the signal off it once that ends it silently.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "etl.ingest.parser.worker"],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
