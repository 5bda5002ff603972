"""Releases of rows from the office: one function, one policy, and nothing that goes around them."""

from __future__ import annotations

import ast

import polars as pl
import pytest

from sql.paths import PROJECT
from sql.security.release import Frame, Policy, WithheldError, protect
from sql.semantic import queries
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

RELEASE = "sql/security/release.py"
# The version itself, and a scope, which passes the word on to its version.
ROUNDABLE = {"sql/warehouse.py", "sql/semantic/scope.py"}
# Where rows become a file: each takes frames, or a briefing read in a protected scope.
WRITERS = {"pages/ui/kit/tables/exports.py"}


def attributes() -> list[tuple[str, str]]:
    """Returns the attributes that the product's modules read: path and name."""
    paths = [path for folder in ("etl", "pages", "sql") for path in sorted((PROJECT / folder).rglob("*.py"))]
    return [
        (path.relative_to(PROJECT).as_posix(), node.attr)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    ]


def users(attribute: str) -> set[str]:
    """Returns the modules of the product that read an attribute of that name."""
    return {path for path, name in attributes() if name == attribute}


@pytest.fixture
def scope(demo: Version) -> Scope:
    return Scope(demo, "621002001", Period(None, demo.data_month))


@pytest.mark.parametrize("policy", Policy)
def test_every_policy_says_what_is_read(demo, scope, policy):
    assert {Policy.OFFICE: (demo, scope), Policy.OUTSIDE: (demo.with_rounding, scope.with_rounding)}[policy] == (
        policy.view(demo),
        policy.view(scope),
    )


def test_counts_are_read_again_under_the_policy(scope):
    workers = metric("workers", scope.version)
    exact, rounded = (workers.rows(each, "community") for each in (scope, scope.with_rounding))
    frame = workers.frame(scope, exact, ("community",))
    assert not exact.equals(rounded)
    assert protect(frame, Policy.OFFICE).equals(exact)
    assert protect(frame, Policy.OUTSIDE).select(rounded.columns).equals(rounded)
    assert (protect(frame, Policy.OUTSIDE)["value"] % 5 == 0).all()


def test_rows_of_people_do_not_leave_but_for_the_office(demo, scope):
    rows = queries.query("secondments_open", scope.with_area(None))
    frame = queries.frame("secondments_open", scope.with_area(None), rows)
    assert rows.height and protect(frame, Policy.OFFICE).equals(rows)
    assert frame.is_withheld(Policy.OUTSIDE)
    with pytest.raises(WithheldError, match="for the office only"):
        protect(frame, Policy.OUTSIDE)


def test_public_rows_leave_as_they_are():
    rows = pl.DataFrame({"quote": ["1163 名"], "computed": [1163]})
    assert all(protect(Frame.public(rows), policy).equals(rows) for policy in Policy)


def test_nothing_rounds_but_the_policy():
    assert users("with_rounding") <= {RELEASE, *ROUNDABLE}
    assert RELEASE in users("with_rounding")


def test_nothing_but_one_module_makes_files_of_rows():
    # The meeting's list of decisions and the briefing menu call the button of that module.
    assert users("download_button") - {"pages/meeting/setup.py", "pages/briefing/menu.py"} == WRITERS
    assert users("is_office") == {"pages/ui/shell/current_user.py"}
