"""Reports values that are accepted but should be reviewed."""

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of
from etl.ingest.values.masking import hide_numbers

# A free-text column may have as many unknown words as rows.
_MAX_WORDS = 10


def unknown_words(table: Table, rows: pl.DataFrame) -> dict[int, list[tuple[str, str]]]:
    """Returns messages, in Chinese and English, about words of accepted rows that aren't in their topic's vocabulary.

    Keyed by source_unit, for sources that have any; the most frequent words come first.
    """
    notices: dict[int, list[tuple[str, str]]] = {}
    for column in table.columns_with("topic"):
        unknown = rows.filter(~pl.col(column).is_in(list(metadata_of(table.columns[column])["labels"])))
        words = unknown.group_by("source_unit", column).len().sort("len", column, descending=[True, False])
        for (number,), unit_words in words.group_by("source_unit", maintain_order=True):
            notices.setdefault(number, []).append(_notice(table, column, unit_words[column]))
    return notices


def _notice(table: Table, column: str, words: pl.Series) -> tuple[str, str]:
    listed = [hide_numbers(word) for word in words.head(_MAX_WORDS)]
    more = len(words) - len(listed)
    known = metadata_of(table.columns[column])["labels"].values()
    return (
        f"{table.header(column)}中有未知的类别 {'、'.join(listed)}{f' 等 {len(words)} 种' if more else ''}，"
        f"已按原文保留；已知的有 {'、'.join(known)}，属于其中的请改正",
        f"{column} has unknown words {', '.join(listed)}{f' and {more} more' if more else ''}, "
        f"stored unchanged; correct those that mean one of {', '.join(known)}",
    )
