"""Files that were sent again with 更正 or corrected in their name: which of them stands for which."""

import re
from collections.abc import Iterable
from pathlib import Path

from etl.contracts.columns import normalise

_CORRECTED = re.compile(r"(.+?)[-_—(\[【]*(?:更正|修订|订正|corrected)(?:版|稿|表)?[-_(\[【]*(\d*)[)\]】]*")


def find_corrections(paths: Iterable[Path]) -> dict[Path, Path]:
    """By file the one that replaces it: one in the same folder whose name is its own and a mark of correction; of
    several the one with the highest number."""
    by_name: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        by_name.setdefault((path.parent, normalise(path.stem)), []).append(path)
    best: dict[tuple[Path, str], tuple[int, str, Path]] = {}
    correcting: list[tuple[tuple[Path, str], Path]] = []
    for (folder, name), same in by_name.items():
        found = _CORRECTED.fullmatch(name)
        if found is None or (folder, found[1]) not in by_name:
            continue
        for path in same:
            best[folder, found[1]] = max(
                best.get((folder, found[1]), (-1, "", path)), (int(found[2] or 1), path.name, path)
            )
            correcting.append(((folder, found[1]), path))
    replaced = {path: best[original][2] for original in best for path in by_name[original]}
    for original, path in correcting:
        if path != best[original][2]:
            replaced[path] = best[original][2]
    return replaced
