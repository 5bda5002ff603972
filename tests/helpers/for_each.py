"""Runs one test for every member of a family, such as every file in sql/, and names each member that fails."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable

import duckdb
import pytest

from sql.errors import LinliError

# Exceptions that mean a member is wrong. Any other is an error in the test itself and ends it, with the member noted.
FAILURES = (AssertionError, pytest.fail.Exception, LinliError, duckdb.Error)


def for_each(names: str, values: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Passes a test its arguments as pytest.mark.parametrize does, but runs one test that names all failures.

    `names` are one or more arguments, separated by commas; each value is one member of the family: the argument, or a
    tuple of arguments. The test must not modify its fixtures, which all members share.
    """
    arguments = [name.strip() for name in names.split(",")]
    members = [value if len(arguments) > 1 else (value,) for value in values]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def whole(**fixtures: object) -> None:
            if not members:
                pytest.fail(f"no {names} to test: a rule over nothing always holds")
            failures = []
            for member in members:
                try:
                    test(**fixtures, **dict(zip(arguments, member, strict=True)))
                except FAILURES as error:
                    failures.append(f"{_label(member)}: line {_line(error, test)}: {error}")
                except Exception as error:
                    error.add_note(f"with {_label(member)}")
                    raise
            if failures:
                pytest.fail(f"{len(failures)} of {len(members)} fail:\n" + "\n".join(failures), pytrace=False)

        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in arguments]
        # pytest takes the remaining arguments for fixtures.
        whole.__signature__ = signature.replace(parameters=fixtures)
        return whole

    return decorate


def _label(member: tuple[object, ...]) -> str:
    return ", ".join(text if isinstance(text, str) else repr(text) for text in member)[:300]


def _line(error: BaseException, test: Callable[..., None]) -> int:
    """Returns the last line of the test's own file in the error's traceback."""
    file = inspect.getsourcefile(test)
    return [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file][-1]
