"""Finds rows of a sheet that aren't records: totals, and notes such as who filled in the form and when."""

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of, normalise
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.cells import OVERFLOW
from etl.ingest.readers.headers import columns_by_header
from etl.ingest.values.types import BLANKS

Notes = list[tuple[str, str]]

# 合计, 东湖社区小计, 总 计（人）, 共计：35, 共 35 人, Total, Grand total: 35
_TOTAL = (
    r"(?i)^(?:.{0,20}[合总小共累]\s*计|共\s*\d+\s*\S{0,4}|(?:grand\s*|sub[\s-]?)?totals?|sum)"
    r"(?:\s*[:：（(\d].{0,20})?$"
)
# 制表人：张三, 填报日期：2024-12-31, 注：…, Source: …
_NOTE_LABEL = (
    r"(?i)^[*※(（【]?(?:制表|填表|填报|报送|上报|编制|审核|复核|审批|经办|负责|联系|单位|盖章|签字|日期|时间|电话|备注|附注|注|说明"
    r"|数据来源|来源|prepared by|filled in by|checked by|approved by|date|notes?|remarks?|(?:data )?source)"
    r"[^:：]{0,12}[:：]"
)
# 一、东街街道 is the heading of a group of rows.
_HEADING = r"^[（(]?[一二三四五六七八九十]+[）)、.]"
_WORD = r"\p{L}"
# A text of this length that isn't a code is a remark.
_MIN_REMARK_LENGTH = 15
_NOT_A_CODE = r"\p{L}{4}.*[^0-9A-Za-z_-]|[^0-9A-Za-z_-].*\p{L}{4}|[^\x00-\x7f]{4}"
# Codes begin with a digit or a letter, so the first character of one cell settles nearly every row.
_MAYBE_NO_RECORD = (
    r"(?i)^(?:[^0-9a-z]|$|total|sub|sum|grand|note|remark|source|data|date|prepared|filled|checked|approved)"
)
_MIN_COLUMNS = 3
_MAX_RANGES = 20


def find_totals(
    table: Table, header: list[str | None], rows: pl.DataFrame, section: Section | None
) -> tuple[list[int], Notes]:
    """Returns the source_row of the totals and notes among `rows` (as in `Cells`), and messages about them.

    A total has a word for total in its first filled cell, and no code in the code columns of the table's key. A note is
    the only filled cell of its row and isn't in a required column, or it starts like a note.
    """
    contract = table.columns
    columns = _columns_by_header(table, section)
    column_by_index = {
        str(index): columns[normalise(cell)] for index, cell in enumerate(header) if cell and normalise(cell) in columns
    }
    required = [index for index, column in column_by_index.items() if not contract[column].nullable]
    codes = [
        index
        for index, name in column_by_index.items()
        if name in table.key and metadata_of(contract[name]).get("code")
    ]
    anchors = codes or required[:1]
    if not anchors:
        return [], []
    cell = pl.col(anchors[0])
    candidates = rows.filter(cell.is_null() | cell.str.contains(_MAYBE_NO_RECORD))
    if candidates.is_empty():
        return [], []
    indexes = [name for name in rows.columns if name not in ("source_row", OVERFLOW)]
    text = pl.col(indexes).str.strip_chars()
    cells = candidates.select("source_row", pl.when(~text.is_in(BLANKS)).then(text))
    features = cells.select(
        "source_row",
        first=pl.coalesce(indexes),
        count=pl.sum_horizontal(pl.col(indexes).is_not_null()),
        is_free=pl.all_horizontal(_is_null_or_matches(anchor, _TOTAL) for anchor in anchors),
        is_noted=pl.all_horizontal(_is_null_or_matches(anchor, _NOTE_LABEL) for anchor in anchors),
        is_required=pl.any_horizontal(pl.col(index).is_not_null() for index in required) if required else pl.lit(False),
    ).with_columns(is_total=(pl.col("is_free") & pl.col("first").str.contains(_TOTAL)).fill_null(False))
    first, is_alone = pl.col("first"), pl.col("count") == 1
    is_remark = first.str.contains(_HEADING) | (
        (first.str.len_chars() >= _MIN_REMARK_LENGTH) & first.str.contains(_NOT_A_CODE)
    )
    is_note = (is_alone & ((~pl.col("is_required") & first.str.contains(_WORD)) | is_remark)) | (
        pl.col("is_noted") & first.str.contains(_NOTE_LABEL)
    )
    totals = features.filter("is_total")["source_row"].to_list()
    notes = (
        features.filter(~pl.col("is_total") & is_note)["source_row"].to_list()
        if len(column_by_index) >= _MIN_COLUMNS
        else []
    )
    messages = []
    if totals:
        messages.append(
            (
                f"第 {format_ranges(totals, '、')} 行是合计行，没有读入",
                f"totals left out: rows {format_ranges(totals, ', ')}",
            )
        )
    if notes:
        messages.append(
            (
                f"第 {format_ranges(notes, '、')} 行是说明文字，没有读入",
                f"notes left out: rows {format_ranges(notes, ', ')}",
            )
        )
    return totals + notes, messages


def _columns_by_header(table: Table, section: Section | None) -> dict[str, str]:
    """Returns every header that is read, normalised for comparison, with a column it provides."""
    names = {header: column for header, column in columns_by_header(table, section).items() if column in table.columns}
    if section is None:
        return names
    by_template = {
        normalise(header): name for name, template in section.templates.items() for header in template.headers
    }
    return by_template | {normalise(lookup.header): name for name, lookup in section.lookups.items()} | names


def format_ranges(rows: list[int], separator: str) -> str:
    """Returns row numbers as ranges, such as 3–5、9; of very many, only the first."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    ranges = separator.join(str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MAX_RANGES])
    return ranges + (" …" if len(spans) > _MAX_RANGES else "")


def _is_null_or_matches(index: str, pattern: str) -> pl.Expr:
    return pl.col(index).is_null() | pl.col(index).str.contains(pattern)
