"""Finds areas, partners and metrics by what people type: a part of the name, its pinyin, or the pinyin's initials."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pypinyin import Style, lazy_pinyin

from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.periods import Period
from sql.semantic.queries import query
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

MAX_COUNT = 8
# Of every kind so many at most, so that a thousand shops do not hide the one area.
_MAX_OF_A_KIND = 4
_LARGEST_FIRST = {"province": 0, "city": 1, "county": 2, "street": 3, "community": 4}


@dataclass(frozen=True)
class Hit:
    """What was found: its kind, its key (a code, an id, a metric's name), its name and what tells it from others
    alike."""

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


def search(version: Version, text: str, most: int = MAX_COUNT) -> list[Hit]:
    """At most so many hits for a text, the best first: names that begin with it, then those that hold it, then pinyin.

    Larger areas come before smaller ones. An empty text finds nothing.
    """
    wanted = "".join(text.lower().split())
    if not wanted:
        return []
    ranked = []
    for place, entry in enumerate((*_entries(version), *_metrics())):
        rank = _rank(entry, wanted)
        if rank is not None:
            ranked.append((rank, place, entry.hit))
    ranked.sort(key=lambda found: found[:2])
    chosen: list[Hit] = []
    counted = {"area": 0, "partner": 0, "metric": 0}
    for _rank_of, _place, hit in ranked:
        if counted[hit.kind] < _MAX_OF_A_KIND and len(chosen) < most:
            counted[hit.kind] += 1
            chosen.append(hit)
    return chosen


def _rank(entry: _Entry, wanted: str) -> int | None:
    """How well an entry answers, 0 best; None where it does not."""
    if wanted in entry.names:
        return 0
    if any(name.startswith(wanted) for name in entry.names):
        return 1
    if any(wanted in name for name in entry.names):
        return 2
    # Pinyin is Latin letters: one alone would find everything.
    if len(wanted) < 2 or not wanted.isascii():
        return None
    if entry.initials.startswith(wanted):
        return 1 if entry.initials == wanted else 3
    if entry.pinyin.startswith(wanted):
        return 3
    return 4 if wanted in entry.initials else None


@lru_cache(maxsize=4)
def _entries(version: Version) -> tuple[_Entry, ...]:
    """The areas, larger ones first, and the partners, with their pinyin: worked out once a version."""
    tree = areas(version)
    below = [(_LARGEST_FIRST[area.level], code, area) for code, area in tree.items() if code is not None]
    found = [
        _entry(Hit("area", code, Text(area.name, area.name), tree[area.parent].name, code))
        for _rank_of, code, area in sorted(below, key=lambda found: found[:2])
    ]
    everywhere = Scope(version, None, Period(None, version.data_month))
    for row in query("partner_directory", everywhere).iter_rows(named=True):
        name = Text(row["partner_name"], row["partner_name"])
        found.append(_entry(Hit("partner", row["partner_id"], name, row["area_name"], row["area_code"])))
    return tuple(found)


def _metrics() -> list[_Entry]:
    """The metrics as their files are now."""
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
