"""Imports, reads and compresses ahead of the first visitor, so that nobody waits for it."""

from __future__ import annotations

import gc
import pkgutil
from contextlib import suppress
from importlib import import_module

from pages.internals.late_imports import LATE_IMPORTS
from pages.server.delivery import assets
from sql import metric, warehouse
from sql.errors import SqlFileError
from sql.files import parse_cache
from sql.semantic.catalog import catalog
from sql.semantic.scope import areas


def run() -> None:
    """Imports what pages use, opens the version, reads every metric and compresses the front end.

    Then freezes all these objects, so that Python's garbage collector does not scan them again and again. Raises
    WarehouseError if there is no version.
    """
    _import()
    version = warehouse.current_version()
    areas(version)
    for name in catalog.names("metrics"):
        # Pages report errors in a file.
        with suppress(SqlFileError):
            metric(name, version)
    parse_cache.save()
    assets.prepare()
    gc.collect()
    gc.freeze()


def _import() -> None:
    """Imports every module that a run of a page needs.

    Plotly looks for pandas in sys.modules and would use it while another visitor's run is still importing it.
    """
    for name in ("pages.ui", "pages.meeting", "pages.briefing"):
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for name in LATE_IMPORTS:
        import_module(name)
