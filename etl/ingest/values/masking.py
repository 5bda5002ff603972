"""Masks identity and phone numbers in any text that is stored or displayed.

A row shifted by one column, a remark or a file name may contain them where nobody expects them. The first three digits
remain, so that a clerk can find the number in the file.
"""

import polars as pl

# People separate the digits: 138 1234 5678, 138-1234-5678. \d also matches full-width digits.
_BETWEEN = r"[\s\-－—–]?"
_BEFORE, _AFTER = rf"(^|\D)((?:(?:[0０][0０])?[8８][6６]{_BETWEEN})?", r"($|\D)"
# Mistyped numbers are personal too: match anything as long as a mobile, a landline or an identity number.
_ANY = (
    rf"{_BEFORE}\d{{3}})(?:{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}"
    rf"|\d{{3}}{_BETWEEN}\d{{8}}{_BETWEEN}\d{{3}}[\dXxＸｘ]){_AFTER}"
)
# Codes may have these lengths too, so in a code only a valid mobile, or an identity number with a birth date before
# 2010, matches. A ticket number made of division and day contains a later date.
_CERTAIN = (
    rf"{_BEFORE}(?:[1１][3-9３-９]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}"
    rf"|[1-9]\d{{5}}(?:19\d\d|200\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx])){_AFTER}"
)


def hide_numbers_expr(text: pl.Expr) -> pl.Expr:
    """Returns the text with every identity and phone number cut to its first three digits."""
    # A match consumes the character after the number; a number that follows directly needs a second pass.
    return text.str.replace_all(_ANY, "${1}${2}***${3}").str.replace_all(_ANY, "${1}${2}***${3}")


def holds_numbers(text: pl.Expr) -> pl.Expr:
    """Returns whether a text contains anything to mask."""
    return text.str.contains(_ANY)


def hide_numbers(text: str) -> str:
    """Returns the text with every identity and phone number cut to its first three digits."""
    return pl.select(hide_numbers_expr(pl.lit(text))).item()


def holds_person_number(code: pl.Expr) -> pl.Expr:
    """Returns whether a code or a file name contains an unmistakable mobile or identity number."""
    return code.str.contains(_CERTAIN)


def redact_name(name: str) -> str:
    """Returns the name of a file, sheet or folder, masked if it contains a mobile or identity number."""
    return hide_numbers(name) if pl.select(holds_person_number(pl.lit(name))).item() else name
