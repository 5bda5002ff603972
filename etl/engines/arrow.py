"""Polars' frames into DuckDB and out of it by Arrow's C interface.

DuckDB's own way for them imports pyarrow, which takes a small build a tenth of a second and gives it nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl


@dataclass(frozen=True)
class _Stream:
    """Rows as nothing but what Arrow's C interface asks for.

    As such DuckDB takes a frame without pyarrow, and Polars what DuckDB gives without remembering its class, which
    DuckDB would complain of when the process ends.
    """

    rows: pl.DataFrame | duckdb.DuckDBPyRelation

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)


@contextmanager
def as_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> Iterator[None]:
    """Has statements on the connection read the rows under that name in the block; after an error the name stays."""
    connection.register(name, _Stream(rows))
    yield
    connection.unregister(name)


def read_frame(connection: duckdb.DuckDBPyConnection, select: str) -> pl.DataFrame:
    """Returns the rows that one SELECT gives. Raises duckdb.Error where DuckDB refuses it."""
    return pl.DataFrame(_Stream(connection.sql(select)))
