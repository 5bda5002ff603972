"""Runs one command of `python -m etl`: in one language, with its exit code, and with one line for an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer

from etl.cli import failures
from etl.cli.commands import PROGRAM, app
from sql import language
from sql.language import pick_from

# The same command under a name of its own, which `make setup` writes beside Python: shells complete only by name.
LAUNCHER = "linli"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Prints errors in the chosen language."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language.choose(arguments, os.environ)
    failures.show_tracebacks(False)
    try:
        command = typer.main.get_command(app)
        _pick_help(command)
        program = _program_name(arguments)
        completion = f"_{LAUNCHER.upper()}_COMPLETE"
        code: int | None = command.main(arguments, program, complete_var=completion, standalone_mode=False)
        return code or failures.EXIT_OK
    except SystemExit as stop:
        # Completion, and a pipe that nobody reads any more, end this way.
        return stop.code if isinstance(stop.code, int) else failures.EXIT_OK
    except KeyboardInterrupt:
        return failures.EXIT_INTERRUPTED
    except Exception as error:
        return failures.report(error)


def run() -> NoReturn:
    """Runs the command of this process's arguments and ends the process.

    Everything is written and closed by then, and Python would take longer to unload hundreds of modules one by one than
    many a command takes to run.
    """
    code = main()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads the rest, as after `| head`.
        pass
    except OSError as error:
        code = failures.report(error)
    os._exit(code)


def _program_name(arguments: Sequence[str]) -> str:
    """Returns the name that help and usage errors show; in scripts for completion it is always the launcher's."""
    is_launched = Path(sys.argv[0]).name == LAUNCHER
    has_completion = any(argument in ("--show-completion", "--install-completion") for argument in arguments)
    return LAUNCHER if is_launched or has_completion else PROGRAM


def _pick_help(command: Any) -> None:
    """Reduces the help texts of a command, its options and its own commands to the chosen language."""
    for item in (command, *command.params):
        for name in ("help", "epilog"):
            if text := getattr(item, name, None):
                setattr(item, name, pick_from(text))
    for subcommand in getattr(command, "commands", {}).values():
        _pick_help(subcommand)
