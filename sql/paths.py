"""Locates the project and its warehouse."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# Subfolder of a warehouse: the rows parsed from the districts' files when they were last read.
ROWS_CACHE = "kept"


def folder() -> Path:
    """Returns the warehouse's folder: LINLI_WAREHOUSE in the environment, else data/warehouse."""
    return Path(os.environ.get("LINLI_WAREHOUSE") or PROJECT / "data" / "warehouse")
