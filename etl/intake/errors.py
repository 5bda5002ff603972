"""What can be wrong with a source as a whole or with one file of it."""

from sql.errors import LinliError


class SourceError(LinliError):
    """Nothing can be read from this source."""


class FileError(LinliError):
    """One file, or one sheet of it, can't be read."""


class NoHeader(FileError):
    """No header row was found."""
