"""Runs one test over a whole family, such as every file of sql/, and names each member for which it fails."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable

import duckdb
import pytest

from sql.errors import LinliError

# What says that a member is wrong. Anything else is the test's own mistake and ends it, the member noted on it.
FAILURES = (AssertionError, pytest.fail.Exception, LinliError, duckdb.Error)


def for_each(names: str, values: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a test its arguments as pytest.mark.parametrize does, but runs it as one test that names all that fail.

    `names` are one or more arguments, separated by commas; each value is one member of the family: the argument, or a
    tuple of them. The test must not change what its fixtures give: all members share them.
    """
    arguments = [name.strip() for name in names.split(",")]
    members = [value if len(arguments) > 1 else (value,) for value in values]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def whole(**fixtures: object) -> None:
            if not members:
                pytest.fail(f"no {names} to try: a rule over nothing would hold whatever is broken")
            failures = []
            for member in members:
                try:
                    test(**fixtures, **dict(zip(arguments, member, strict=True)))
                except FAILURES as error:
                    failures.append(f"{_named(member)}: line {_line(error, test)}: {error}")
                except Exception as error:
                    error.add_note(f"with {_named(member)}")
                    raise
            if failures:
                pytest.fail(f"{len(failures)} of {len(members)} fail:\n" + "\n".join(failures), pytrace=False)

        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in arguments]
        # What pytest looks for among the fixtures.
        whole.__signature__ = signature.replace(parameters=fixtures)
        return whole

    return decorate


def _named(member: tuple[object, ...]) -> str:
    return ", ".join(text if isinstance(text, str) else repr(text) for text in member)[:300]


def _line(error: BaseException, test: Callable[..., None]) -> int:
    """The last line of the test's own file that the error came through."""
    file = inspect.getsourcefile(test)
    return [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file][-1]
