"""Has files parsed in another process, within bounds of time and memory, and looks up what was kept of them."""

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
    """What a unit is read by: file and sheet, the table it is of, its section of the mapping, the file's content."""

    path: Path
    sheet: str
    table: Table
    section: Section | None
    content_hash: str


class Reader:
    """Gives what units hold, reading those that are not kept in `folder` yet."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = key_file.load_key(folder / "digest.key")
        self._used: set[str] = set()
        self._seconds: dict[Path, float] = {}
        self._ahead: dict[str, Future[dict[str, Any]]] = {}

    @contextmanager
    def prefetch(self, units: Iterable[SheetRequest]) -> Iterator[None]:
        """Has the units that are not kept read in this order meanwhile: the other process works while this one
        compares what it has. What goes wrong is told where the unit is asked for; those left over are not read."""
        with ThreadPoolExecutor(max_workers=1) as executor:
            for unit in units:
                name = self._name(*unit)
                if not cache.exists(self._folder, name) and name not in self._ahead:
                    self._ahead[name] = executor.submit(self._read, unit, name)
            try:
                yield
            finally:
                executor.shutdown(cancel_futures=True)

    def mapping(self, folder: Path) -> list[Section]:
        """What the mapping in a district's folder says. Raises FileError for the first mistake in it."""
        answer = self._ask(ReadMapping(folder), folder / MAPPING_FILE)
        return pickle.loads(base64.b64decode(answer["sections"]))  # noqa: S301  our own process wrote it

    def sheet_names(self, path: Path, content_hash: str) -> list[str]:
        """The names of a workbook's sheets. Raises FileError where it can't be opened."""
        name = cache.sheet_names_entry(content_hash, path.suffix.lower())
        self._used.add(name)
        sheets = cache.load_sheet_names(self._folder, name)
        if sheets is None:
            listed: list[str] = self._ask(ListSheets(path), path)["sheets"]
            # By its name a sheet is read: one with the number of a person in it is asked for anew each time.
            if listed == list(map(redact_name, listed)):
                cache.store_sheet_names(self._folder, name, listed)
            return listed
        return sheets

    def parse_sheet(
        self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str
    ) -> ParsedSheet:
        """What a unit holds. Raises FileError where it can't be read, WarehouseError where nothing can be kept."""
        name = self._name(path, sheet, table, section, content_hash)
        self._used.add(name)
        # An entry is looked at once it is whole: half an entry is a damaged one, and is removed.
        if ahead := self._ahead.pop(name, None):
            ahead.result()
        outcome = cache.load(self._folder, name)
        if outcome is None:
            self._read(SheetRequest(path, sheet, table, section, content_hash), name)
            outcome = cache.load(self._folder, name)
        if outcome is None:
            raise WarehouseError(
                f"{self._folder} 里刚写入的内容已损坏；请检查磁盘",
                f"what was just written to {self._folder} is damaged; check the disk",
            )
        return outcome

    def cells(
        self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str, rows: pl.Series
    ) -> pl.DataFrame:
        """Some rows of a unit that was asked for, by their source_row: the cells as the clerk wrote them, text columns
        by place."""
        return cache.load_cells(self._folder, self._name(path, sheet, table, section, content_hash), rows)

    def overlay_boundaries(self, tables: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The shapes with those of parents (`shapes.complete`), and the faults of the given ones (`topology.faults`).

        A few points cross so often that nobody could wait for it. Raises FileError where that is so.
        """
        if tables["shapes"].is_empty():
            return columns.without_overlay(tables["shapes"])
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            for table in ("areas", "grids", "shapes"):
                tables[table].write_parquet(folder / f"{table}.parquet")
            self._ask(OverlayBoundaries(folder), folder / "shapes.parquet")
            return pl.read_parquet(folder / "complete.parquet"), pl.read_parquet(folder / "faults.parquet")

    def _read(self, unit: SheetRequest, name: str) -> dict[str, Any]:
        path, sheet, table, section, content_hash = unit
        task = ParseSheet(path, sheet, table.name, section, content_hash, self._key, self._folder, name)
        return self._ask(task, path)

    def _ask(self, task: Task, path: Path) -> dict[str, Any]:
        # All sheets of a workbook together have as much time as one file.
        return process.parser.ask(task, path, self._seconds)

    def _name(self, path: Path, sheet: str, table: Table, section: Section | None, content_hash: str) -> str:
        """What a unit is kept under: it changes with the file, its mapping, and the code that reads it."""
        mapped = f"{path.name}\n{section.fingerprint}" if section else ""
        return cache.entry_name(table, content_hash, sheet, f"{path.suffix.lower()}\n{mapped}", self._key)

    def evict_unused(self) -> None:
        """Remove what is kept of files that have not been asked for."""
        cache.evict(self._folder, self._used)
