"""Finds areas, partners and metrics by a part of the name, its pinyin, or the initials of its pinyin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pypinyin import Style, lazy_pinyin

from sql.files.columns import LEVELS
from sql.files.sql_file import SqlFile, Text
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period
from sql.semantic.queries import query
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

MAX_COUNT = 8
# Limits each kind, so that a thousand shops do not hide the one matching area.
_MAX_PER_KIND = 4


@dataclass(frozen=True)
class Hit:
    """Holds one search result: its kind, key (a code, an id, a metric's name) and name, and a detail that
    distinguishes it from others of the same name."""

    kind: Literal["area", "partner", "metric"]
    key: str
    name: Text
    detail: str
    area_code: str | None = None


@dataclass(frozen=True)
class _Entry:
    hit: Hit
    names: tuple[str, ...]
    pinyin: str
    initials: str


def search(version: Version, text: str, max_count: int = MAX_COUNT) -> list[Hit]:
    """Returns at most `max_count` hits, best first: names that begin with the text, names that contain it, then pinyin.

    Larger areas come before smaller ones. An empty text has no hits.
    """
    term = "".join(text.lower().split())
    if not term:
        return []
    ranked = []
    for index, entry in enumerate((*_entries(version), *_metrics())):
        rank = _rank(entry, term)
        if rank is not None:
            ranked.append((rank, index, entry.hit))
    ranked.sort(key=lambda candidate: candidate[:2])
    hits: list[Hit] = []
    counts = {"area": 0, "partner": 0, "metric": 0}
    for _rank_of, _index, hit in ranked:
        if counts[hit.kind] < _MAX_PER_KIND and len(hits) < max_count:
            counts[hit.kind] += 1
            hits.append(hit)
    return hits


def _rank(entry: _Entry, term: str) -> int | None:
    """Returns how well an entry matches, 0 best; None if it does not match."""
    if term in entry.names:
        return 0
    if any(name.startswith(term) for name in entry.names):
        return 1
    if any(term in name for name in entry.names):
        return 2
    # Pinyin consists of Latin letters: a single one would match nearly everything.
    if len(term) < 2 or not term.isascii():
        return None
    if entry.initials.startswith(term):
        return 1 if entry.initials == term else 3
    if entry.pinyin.startswith(term):
        return 3
    return 4 if term in entry.initials else None


@lru_cache(maxsize=4)
def _entries(version: Version) -> tuple[_Entry, ...]:
    """Returns the areas, larger ones first, and the partners, with their pinyin; computed once per version."""
    tree = areas(version)
    below = [(LEVELS.index(area.level), code, area) for code, area in tree.items() if code is not None]
    entries = [
        _entry(Hit("area", code, Text(area.name, area.name), tree[area.parent].name, code))
        for _rank_of, code, area in sorted(below, key=lambda ranked: ranked[:2])
    ]
    everywhere = Scope(version, None, Period(None, version.data_month))
    for row in query("partner_directory", everywhere).iter_rows(named=True):
        name = Text(row["partner_name"], row["partner_name"])
        entries.append(_entry(Hit("partner", row["partner_id"], name, row["area_name"], row["area_code"])))
    return tuple(entries)


def _metrics() -> list[_Entry]:
    """Returns the metrics in the current files."""
    files = [
        file
        for path, file in catalog.current_files().items()
        if path.startswith("metrics/") and isinstance(file, SqlFile)
    ]
    return [_metric_entry(file.name, file.header["title"]) for file in files]


@lru_cache(maxsize=1024)
def _metric_entry(name: str, title: str) -> _Entry:
    return _entry(Hit("metric", name, Text.of(title), ""))


def _entry(hit: Hit) -> _Entry:
    syllables = lazy_pinyin(hit.name.zh, style=Style.NORMAL)
    names = {"".join(name.lower().split()) for name in (*hit.name, hit.key if hit.kind != "partner" else hit.name.zh)}
    return _Entry(
        hit,
        tuple(sorted(names)),
        "".join(syllables).lower(),
        "".join(lazy_pinyin(hit.name.zh, style=Style.FIRST_LETTER)).lower(),
    )
