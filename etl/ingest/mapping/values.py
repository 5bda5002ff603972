"""Checks single values of a mapping.toml; a FileError names the key of a wrong one."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

from etl.ingest.errors import FileError, suggest
from etl.ingest.mapping.sections import MAPPING_FILE


def check_keys(settings: dict[str, object], allowed: Iterable[str], prefix: str) -> None:
    """Raises FileError if a key is not allowed; `prefix` is put before its name in the message."""
    for key in settings:
        if key not in allowed:
            zh, en = suggest(key, allowed)
            fail(f"{prefix}{key}", f"没有这个键；{zh}", f"unknown key; {en}")


def keys_of(key: str, value: object) -> dict[str, object]:
    """Returns a table of keys and values. Raises FileError if the value isn't one."""
    if not isinstance(value, dict):
        fail(key, "要写成一组 键 = 值", "this must be a set of key = value")
    return value


def words_in(key: str, value: object) -> dict[str, str]:
    """Returns a table whose values are words. Raises FileError if it isn't one."""
    return {name: word_of(f"{key}.{name}", word) for name, word in keys_of(key, value).items()}


def word_of(key: str, value: object) -> str:
    """Returns a text, number, date or boolean as text. Raises FileError for any other value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 64:
        fail(key, "这个数太大", "this number is too large")
    if not isinstance(value, str | int | float | date | datetime):
        fail(key, "要写一个词，加英文双引号", "this must be one word, in double quotes")
    return str(value)


def integer_of(key: str, value: object) -> int | None:
    """Returns a whole number from 1 to 1000, or None. Raises FileError for any other value."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000):
        fail(key, "要写 1 到 1000 的整数", "this must be a whole number from 1 to 1000")
    return value


def flag_of(key: str, value: object) -> bool:
    """Returns a boolean. Raises FileError for any other value."""
    if not isinstance(value, bool):
        fail(key, "要写 true 或 false", "this must be true or false")
    return value


def fail(key: str, zh: str, en: str) -> NoReturn:
    """Raises FileError about a key, with what is wrong and what is expected."""
    raise FileError(f"{MAPPING_FILE} 的 {key}：{zh}；请改正", f"{MAPPING_FILE}, {key}: {en}; correct it")
