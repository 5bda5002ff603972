"""Applies faults one at a time and checks that the tests catch them: `make mutants`, or only the faults named.

Works on a copy of the project. A fault that none of its tests catches, or that can no longer be applied, fails the run.
Faults that only the full tier catches are listed, and tried with --full.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from sql.paths import PROJECT
from tests.mutants.fault import Fault, StaleError
from tests.mutants.of_etl import FAULTS as OF_ETL
from tests.mutants.of_lab import FAULTS as OF_LAB
from tests.mutants.of_pages import FAULTS as OF_PAGES
from tests.mutants.of_server import FAULTS as OF_SERVER
from tests.mutants.of_sql import FAULTS as OF_SQL

FAULTS = (*OF_ETL, *OF_SQL, *OF_LAB, *OF_PAGES, *OF_SERVER)
NOT_QUICK = "not (slow or office or spark or root)"
# Ten times the slowest test: a fault may make a test wait forever.
_TIMEOUT_SECONDS = 600


def main() -> int:
    """Tries the named faults, or all of a tier; returns 0 if every one is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to try; default: all that the quick tier catches")
    parser.add_argument("--full", action="store_true", help="also try those that only the full tier catches")
    args = parser.parse_args()
    if unknown := set(args.names) - {fault.name for fault in FAULTS}:
        parser.error(f"unknown fault: {', '.join(sorted(unknown))}")
    faults = [fault for fault in FAULTS if fault.name in args.names] if args.names else list(FAULTS)
    selected_faults = [fault for fault in faults if args.full or args.names or not fault.full]
    # The name of a test may contain markup.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)
    with tempfile.TemporaryDirectory(prefix="linli-mutants-") as folder:
        root = _copy_project(Path(folder) / "project")
        if failures := _failures_without_fault(root, selected_faults):
            console.print(f"these tests fail or are skipped even without a fault, so they prove nothing:\n{failures}")
            return 1
        rows = {fault.name: _outcome(root, fault, console) for fault in selected_faults}
    title = f"{len(selected_faults)} faults applied"
    table = Table("fault", "file", "caught by", "seconds", title=title, title_justify="left")
    for fault in faults:
        outcome, seconds = rows.get(fault.name, ("full tier only, not tried: --full", 0.0))
        table.add_row(fault.name, fault.path, outcome.removeprefix("tests/"), f"{seconds:.0f}" if seconds else "")
    console.print(table)
    missed = [name for name, (outcome, _) in rows.items() if not outcome.startswith("tests/")]
    count = len(selected_faults)
    console.print(f"{count - len(missed)} of {count} caught" + (f"; missed: {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


def _copy_project(root: Path) -> Path:
    """Copies the files that git tracks, with their present content, and returns the folder."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (PROJECT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, root / name)
    return root


def _failures_without_fault(root: Path, faults: Sequence[Fault]) -> str:
    """Returns the output of the tests that fail without a fault; empty if all pass."""
    outputs = []
    for full in sorted({fault.full for fault in faults}):
        tests = dict.fromkeys(test for fault in faults if fault.full == full for test in fault.caught_by)
        # As in continuous integration, a skipped test fails the run.
        code, output = _run(root, tests, full, stop=False, seconds=None, CI="true")
        if code != pytest.ExitCode.OK:
            outputs.append(output)
    return "\n".join(outputs)


def _outcome(root: Path, fault: Fault, console: Console) -> tuple[str, float]:
    """Returns the test that noticed the fault, or why none has, and the seconds it took."""
    started = time.perf_counter()
    try:
        with _applied(root, fault):
            code, output = _run(root, fault.caught_by, fault.full, stop=True, seconds=_TIMEOUT_SECONDS)
    except StaleError as error:
        return f"STALE {error}", 0.0
    except subprocess.TimeoutExpired:
        return "HANGS", time.perf_counter() - started
    seconds = time.perf_counter() - started
    # A parameter may contain spaces; the reason follows " - ".
    summary = [line.partition(" ") for line in output.splitlines()]
    failed = [rest.partition(" - ")[0] for word, _, rest in summary if word in ("FAILED", "ERROR")]
    if code == pytest.ExitCode.TESTS_FAILED and failed:
        outcome = failed[0]
    elif code == pytest.ExitCode.OK:
        outcome = "SURVIVES"
    else:
        outcome = f"BROKEN pytest ends with {int(code)}"
    console.print(f"{fault.name}: {outcome} ({seconds:.0f} s)")
    return outcome, seconds


@contextmanager
def _applied(root: Path, fault: Fault) -> Iterator[None]:
    """Applies the fault to the copy while the block runs. Raises StaleError."""
    path = root / fault.path
    changed, before = fault.put_into(root), path.read_bytes()
    try:
        path.write_text(changed, encoding="utf-8")
        _forget_compiled(path)
        yield
    finally:
        path.write_bytes(before)
        _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    # Python compares modification time in seconds and size, so it may miss an edit within a second.
    if path.suffix == ".py":
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def _run(
    root: Path, tests: Sequence[str] | dict[str, None], full: bool, stop: bool, seconds: float | None, **more: str
) -> tuple[int, str]:
    """Runs tests in the copy; returns pytest's exit code and output. Raises TimeoutExpired after the seconds."""
    environment = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("LINLI_")}
    if full:
        environment["LINLI_EXAMPLES"] = "full"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
    command += ["-x"] if stop else []
    command += [] if full else ["-m", NOT_QUICK]
    # A session of its own, so that everything a test started can be killed with it.
    with subprocess.Popen(
        [*command, *tests],
        cwd=root,
        env=environment | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


if __name__ == "__main__":
    sys.exit(main())
