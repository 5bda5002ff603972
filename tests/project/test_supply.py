"""Tests the product's dependencies: every imported package is required by name, pinned with hashes, and has a licence."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from sql.paths import PROJECT
from tests.project import sbom

LOCKED = ("requirements.txt", "requirements-spark.txt", "tests/requirements.txt")
OURS = {"app", "pages", "data", "etl", "sql", "tests"}
# A licence with these words would apply to the whole product.
STRONG_COPYLEFT = re.compile(r"\b(?:A?GPL|SSPL|GNU General|GNU Affero)", re.IGNORECASE)


def requirements(file: str) -> dict[str, str]:
    """Returns the packages of a .in file and of those it includes, with their pinned versions."""
    versions: dict[str, str] = {}
    for line in (PROJECT / file).read_text(encoding="utf-8").splitlines():
        requirement, _hash, reason = line.partition("#")
        if requirement.startswith("-r "):
            versions |= requirements(str(Path(file).parent / requirement.removeprefix("-r ").strip()))
        elif requirement.strip():
            name, version = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\d[\w.]*)", requirement.strip()).groups()
            assert reason.strip(), f"{file}: give the reason for {name} in a comment"
            versions[re.sub(r"[-_.]+", "-", name).lower()] = version
    return versions


def locked(file: str) -> dict[str, tuple[str, int]]:
    """Returns the packages of a compiled file with version and number of hashes."""
    text = (PROJECT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    matches = [re.match(r"([\w.-]+)==(\S+)", line) for line in lines]
    return {match[1]: (match[2], line.count("--hash=sha256:")) for match, line in zip(matches, lines, strict=True)}


def imports(files: Iterator[Path]) -> dict[str, str]:
    """Returns the third-party packages that these files import, each with a file that imports it."""
    users: dict[str, str] = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            users |= {name.split(".")[0]: str(file) for name in names}
    return {name: file for name, file in users.items() if name not in sys.stdlib_module_names | OURS}


@pytest.mark.parametrize("file", LOCKED)
def test_what_is_installed_is_pinned_with_hashes(file):
    pinned = locked(file)
    assert all(count for _version, count in pinned.values()), [
        name for name, (_version, count) in pinned.items() if not count
    ]
    for name, version in requirements(file.replace(".txt", ".in")).items():
        assert pinned[name][0] == version, name


def test_the_tests_run_on_the_versions_of_the_product():
    product, tests = locked("requirements.txt"), locked("tests/requirements.txt")
    assert product.items() <= tests.items()


@pytest.mark.parametrize(
    ("parts", "files"),
    [
        (("app.py", "pages", "sql"), ["requirements.in"]),
        (("etl",), ["requirements.in", "requirements-spark.in"]),
        (("tests",), ["tests/requirements.in", "requirements-spark.in"]),
    ],
)
def test_what_is_imported_is_asked_for_by_name(parts, files):
    known = {name for file in files for name in requirements(file)}
    distributions = packages_distributions()
    # A script run by its path imports the modules beside it by their bare names; these are ours too.
    own_modules = {path.stem for part in ("pages", "sql", "tests") for path in (PROJECT / part).rglob("*.py")}
    for name, importing_file in imports(
        path for part in parts for path in [PROJECT / part, *(PROJECT / part).rglob("*.py")] if path.suffix == ".py"
    ).items():
        # An extra that is not installed is called as its module is.
        packages = {re.sub(r"[-_.]+", "-", package).lower() for package in distributions.get(name, [name])}
        assert packages & known or (name in own_modules and name not in distributions), (
            f"{importing_file} imports {name}, which is not in {' or '.join(files)}"
        )


def test_spark_is_installed_only_for_who_asks():
    spark = locked("requirements-spark.txt").keys()
    assert spark == requirements("requirements-spark.in").keys()
    assert not spark & (locked("requirements.txt") | locked("tests/requirements.txt")).keys()
    for target, is_asked in {"test": False, "lint": False, "test-all": True, "test-rest": True, "bench": True}.items():
        steps = subprocess.run(
            ["make", "--dry-run", "--always-make", target], cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout
        assert ("pip install" in steps, "requirements-spark.txt" in steps) == (True, is_asked), target


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Writes and returns the bill of materials. Raises ValueError if it does not match CycloneDX's schema."""
    return sbom.write(tmp_path_factory.mktemp("sbom") / "sbom.json")


def test_the_bill_of_materials_is_whole(bill):
    components = {component["name"]: component for component in bill["components"]}
    pinned = {name: version for name, (version, _hashes) in locked("requirements.txt").items()}
    assert {name: component["version"] for name, component in components.items()} == pinned
    assert all(component["externalReferences"][0]["hashes"] for component in components.values())
    assert components["duckdb"]["licenses"] == [{"license": {"acknowledgement": "declared", "id": "MIT"}}]
    needs = {dependency["ref"]: dependency.get("dependsOn", []) for dependency in bill["dependencies"]}
    assert needs["linli"] == sorted(requirements("requirements.in")) and {"authlib", "httpx", "starlette"} <= set(
        needs["streamlit"]
    )


def test_no_licence_binds_the_product(bill):
    for component in bill["components"]:
        licences = [
            licence.get("expression") or licence["license"].get("id") or licence["license"]["name"]
            for licence in component.get("licenses", [])
        ]
        assert not any(STRONG_COPYLEFT.search(text) and "LGPL" not in text for text in licences), (
            component["name"],
            licences,
        )


def test_what_cannot_be_asked_is_not_taken_for_safe(tmp_path):
    (tmp_path / "requirements.txt").write_text("segno==0.0.0 --hash=sha256:" + "0" * 64 + "\n")
    result = subprocess.run(
        [sys.executable, "-m", "tests.project.advisories", str(tmp_path / "requirements.txt")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 3 and "nothing is known" in result.stderr
