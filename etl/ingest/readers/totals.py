"""Rows of a sheet that are no records: totals, and notes such as who filled in the form and when."""

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
_LABEL = (
    r"(?i)^[*※(（【]?(?:制表|填表|填报|报送|上报|编制|审核|复核|审批|经办|负责|联系|单位|盖章|签字|日期|时间|电话|备注|附注|注|说明"
    r"|数据来源|来源|prepared by|filled in by|checked by|approved by|date|notes?|remarks?|(?:data )?source)"
    r"[^:：]{0,12}[:：]"
)
# 一、东街街道 heads a group of rows.
_HEADING = r"^[（(]?[一二三四五六七八九十]+[）)、.]"
_WORD = r"\p{L}"
# A text of this length that is no code is a remark.
_LONG = 15
_NO_CODE = r"\p{L}{4}.*[^0-9A-Za-z_-]|[^0-9A-Za-z_-].*\p{L}{4}|[^\x00-\x7f]{4}"
# Codes begin with a digit or a letter: nearly all rows are settled by the first character of one cell.
_DOUBTFUL = r"(?i)^(?:[^0-9a-z]|$|total|sub|sum|grand|note|remark|source|data|date|prepared|filled|checked|approved)"
_MIN_COLUMNS = 3
_SHOWN_RUNS = 20


def find_totals(
    table: Table, header: list[str | None], rows: pl.DataFrame, section: Section | None
) -> tuple[list[int], Notes]:
    """The source_row of the totals and notes among `rows`, in the columns of `readers.Cells`, and what to say of them.

    A total has the word for it in its first filled cell and nothing in the columns of codes that make up the table's
    key. A note is a row's only filled cell, and not in a column that every record fills, or worded as a note.
    """
    contract = table.columns
    made = _columns_of(table, section)
    known = {str(place): made[normalise(cell)] for place, cell in enumerate(header) if cell and normalise(cell) in made}
    required = [place for place, column in known.items() if not contract[column].nullable]
    codes = [place for place, name in known.items() if name in table.key and metadata_of(contract[name]).get("code")]
    anchors = codes or required[:1]
    if not anchors:
        return [], []
    cell = pl.col(anchors[0])
    doubtful = rows.filter(cell.is_null() | cell.str.contains(_DOUBTFUL))
    if doubtful.is_empty():
        return [], []
    places = [name for name in rows.columns if name not in ("source_row", OVERFLOW)]
    text = pl.col(places).str.strip_chars()
    cells = doubtful.select("source_row", pl.when(~text.is_in(BLANKS)).then(text))
    found = cells.select(
        "source_row",
        first=pl.coalesce(places),
        count=pl.sum_horizontal(pl.col(places).is_not_null()),
        is_free=pl.all_horizontal(_none_but(anchor, _TOTAL) for anchor in anchors),
        is_noted=pl.all_horizontal(_none_but(anchor, _LABEL) for anchor in anchors),
        is_required=pl.any_horizontal(pl.col(place).is_not_null() for place in required) if required else pl.lit(False),
    ).with_columns(is_total=(pl.col("is_free") & pl.col("first").str.contains(_TOTAL)).fill_null(False))
    first, is_alone = pl.col("first"), pl.col("count") == 1
    is_remark = first.str.contains(_HEADING) | ((first.str.len_chars() >= _LONG) & first.str.contains(_NO_CODE))
    is_note = (is_alone & ((~pl.col("is_required") & first.str.contains(_WORD)) | is_remark)) | (
        pl.col("is_noted") & first.str.contains(_LABEL)
    )
    totals = found.filter("is_total")["source_row"].to_list()
    notes = found.filter(~pl.col("is_total") & is_note)["source_row"].to_list() if len(known) >= _MIN_COLUMNS else []
    said = []
    if totals:
        said.append(
            (
                f"第 {format_ranges(totals, '、')} 行是合计行，没有读入",
                f"not read, for they hold totals: rows {format_ranges(totals, ', ')}",
            )
        )
    if notes:
        said.append(
            (
                f"第 {format_ranges(notes, '、')} 行是说明文字，没有读入",
                f"not read, for they hold notes only: rows {format_ranges(notes, ', ')}",
            )
        )
    return totals + notes, said


def _columns_of(table: Table, section: Section | None) -> dict[str, str]:
    """Every header that is read, as compared, with a column it makes."""
    names = {header: column for header, column in columns_by_header(table, section).items() if column in table.columns}
    if section is None:
        return names
    filled = {normalise(header): name for name, template in section.templates.items() for header in template.headers}
    return filled | {normalise(lookup.header): name for name, lookup in section.lookups.items()} | names


def format_ranges(rows: list[int], separator: str) -> str:
    """Row numbers as people write them, 3–5、9; of very many the first ones."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = separator.join(str(a) if a == b else f"{a}–{b}" for a, b in spans[:_SHOWN_RUNS])
    return shown + (" …" if len(spans) > _SHOWN_RUNS else "")


def _none_but(place: str, words: str) -> pl.Expr:
    return pl.col(place).is_null() | pl.col(place).str.contains(words)
