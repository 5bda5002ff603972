"""What can be wrong with a source as a whole or with one file; each says how to put it right, in both languages."""


class IntakeError(Exception):
    """Something a clerk can put right; `zh` and `en` say what and how."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} | {en}")
        self.zh = zh
        self.en = en


class SourceError(IntakeError):
    """Nothing can be read from this source."""


class FileError(IntakeError):
    """One file, or one sheet of it, can't be read."""


class NoHeader(FileError):
    """No header row was found."""
