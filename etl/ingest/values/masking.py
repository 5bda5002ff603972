"""Identity and phone numbers inside texts: hidden wherever a text is kept or told.

A row shifted by a column, a remark or the name of a file puts them where nobody expects them. Of each the first three
digits are left, by which a clerk finds it in the file.
"""

import polars as pl

# What people write between the digits: 138 1234 5678, 138-1234-5678. \d is full-width digits too.
_BETWEEN = r"[\s\-－—–]?"
_BEFORE, _AFTER = rf"(^|\D)((?:(?:[0０][0０])?[8８][6６]{_BETWEEN})?", r"($|\D)"
# Mistyped ones are personal too: whatever has the length of a mobile, a landline or an identity number.
_ANY = (
    rf"{_BEFORE}\d{{3}})(?:{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}"
    rf"|\d{{3}}{_BETWEEN}\d{{8}}{_BETWEEN}\d{{3}}[\dXxＸｘ]){_AFTER}"
)
# Codes have such lengths as well; in them only what can be a mobile, or the number of somebody born before 2010, is
# meant. A ticket numbered by division and day has a later date in it.
_CERTAIN = (
    rf"{_BEFORE}(?:[1１][3-9３-９]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}"
    rf"|[1-9]\d{{5}}(?:19\d\d|200\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx])){_AFTER}"
)


def hide_numbers_expr(text: pl.Expr) -> pl.Expr:
    """A text of which every identity and phone number shows its first three digits only."""
    # Of two numbers with one character between them the first match takes that character: the second waits for its
    # turn.
    return text.str.replace_all(_ANY, "${1}${2}***${3}").str.replace_all(_ANY, "${1}${2}***${3}")


def holds_numbers(text: pl.Expr) -> pl.Expr:
    """Whether there is anything to hide in a text."""
    return text.str.contains(_ANY)


def hide_numbers(text: str) -> str:
    """A text of which every identity and phone number shows its first three digits only."""
    return pl.select(hide_numbers_expr(pl.lit(text))).item()


def holds_person_number(code: pl.Expr) -> pl.Expr:
    """Whether a code, or the name of a file, holds what can only be a mobile or an identity number."""
    return code.str.contains(_CERTAIN)


def redact_name(name: str) -> str:
    """The name of a file, a sheet or a folder: hidden as a text where it holds a mobile or an identity number."""
    return hide_numbers(name) if pl.select(holds_person_number(pl.lit(name))).item() else name
