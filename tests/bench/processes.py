"""Reads the CPU time and memory of a server's process from Linux."""

from __future__ import annotations

import os
from pathlib import Path


def server_pid(address: str) -> int:
    """Returns the process that serves an address, found by the port at the end of its command line."""
    port = address.rsplit(":", 1)[1].encode()
    processes = (path.parent for path in Path("/proc").glob("[0-9]*/cmdline"))
    return next(int(path.name) for path in processes if _arguments(path)[-2:] == [b"--server.port", port])


def cpu_milliseconds(process: int) -> float:
    """Returns the CPU milliseconds that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(process: int) -> float:
    """Returns the resident memory of a process in MB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _arguments(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")[:-1]
    except FileNotFoundError:
        # The process has ended meanwhile.
        return []
