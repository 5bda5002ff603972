"""Starts the process that parses files, ahead of time where it will be needed for certain.

It imports next to nothing, so that the process starts while this one imports what a build needs.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

_PROJECT = Path(__file__).parents[3]
_ahead: list[subprocess.Popen[bytes]] = []


def start_ahead() -> None:
    """Starts the process for `started` to find. One that nobody asks for ends with this process."""
    _ahead.append(_new())


def get_process() -> subprocess.Popen[bytes]:
    """Returns the process started ahead, else a new one; its first line on stdout says that it is ready."""
    return _ahead.pop() if _ahead else _new()


def _new() -> subprocess.Popen[bytes]:
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
