"""Lists modules that other packages import on first use, for the server to import before the first visitor."""

from __future__ import annotations

# Each is imported by the package that its name begins with, while a page is drawn or a file is written.
LATE_IMPORTS = (
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
