"""Reads, checks and saves playlists: the slides of a meeting, each playlist a file in data/meetings, written with an
editor or in the browser.

`monthly.toml` belongs to the whole, `monthly@621002.toml` to that area, so two areas can use the same name. A user may
show the playlists of their area and of the areas above it, and edit those of their area and below.
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

from pages.meeting.slide_kinds import KINDS
from pages.meeting.slides import DEFAULT_SECONDS, MIN_SECONDS, Slide
from pages.meeting.store import folder
from sql import metric
from sql.errors import InputError
from sql.files.sql_file import Text
from sql.security import plain_text
from sql.semantic.periods import Period
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

_KEY = re.compile(r"(?P<name>[^\W_][\w\-]{0,63})(?:@(?P<area>[0-9]{2,12}))?")
_TOP_KEYS = {"title", "slides"}
_TITLE = Text("标题", "the title")
_KEYS = {"kind", "metrics", "by", "area", "each", "seconds", "note"}


@dataclass(frozen=True)
class Playlist:
    """Holds a meeting's slides in order, with a title; `name` is unique within its area (None: the whole)."""

    name: str
    title: str
    slides: tuple[Slide, ...]
    area: str | None = None

    @property
    def key(self) -> str:
        """Returns the name that is unique among all areas, which is also the name of its file."""
        return self.name if self.area is None else f"{self.name}@{self.area}"


def area_of(key: str) -> str | None:
    """Returns the code of the area that the playlist with that key belongs to; None for the whole."""
    return key.partition("@")[2] or None


def keys(area: str | None) -> list[str]:
    """Returns the keys of an area's playlists, sorted; None for those of the whole."""
    stems = (path.stem for path in folder().glob("*.toml"))
    return sorted(stem for stem in stems if _KEY.fullmatch(stem) and area_of(stem) == area)


def choices(scope: Scope) -> list[str]:
    """Returns the keys of the playlists that may be shown in an area: its own first, then those of the areas above,
    those of the whole last."""
    return [key for area in (*scope.ancestors, None) for key in keys(area)]


def load(key: str) -> Playlist:
    """Returns the playlist with that key. Raises InputError if there is none or its file is invalid."""
    path, match = folder() / f"{key}.toml", _KEY.fullmatch(key)
    if match is None or not path.is_file():
        known = ", ".join(keys(area_of(key))) or "–"
        raise InputError(f"没有名为 {key!r} 的会议；有：{known}", f"no meeting is named {key!r}; available: {known}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"data/meetings/{path.name} 读不懂：{error}", f"cannot parse data/meetings/{path.name}: {error}"
        ) from error
    if unknown := sorted(set(content) - _TOP_KEYS):
        raise _wrong(
            key,
            0,
            unknown[0],
            f"没有这一项；有：{', '.join(sorted(_TOP_KEYS))}；区域写在文件名里，如 monthly@621002.toml",
            f"unknown key; allowed: {', '.join(sorted(_TOP_KEYS))}; the area is part of the file name, "
            "as in monthly@621002.toml",
        )
    slides, title = content.get("slides", []), content.get("title", match["name"])
    if not isinstance(slides, list) or not slides:
        raise _wrong(key, 0, "slides", "没有一张幻灯片", "there is no slide")
    if not isinstance(title, str):
        raise _wrong(key, 0, "title", "应是文字", "must be text")
    plain_text.require(_TITLE, title)
    return Playlist(
        match["name"], title, tuple(_slide(key, number, slide) for number, slide in enumerate(slides, 1)), match["area"]
    )


def save(playlist: Playlist, record: Callable[[], object]) -> None:
    """Writes a playlist atomically; calls `record` right before, after all checks.

    Raises InputError if a slide, the title or the name is invalid, and whatever `record` raises; then the file stays
    unchanged.
    """
    if (match := _KEY.fullmatch(playlist.key)) is None or match["name"] != playlist.name:
        raise InputError(
            f"会议名只能用字、数字和短横线，最多 64 个：{playlist.name!r}",
            f"a meeting's name may have only letters, digits and hyphens, at most 64: {playlist.name!r}",
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
        raise _wrong(playlist.key, 0, "slides", "没有一张幻灯片", "there is no slide")
    for number, slide in enumerate(slides, 1):
        _slide(playlist.key, number, slide)
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".") as scratch:
        whole = Path(scratch) / "whole"
        whole.write_bytes(tomli_w.dumps({"title": playlist.title, "slides": slides}).encode())
        whole.chmod(0o644)
        record()
        os.replace(whole, folder() / f"{playlist.key}.toml")


