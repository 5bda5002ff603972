"""What a source folder holds: one folder a district, in it files, each file or sheet one table."""

import hashlib
import re
from dataclasses import dataclass, field, replace
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

# Tables are named in the part of a mapping that people write by hand.
_MAX_MAPPED_BYTES = 1024**2


@dataclass
class SheetSource:
    """One table in one file, or in one sheet of it, and what reading it has shown so far.

    `section` is what the district's mapping says of it, `replaces` the files that it corrects. `error` says why it
    can't be loaded or is left aside; an empty sheet among others has none and isn't listed.
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
        """The sheet's name as it is kept and told."""
        return redact_name(self.sheet)

    @property
    def has_failed(self) -> bool:
        """It names a table of ours but can't be read."""
        return self.table is not None and self.error is not None and not self.is_ignored and not self.is_replaced

    @property
    def status(self) -> str:
        """loaded, failed, stale, ignored or replaced (by its correction)."""
        if self.is_replaced:
            return "replaced"
        if self.has_failed:
            return "stale" if self.is_stale else "failed"
        return "ignored" if self.error is not None else "loaded"


def find_sheets(source: Path, national: Path | None, reader: Reader) -> list[SheetSource]:
    """Every unit of a source, by district and file name, the national standards (district "") first.

    Raises SourceError where the folder is missing or holds no district, or the standards file is missing.
    """
    if not source.is_dir():
        raise SourceError(
            f"找不到数据目录 {source}；请检查路径，或新建该目录并放入各区县的文件夹",
            f"there is no folder {source}; check the path, or create it with one folder a district",
        )
    districts = sorted(path for path in source.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not districts:
        raise SourceError(
            f"数据目录 {source} 里没有区县文件夹；请为每个区县建一个文件夹，放入它报送的文件",
            f"{source} holds no district folder; create one folder a district and put its files inside",
        )
    if national is not None and not national.is_file():
        raise SourceError(
            f"找不到全国标准文件 {national}；请从项目中恢复它",
            f"there is no file of national standards {national}; restore it from the project",
        )
    found = _units("", national, national.parent, [], reader) if national is not None else []
    for district in districts:
        found.extend(_in_district(district, reader))
    return found


def match_table(name: str) -> Table | None:
    """The table a file or sheet is named after: its English name, or the Chinese name inside.

    Where there are several, the one that ends last counts, for the head of a Chinese phrase is its end:
    社区工作者考核 are assessments. What stands in brackets is a remark and counts where nothing else does.
    """
    tables = all_tables()
    name = normalise(name)
    if name in tables:
        return tables[name]
    for part in (re.sub(r"\([^)]*\)", "", name), name):
        inside = [
            (part.rindex(title) + len(title), len(title), table.name)
            for table in tables.values()
            if (title := table.title) in part
        ]
        if inside:
            return tables[max(inside)[-1]]
    return None


def _in_district(folder: Path, reader: Reader) -> list[SheetSource]:
    """The units of a district: its files, and the rows typed in its mapping."""
    district, mapping = display_path(folder, folder.parent), folder / MAPPING_FILE
    faults = files_in(folder)
    has_mapping, broken = mapping in faults, faults.pop(mapping, None)
    faults.pop(folder / DRAFT_FILE, None)
    sections: list[Section] = []
    if has_mapping and broken is None:
        try:
            sections = reader.mapping(folder)
        except FileError as error:
            broken = error
    paths = [path for path, fault in faults.items() if fault is None]
    replaced = find_corrections(path for path in paths if path.suffix.lower() in READABLE_SUFFIXES)
    found = []
    for path, fault in faults.items():
        if fault is not None:
            file = display_path(path, folder)
            found.append(SheetSource(district, path, file, "", match_table(Path(file).stem), "", 0, error=fault))
        elif path in replaced:
            found.append(_replaced(district, path, folder, sections, replaced[path]))
        else:
            originals = tuple(display_path(old, folder) for old, new in replaced.items() if new == path)
            names = [display_path(path, folder), *originals]
            mine = [one for one in sections if not one.rows and any(one.covers(name) for name in names)]
            found.extend(
                replace(unit, replaced_files=originals) for unit in _units(district, path, folder, mine, reader)
            )
    if has_mapping:
        found.extend(_of_mapping(district, mapping, sections, broken, found))
    return found


def _units(district: str, path: Path, folder: Path, sections: list[Section], reader: Reader) -> list[SheetSource]:
    """The units of a file: those of the sections that mean it, else the one that its name names."""
    file = display_path(path, folder)
    tables = all_tables()
    sections = [section.for_file(file) for section in sections]
    table = tables[sections[0].table] if sections else match_table(Path(file).stem)
    try:
        stamp = _stamp(path)
    except OSError as error:
        return [SheetSource(district, path, file, "", table, "", 0, error=open_error(error))]
    if path.suffix.lower() not in READABLE_SUFFIXES:
        kinds = " ".join(sorted(READABLE_SUFFIXES))
        unread = FileError(
            f"不读取这种文件；可以读取：{kinds}", f"this kind of file is not read; those read are {kinds}"
        )
        return [SheetSource(district, path, file, "", table if sections else None, *stamp, error=unread)]

    def unit(sheet: str, section: Section) -> SheetSource:
        return SheetSource(district, path, file, sheet, tables[section.table], *stamp, section)

    if path.suffix.lower() not in EXCEL_SUFFIXES:
        if sections:
            return [unit("", section) for section in sections]
        return [SheetSource(district, path, file, "", table, *stamp, error=None if table else _unnamed())]
    try:
        sheets = reader.sheet_names(path, stamp[0])
    except FileError as error:
        return [SheetSource(district, path, file, "", table, *stamp, error=error)]
    found: list[SheetSource] = []
    for sheet in sheets:
        mine = [section for section in sections if section.covers_sheet(sheet)]
        if mine:
            found.extend(unit(sheet, section) for section in mine)
            continue
        # A sheet that is exactly a table's name says more than the name of the workbook around it.
        exact = next((t for t in tables.values() if normalise(sheet) in (t.name, t.title)), None)
        sheet_table = exact or (None if sections else table) or match_table(sheet)
        found.append(
            SheetSource(district, path, file, sheet, sheet_table, *stamp, error=None if sheet_table else _unnamed())
        )
    for section in sections:
        if not any(section.covers_sheet(sheet) for sheet in sheets):
            zh, en = suggest(section.sheet, sheets)
            missing = unit("", section)
            missing.error = FileError(
                f"{section.label} sheet：工作簿里没有“{section.sheet}”；{zh}；请改正",
                f"{section.label}, sheet: the workbook has no sheet {section.sheet}; {en}; correct it",
            )
            found.append(missing)
    return found


def _replaced(district: str, path: Path, folder: Path, sections: list[Section], by: Path) -> SheetSource:
    file, other = display_path(path, folder), display_path(by, by.parent)
    table = next((all_tables()[one.table] for one in sections if one.covers(file)), match_table(Path(file).stem))
    error = FileError(
        f"已由 {other} 更正，不再读取；无误后可删去", f"corrected by {other} and not read; it may be deleted"
    )
    return SheetSource(district, path, file, "", table, *_stamp_or_none(path), error=error, is_replaced=True)


def _of_mapping(
    district: str, path: Path, sections: list[Section], broken: FileError | None, found: list[SheetSource]
) -> list[SheetSource]:
    """The units of the mapping itself: the rows typed in it, and what it says of files that aren't there.

    A broken one fails all that is in the district, and the tables it names as far as that can be seen, so that their
    rows of before stay. Marks in `found` what that or a lookup means for them.
    """

    def unit(table: Table | None, section: Section | None = None, error: FileError | None = None) -> SheetSource:
        return SheetSource(district, path, MAPPING_FILE, "", table, *_stamp_or_none(path), section, error)

    if broken is not None:
        for one in found:
            if not one.is_replaced:
                one.error = broken
        named = tables_in(_head(path))
        present = [one.table for one in found]
        return [unit(table, error=broken) for table in named if table not in present] or [unit(None, error=broken)]
    files = sorted({one.file for one in found})
    lookups = {lookup.path: lookup for section in sections for lookup in section.lookups.values()}
    for one in found:
        if one.table is None and one.path.resolve() in lookups:
            one.error = FileError(
                f"用作 {MAPPING_FILE} 的对照表，不装入", f"used by {MAPPING_FILE} to look words up; not loaded itself"
            )
    units = [unit(all_tables()[one.table], one) for one in sections if one.rows]
    for section in sections:
        if section.rows or any(section.covers(file) for file in files):
            continue
        zh, en = suggest(section.name, files)
        error = FileError(
            f"{section.label} name：没有文件与“{section.name}”相符；{zh}；请改正，或放入文件",
            f"{section.label}, name: no file matches {section.name}; {en}; correct it, or add the file",
        )
        units.append(unit(all_tables()[section.table], error=error))
    return units


def _stamp(path: Path) -> tuple[str, int]:
    """The sha256 of a file's content and its size."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest(), path.stat().st_size


def _head(path: Path) -> bytes:
    """The beginning of a mapping that is broken, nothing where it can't be opened."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as content:
            return content.read(_MAX_MAPPED_BYTES)
    except OSError:
        return b""


def _stamp_or_none(path: Path) -> tuple[str, int]:
    if not path.is_file():
        return "", 0
    try:
        return _stamp(path)
    except OSError:
        return "", 0


def _unnamed() -> FileError:
    tables = all_tables().values()
    return FileError(
        f"文件名里没有表名；请在文件名中写上：{'、'.join(table.title for table in tables)} 之一，或在 {MAPPING_FILE} 里写明",
        "the file's name names no table; put one of these into it, or say in "
        f"{MAPPING_FILE} which it is: " + ", ".join(f"{table.name} ({table.title})" for table in tables),
    )
