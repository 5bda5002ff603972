"""Where the project and its warehouse lie."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# In a warehouse's folder: what the files of districts gave when they were last read.
ROWS_CACHE = "kept"


def folder() -> Path:
    """Returns the warehouse's folder: LINLI_WAREHOUSE in the environment, else data/warehouse."""
    return Path(os.environ.get("LINLI_WAREHOUSE") or PROJECT / "data" / "warehouse")
