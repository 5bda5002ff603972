"""Puts faults in, one at a time, and sees that the tests notice: `make mutants`, or with names to try only these.

The project is copied once; what is tried is the copy. A fault that no named test notices, or that can't be put in any
more, fails the run. Faults that only the full tier catches are listed, and tried with --full.
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
# Ten times what the slowest takes: a fault may have a test wait for ever.
_TIMEOUT_SECONDS = 600


def main() -> int:
    """Tries the faults named, or all of a tier; 0 where each is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to try; without any, all that the quick tier catches")
    parser.add_argument("--full", action="store_true", help="those too that only the full tier catches")
    args = parser.parse_args()
    if unknown := set(args.names) - {fault.name for fault in FAULTS}:
        parser.error(f"no fault is called {', '.join(sorted(unknown))}")
    faults = [fault for fault in FAULTS if fault.name in args.names] if args.names else list(FAULTS)
    tried = [fault for fault in faults if args.full or args.names or not fault.full]
    # A test may be called by what is markup.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)
    with tempfile.TemporaryDirectory(prefix="linli-mutants-") as folder:
        root = _copied(Path(folder) / "project")
        if lacking := _failing_without_fault(root, tried):
            console.print(f"without any fault these fail or are skipped, so that they prove nothing:\n{lacking}")
            return 1
        rows = {fault.name: _outcome(root, fault, console) for fault in tried}
    table = Table("fault", "file", "caught by", "seconds", title=f"{len(tried)} faults put in", title_justify="left")
    for fault in faults:
        outcome, seconds = rows.get(fault.name, ("full tier only, not tried: --full", 0.0))
        table.add_row(fault.name, fault.path, outcome.removeprefix("tests/"), f"{seconds:.0f}" if seconds else "")
    console.print(table)
    wrong = [name for name, (outcome, _) in rows.items() if not outcome.startswith("tests/")]
    console.print(f"{len(tried) - len(wrong)} of {len(tried)} caught" + (f"; not: {', '.join(wrong)}" if wrong else ""))
    return 1 if wrong else 0


def _copied(root: Path) -> Path:
    """Returns a copy of what git tracks, as it stands in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (PROJECT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, root / name)
    return root


def _failing_without_fault(root: Path, faults: Sequence[Fault]) -> str:
    """Returns what the tests say that fail without a fault; nothing where all pass."""
    said = []
    for full in sorted({fault.full for fault in faults}):
        tests = dict.fromkeys(test for fault in faults if fault.full == full for test in fault.caught_by)
        # As in continuous integration, a test that is skipped fails the run.
        code, output = _run(root, tests, full, stop=False, CI="true")
        if code != pytest.ExitCode.OK:
            said.append(output)
    return "\n".join(said)


def _outcome(root: Path, fault: Fault, console: Console) -> tuple[str, float]:
    """Returns the test that noticed the fault, or why none has, and the seconds it took."""
    started = time.perf_counter()
    try:
        with _put_in(root, fault):
            code, output = _run(root, fault.caught_by, fault.full, stop=True)
    except StaleError as error:
        return f"STALE {error}", 0.0
    except subprocess.TimeoutExpired:
        return "HANGS", time.perf_counter() - started
    seconds = time.perf_counter() - started
    # A parameter may hold spaces; what stands behind the name is why.
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
def _put_in(root: Path, fault: Fault) -> Iterator[None]:
    """Has the copy hold the fault. Raises StaleError."""
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
    # Python looks at the second and the size: an edit within a second may go unseen.
    if path.suffix == ".py":
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def _run(root: Path, tests: Sequence[str] | dict[str, None], full: bool, stop: bool, **more: str) -> tuple[int, str]:
    """Runs tests in the copy; returns pytest's exit code and what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("LINLI_")}
    if full:
        environment["LINLI_EXAMPLES"] = "full"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
    command += ["-x"] if stop else []
    command += [] if full else ["-m", NOT_QUICK]
    # A session of its own, to be ended whole: what a test has started must not outlive it.
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
            output, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


if __name__ == "__main__":
    sys.exit(main())
