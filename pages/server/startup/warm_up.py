"""What is done before the first visitor comes, so that nobody waits for it."""

from __future__ import annotations

import gc
import pkgutil
from contextlib import suppress
from importlib import import_module

from pages.server.delivery import assets
from sql import metric, warehouse
from sql.errors import SqlFileError
from sql.semantic.files import catalog, parse_cache
from sql.semantic.scope import areas

# What other packages import only once they use it.
_LATE = (
    "pandas",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
    "plotly.offline",
    "plotly.io._utils",
    "streamlit.web.skills",
    "streamlit.emojis",
    "streamlit.material_icon_names",
    "streamlit.dataframe.lazy_df_adapters",
    "sqlglot.dialects.duckdb",
    "sqlglot.generators.duckdb",
    "sqlglot.parsers.duckdb",
    "sqlglot.typing.duckdb",
    "polars._utils.udfs",
    "polars.io.spreadsheet._write_utils",
    "encodings.utf_8_sig",
    "encodings.utf_16_le",
    "encodings.cp437",
)


def run() -> None:
    """Imports what pages use, opens the version, reads every metric, compresses the front end; then sets all that is
    there aside from Python's garbage collector, which would look through it again and again.

    Raises WarehouseError where there is no version.
    """
    _import()
    version = warehouse.current_version()
    areas(version)
    for name in catalog.names("metrics"):
        # What is wrong with a file is told on the pages.
        with suppress(SqlFileError):
            metric(name, version)
    parse_cache.save()
    assets.prepare()
    gc.collect()
    gc.freeze()


def _import() -> None:
    """Imports every module that a run of a page needs.

    Plotly looks in sys.modules for pandas, and takes hold of it while another visitor's run is still importing it.
    """
    for name in ("pages.ui", "pages.meeting", "pages.briefing"):
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for name in _LATE:
        import_module(name)
