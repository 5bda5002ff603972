"""Keeps texts texts in files that people open in Excel, which takes what begins with = + - or @ for a formula.

It looks past blanks, signs that cannot be seen and apostrophes, and takes full-width signs for the others; so does
this. A CSV has no types: there an apostrophe stands before such a text, and `unguarded` takes it off. A workbook has:
there the text stays as it is, and its cell gets the format `QUOTED`, by which it stays a text when somebody edits it.
"""

from __future__ import annotations

import polars as pl

from sql.security.escaping import is_visible

# The format of such a cell of a workbook, as xlsxwriter takes it.
TEXT_FORMAT = {"quote_prefix": True}
# Full-width and small forms too.
_STARTS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
_APOSTROPHES = frozenset("'＇")
_GUARD = "'"


def is_formula(text: str) -> bool:
    """Returns whether Excel may take the text for a formula."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    first = next((sign for sign in text if not _is_passed_over(sign)), "")
    return first in _STARTS


def escape_formula(text: str) -> str:
    """Returns the text as a CSV that people open in Excel has it."""
    return _GUARD + text if is_formula(text) else text


def unescape_formula(text: str) -> str:
    """Returns the text that `guarded` was given."""
    return text[1:] if text.startswith(_GUARD) and is_formula(text[1:]) else text


def escape_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows with their texts and headers guarded, for a CSV."""
    return pl.DataFrame({escape_formula(column.name): _guarded_column(column) for column in rows})


def _guarded_column(column: pl.Series) -> pl.Series:
    if not isinstance(column.dtype, (pl.String, pl.Categorical, pl.Enum)):
        return column
    return pl.Series([None if text is None else escape_formula(text) for text in column], dtype=pl.String)


def _is_passed_over(sign: str) -> bool:
    return sign.isspace() or sign in _APOSTROPHES or not is_visible(sign)
