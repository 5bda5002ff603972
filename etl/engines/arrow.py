"""Passes Polars frames to and from DuckDB through Arrow's C interface.

DuckDB's own conversion imports pyarrow, which costs a small build a tenth of a second for no benefit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl


@dataclass(frozen=True)
class _Stream:
    """Exposes rows through Arrow's C interface and nothing else.

    This way DuckDB accepts a frame without importing pyarrow. And Polars does not keep a reference to DuckDB's class,
    about which DuckDB would complain when the process ends.
    """

    rows: pl.DataFrame | duckdb.DuckDBPyRelation

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)


@contextmanager
def as_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> Iterator[None]:
    """Makes the rows readable under a name inside the block. After an error the name stays registered."""
    connection.register(name, _Stream(rows))
    yield
    connection.unregister(name)


def read_frame(connection: duckdb.DuckDBPyConnection, select: str) -> pl.DataFrame:
    """Returns the rows of a SELECT. Raises duckdb.Error where DuckDB rejects it."""
    return pl.DataFrame(_Stream(connection.sql(select)))
