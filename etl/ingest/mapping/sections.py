"""What a district's mapping.toml says about one table, as it is applied to the files it means."""

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
    """A clerk's column whose words are looked up: in `words`, by the word as it is compared (`plain`), and where there
    is a file beside, in its column `key`, for what `value` makes of its row. `source` is what messages call the table.
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
    """How one table is read from the files and sheets that `name` and `sheet` match.

    `place` is what messages call it. columns: contract column -> clerk's header; values: -> clerk's words, as compared
    (`plain`), with ours; constants, templates and lookups: where else a column comes from; skip: clerk's header ->
    words of rows to leave out. rows: rows typed in the mapping itself, by contract column, instead of a file's.
    file_date: the date in the name of the file it is attached to, ISO.
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
        """The contract columns it says where to find."""
        return {*self.columns, *self.constants, *self.templates, *self.lookups}

    @property
    def headers(self) -> dict[str, str]:
        """The clerk's headers it names, each with the key that names it."""
        named = {header: f"skip.{header}" for header in self.skip}
        for column, template in self.templates.items():
            named |= dict.fromkeys(template.headers, f"templates.{column}")
        named |= {lookup.header: f"lookups.{column}.column" for column, lookup in self.lookups.items()}
        return named | {header: f"columns.{column}" for column, header in self.columns.items()}

    @property
    def fingerprint(self) -> str:
        """A text that differs whenever a unit would be read differently."""
        # A lookup tells the digest of its file instead of where that lies.
        parts = replace(self, name="", sheet="")
        return hashlib.sha256(_stable(vars(parts)).encode()).hexdigest()

    def covers(self, file: str) -> bool:
        """Whether a file, by its path below the district's folder, is meant; a name alone is looked for anywhere."""
        path, pattern = _folded(file), _folded(self.name)
        return fnmatchcase(path, pattern) or fnmatchcase(path.rsplit("/", 1)[-1], pattern)

    def covers_sheet(self, sheet: str) -> bool:
        """Whether a sheet is meant."""
        return fnmatchcase(_folded(sheet), _folded(self.sheet))

    def for_file(self, file: str) -> "Section":
        """The section as it reads this file, with the date in its name."""
        found = date_in(file)
        return replace(self, file_date=found.isoformat() if found else None)

    def inline_cells(self) -> tuple[list[str | None], pl.DataFrame]:
        """The header and text cells of its own rows, as `readers.Cells` has them; source_row counts them from 1."""
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        cells = {str(index): [row.get(column) for row in self.rows] for index, column in enumerate(columns)}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        return list(columns), frame.with_row_index("source_row", offset=1).with_columns(
            overflow=pl.lit(None, dtype=pl.String)
        )


def _folded(name: str) -> str:
    return normalize("NFC", name).lower()


def _stable(value: object) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{key!r}:{_stable(value[key])}" for key in sorted(value)) + "}"
        case list() | tuple():
            return "[" + ",".join(_stable(item) for item in value) + "]"
        case Lookup() | Template():
            return _stable({key: item for key, item in vars(value).items() if key != "path"})
        case _:
            return repr(value)
