"""What is done before the first visitor comes, so that nobody waits for it."""

from __future__ import annotations

import gc
from contextlib import suppress

from pages.server import assets
from sql import catalog, metric, warehouse
from sql.errors import SqlFileError
from sql.scope import areas


def up() -> None:
    """Opens the version, reads every metric, compresses the front end; then sets all that is there aside from Python's
    garbage collector, which would look through it again and again.

    Raises WarehouseError where there is no version.
    """
    version = warehouse.current()
    areas(version)
    for name in catalog.names("metrics"):
        # What is wrong with a file is told on the pages.
        with suppress(SqlFileError):
            metric(name, version)
    assets.prepare()
    gc.collect()
    gc.freeze()
