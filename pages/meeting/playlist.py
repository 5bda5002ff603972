"""Playlists: which slides a meeting goes through. Each is a file of data/meetings, written by people or in the
browser."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import tomli_w

from sql import metric
from sql.errors import AskError
from sql.paths import PROJECT
from sql.periods import Period
from sql.readings import with_status
from sql.scope import Scope, areas
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
SECONDS, LEAST_SECONDS = 20, 3
_NAME = re.compile(r"[^\W_][\w\-]{0,63}")
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
    seconds: int = SECONDS
    note: str = ""

    @property
    def dimension(self) -> str:
        """Gives what the bars are divided by. Raises LookupError for a slide of another kind."""
        if self.by is None:
            raise LookupError(f"a slide of kind {self.kind!r} has no dimension")
        return self.by


@dataclass(frozen=True)
class Playlist:
    """A meeting's slides in their order, under a title; `name` is its file's."""

    name: str
    title: str
    slides: tuple[Slide, ...]


def folder() -> Path:
    """Where playlists lie, and what meetings decided: LINLI_MEETINGS in the environment, else data/meetings."""
    return Path(os.environ.get("LINLI_MEETINGS") or PROJECT / "data" / "meetings")


def names() -> list[str]:
    """The names of all playlists, ordered."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def load(name: str) -> Playlist:
    """The playlist of that name. Raises AskError where there is none, or where its file says something wrong."""
    path = folder() / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        there = ", ".join(names()) or "–"
        raise AskError(
            f"没有名为 {name!r} 的会议；有：{there}", f"there is no meeting called {name!r}; there are {there}"
        )
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AskError(
            f"data/meetings/{path.name} 读不懂：{error}", f"data/meetings/{path.name} cannot be read: {error}"
        ) from error
    listed = said.get("slides", [])
    if not isinstance(listed, list) or not listed:
        raise _wrong(name, 0, "slides", "没有一张幻灯片", "there is not one slide")
    return Playlist(
        name, str(said.get("title", name)), tuple(_slide(name, place, each) for place, each in enumerate(listed, 1))
    )


def save(playlist: Playlist) -> None:
    """Writes a playlist in one step. Raises AskError where a slide or the name is wrong; then the file stays as it
    was."""
    if not _NAME.fullmatch(playlist.name):
        raise AskError(
            f"会议名只能用字、数字和短横线，最多 64 个：{playlist.name!r}",
            f"a meeting's name is of letters, digits and hyphens, 64 at most: {playlist.name!r}",
        )
    slides = [
        {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in vars(slide).items()
            if value not in (None, (), "", False)
        }
        for slide in playlist.slides
    ]
    if not slides:
        raise _wrong(playlist.name, 0, "slides", "没有一张幻灯片", "there is not one slide")
    for place, slide in enumerate(slides, 1):
        _slide(playlist.name, place, slide)
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=folder(), delete=False) as file:
        file.write(tomli_w.dumps({"title": playlist.title, "slides": slides}).encode())
    os.chmod(file.name, 0o644)
    os.replace(file.name, folder() / f"{playlist.name}.toml")


def shown(playlist: Playlist, version: Version, period: Period, area: str | None = None) -> list[tuple[Slide, Scope]]:
    """Every slide with the scope it is shown in, those of each area below one after another.

    `area` is that of the meeting. Raises AskError that names the slide whose metric, dimension or area is not there.
    """
    return [
        (slide, scope)
        for place, slide in enumerate(playlist.slides, 1)
        for scope in _scopes(playlist.name, place, slide, version, period, area)
    ]


def _scopes(name: str, place: int, slide: Slide, version: Version, period: Period, area: str | None) -> Iterator[Scope]:
    code = slide.area or area
    if slide.area not in areas(version) and version.area is not None:
        # A slide of another area is not for who looks.
        return
    if code not in areas(version):
        raise _wrong(name, place, "area", f"没有区划 {code}", f"there is no area {code}")
    at = Scope(version, code, period)
    for asked in slide.metrics:
        try:
            known = metric(asked, version)
        except AskError as error:
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
        yield at
    elif level := at.child_level:
        yield from (at.at(code) for code in _worst_first(at, level, slide.metrics[0]))


def _worst_first(at: Scope, level: str, name: str) -> list[str]:
    """The areas below: those that miss the standard first, then the worse value; those without one last."""
    known = metric(name, at.version)
    rows = with_status(known.rows(at, by=level), known)
    return rows.sort(
        pl.col("value").is_null(),
        pl.col("status") != "below",
        pl.col("value") * (1 if known.better == "higher" else -1),
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
    seconds, by = said.get("seconds", SECONDS), said.get("by")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < LEAST_SECONDS:
        raise _wrong(
            name, place, "seconds", f"应是不小于 {LEAST_SECONDS} 的整数", f"a whole number, {LEAST_SECONDS} at least"
        )
    if (kind == "bars") != (by is not None):
        raise _wrong(name, place, "by", "bars 要写按什么分，其余不写", "bars take a dimension, others none")
    is_each = said.get("each", False)
    if not isinstance(is_each, bool) or (is_each and not metrics):
        raise _wrong(name, place, "each", "true 或 false；true 要有指标", "true or false; true needs a metric")
    area, note = said.get("area"), said.get("note", "")
    if not all(isinstance(text, str) for text in (by or "", area or "", note)):
        raise _wrong(name, place, "by, area, note", "应是文字", "these are texts")
    return Slide(kind, tuple(metrics), by, area, is_each, seconds, note)


def _wrong(name: str, place: int, key: str, zh: str, en: str) -> AskError:
    return AskError(
        f"data/meetings/{name}.toml 第 {place} 张幻灯片，{key}：{zh}",
        f"data/meetings/{name}.toml, slide {place}, {key}: {en}",
    )
