"""Tests that the faults in tests/mutants can still be applied and name existing tests; `make mutants` runs them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from sql.paths import PROJECT
from tests.mutants.__main__ import FAULTS
from tests.mutants.fault import Fault, StaleError


def test_every_fault_can_be_put_in() -> None:
    stale = []
    for fault in FAULTS:
        try:
            fault.put_into(PROJECT)
        except StaleError as error:
            stale.append(str(error))
    assert stale == []


def test_the_tests_named_are_there() -> None:
    missing = []
    for test in {test for fault in FAULTS for test in fault.caught_by}:
        file, _, function = test.partition("::")
        tree = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
        if function not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(test)
    assert missing == []


def test_faults_are_spread_over_the_product() -> None:
    names = Counter(fault.name for fault in FAULTS)
    assert [name for name, count in names.items() if count > 1] == []
    rooms = Counter(Path(fault.path).parts[0] for fault in FAULTS)
    assert rooms["etl"] >= 14 and rooms["sql"] >= 14 and rooms["pages"] >= 10
    assert sum(fault.path.endswith(".sql") for fault in FAULTS) >= 7


@pytest.mark.parametrize(("path", "text"), [("b.py", "x = 1\n"), ("a.py", "x = 2\n"), ("a.py", "x = 1\nx = 1\n")])
def test_a_fault_whose_place_is_gone_or_not_the_only_one_is_told(tmp_path: Path, path: str, text: str) -> None:
    (tmp_path / path).write_text(text, encoding="utf-8")
    with pytest.raises(StaleError, match=r"one: .*a\.py"):
        Fault("one", "a.py", "x = 1", "x = 3", ("tests/project/test_mutants.py::test_none",)).put_into(tmp_path)


def test_a_fault_changes_its_place_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("w = 0\nx = 1\n", encoding="utf-8")
    assert Fault("one", "a.py", "x = 1", "x = 3", ("",)).put_into(tmp_path) == "w = 0\nx = 3\n"
