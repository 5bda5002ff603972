"""Replaces personal values with keyed digests once their row is checked.

Two people must remain distinguishable after their numbers are gone: two rows of one key with different phones are not
repeats, and one identity number under two worker_ids is one person. A digest shows that two values are equal and,
without this warehouse's key, nothing else; a plain hash of an identity number could be reversed by trying all numbers.

Identity and phone numbers also occur where they don't belong. In remarks they are masked. A code that contains one is
replaced by its first digits and a digest, the same in every table, so that references to it still resolve.
"""

from collections.abc import Iterator
from hashlib import blake2b

import polars as pl

from etl.contracts import Table
from etl.ingest.values.masking import hide_numbers_expr, holds_numbers, holds_person_number

_DIGEST_BYTES = 12
# For a code, this many digits of the digest are unique in practice and still readable.
_CODE_DIGITS = 12


def conceal(table: Table, rows: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Returns the rows with personal values replaced.

    A dropped value becomes a digest, a masked one its first character and a digest. Identity and phone numbers in other
    texts and codes are masked.
    """
    personal = {name: kind for name, kind in table.columns_with("personal").items() if kind in ("drop", "mask")}
    digests = {name: _digests(rows[name], key) for name in personal}
    return rows.with_columns(
        pl.concat_str(pl.col(name).str.slice(0, 1), digests[name]) if kind == "mask" else digests[name]
        for name, kind in personal.items()
    ).with_columns(*_mask_numbers(table, rows, key))


def _mask_numbers(table: Table, rows: pl.DataFrame, key: bytes) -> Iterator[pl.Series]:
    """Yields the non-personal text and code columns that contain identity or phone numbers, with these masked."""
    codes, personal = table.columns_with("code"), table.columns_with("personal")
    for name, dtype in rows.schema.items():
        # The digits of a polygon are degrees, not phone numbers.
        if (
            dtype != pl.String
            or name in personal
            or name not in table.columns
            or (table.name, name) == ("shapes", "geometry")
        ):
            continue
        is_code = name in codes
        has_number = rows.select(
            (holds_person_number if is_code else holds_numbers)(pl.col(name)).fill_null(False)
        ).to_series()
        # Hardly any column has such numbers, and searching costs a fraction of replacing.
        if has_number.any():
            masked = rows.select(hide_numbers_expr(pl.col(name))).to_series()
            masked = masked + _digests(rows[name], key).str.slice(0, _CODE_DIGITS) if is_code else masked
            yield masked.zip_with(has_number, rows[name])


def _digests(values: pl.Series, key: bytes) -> pl.Series:
    digests = [
        None if value is None else blake2b(value.encode(), key=key, digest_size=_DIGEST_BYTES).hexdigest()
        for value in values
    ]
    return pl.Series(values.name, digests, dtype=pl.String)
