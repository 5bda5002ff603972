"""The files in a district's folder, whatever else lies there: links that lead elsewhere, pipes, names in any
encoding."""

import os
import stat
from pathlib import Path

from etl.ingest.errors import FileError, SourceError
from etl.ingest.values.masking import redact_name

# Beyond this no folder of a district goes; the system itself allows two thousand.
_MAX_LEVELS = 50


def files_in(folder: Path) -> dict[Path, FileError | None]:
    """What lies in a folder and those below it, by path, with why it can't be read where it is no file of its own.

    Raises SourceError where a folder can't be opened: what it holds would seem to be gone.
    """
    found: dict[Path, FileError | None] = {}
    real = os.path.realpath(folder)
    left = [(folder, 0)]
    while left:
        inside, level = left.pop()
        try:
            entries = list(os.scandir(inside))
        except OSError as error:
            raise _closed(inside, error.strerror) from error
        for entry in entries:
            path = inside / entry.name
            if entry.is_dir(follow_symlinks=False):
                if level == _MAX_LEVELS:
                    raise _closed(path, f"> {_MAX_LEVELS}")
                left.append((path, level + 1))
            # "~$" begins the lock file that Excel keeps beside an open workbook.
            elif not entry.name.startswith((".", "~$")):
                found[path] = _fault(path, real)
    return dict(sorted(found.items()))


def display_path(path: Path, folder: Path) -> str:
    """A file's path below a folder, as people read it: a name from a Chinese Windows may be in GB18030. The number of a
    person in it is hidden."""
    name = os.fsencode(path.relative_to(folder).as_posix())
    for encoding in ("utf-8", "gb18030"):
        try:
            return redact_name(name.decode(encoding))
        except UnicodeDecodeError:
            continue
    return redact_name(name.decode("utf-8", errors="replace"))


def _fault(path: Path, folder: str) -> FileError | None:
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError):
        return FileError(
            "这个链接指向的文件不存在或打不开；请放入文件本身",
            "the link leads to a file that isn't there or can't be opened; put the file itself here",
        )
    if not stat.S_ISREG(kind):
        # To open a pipe may wait for ever.
        return FileError("这不是普通文件；请放入文件本身", "this is no ordinary file; put the file itself here")
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(folder):
        return FileError(
            "这个链接指向区县文件夹之外；请放入文件本身",
            "the link leads out of the district's folder; put the file itself here",
        )
    return None


def _closed(folder: Path, why: str | None) -> SourceError:
    name = os.fsencode(folder).decode("utf-8", errors="replace")
    return SourceError(
        f"文件夹 {name} 打不开（{why}）；请检查权限和层数后重试，之前的数据保持不变",
        f"the folder {name} can't be opened ({why}); check its permissions and depth and try again, "
        "the data of before stays",
    )
