"""Describes a section of a district's mapping.toml: how one table is read from the files it covers."""

import hashlib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

import polars as pl

from etl.ingest.mapping.templates import EMPTY_TEMPLATE, Template, date_in

MAPPING_FILE = "mapping.toml"
DRAFT_FILE = "mapping.draft.toml"


@dataclass(frozen=True)
class Lookup:
    """Describes a clerk's column whose words are looked up.

    `words` maps words, normalised for comparison (`etl.contracts.columns.normalise`), to their meaning. If there is a
    file, a word is also looked up in its column `key`, and `value` renders the meaning from the row. `source` is the
    lookup's name in messages.
    """

    header: str
    source: str
    words: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    digest: str = ""
    sheet: str = ""
    key: str = ""
    value: Template = EMPTY_TEMPLATE


@dataclass(frozen=True)
class Section:
    """Describes how one table is read from the files and sheets that `name` and `sheet` match.

    label: its name in messages. columns: contract column -> clerk's header; values: contract column -> clerk's words,
    normalised for comparison, -> ours; constants, templates and lookups: other origins of a column; skip: clerk's
    header -> words of rows to leave out. rows: rows typed in the mapping itself, by contract column, instead of a
    file's. file_date: the date in the name of the file it is applied to, ISO.
    """

    label: str
    table: str
    name: str = "*"
    sheet: str = "*"
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    dates: str = ""
    constants: dict[str, str] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    skip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    header_row: int | None = None
    header_rows: int | None = None
    is_full: bool = False
    rows: tuple[dict[str, str], ...] = ()
    file_date: str | None = None

    @property
    def mapped_columns(self) -> set[str]:
        """Returns the contract columns whose origin it sets."""
        return {*self.columns, *self.constants, *self.templates, *self.lookups}

    @property
    def headers(self) -> dict[str, str]:
        """Returns the clerk's headers it names, each with the key that names it."""
        keys_by_header = {header: f"skip.{header}" for header in self.skip}
        for column, template in self.templates.items():
            keys_by_header |= dict.fromkeys(template.headers, f"templates.{column}")
        keys_by_header |= {lookup.header: f"lookups.{column}.column" for column, lookup in self.lookups.items()}
        return keys_by_header | {header: f"columns.{column}" for column, header in self.columns.items()}

    @property
    def fingerprint(self) -> str:
        """Returns a text that changes whenever a sheet would be read differently."""
        # A lookup contributes the digest of its file, not the file's path.
        name_independent = replace(self, name="", sheet="")
        return hashlib.sha256(_stable_repr(vars(name_independent)).encode()).hexdigest()

    def covers(self, file: str) -> bool:
        """Returns whether a file, by its path in the district's folder, matches; a bare name matches in any folder."""
        path, pattern = _folded(file), _folded(self.name)
        return fnmatchcase(path, pattern) or fnmatchcase(path.rsplit("/", 1)[-1], pattern)

    def covers_sheet(self, sheet: str) -> bool:
        """Returns whether a sheet matches."""
        return fnmatchcase(_folded(sheet), _folded(self.sheet))

    def for_file(self, file: str) -> "Section":
        """Returns the section with the date in this file's name set."""
        file_date = date_in(file)
        return replace(self, file_date=file_date.isoformat() if file_date else None)

    def inline_cells(self) -> tuple[list[str | None], pl.DataFrame]:
        """Returns the header and text cells of its inline rows, as in `Cells`; source_row counts from 1."""
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        cells = {str(index): [row.get(column) for row in self.rows] for index, column in enumerate(columns)}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        return list(columns), frame.with_row_index("source_row", offset=1).with_columns(
            overflow=pl.lit(None, dtype=pl.String)
        )


def _folded(name: str) -> str:
    return normalize("NFC", name).lower()


def _stable_repr(value: object) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{key!r}:{_stable_repr(value[key])}" for key in sorted(value)) + "}"
        case list() | tuple():
            return "[" + ",".join(_stable_repr(item) for item in value) + "]"
        case Lookup() | Template():
            return _stable_repr({key: item for key, item in vars(value).items() if key != "path"})
        case _:
            return repr(value)
