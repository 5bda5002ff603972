"""What a source folder holds: one folder a district, in it files, each file or sheet one table."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from etl.contracts import Table, registered
from etl.contracts.columns import plain
from etl.intake.errors import FileError, SourceError
from etl.intake.readers import EXCEL, READ, open_workbook, unreadable


@dataclass
class Unit:
    """One table in one file, or in one sheet of it, and what reading it has shown so far.

    `error` says why it can't be loaded or is left aside; an empty sheet among others has none and isn't
    listed.
    """

    district: str
    path: Path
    file: str
    sheet: str
    table: Table | None
    content_hash: str
    bytes: int
    error: FileError | None = None
    extra_columns: list[str] = field(default_factory=list)
    is_empty: bool = False
    is_ignored: bool = False
    is_stale: bool = False

    @property
    def has_failed(self) -> bool:
        """It names a table of ours but can't be read."""
        return self.table is not None and self.error is not None and not self.is_ignored

    @property
    def status(self) -> str:
        """loaded, failed, stale or ignored."""
        if self.has_failed:
            return "stale" if self.is_stale else "failed"
        return "ignored" if self.error is not None else "loaded"


def find_units(source: Path, national: Path | None) -> list[Unit]:
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
    found = _units("", national, national.parent) if national is not None else []
    for district in districts:
        # "~$" begins the lock file that Excel keeps beside an open workbook.
        files = (path for path in sorted(district.rglob("*")) if path.is_file())
        for path in files:
            if not path.name.startswith((".", "~$")):
                found.extend(_units(district.name, path, district))
    return found


def table_named(name: str) -> Table | None:
    """The table a file or sheet is named after: its English name, or the Chinese name inside.

    Where there are several, the one that ends last counts, for the head of a Chinese phrase is its end:
    社区工作者考核 are assessments. What stands in brackets is a remark and counts where nothing else does.
    """
    tables = registered()
    name = plain(name)
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


def _units(district: str, path: Path, folder: Path) -> list[Unit]:
    file = path.relative_to(folder).as_posix()
    table = table_named(path.stem)
    try:
        with path.open("rb") as content:
            stamp = hashlib.file_digest(content, "sha256").hexdigest(), path.stat().st_size
    except OSError as error:
        return [Unit(district, path, file, "", table, "", 0, unreadable(error))]
    if path.suffix.lower() not in READ:
        kinds = " ".join(sorted(READ))
        error = FileError(
            f"不读取这种文件；可以读取：{kinds}", f"this kind of file is not read; those read are {kinds}"
        )
        return [Unit(district, path, file, "", None, *stamp, error)]
    if path.suffix.lower() not in EXCEL:
        return [Unit(district, path, file, "", table, *stamp, None if table else _unnamed())]
    try:
        sheets = open_workbook(path).sheet_names
    except FileError as error:
        return [Unit(district, path, file, "", table, *stamp, error if table else _unnamed())]
    found = []
    for sheet in sheets:
        # A sheet that is exactly a table's name says more than the name of the workbook around it.
        exact = next((t for t in registered().values() if plain(sheet) in (t.name, t.title)), None)
        sheet_table = exact or table or table_named(sheet)
        found.append(
            Unit(district, path, file, sheet, sheet_table, *stamp, None if sheet_table else _unnamed())
        )
    return found


def _unnamed() -> FileError:
    tables = registered().values()
    return FileError(
        "文件名里没有表名；请在文件名中写上：" + "、".join(table.title for table in tables) + " 之一",
        "the file's name names no table; put one of these into it: "
        + ", ".join(f"{table.name} ({table.title})" for table in tables),
    )
