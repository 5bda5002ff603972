"""Finds the sheet sources of a source folder: one subfolder per district, and one table per file or sheet in it."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from etl.contracts import Table, all_tables
from etl.contracts.columns import normalise
from etl.ingest.discovery.corrections import find_corrections
from etl.ingest.discovery.file_kinds import EXCEL_SUFFIXES, READABLE_SUFFIXES, open_error
from etl.ingest.discovery.folders import display_path, files_in
from etl.ingest.errors import FileError, SourceError, suggest
from etl.ingest.mapping.loader import tables_in
from etl.ingest.mapping.sections import DRAFT_FILE, MAPPING_FILE, Section
from etl.ingest.parser.requests import Reader
from etl.ingest.values.masking import redact_name
from sql.calendar_day import SHANGHAI

# A broken mapping is searched for table names only this far: tables are named in the part people write themselves.
_MAX_MAPPED_BYTES = 1024**2


@dataclass
class SheetSource:
    """Describes one table in one file or sheet, and the state of reading it.

    `section` is its section of the district's mapping, `replaced_files` the files that it corrects. `error` says why
    it can't be loaded or is ignored; an empty sheet beside filled ones has no error and isn't listed.
    """

    district: str
    path: Path
    file: str
    sheet: str
    table: Table | None
    content_hash: str
    bytes: int
    section: Section | None = None
    error: FileError | None = None
    header: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)
    is_empty: bool = False
    is_ignored: bool = False
    is_stale: bool = False
    is_replaced: bool = False
    replaced_files: tuple[str, ...] = ()

    @property
    def sheet_label(self) -> str:
        """Returns the sheet's name as stored and displayed, with identity and phone numbers masked."""
        return redact_name(self.sheet)

    @property
    def has_failed(self) -> bool:
        """Returns true if it belongs to one of our tables but can't be read."""
        return self.table is not None and self.error is not None and not self.is_ignored and not self.is_replaced

    @property
    def modified_on(self) -> date | None:
        """Returns the day the file was last written, None if it has gone since it was found."""
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, SHANGHAI).date()
        except OSError:
            return None

    @property
    def status(self) -> str:
        """Returns loaded, failed, stale, ignored or replaced (by its correction)."""
        if self.is_replaced:
            return "replaced"
        if self.has_failed:
            return "stale" if self.is_stale else "failed"
        return "ignored" if self.error is not None else "loaded"


