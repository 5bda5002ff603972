"""Caches results derived from the text of a SQL file, so that a text is parsed and checked once for all processes.

The cache file is kept beside Python's compiled modules and, like them, can be deleted at any time. If that folder is
not writable, each process computes what it needs.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(importlib.util.cache_from_source(__file__)).with_name("parse_cache.json")
# Several times the number of files in sql/: enough for the branches that an analyst works on.
_MAX_ENTRIES = 5000

_lock = threading.Lock()
_entries: dict[str, Any] | None = None
_fresh: dict[str, Any] = {}


def get_or_compute(code: str, parts: tuple[object, ...], compute: Callable[[], Any]) -> Any:
    """Returns the cached value for `parts`, or computes and caches it. The value must consist of JSON types.

    `code` is the `fingerprint` of the modules that compute it. Exceptions from `compute` are not cached.
    """
    global _entries
    key = hashlib.sha256(repr((code, parts)).encode()).hexdigest()[:32]
    with _lock:
        if _entries is None:
            _entries = _read()
        if key in _entries:
            return _entries[key]
    value = compute()
    with _lock:
        _entries[key] = _fresh[key] = value
    return value


@cache
def fingerprint(*modules: str) -> str:
    """Returns a hash of the source of the modules, given by their `__file__`, and of the installed sqlglot version."""
    digest = hashlib.sha256(importlib.metadata.version("sqlglot").encode())
    for module in modules:
        digest.update(Path(module).read_bytes())
    return digest.hexdigest()


def save() -> None:
    """Writes the values computed since the last save, merged with what other processes have saved."""
    with _lock:
        if not _fresh:
            return
        entries = _read() | _fresh
        temporary = PATH.with_name(f"{PATH.name}.{os.getpid()}")
        try:
            PATH.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(dict(list(entries.items())[-_MAX_ENTRIES:])), encoding="utf-8")
            os.replace(temporary, PATH)
        except OSError:
            # The folder is read-only or the disk is full: computing the values again only costs time.
            with suppress(OSError):
                temporary.unlink()
        _fresh.clear()


def _read() -> dict[str, Any]:
    """Reads the cache file; returns an empty dict if it is missing or damaged."""
    try:
        entries = json.loads(PATH.read_bytes())
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
