"""Lists the files in a district's folder; copes with links that lead elsewhere, pipes and names in any encoding."""

import os
import stat
from pathlib import Path

from etl.ingest.errors import FileError, SourceError
from etl.ingest.values.masking import redact_name

# No district nests its folders this deep; the operating system allows about two thousand levels.
_MAX_LEVELS = 50


def files_in(folder: Path) -> dict[Path, FileError | None]:
    """Returns the files in a folder and its subfolders, by path, each with the reason it can't be read, or None.

    Raises SourceError if a folder can't be opened: its files would seem to have been deleted.
    """
    faults: dict[Path, FileError | None] = {}
    real_folder = os.path.realpath(folder)
    pending = [(folder, 0)]
    while pending:
        current_folder, level = pending.pop()
        try:
            entries = list(os.scandir(current_folder))
        except OSError as error:
            raise _unopenable_folder(current_folder, error.strerror) from error
        for entry in entries:
            path = current_folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                if level == _MAX_LEVELS:
                    raise _unopenable_folder(path, f"> {_MAX_LEVELS}")
                pending.append((path, level + 1))
            # The lock file that Excel keeps beside an open workbook starts with "~$".
            elif not entry.name.startswith((".", "~$")):
                faults[path] = _link_or_kind_error(path, real_folder)
    return dict(sorted(faults.items()))


def display_path(path: Path, folder: Path) -> str:
    """Returns a file's path relative to a folder, for display. Identity and phone numbers in it are masked.

    Names from a Chinese Windows may be encoded in GB18030.
    """
    name = os.fsencode(path.relative_to(folder).as_posix())
    for encoding in ("utf-8", "gb18030"):
        try:
            return redact_name(name.decode(encoding))
        except UnicodeDecodeError:
            continue
    return redact_name(name.decode("utf-8", errors="replace"))


def _link_or_kind_error(path: Path, real_folder: str) -> FileError | None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return FileError(
            "这个链接指向的文件不存在或打不开；请放入文件本身",
            "the link's target doesn't exist or can't be opened; put the file itself here",
        )
    if not stat.S_ISREG(mode):
        # Opening a pipe may block for ever.
        return FileError("这不是普通文件；请放入文件本身", "this is not a regular file; put the file itself here")
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(real_folder):
        return FileError(
            "这个链接指向区县文件夹之外；请放入文件本身",
            "the link points outside the district's folder; put the file itself here",
        )
    return None


def _unopenable_folder(folder: Path, reason: str | None) -> SourceError:
    name = os.fsencode(folder).decode("utf-8", errors="replace")
    return SourceError(
        f"文件夹 {name} 打不开（{reason}）；请检查权限和层数后重试，之前的数据保持不变",
        f"the folder {name} can't be opened ({reason}); check its permissions and depth and try again; "
        "existing data is unchanged",
    )
