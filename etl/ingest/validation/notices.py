"""What a file's rows hold that is accepted but worth a second look."""

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of
from etl.ingest.values.masking import hide_numbers

# A column of free text has as many unknown words as rows.
_WORDS_SHOWN = 10


def unknown_words(table: Table, rows: pl.DataFrame) -> dict[int, list[tuple[str, str]]]:
    """What to say, in Chinese and in English, of the words of accepted rows that their topics don't know: by
    source_unit, where there are any, the most frequent first."""
    said: dict[int, list[tuple[str, str]]] = {}
    for column in table.columns_with("topic"):
        unknown = rows.filter(~pl.col(column).is_in(list(metadata_of(table.columns[column])["labels"])))
        words = unknown.group_by("source_unit", column).len().sort("len", column, descending=[True, False])
        for (unit,), group in words.group_by("source_unit", maintain_order=True):
            said.setdefault(unit, []).append(_notice(table, column, group[column]))
    return said


def _notice(table: Table, column: str, words: pl.Series) -> tuple[str, str]:
    shown = [hide_numbers(word) for word in words.head(_WORDS_SHOWN)]
    more = len(words) - len(shown)
    known = metadata_of(table.columns[column])["labels"].values()
    return (
        f"{table.header(column)}中有未知的类别 {'、'.join(shown)}{f' 等 {len(words)} 种' if more else ''}，"
        f"已按原文保留；已知的有 {'、'.join(known)}，属于其中的请改正",
        f"{column} has unknown words {', '.join(shown)}{f' and {more} more' if more else ''}, "
        f"kept as they are; correct those that mean one of {', '.join(known)}",
    )
