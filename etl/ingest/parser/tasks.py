"""What the process that parses files can be asked to do."""

from dataclasses import dataclass
from pathlib import Path

from etl.ingest.mapping.sections import Section


@dataclass(frozen=True)
class ParseSheet:
    """Read and check a unit and keep the outcome in `folder` under `name`."""

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
    """Tell the names of a workbook's sheets."""

    path: Path


@dataclass(frozen=True)
class ReadMapping:
    """Tell the sections of the mapping in a district's folder."""

    folder: Path


@dataclass(frozen=True)
class OverlayBoundaries:
    """Lay the boundaries of `areas`, `shapes` and `grids`, Parquet files in `folder`, over one another; what comes of
    it is put beside them as `complete` and `faults`."""

    folder: Path


Task = ParseSheet | ListSheets | ReadMapping | OverlayBoundaries
