"""What some tests need besides Python: `python -m tests.helpers.tools spark office` says what of it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from etl.engines.spark import session

# A part of LibreOffice is there when its settings are; of soffice alone nothing can be told.
_PARTS = {"Calc": "calc.xcd", "Writer": "writer.xcd", "Impress": "impress.xcd"}
# Beside the folder of the program, on Linux and Windows, and on macOS.
_REGISTRIES = ("share/registry", "Resources/registry")
_OFFICE = "apt-get install libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui"
# The right to mount a file system, among those of a process.
_SYS_ADMIN = 1 << 21


def _spark() -> str:
    try:
        session.require()
    except session.SparkMissing:
        return find_missing.en
    return ""


def _office() -> str:
    wanted = [] if (found := shutil.which("soffice")) else ["soffice"]
    if found:
        program = Path(found).resolve().parent
        registries = [program.parent / registry for registry in _REGISTRIES]
        wanted = [
            part for part, name in _PARTS.items() if not any((registry / name).is_file() for registry in registries)
        ]
    wanted = [f"LibreOffice ({', '.join(wanted)}): {_OFFICE}"] if wanted else []
    if lacking := [name for name in ("pdftotext", "pdfinfo") if not shutil.which(name)]:
        wanted.append(f"{', '.join(lacking)}: apt-get install poppler-utils")
    return f"to be installed, or `make setup-test-all`: {'; '.join(wanted)}" if wanted else ""


def _root() -> str:
    if os.geteuid() == 0:
        status = Path("/proc/self/status")
        if status.is_file():
            rights = next(line for line in status.read_text().splitlines() if line.startswith("CapEff:"))
            if int(rights.split()[1], 16) & _SYS_ADMIN:
                return ""
    return "only root on Linux may mount a disk, in a container with --cap-add SYS_ADMIN: run the tests as such"


_MISSING: dict[str, Callable[[], str]] = {"spark": _spark, "office": _office, "root": _root}
# What a marker of a test stands for.
TOOLS = tuple(_MISSING)


@lru_cache
def find_missing(tool: str) -> str:
    """Returns what is missing of a tool, and what to install; nothing where it is all there."""
    return _MISSING[tool]()


def main(tools: list[str]) -> int:
    """Prints what is missing of these tools; returns 1 where anything is."""
    lacking = {tool: find_missing(tool) for tool in tools if find_missing(tool)}
    for tool, words in lacking.items():
        print(f"{tool}: {words}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
