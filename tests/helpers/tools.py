"""Checks the tools that some tests need besides Python: `python -m tests.helpers.tools spark office` lists missing ones."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

# A part of LibreOffice is installed if its settings file exists; soffice alone proves nothing.
_PARTS = {"Calc": "calc.xcd", "Writer": "writer.xcd", "Impress": "impress.xcd"}
# Relative to the parent of the program's folder: on Linux and Windows, and on macOS.
_REGISTRIES = ("share/registry", "Resources/registry")
_OFFICE = "apt-get install libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui"
# The bit of the capability to mount a file system.
_SYS_ADMIN = 1 << 21


def _spark() -> str:
    # An extra: imported only where a test asks for it.
    from etl.engines.spark import session

    try:
        session.require()
    except session.SparkMissing as missing:
        return missing.en
    return ""


def _office() -> str:
    missing_parts = [] if (soffice := shutil.which("soffice")) else ["soffice"]
    if soffice:
        program = Path(soffice).resolve().parent
        registries = [program.parent / registry for registry in _REGISTRIES]
        missing_parts = [
            part for part, name in _PARTS.items() if not any((registry / name).is_file() for registry in registries)
        ]
    missing = [f"LibreOffice ({', '.join(missing_parts)}): {_OFFICE}"] if missing_parts else []
    if missing_tools := [name for name in ("pdftotext", "pdfinfo") if not shutil.which(name)]:
        missing.append(f"{', '.join(missing_tools)}: apt-get install poppler-utils")
    return f"install these, or run `make setup-test-all`: {'; '.join(missing)}" if missing else ""


def _root() -> str:
    if os.geteuid() == 0:
        status = Path("/proc/self/status")
        if status.is_file():
            capabilities = next(line for line in status.read_text().splitlines() if line.startswith("CapEff:"))
            if int(capabilities.split()[1], 16) & _SYS_ADMIN:
                return ""
    return "mounting a disk requires root on Linux, in a container also --cap-add SYS_ADMIN: run the tests that way"


_CHECKS: dict[str, Callable[[], str]] = {"spark": _spark, "office": _office, "root": _root}
# The tools, named like the markers of the tests that need them.
TOOLS = tuple(_CHECKS)


@lru_cache
def find_missing(tool: str) -> str:
    """Returns what is missing for a tool and how to install it; empty if nothing is."""
    return _CHECKS[tool]()


def main(tools: list[str]) -> int:
    """Prints what is missing for these tools; returns 1 if anything is."""
    missing = {tool: find_missing(tool) for tool in tools if find_missing(tool)}
    for tool, message in missing.items():
        print(f"{tool}: {message}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
