"""Playlists: which slides a meeting goes through. Each is a file of data/meetings, written by people or in the
browser.

`monthly.toml` belongs to everything, `monthly@621002.toml` to that area: two areas call theirs alike without meeting.
Whoever looks may show those of their area and of the areas above it, and edit those of their area and below.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import tomli_w

from sql import metric
from sql.errors import InputError
from sql.paths import PROJECT
from sql.security import plain_text
from sql.semantic.files.sql_file import Text
from sql.semantic.periods import Period
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

# What a slide shows, and how many metrics it takes at least and at most.
KINDS = {
    "numbers": (1, 6),
    "ranking": (1, 1),
    "trend": (1, 1),
    "map": (1, 1),
    "bars": (1, 1),
    "decisions": (0, 0),
    "alerts": (0, 0),
}
DEFAULT_SECONDS, MIN_SECONDS = 20, 3
_KEY = re.compile(r"(?P<name>[^\W_][\w\-]{0,63})(?:@(?P<area>[0-9]{2,12}))?")
_TOP_KEYS = {"title", "slides"}
_TITLE = Text("标题", "the title")
_KEYS = {"kind", "metrics", "by", "area", "each", "seconds", "note"}


@dataclass(frozen=True)
class Slide:
    """One slide: its kind, the metrics it shows, for `bars` the dimension, the area (None: that of the meeting).

    `each` stands for one slide for each area below, the worst first. `note` is for who speaks; it is on the remote
    control.
    """

    kind: str
    metrics: tuple[str, ...] = ()
    by: str | None = None
    area: str | None = None
    each: bool = False
    seconds: int = DEFAULT_SECONDS
    note: str = ""

    @property
    def dimension(self) -> str:
        """Gives what the bars are divided by. Raises LookupError for a slide of another kind."""
        if self.by is None:
            raise LookupError(f"a slide of kind {self.kind!r} has no dimension")
        return self.by


@dataclass(frozen=True)
class Playlist:
    """A meeting's slides in their order, under a title; `name` is what its area (None: everything) calls it."""

    name: str
    title: str
    slides: tuple[Slide, ...]
    area: str | None = None

    @property
    def key(self) -> str:
        """What it is called among those of all areas, as its file is."""
        return self.name if self.area is None else f"{self.name}@{self.area}"


def folder() -> Path:
    """Where playlists lie, and what meetings decided: LINLI_MEETINGS in the environment, else data/meetings."""
    return Path(os.environ.get("LINLI_MEETINGS") or PROJECT / "data" / "meetings")


def area_of(key: str) -> str | None:
    """Returns the code of the area that a playlist belongs to, by its key; None for everything."""
    return key.partition("@")[2] or None


def keys(area: str | None) -> list[str]:
    """Returns the keys of an area's playlists, ordered; None for those of everything."""
    stems = (path.stem for path in folder().glob("*.toml"))
    return sorted(stem for stem in stems if _KEY.fullmatch(stem) and area_of(stem) == area)


def choices(scope: Scope) -> list[str]:
    """Returns the keys of the playlists that may be shown in an area: its own first, then those of the areas above, of
    everything last."""
    return [key for area in (*scope.ancestors, None) for key in keys(area)]


def load(key: str) -> Playlist:
    """Returns the playlist of that key. Raises AskError where there is none, or where its file says something wrong."""
    path, match = folder() / f"{key}.toml", _KEY.fullmatch(key)
    if match is None or not path.is_file():
        there = ", ".join(keys(area_of(key))) or "–"
        raise InputError(
            f"没有名为 {key!r} 的会议；有：{there}", f"there is no meeting called {key!r}; there are {there}"
        )
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"data/meetings/{path.name} 读不懂：{error}", f"data/meetings/{path.name} cannot be read: {error}"
        ) from error
    if unknown := sorted(set(said) - _TOP_KEYS):
        raise _wrong(
            key,
            0,
            unknown[0],
            f"没有这一项；有：{', '.join(sorted(_TOP_KEYS))}；区域写在文件名里，如 monthly@621002.toml",
            f"no such key; there are {', '.join(sorted(_TOP_KEYS))}; the area stands in the file's name, "
            "as monthly@621002.toml",
        )
    listed, title = said.get("slides", []), said.get("title", match["name"])
    if not isinstance(listed, list) or not listed:
        raise _wrong(key, 0, "slides", "没有一张幻灯片", "there is not one slide")
    if not isinstance(title, str):
        raise _wrong(key, 0, "title", "应是文字", "this is a text")
    plain_text.require(_TITLE, title)
    return Playlist(
        match["name"], title, tuple(_slide(key, place, each) for place, each in enumerate(listed, 1)), match["area"]
    )


