"""Prevents formula injection in files that people open in Excel, which treats text starting with = + - or @ as formula.

Excel skips blanks, invisible characters and apostrophes before the sign and accepts full-width signs, and so does this
module. A CSV has no types: such a text gets a leading apostrophe, which `unescape_formula` removes. In a workbook the
text is unchanged, and its cell gets the format `TEXT_FORMAT`, which keeps it a text when somebody edits it.
"""

from __future__ import annotations

import polars as pl

from sql.security.escaping import is_visible

# The format of such a cell in a workbook, for xlsxwriter.
TEXT_FORMAT = {"quote_prefix": True}
# Full-width and small forms too.
_STARTS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
_APOSTROPHES = frozenset("'＇")
_GUARD = "'"


def is_formula(text: str) -> bool:
    """Returns true if Excel may treat the text as a formula."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    first = next((character for character in text if not _is_skipped(character)), "")
    return first in _STARTS


def escape_formula(text: str) -> str:
    """Returns the text for a CSV, with a leading apostrophe if Excel may treat it as a formula."""
    return _GUARD + text if is_formula(text) else text


def unescape_formula(text: str) -> str:
    """Returns the original of a text that `escape_formula` has escaped."""
    return text[1:] if text.startswith(_GUARD) and is_formula(text[1:]) else text


def escape_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows with their texts and headers escaped, for a CSV."""
    return pl.DataFrame({escape_formula(column.name): _escape_column(column) for column in rows})


def _escape_column(column: pl.Series) -> pl.Series:
    if not isinstance(column.dtype, (pl.String, pl.Categorical, pl.Enum)):
        return column
    return pl.Series([None if text is None else escape_formula(text) for text in column], dtype=pl.String)


def _is_skipped(character: str) -> bool:
    return character.isspace() or character in _APOSTROPHES or not is_visible(character)