def find_sheets(source: Path, national: Path | None, reader: Reader) -> list[SheetSource]:
    """Returns every sheet source of a folder, by district and file name; national standards (district "") come first.

    Raises SourceError if the folder is missing or has no district folder, or if the standards file is missing.
    """
    if not source.is_dir():
        raise SourceError(
            f"找不到数据目录 {source}；请检查路径，或新建该目录并放入各区县的文件夹",
            f"there is no folder {source}; check the path, or create it with one subfolder per district",
        )
    districts = sorted(path for path in source.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not districts:
        raise SourceError(
            f"数据目录 {source} 里没有区县文件夹；请为每个区县建一个文件夹，放入它报送的文件",
            f"{source} has no district folders; create one per district and put its files inside",
        )
    if national is not None and not national.is_file():
        raise SourceError(
            f"找不到全国标准文件 {national}；请从项目中恢复它",
            f"the national standards file {national} is missing; restore it from the project",
        )
    sources = _file_sources("", national, national.parent, [], reader) if national is not None else []
    for district in districts:
        sources.extend(_district_sources(district, reader))
    return sources


def match_table(name: str) -> Table | None:
    """Returns the table that a file or sheet is named after: its name is the English one or contains the Chinese one.

    Of several, the one that ends last wins, because a Chinese phrase ends with its head: 社区工作者考核 are
    assessments. Text in brackets is a remark and counts only if nothing else matches.
    """
    tables = all_tables()
    name = normalise(name)
    if name in tables:
        return tables[name]
    for text in (re.sub(r"\([^)]*\)", "", name), name):
        matches = [
            (text.rindex(title) + len(title), len(title), table.name)
            for table in tables.values()
            if (title := table.title) in text
        ]
        if matches:
            return tables[max(matches)[-1]]
    return None


def _district_sources(folder: Path, reader: Reader) -> list[SheetSource]:
    """Returns the sheet sources of a district: its files, and the rows typed in its mapping."""
    district, mapping = display_path(folder, folder.parent), folder / MAPPING_FILE
    file_errors = files_in(folder)
    has_mapping, mapping_error = mapping in file_errors, file_errors.pop(mapping, None)
    file_errors.pop(folder / DRAFT_FILE, None)
    sections: list[Section] = []
    if has_mapping and mapping_error is None:
        try:
            sections = reader.mapping(folder)
        except FileError as error:
            mapping_error = error
    paths = [path for path, file_error in file_errors.items() if file_error is None]
    corrections = find_corrections(path for path in paths if path.suffix.lower() in READABLE_SUFFIXES)
    sources = []
    for path, file_error in file_errors.items():
        if file_error is not None:
            file = display_path(path, folder)
            sources.append(SheetSource(district, path, file, "", match_table(Path(file).stem), "", 0, error=file_error))
        elif path in corrections:
            sources.append(_replaced_source(district, path, folder, sections, corrections[path]))
        else:
            originals = tuple(display_path(old, folder) for old, new in corrections.items() if new == path)
            names = [display_path(path, folder), *originals]
            file_sections = [
                section for section in sections if not section.rows and any(section.covers(name) for name in names)
            ]
            sources.extend(
                replace(sheet_source, replaced_files=originals)
                for sheet_source in _file_sources(district, path, folder, file_sections, reader)
            )
    if has_mapping:
        sources.extend(_mapping_sources(district, mapping, sections, mapping_error, sources))
    return sources


def _file_sources(
    district: str, path: Path, folder: Path, sections: list[Section], reader: Reader
) -> list[SheetSource]:
    """Returns the sheet sources of a file: by the sections that cover it, else by its name."""
    file = display_path(path, folder)
    tables = all_tables()
    sections = [section.for_file(file) for section in sections]
    table = tables[sections[0].table] if sections else match_table(Path(file).stem)
    try:
        hash_and_size = _hash_and_size(path)
    except OSError as error:
        return [SheetSource(district, path, file, "", table, "", 0, error=open_error(error))]
    if path.suffix.lower() not in READABLE_SUFFIXES:
        kinds = " ".join(sorted(READABLE_SUFFIXES))
        unsupported = FileError(
            f"不读取这种文件；可以读取：{kinds}", f"this kind of file is not supported; supported kinds: {kinds}"
        )
        return [SheetSource(district, path, file, "", table if sections else None, *hash_and_size, error=unsupported)]

    def sheet_source(sheet: str, section: Section) -> SheetSource:
        return SheetSource(district, path, file, sheet, tables[section.table], *hash_and_size, section)

    if path.suffix.lower() not in EXCEL_SUFFIXES:
        if sections:
            return [sheet_source("", section) for section in sections]
        return [
            SheetSource(district, path, file, "", table, *hash_and_size, error=None if table else _no_table_error())
        ]
    try:
        sheets = reader.sheet_names(path, hash_and_size[0])
    except FileError as error:
        return [SheetSource(district, path, file, "", table, *hash_and_size, error=error)]
    sources: list[SheetSource] = []
    for sheet in sheets:
        sheet_sections = [section for section in sections if section.covers_sheet(sheet)]
        if sheet_sections:
            sources.extend(sheet_source(sheet, section) for section in sheet_sections)
            continue
        # A sheet named exactly like a table takes precedence over the name of its workbook.
        named_table = next((each for each in tables.values() if normalise(sheet) in (each.name, each.title)), None)
        sheet_table = named_table or (None if sections else table) or match_table(sheet)
        sources.append(
            SheetSource(
                district,
                path,
                file,
                sheet,
                sheet_table,
                *hash_and_size,
                error=None if sheet_table else _no_table_error(),
            )
        )
    for section in sections:
        if not any(section.covers_sheet(sheet) for sheet in sheets):
            zh, en = suggest(section.sheet, sheets)
            missing_sheet = sheet_source("", section)
            missing_sheet.error = FileError(
                f"{section.label} sheet：工作簿里没有“{section.sheet}”；{zh}；请改正",
                f"{section.label}, sheet: the workbook has no sheet {section.sheet}; {en}; correct it",
            )
            sources.append(missing_sheet)
    return sources


def _replaced_source(district: str, path: Path, folder: Path, sections: list[Section], correction: Path) -> SheetSource:
    file, correction_name = display_path(path, folder), display_path(correction, correction.parent)
    table = next(
        (all_tables()[section.table] for section in sections if section.covers(file)), match_table(Path(file).stem)
    )
    error = FileError(
        f"已由 {correction_name} 更正，不再读取；无误后可删去",
        f"replaced by its correction {correction_name} and not read; it may be deleted",
    )
    return SheetSource(district, path, file, "", table, *_hash_and_size_or_none(path), error=error, is_replaced=True)


def _mapping_sources(
    district: str, path: Path, sections: list[Section], mapping_error: FileError | None, sources: list[SheetSource]
) -> list[SheetSource]:
    """Returns the sheet sources of the mapping itself: rows typed in it, and errors for sections that match no file.

    A broken mapping fails all sources of the district, and the tables it still recognisably names, so that their
    previous rows are kept. Sets these errors in `sources`, and those of files that serve as lookups.
    """

    def mapping_source(
        table: Table | None, section: Section | None = None, error: FileError | None = None
    ) -> SheetSource:
        return SheetSource(district, path, MAPPING_FILE, "", table, *_hash_and_size_or_none(path), section, error)

    if mapping_error is not None:
        for source in sources:
            if not source.is_replaced:
                source.error = mapping_error
        tables_with_files = [source.table for source in sources]
        lost_tables: list[Table | None] = [table for table in tables_in(_head(path)) if table not in tables_with_files]
        return [mapping_source(table, error=mapping_error) for table in lost_tables or [None]]
    files = sorted({source.file for source in sources})
    lookups = {lookup.path: lookup for section in sections for lookup in section.lookups.values()}
    for source in sources:
        if source.table is None and source.path.resolve() in lookups:
            source.error = FileError(
                f"用作 {MAPPING_FILE} 的对照表，不装入", f"used as a lookup by {MAPPING_FILE}; not loaded itself"
            )
    mapping_sources = [mapping_source(all_tables()[section.table], section) for section in sections if section.rows]
    for section in sections:
        if section.rows or any(section.covers(file) for file in files):
            continue
        zh, en = suggest(section.name, files)
        error = FileError(
            f"{section.label} name：没有文件与“{section.name}”相符；{zh}；请改正，或放入文件",
            f"{section.label}, name: no file matches {section.name}; {en}; correct it, or add the file",
        )
        mapping_sources.append(mapping_source(all_tables()[section.table], error=error))
    return mapping_sources


def _hash_and_size(path: Path) -> tuple[str, int]:
    """Returns the sha256 of a file's content and its size in bytes."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest(), path.stat().st_size


def _head(path: Path) -> bytes:
    """Returns the beginning of a broken mapping, empty if it can't be opened."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as content:
            return content.read(_MAX_MAPPED_BYTES)
    except OSError:
        return b""


def _hash_and_size_or_none(path: Path) -> tuple[str, int]:
    if not path.is_file():
        return "", 0
    try:
        return _hash_and_size(path)
    except OSError:
        return "", 0


def _no_table_error() -> FileError:
    tables = all_tables().values()
    return FileError(
        f"文件名里没有表名；请在文件名中写上：{'、'.join(table.title for table in tables)} 之一，"
        f"或在 {MAPPING_FILE} 里写明",
        "the file's name contains no table name; add one of these to it, or name the table in "
        f"{MAPPING_FILE}: " + ", ".join(f"{table.name} ({table.title})" for table in tables),
    )