def save(playlist: Playlist, record: Callable[[], object]) -> None:
    """Writes a playlist in one step, and calls `record` right before, when all has been checked.

    Raises AskError where a slide, the title or the name is wrong, and what `record` raises; then the file stays as it
    was.
    """
    if (match := _KEY.fullmatch(playlist.key)) is None or match["name"] != playlist.name:
        raise InputError(
            f"会议名只能用字、数字和短横线，最多 64 个：{playlist.name!r}",
            f"a meeting's name is of letters, digits and hyphens, 64 at most: {playlist.name!r}",
        )
    plain_text.require(_TITLE, playlist.title)
    slides = [
        {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in vars(slide).items()
            if value not in (None, (), "", False)
        }
        for slide in playlist.slides
    ]
    if not slides:
        raise _wrong(playlist.key, 0, "slides", "没有一张幻灯片", "there is not one slide")
    for place, slide in enumerate(slides, 1):
        _slide(playlist.key, place, slide)
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".") as aside:
        whole = Path(aside) / "whole"
        whole.write_bytes(tomli_w.dumps({"title": playlist.title, "slides": slides}).encode())
        whole.chmod(0o644)
        record()
        os.replace(whole, folder() / f"{playlist.key}.toml")


def expand_slides(
    playlist: Playlist, version: Version, period: Period, area: str | None = None
) -> list[tuple[Slide, Scope]]:
    """Every slide with the scope it is shown in, those of each area below one after another.

    `area` is that of the meeting. Raises AskError that names the slide whose metric, dimension or area is not there.
    """
    return [
        (slide, scope)
        for place, slide in enumerate(playlist.slides, 1)
        for scope in _scopes(playlist.key, place, slide, version, period, area)
    ]


def _scopes(name: str, place: int, slide: Slide, version: Version, period: Period, area: str | None) -> Iterator[Scope]:
    code = slide.area or area
    if slide.area not in areas(version) and version.area is not None:
        # A slide of another area is not for who looks.
        return
    if code not in areas(version):
        raise _wrong(name, place, "area", f"没有区划 {code}", f"there is no area {code}")
    scope = Scope(version, code, period)
    for asked in slide.metrics:
        try:
            known = metric(asked, version)
        except InputError as error:
            raise _wrong(name, place, "metrics", error.zh, error.en) from error
        if slide.by and slide.by not in known.dimensions:
            offered = ", ".join(known.dimensions)
            raise _wrong(
                name,
                place,
                "by",
                f"{asked} 不能按 {slide.by} 分；可以：{offered}",
                f"{asked} cannot be told by {slide.by}; it can by {offered}",
            )
    if not slide.each:
        yield scope
    elif level := scope.child_level:
        yield from (scope.with_area(code) for code in _worst_first(scope, level, slide.metrics[0]))


def _worst_first(scope: Scope, level: str, name: str) -> list[str]:
    """The areas below: those that miss the standard first, then the worse value; those without one last."""
    known = metric(name, scope.version)
    rows = with_status(known.rows(scope, by=level), known)
    return rows.sort(
        pl.col("value").is_null(),
        pl.col("status") != "below",
        pl.col("value") * (1 if known.direction == "higher" else -1),
        level,
    )[level].to_list()


def _slide(name: str, place: int, said: object) -> Slide:
    """One [[slides]] section, checked by itself."""
    if not isinstance(said, dict):
        raise _wrong(name, place, "slides", "应写作 [[slides]]", "write it as [[slides]]")
    if unknown := sorted(set(said) - _KEYS):
        raise _wrong(
            name,
            place,
            unknown[0],
            f"没有这一项；有：{', '.join(sorted(_KEYS))}",
            f"no such key; there are {', '.join(sorted(_KEYS))}",
        )
    kind, metrics = said.get("kind"), said.get("metrics", [])
    if kind not in KINDS:
        raise _wrong(
            name,
            place,
            "kind",
            f"{kind!r} 不是以下之一：{', '.join(KINDS)}",
            f"{kind!r} is not one of {', '.join(KINDS)}",
        )
    least, most = KINDS[kind]
    if (
        not isinstance(metrics, list)
        or not least <= len(metrics) <= most
        or not all(isinstance(each, str) for each in metrics)
    ):
        raise _wrong(
            name,
            place,
            "metrics",
            f"{kind} 要 {least} 到 {most} 个指标名",
            f"{kind} takes {least} to {most} names of metrics",
        )
    seconds, by = said.get("seconds", DEFAULT_SECONDS), said.get("by")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < MIN_SECONDS:
        raise _wrong(
            name, place, "seconds", f"应是不小于 {MIN_SECONDS} 的整数", f"a whole number, {MIN_SECONDS} at least"
        )
    if (kind == "bars") != (by is not None):
        raise _wrong(name, place, "by", "bars 要写按什么分，其余不写", "bars take a dimension, others none")
    is_each = said.get("each", False)
    if not isinstance(is_each, bool) or (is_each and not metrics):
        raise _wrong(name, place, "each", "true 或 false；true 要有指标", "true or false; true needs a metric")
    area, note = said.get("area"), said.get("note", "")
    if not all(isinstance(text, str) for text in (by or "", area or "", note)):
        raise _wrong(name, place, "by, area, note", "应是文字", "these are texts")
    # What the speaker reads may have lines.
    if letter := plain_text.find_invisible(note.replace("\n", "")):
        raise _wrong(
            name, place, "note", f"有看不见的字符 {letter}", f"there is a character that cannot be seen, {letter}"
        )
    return Slide(kind, tuple(metrics), by, area, is_each, seconds, note)


def _wrong(name: str, place: int, key: str, zh: str, en: str) -> InputError:
    return InputError(
        f"data/meetings/{name}.toml 第 {place} 张幻灯片，{key}：{zh}",
        f"data/meetings/{name}.toml, slide {place}, {key}: {en}",
    )
