"""Collects the Chinese texts of the pages into the English catalogue: python -m pages.ui.i18n.collect_texts."""

from __future__ import annotations

import sys
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from pages.ui.i18n.texts import CATALOGUE


def collect() -> list[str]:
    """Returns every text that the pages mark with `_("…")`, in file order."""
    extracted = extract_from_dir(CATALOGUE.parents[5], method_map=[("**.py", "python")], keywords={"_": None})
    return list(dict.fromkeys(text for _file, _line, text, _comments, _context in extracted if isinstance(text, str)))


def updated_catalogue() -> Catalog:
    """Returns the catalogue with the current texts and the translations it has: known texts stay where they are, new
    ones are at the end and empty."""
    with CATALOGUE.open("rb") as file:
        old = read_po(file)
    positions = {message.id: position for position, message in enumerate(old)}
    new = Catalog(locale="en", project="Linli 邻里看板", fuzzy=False)
    for text in sorted(collect(), key=lambda text: positions.get(text, len(positions))):
        translated = old.get(text)
        new.add(text, translated.string if translated else "")
    return new


def write(catalogue: Catalog) -> bytes:
    """Returns the catalogue as the bytes of its file."""
    file = BytesIO()
    write_po(file, catalogue, width=110, omit_header=True)
    return file.getvalue()


def main() -> int:
    """Writes the updated catalogue. Returns 1 where translations are missing."""
    new = updated_catalogue()
    CATALOGUE.write_bytes(write(new))
    missing = [message.id for message in new if isinstance(message.id, str) and message.id and not message.string]
    if missing:
        print(*missing, f"Translate these at the end of {CATALOGUE}.", sep="\n", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
