"""What goes wrong, said in Chinese and in English, with what to do about it."""


class LinliError(Exception):
    """An error people see. `zh` and `en` each say what happened, where, and what to do."""

    # A message that lays out SQL or rows has lines of its own; in any other a line break is one of what it quotes.
    is_multiline = False

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


class SqlFileError(LinliError):
    """A file in sql/ that cannot be used: its header is wrong, a rule is broken, or DuckDB refuses it."""

    is_multiline = True


class InputError(LinliError):
    """A question that cannot be answered as asked: an unknown metric, dimension, filter, area or period."""


class WarehouseError(LinliError):
    """No version of the warehouse can be read."""
