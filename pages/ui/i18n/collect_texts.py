"""Collects the Chinese texts of the pages into the English catalogue: python -m pages.ui.i18n.collect_texts."""

from __future__ import annotations

import sys

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from pages.ui.i18n.texts import CATALOGUE


def collect() -> list[str]:
    """Returns every text that the pages mark with `_("…")`, in file order."""
    extracted = extract_from_dir(CATALOGUE.parents[5], method_map=[("**.py", "python")], keywords={"_": None})
    return list(dict.fromkeys(text for _file, _line, text, _comments, _context in extracted if isinstance(text, str)))


def main() -> int:
    """Writes the catalogue with the current texts and keeps translations. Returns 1 where some are missing."""
    with CATALOGUE.open("rb") as file:
        old = read_po(file)
    new = Catalog(locale="en", project="Linli 邻里看板", fuzzy=False)
    for text in collect():
        translated = old.get(text)
        new.add(text, translated.string if translated else "")
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=110, omit_header=True)
    missing = [message.id for message in new if isinstance(message.id, str) and message.id and not message.string]
    print("\n".join(missing), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
