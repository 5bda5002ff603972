"""Loads lookups, which translate a clerk's words: typed in the mapping, or in a file beside it."""

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import SourceSchema, normalise, text
from etl.ingest.errors import FileError, suggest
from etl.ingest.mapping.sections import MAPPING_FILE, Lookup
from etl.ingest.readers.files import EXCEL_SUFFIXES, Cells, open_workbook, read_cells
from etl.ingest.values.masking import hide_numbers


def load_lookup(lookup: Lookup) -> dict[str, str]:
    """Returns the meaning of each word of a lookup; the keys are normalised for comparison.

    Raises FileError if its file can't be read, lacks a column or gives a word two meanings.
    """
    if lookup.path is None:
        return lookup.words
    headers = list(dict.fromkeys([lookup.key, *lookup.value.headers]))
    cells = _cells(lookup, headers)
    indexes = {normalise(cell or ""): str(index) for index, cell in enumerate(cells.header)}
    for header in headers:
        if normalise(header) not in indexes:
            zh, en = suggest(header, (hide_numbers(cell) for cell in cells.header if cell))
            raise FileError(
                f"对照表 {lookup.source} 里没有列“{header}”；{zh}；请改正 {MAPPING_FILE}",
                f"the lookup file {lookup.source} has no column {header}; {en}; correct {MAPPING_FILE}",
            )
    value = lookup.value.render({header: pl.col(indexes[normalise(header)]) for header in headers}, None)
    meanings: dict[str, str] = {}
    for word, meaning in cells.rows.select(
        pl.col(indexes[normalise(lookup.key)]).alias("word"), value.alias("is")
    ).iter_rows():
        if word is None or not word.strip() or meaning is None:
            continue
        if meanings.setdefault(normalise(word), meaning) != meaning:
            masked_word = hide_numbers(word.strip())
            raise FileError(
                f"对照表 {lookup.source} 里“{masked_word}”对应了两个不同的值；请只保留正确的一行",
                f"the lookup file {lookup.source} gives '{masked_word}' two meanings; keep only the correct row",
            )
    # The mapping's own words take precedence over the file.
    return meanings | lookup.words


def _cells(lookup: Lookup, headers: list[str]) -> Cells:
    """Reads a lookup file as if it were a table whose columns are the given headers."""
    columns = {header: text(header) for header in headers}
    table = Table("lookup", lookup.source, "", (), type("LookupFile", (SourceSchema,), columns), None)
    path, sheet = lookup.path, lookup.sheet
    if path is None:
        raise ValueError(f"the lookup {lookup.source} has no file")
    if not sheet and path.suffix.lower() in EXCEL_SUFFIXES:
        sheet = open_workbook(path).sheet_names[0]
    cells = read_cells(path, sheet, table)
    if cells is None:
        raise FileError(
            f"对照表 {lookup.source} 是空的；请填好后重试", f"the lookup file {lookup.source} is empty; fill it in"
        )
    return cells
