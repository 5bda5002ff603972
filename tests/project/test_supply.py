"""What the product stands on: every package asked for by name, pinned with hashes, and listed with its licence."""

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
# Of these words in a licence the whole product would have to follow it.
STRONG_COPYLEFT = re.compile(r"\b(?:A?GPL|SSPL|GNU General|GNU Affero)", re.IGNORECASE)


def asked(file: str) -> dict[str, str]:
    """The packages of a .in file and of those it takes along, each with its pinned version."""
    found: dict[str, str] = {}
    for line in (PROJECT / file).read_text(encoding="utf-8").splitlines():
        wanted, _hash, why = line.partition("#")
        if wanted.startswith("-r "):
            found |= asked(str(Path(file).parent / wanted.removeprefix("-r ").strip()))
        elif wanted.strip():
            name, version = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\d[\w.]*)", wanted.strip()).groups()
            assert why.strip(), f"{file}: why {name}?"
            found[re.sub(r"[-_.]+", "-", name).lower()] = version
    return found


def locked(file: str) -> dict[str, tuple[str, int]]:
    """The packages of a compiled file: version and number of hashes."""
    text = (PROJECT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = [re.match(r"([\w.-]+)==(\S+)", line) for line in lines]
    return {one[1]: (one[2], line.count("--hash=sha256:")) for one, line in zip(found, lines, strict=True)}


def imports(files: Iterator[Path]) -> dict[str, str]:
    """What is imported there and is neither Python's nor ours, with a file that does."""
    found: dict[str, str] = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            found |= {name.split(".")[0]: str(file) for name in names}
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names | OURS}


@pytest.mark.parametrize("file", LOCKED)
def test_what_is_installed_is_pinned_with_hashes(file):
    pinned = locked(file)
    assert all(count for _version, count in pinned.values()), [
        name for name, (_version, count) in pinned.items() if not count
    ]
    for name, version in asked(file.replace(".txt", ".in")).items():
        assert pinned[name][0] == version, name


def test_the_tests_run_on_the_versions_of_the_product():
    product, tests = locked("requirements.txt"), locked("tests/requirements.txt")
    assert product.items() <= tests.items()


@pytest.mark.parametrize(
    ("parts", "file"),
    [
        (("app.py", "pages", "sql"), "requirements.in"),
        (("etl",), "requirements-spark.in"),
        (("tests",), "tests/requirements.in"),
    ],
)
def test_what_is_imported_is_asked_for_by_name(parts, file):
    known = asked(file) | asked("requirements.in")
    distributions = packages_distributions()
    # Modules beside a script that is run by its path are ours as well.
    own = {path.stem for part in ("pages", "sql", "tests") for path in (PROJECT / part).rglob("*.py")}
    for name, where in imports(
        path for part in parts for path in [PROJECT / part, *(PROJECT / part).rglob("*.py")] if path.suffix == ".py"
    ).items():
        packages = {re.sub(r"[-_.]+", "-", package).lower() for package in distributions.get(name, [])}
        assert packages & known.keys() or (name in own and not packages), (
            f"{name} in {where} stands in no line of {file}"
        )


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The bill of materials. Making it raises ValueError where it is not as CycloneDX's schema has it."""
    return sbom.write(tmp_path_factory.mktemp("sbom") / "sbom.json")


def test_the_bill_of_materials_is_whole(bill):
    components = {one["name"]: one for one in bill["components"]}
    pinned = {name: version for name, (version, _hashes) in locked("requirements.txt").items()}
    assert {name: one["version"] for name, one in components.items()} == pinned
    assert all(one["externalReferences"][0]["hashes"] for one in components.values())
    assert components["duckdb"]["licenses"] == [{"license": {"acknowledgement": "declared", "id": "MIT"}}]
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert needs["linli"] == sorted(asked("requirements.in")) and {"authlib", "httpx", "starlette"} <= set(
        needs["streamlit"]
    )


def test_no_licence_binds_the_product(bill):
    for one in bill["components"]:
        told = [
            licence.get("expression") or licence["license"].get("id") or licence["license"]["name"]
            for licence in one.get("licenses", [])
        ]
        assert not any(STRONG_COPYLEFT.search(text) and "LGPL" not in text for text in told), (one["name"], told)


def test_what_cannot_be_asked_is_not_taken_for_safe(tmp_path):
    (tmp_path / "requirements.txt").write_text("segno==0.0.0 --hash=sha256:" + "0" * 64 + "\n")
    asking = subprocess.run(
        [sys.executable, "-m", "tests.project.advisories", str(tmp_path / "requirements.txt")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert asking.returncode == 3 and "nothing is known" in asking.stderr
