"""Starts the command line: python -m etl COMMAND."""

from __future__ import annotations

from etl.cli.app import main, run

__all__ = ["main"]

if __name__ == "__main__":
    run()