def expand_slides(
    playlist: Playlist, version: Version, period: Period, area: str | None = None
) -> list[tuple[Slide, Scope]]:
    """Returns every slide with its scope; a slide with `each` is repeated for each area below.

    `area` is the meeting's area. Raises InputError, naming the slide, if its metric, dimension or area does not exist.
    """
    return [
        (slide, scope)
        for number, slide in enumerate(playlist.slides, 1)
        for scope in _scopes(playlist.key, number, slide, version, period, area)
    ]


def _scopes(
    name: str, number: int, slide: Slide, version: Version, period: Period, area: str | None
) -> Iterator[Scope]:
    code = slide.area or area
    if slide.area not in areas(version) and version.area is not None:
        # The user may not see a slide of another area.
        return
    if code not in areas(version):
        raise _wrong(name, number, "area", f"没有区划 {code}", f"no area has the code {code}")
    scope = Scope(version, code, period)
    for metric_name in slide.metrics:
        try:
            slide_metric = metric(metric_name, version)
        except InputError as error:
            raise _wrong(name, number, "metrics", error.zh, error.en) from error
        if slide.by and slide.by not in slide_metric.dimensions:
            dimensions = ", ".join(slide_metric.dimensions)
            raise _wrong(
                name,
                number,
                "by",
                f"{metric_name} 不能按 {slide.by} 分；可以：{dimensions}",
                f"{metric_name} has no dimension {slide.by}; available: {dimensions}",
            )
    if not slide.each:
        yield scope
    elif level := scope.child_level:
        yield from (scope.with_area(code) for code in _worst_first(scope, level, slide.metrics[0]))


def _worst_first(scope: Scope, level: str, name: str) -> list[str]:
    """Returns the areas below: first those that miss the standard, then from worst to best; areas without a value
    last."""
    slide_metric = metric(name, scope.version)
    rows = with_status(slide_metric.rows(scope, by=level), slide_metric)
    return rows.sort(
        pl.col("value").is_null(),
        pl.col("status") != "below",
        pl.col("value") * (1 if slide_metric.direction == "higher" else -1),
        level,
    )[level].to_list()


def _slide(name: str, number: int, content: object) -> Slide:
    """Checks one [[slides]] section by itself and returns its slide."""
    if not isinstance(content, dict):
        raise _wrong(name, number, "slides", "应写作 [[slides]]", "write it as [[slides]]")
    if unknown := sorted(set(content) - _KEYS):
        raise _wrong(
            name,
            number,
            unknown[0],
            f"没有这一项；有：{', '.join(sorted(_KEYS))}",
            f"unknown key; allowed: {', '.join(sorted(_KEYS))}",
        )
    kind, metrics = content.get("kind"), content.get("metrics", [])
    if kind not in KINDS:
        raise _wrong(
            name,
            number,
            "kind",
            f"{kind!r} 不是以下之一：{', '.join(KINDS)}",
            f"{kind!r} is not one of {', '.join(KINDS)}",
        )
    min_count, max_count = KINDS[kind].metric_counts
    if (
        not isinstance(metrics, list)
        or not min_count <= len(metrics) <= max_count
        or not all(isinstance(metric_name, str) for metric_name in metrics)
    ):
        raise _wrong(
            name,
            number,
            "metrics",
            f"{kind} 要 {min_count} 到 {max_count} 个指标名",
            f"{kind} takes {min_count} to {max_count} metric names",
        )
    seconds, by = content.get("seconds", DEFAULT_SECONDS), content.get("by")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < MIN_SECONDS:
        raise _wrong(
            name,
            number,
            "seconds",
            f"应是不小于 {MIN_SECONDS} 的整数",
            f"must be a whole number, at least {MIN_SECONDS}",
        )
    if KINDS[kind].has_dimension != (by is not None):
        divided = ", ".join(known for known in KINDS if KINDS[known].has_dimension)
        raise _wrong(
            name,
            number,
            "by",
            f"{divided} 要写按什么分，其余不写",
            f"required for {divided}, not allowed for other kinds",
        )
    is_each = content.get("each", False)
    if not isinstance(is_each, bool) or (is_each and not metrics):
        raise _wrong(
            name, number, "each", "true 或 false；true 要有指标", "must be true or false; true requires a metric"
        )
    area, note = content.get("area"), content.get("note", "")
    if not all(isinstance(text, str) for text in (by or "", area or "", note)):
        raise _wrong(name, number, "by, area, note", "应是文字", "must be text")
    # The speaker's note may have several lines.
    if letter := plain_text.find_invisible(note.replace("\n", "")):
        raise _wrong(name, number, "note", f"有看不见的字符 {letter}", f"has an invisible character, {letter}")
    return Slide(kind, tuple(metrics), by, area, is_each, seconds, note)


def _wrong(name: str, number: int, key: str, zh: str, en: str) -> InputError:
    return InputError(
        f"data/meetings/{name}.toml 第 {number} 张幻灯片，{key}：{zh}",
        f"data/meetings/{name}.toml, slide {number}, {key}: {en}",
    )
