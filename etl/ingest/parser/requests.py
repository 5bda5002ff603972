"""Requests parsed files from the cache or, for uncached ones, from the parser process."""

import base64
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import Frames
from etl.ingest.boundaries import columns
from etl.ingest.mapping.sections import MAPPING_FILE, Section
from etl.ingest.parser import cache, process
from etl.ingest.parser.results import ParsedSheet
from etl.ingest.parser.tasks import ListSheets, OverlayBoundaries, ParseSheet, ReadMapping, Task
from etl.ingest.values.masking import redact_name
from sql.errors import WarehouseError
from sql.security import key_file


class SheetRequest(NamedTuple):
    """Identifies a sheet to parse: file, sheet name, table, section of the mapping, and hash of the file's content."""

    path: Path
    sheet: str
    table: Table
    section: Section | None
    content_hash: str


class Reader:
    """Returns parsed sheets, and parses those that are not cached in `folder` yet."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = key_file.load_key(folder / "digest.key")
        self._used: set[str] = set()
        self._seconds: dict[Path, float] = {}
        self._prefetched: dict[str, Future[dict[str, Any]]] = {}

    @contextmanager
    def prefetch(self, requests: Iterable[SheetRequest]) -> Iterator[None]:
        """Parses uncached sheets in this order in the background, while this process compares those it has.

        Errors are raised when the sheet is requested; sheets still pending at the end are not parsed.
        """
        with ThreadPoolExecutor(max_workers=1) as executor:
            for request in requests:
                name = self._name(*request)
                if not cache.exists(self._folder, name) and name not in self._prefetched:
                    self._prefetched[name] = executor.submit(self._parse_to_cache, request, name)
            try:
                yield
            finally:
                executor.shutdown(cancel_futures=True)

    def mapping(self, folder: Path) -> list[Section]:
        """Returns the sections of the mapping in a district's folder. Raises FileError for the first mistake in it."""
        answer = self._ask(ReadMapping(folder), folder / MAPPING_FILE)
        return pickle.loads(base64.b64decode(answer["sections"]))  # noqa: S301  our own process wrote it

    def sheet_names(self, path: Path, content_hash: str) -> list[str]:
        """Returns the names of a workbook's sheets. Raises FileError if it can't be opened."""
        name = cache.sheet_names_entry(content_hash, path.suffix.lower())
        self._used.add(name)
        sheets = cache.load_sheet_names(self._folder, name)
        if sheets is None:
            all_names: list[str] = self._ask(ListSheets(path), path)["sheets"]
            # Parsing needs the real name: one that contains an identity or phone number is never cached.
            if all_names == list(map(redact_name, all_names)):
                cache.store_sheet_names(self._folder, name, all_names)
            return all_names
        return sheets

    def parse_sheet(
        self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str
    ) -> ParsedSheet:
        """Returns a parsed sheet. Raises FileError if it can't be read, WarehouseError if it can't be cached."""
        name = self._name(path, sheet, table, section, content_hash)
        self._used.add(name)
        # Wait until a pending entry is complete: an incomplete one would be removed as damaged.
        if prefetched := self._prefetched.pop(name, None):
            prefetched.result()
        outcome = cache.load(self._folder, name)
        if outcome is None:
            self._parse_to_cache(SheetRequest(path, sheet, table, section, content_hash), name)
            outcome = cache.load(self._folder, name)
        if outcome is None:
            raise WarehouseError(
                f"{self._folder} 里刚写入的内容已损坏；请检查磁盘",
                f"data just written to {self._folder} is damaged; check the disk",
            )
        return outcome

    def cells(
        self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str, rows: pl.Series
    ) -> pl.DataFrame:
        """Returns some rows of a parsed sheet, by source_row, as the clerk wrote them; columns are named by index."""
        return cache.load_cells(self._folder, self._name(path, sheet, table, section, content_hash), rows)

    def overlay_boundaries(self, tables: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Returns the shapes with those of parents (`shapes.derive_parents`), and the faults of the given ones
        (`topology.find_faults`).

        Raises FileError if it exceeds the time limit: boundaries with few points can cross extremely often.
        """
        if tables["shapes"].is_empty():
            return columns.without_overlay(tables["shapes"])
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            for table in ("areas", "grids", "shapes"):
                tables[table].write_parquet(folder / f"{table}.parquet")
            self._ask(OverlayBoundaries(folder), folder / "shapes.parquet")
            return pl.read_parquet(folder / "complete.parquet"), pl.read_parquet(folder / "faults.parquet")

    def _parse_to_cache(self, request: SheetRequest, name: str) -> dict[str, Any]:
        path, sheet, table, section, content_hash = request
        task = ParseSheet(path, sheet, table.name, section, content_hash, self._key, self._folder, name)
        return self._ask(task, path)

    def _ask(self, task: Task, path: Path) -> dict[str, Any]:
        # All sheets of a workbook share the time limit of one file.
        return process.parser.ask(task, path, self._seconds)

    def _name(self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str) -> str:
        """Returns the name of a sheet's entry, which changes with the file, its mapping, and the parsing code."""
        mapped = f"{path.name}\n{section.fingerprint}" if section else ""
        return cache.entry_name(table, content_hash, sheet, f"{path.suffix.lower()}\n{mapped}", self._key)

    def evict_unused(self) -> None:
        """Removes the entries of sheets that were not requested."""
        cache.evict(self._folder, self._used)
