"""Finds corrected files, sent again with 更正 or corrected in their name, and the files they replace."""

import re
from collections.abc import Iterable
from pathlib import Path

from etl.contracts.columns import normalise

_CORRECTED = re.compile(r"(.+?)[-_—(\[【]*(?:更正|修订|订正|corrected)(?:版|稿|表)?[-_(\[【]*(\d*)[)\]】]*")


def find_corrections(paths: Iterable[Path]) -> dict[Path, Path]:
    """Returns the replacement of each corrected file, by path.

    A replacement is in the same folder and has the same name plus a mark of correction. Of several, the one with the
    highest number wins.
    """
    by_name: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        by_name.setdefault((path.parent, normalise(path.stem)), []).append(path)
    best_corrections: dict[tuple[Path, str], tuple[int, str, Path]] = {}
    corrections: list[tuple[tuple[Path, str], Path]] = []
    for (folder, name), same_name_paths in by_name.items():
        match = _CORRECTED.fullmatch(name)
        if match is None or (folder, match[1]) not in by_name:
            continue
        for path in same_name_paths:
            best_corrections[folder, match[1]] = max(
                best_corrections.get((folder, match[1]), (-1, "", path)), (int(match[2] or 1), path.name, path)
            )
            corrections.append(((folder, match[1]), path))
    replacements = {path: best_corrections[original][2] for original in best_corrections for path in by_name[original]}
    for original, path in corrections:
        if path != best_corrections[original][2]:
            replacements[path] = best_corrections[original][2]
    return replacements
