"""Keeps what was derived from the text of a SQL file: a text is parsed and checked once and not in every process.

The cache lies where Python keeps its compiled modules and is of their kind: losing it costs time, never data. Where
that folder can't be written to, each process derives what it needs.
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
# Several times what sql/ holds: enough for the branches that an analyst works on.
_MAX_ENTRIES = 5000

_lock = threading.Lock()
_entries: dict[str, Any] | None = None
_fresh: dict[str, Any] = {}


def get_or_compute(code: str, parts: tuple[object, ...], compute: Callable[[], Any]) -> Any:
    """Returns what `compute` gives for `parts`, from the cache where it has it. The value is of JSON's types.

    `code` is the `fingerprint` of the modules that compute it. What `compute` raises is not kept.
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
    """Returns a hash of the source of modules, given by their `__file__`, and of the version of sqlglot they use."""
    digest = hashlib.sha256(importlib.metadata.version("sqlglot").encode())
    for module in modules:
        digest.update(Path(module).read_bytes())
    return digest.hexdigest()


def save() -> None:
    """Writes what was derived since the last time beside what other processes have written."""
    with _lock:
        if not _fresh:
            return
        entries = _read() | _fresh
        aside = PATH.with_name(f"{PATH.name}.{os.getpid()}")
        try:
            PATH.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(dict(list(entries.items())[-_MAX_ENTRIES:])), encoding="utf-8")
            os.replace(aside, PATH)
        except OSError:
            # A program's folder that nobody may write to, or a full disk: deriving it again costs time only.
            with suppress(OSError):
                aside.unlink()
        _fresh.clear()


def _read() -> dict[str, Any]:
    """Reads the cache; empty where there is none or it is damaged."""
    try:
        entries = json.loads(PATH.read_bytes())
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
