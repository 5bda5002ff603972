"""Secrets that a warehouse makes for itself and keeps in files of its own."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

_BYTES = 32


def load_key(path: Path) -> bytes:
    """Returns the 32 bytes kept in a file, made at random on first use and readable by its owner alone.

    Several processes that ask first at the same time get the same. Raises OSError where it can't be read or written.
    """
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole before it has its name, which is given once: nobody reads half a key, and the second to come reads the
    # first's.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as aside:
        made = Path(aside) / path.name
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(made, path)
    return path.read_bytes()
