"""Single values of a mapping.toml: each is what it should be, or a FileError names its key."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

from etl.ingest.errors import FileError, suggest
from etl.ingest.mapping.sections import MAPPING_FILE


def check_keys(given: dict[str, object], allowed: Iterable[str], place: str) -> None:
    """Raises FileError where a key is none of those allowed; `place` stands before its name."""
    for key in given:
        if key not in allowed:
            zh, en = suggest(key, allowed)
            fail(f"{place}{key}", f"没有这个键；{zh}", f"there is no such key; {en}")


def keys_of(key: str, value: object) -> dict[str, object]:
    """A table of keys and values."""
    if not isinstance(value, dict):
        fail(key, "要写成一组 键 = 值", "this has to be keys and values")
    return value


def words_in(key: str, value: object) -> dict[str, str]:
    """A table whose values are words."""
    return {name: word_of(f"{key}.{name}", word) for name, word in keys_of(key, value).items()}


def word_of(key: str, value: object) -> str:
    """A word: a text, or a number, a date or yes and no as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 64:
        fail(key, "这个数太大", "this number is too large")
    if not isinstance(value, str | int | float | date | datetime):
        fail(key, "要写一个词，加英文双引号", "this has to be one word, in double quotes")
    return str(value)


def integer_of(key: str, value: object) -> int | None:
    """A whole number, or none."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000):
        fail(key, "要写 1 到 1000 的整数", "this has to be a whole number from 1 to 1000")
    return value


def flag_of(key: str, value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        fail(key, "要写 true 或 false", "this has to be true or false")
    return value


def fail(key: str, zh: str, en: str) -> NoReturn:
    """Raises FileError about a key: what is wrong with it, and what it should be."""
    raise FileError(f"{MAPPING_FILE} 的 {key}：{zh}；请改正", f"{MAPPING_FILE}, {key}: {en}; correct it")
