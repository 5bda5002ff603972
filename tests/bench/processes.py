"""What a server's process uses, read from Linux."""

from __future__ import annotations

import os
from pathlib import Path


def server_pid(address: str) -> int:
    """The process that serves an address, known by the port at the end of its command line."""
    port = address.rsplit(":", 1)[1].encode()
    found = (path.parent for path in Path("/proc").glob("[0-9]*/cmdline"))
    return next(int(path.name) for path in found if _arguments(path)[-2:] == [b"--server.port", port])


def cpu_milliseconds(process: int) -> float:
    """Milliseconds of the cores that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(process: int) -> float:
    """Memory that a process holds now."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _arguments(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")[:-1]
    except FileNotFoundError:
        # It ended meanwhile.
        return []
