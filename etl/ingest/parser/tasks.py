"""Defines the tasks of the parser process."""

from dataclasses import dataclass
from pathlib import Path

from etl.ingest.mapping.sections import Section


@dataclass(frozen=True)
class ParseSheet:
    """Requests that a sheet be read, checked and cached in `folder` under `name`."""

    path: Path
    sheet: str
    table: str
    section: Section | None
    content_hash: str
    key: bytes
    folder: Path
    name: str


@dataclass(frozen=True)
class ListSheets:
    """Requests the names of a workbook's sheets."""

    path: Path


@dataclass(frozen=True)
class ReadMapping:
    """Requests the sections of the mapping in a district's folder."""

    folder: Path


@dataclass(frozen=True)
class OverlayBoundaries:
    """Requests an overlay of the boundaries of `areas`, `shapes` and `grids`, Parquet files in `folder`.

    The results are written beside them as `complete` and `faults`.
    """

    folder: Path


Task = ParseSheet | ListSheets | ReadMapping | OverlayBoundaries
