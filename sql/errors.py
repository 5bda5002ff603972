"""Defines the errors that people see: each has a Chinese and an English message with a remedy."""


class LinliError(Exception):
    """Holds a message for people. `zh` and `en` each say what happened, where, and what to do."""

    # Messages that contain SQL or rows span several lines. In any other message a line break comes from quoted input.
    is_multiline = False

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


class SqlFileError(LinliError):
    """Reports a file in sql/ that cannot be used: its header is wrong, it breaks a rule, or DuckDB rejects it."""

    is_multiline = True


class InputError(LinliError):
    """Reports an invalid request: an unknown metric, dimension, filter, area or period."""


class WarehouseError(LinliError):
    """Reports that no version of the warehouse can be read."""
