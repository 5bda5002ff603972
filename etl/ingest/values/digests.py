"""Personal values on their way in: once a row is checked they give way to keyed digests.

Rows must still tell two people apart after their numbers are gone: two rows of one key with different phones are not
repeats, and one identity number under two worker_ids is one person. A digest says that two values are equal and,
without the key of this warehouse, nothing else; a plain hash of an identity number could be undone by trying them all.

Numbers of people also stand where they don't belong: in remarks they are hidden, and a code that is one gives way to a
digest behind its first digits, the same in every table, so that what refers to it still does.
"""

from collections.abc import Iterator
from hashlib import blake2b

import polars as pl

from etl.contracts import Table
from etl.ingest.values.masking import hide_numbers_expr, holds_numbers, holds_person_number

_DIGEST_BYTES = 12
# Of a code so many digits of the digest are enough to tell it from others, and few enough to read.
_CODE_DIGITS = 12


def conceal(table: Table, rows: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """The rows with a digest in place of each value that is dropped, and behind the first letter of each that is
    masked; without the numbers of people in other texts and codes."""
    personal = {name: kind for name, kind in table.columns_with("personal").items() if kind in ("drop", "mask")}
    digests = {name: _digests(rows[name], key) for name in personal}
    return rows.with_columns(
        pl.concat_str(pl.col(name).str.slice(0, 1), digests[name]) if kind == "mask" else digests[name]
        for name, kind in personal.items()
    ).with_columns(*_without_numbers(table, rows, key))


def _without_numbers(table: Table, rows: pl.DataFrame, key: bytes) -> Iterator[pl.Series]:
    """The texts and codes that are kept as they are and hold the number of a person, without it."""
    codes, personal = table.columns_with("code"), table.columns_with("personal")
    for name, dtype in rows.schema.items():
        # The digits of a polygon are degrees.
        if (
            dtype != pl.String
            or name in personal
            or name not in table.columns
            or (table.name, name) == ("shapes", "geometry")
        ):
            continue
        is_code = name in codes
        held = rows.select(
            (holds_person_number if is_code else holds_numbers)(pl.col(name)).fill_null(False)
        ).to_series()
        # Hardly any column has one, and to look is a fraction of the cost of putting others in their place.
        if held.any():
            told = rows.select(hide_numbers_expr(pl.col(name))).to_series()
            told = told + _digests(rows[name], key).str.slice(0, _CODE_DIGITS) if is_code else told
            yield told.zip_with(held, rows[name])


def _digests(values: pl.Series, key: bytes) -> pl.Series:
    made = [
        None if value is None else blake2b(value.encode(), key=key, digest_size=_DIGEST_BYTES).hexdigest()
        for value in values
    ]
    return pl.Series(values.name, made, dtype=pl.String)
