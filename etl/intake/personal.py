"""Personal values on their way in: once a row is checked they give way to keyed digests.

Rows must still tell two people apart after their numbers are gone: two rows of one key with different phones are not
repeats, and one identity number under two worker_ids is one person. A digest says that two values are equal and, without
the key of this warehouse, nothing else; a plain hash of an identity number could be undone by trying them all.
"""

import os
import secrets
from hashlib import blake2b
from pathlib import Path

import polars as pl

from etl.contracts import Table

_KEY_BYTES = 32
_DIGEST_BYTES = 12


def key_in(folder: Path) -> bytes:
    """The key of the digests kept in a folder, made on first use and readable by its owner alone."""
    path = folder / "digest.key"
    try:
        key = path.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
        # Somebody was stopped while writing it: nothing was kept under it.
        path.unlink()
    except FileNotFoundError:
        pass
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    return key


def concealed(table: Table, rows: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """The rows with a digest in place of each value that is dropped, and behind the first letter of each that is
    masked."""
    personal = {name: kind for name, kind in table.where("personal").items() if kind in ("drop", "mask")}
    digests = {name: _digests(rows[name], key) for name in personal}
    return rows.with_columns(
        pl.concat_str(pl.col(name).str.slice(0, 1), digests[name]) if kind == "mask" else digests[name]
        for name, kind in personal.items()
    )


def _digests(values: pl.Series, key: bytes) -> pl.Series:
    made = [
        None if value is None else blake2b(value.encode(), key=key, digest_size=_DIGEST_BYTES).hexdigest()
        for value in values
    ]
    return pl.Series(values.name, made, dtype=pl.String)
