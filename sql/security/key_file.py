"""Creates and reads secret keys, which a warehouse stores in files of its own."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

_BYTES = 32


def load_key(path: Path) -> bytes:
    """Returns the 32-byte key in a file, which is created at random on first use and readable only by its owner.

    Processes that create it at the same time get the same key. Raises OSError if it cannot be read or written.
    """
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # The file is complete before it is linked to its name, and only the first link succeeds: nobody reads a partial
    # key, and later processes read the first one's.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        new_file = Path(folder) / path.name
        with os.fdopen(os.open(new_file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(new_file, path)
    return path.read_bytes()
