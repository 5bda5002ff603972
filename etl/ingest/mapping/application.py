"""From a file's cells to the contract's columns, still as text, the way its mapping says."""

from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from etl.contracts import Table
from etl.contracts.columns import normalise
from etl.ingest.errors import FileError
from etl.ingest.mapping.lookups import load_lookup
from etl.ingest.mapping.sections import MAPPING_FILE, Lookup, Section
from etl.ingest.readers.files import OVERFLOW, Cells
from etl.ingest.readers.headers import columns_by_header, match_header
from etl.ingest.validation.reasons import no_problems, problems
from etl.ingest.values.times import to_year_first
from etl.ingest.values.types import BLANKS
from etl.ingest.values.units_of_measure import convert_unit

_EMPTY = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class MappedRows:
    """rows: the contract's columns as text, overflow and source_row, absent columns empty, blank rows left out.
    places: which cell of a row each contract column comes from, or by header what the mapping makes others of.
    extra: the headers that are not used. found: the problems of words that no lookup knows. notes: the rows that the
    mapping skips, in Chinese and in English."""

    rows: pl.DataFrame
    column_indexes: dict[str, int]
    unused_headers: list[str]
    problems: pl.DataFrame = field(default_factory=no_problems)
    notes: list[tuple[str, str]] = field(default_factory=list)


def apply_mapping(table: Table, cells: Cells, section: Section | None) -> MappedRows:
    """The contract's columns of a file. Raises FileError where a required one or one the mapping names is missing."""
    found = match_header(cells.header, table, section)
    rows = _without_blank(cells.rows, [str(place) for place in found.column_indexes.values()])
    if section is None:
        columns = {
            column: pl.col(str(found.column_indexes[column]))
            for column in table.columns
            if column in found.column_indexes
        }
        columns = dict.fromkeys(table.columns, _EMPTY) | columns
        return MappedRows(rows.select("source_row", OVERFLOW, **columns), found.column_indexes, found.unused_headers)
    names = columns_by_header(table, section)
    cell_of = {
        name: pl.col(str(found.column_indexes[key])) for name, key in names.items() if key in found.column_indexes
    }
    rows, notes = _without_skipped(rows, section, cell_of)
    lookups = {column: load_lookup(lookup) for column, lookup in section.lookups.items()}
    columns = {
        column: _column(table, column, section, cell_of, lookups, found.column_indexes) for column in table.columns
    }
    taken = rows.select("source_row", OVERFLOW, **columns)
    if section.dates:
        dates = [name for name, column in table.columns.items() if isinstance(column, (dy.Date, dy.Datetime))]
        taken = taken.with_columns(to_year_first(taken[name], section.dates).alias(name) for name in dates)
    unknown = [
        _unknown(table, column, lookup, lookups[column], rows, cell_of[normalise(lookup.header)])
        for column, lookup in section.lookups.items()
    ]
    return MappedRows(taken, found.column_indexes, found.unused_headers, pl.concat([no_problems(), *unknown]), notes)


def _column(
    table: Table,
    column: str,
    section: Section,
    cell_of: dict[str, pl.Expr],
    lookups: dict[str, dict[str, str]],
    places: dict[str, int],
) -> pl.Expr:
    """A contract column from wherever the section takes it, in our words and units."""
    if column in section.constants:
        cell = pl.lit(section.constants[column])
    elif column in section.templates:
        template = section.templates[column]
        if template.has_file_date and section.file_date is None:
            raise FileError(
                f"{section.label} templates.{column} 用到 {{file_date}}，而文件名里没有日期；"
                "请在文件名里写上 2026-05 或 2026-05-31",
                f"{section.label}, templates.{column} has {{file_date}}, but there is no date in the file's name; "
                "put 2026-05 or 2026-05-31 into it",
            )
        cell = template.render({header: cell_of[normalise(header)] for header in template.headers}, section.file_date)
    elif column in section.lookups:
        words = lookups[column]
        cell = _said(cell_of[normalise(section.lookups[column].header)], words, default=_EMPTY)
    elif column in section.columns:
        cell = cell_of[normalise(section.columns[column])]
    else:
        cell = pl.col(str(places[column])) if column in places else _EMPTY
    if column in section.values:
        words = section.values[column]
        cell = _said(cell, words, default=pl.lit(words["*"]) if "*" in words else cell)
    if column in section.units:
        cell = convert_unit(table, column, section.units[column], cell)
    return cell


def _compared(cell: pl.Expr) -> pl.Expr:
    """Cells as words are compared, an empty one or a clerk's mark for nothing as an empty text."""
    return cell.map_batches(_plain, return_dtype=pl.String)


def _plain(cells: pl.Series) -> pl.Series:
    different = cells.drop_nulls().unique()
    words = [normalise(cell) for cell in different]
    return cells.replace_strict(different, words, default="", return_dtype=pl.String)


def _said(cell: pl.Expr, words: dict[str, str], default: pl.Expr) -> pl.Expr:
    """What each word means; one that is not among them is `default`; an empty cell is "", or stays empty."""
    word = _compared(cell)
    is_blank = word.is_in(BLANKS) & ~word.is_in(list(words))
    empty = pl.lit(words[""]) if "" in words else _EMPTY
    known = word.replace_strict(words, default=None, return_dtype=pl.String)
    return pl.when(is_blank).then(empty).when(word.is_in(list(words))).then(known).otherwise(default)


def _unknown(
    table: Table, column: str, lookup: Lookup, words: dict[str, str], rows: pl.DataFrame, cell: pl.Expr
) -> pl.DataFrame:
    """The problems of the rows whose word the lookup doesn't have."""
    word = _compared(cell)
    missing = rows.filter(~word.is_in([*words, *BLANKS])).select(
        "source_row", source_unit=pl.lit(0, dtype=pl.UInt32), word=cell.str.strip_chars()
    )
    header, source = (text.replace("{", "{{").replace("}", "}}") for text in (lookup.header, lookup.source))
    return problems(
        missing,
        table,
        column,
        f"{header} '{{word}}' 不在对照表 {source} 里，得不出{table.header(column)}；请在对照表中补上，或改正单元格",
        f"{header} '{{word}}' is not in the lookup {source}, so there is no {column}; "
        "add it there, or correct the cell",
        value="word",
    )


def _without_skipped(
    rows: pl.DataFrame, section: Section, cell_of: dict[str, pl.Expr]
) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    """The rows that the section does not skip, and how many it skips."""
    notes = []
    for header, words in section.skip.items():
        word = _compared(cell_of[normalise(header)])
        begun = [word.str.starts_with(text.removesuffix("*")) for text in words if text.endswith("*")]
        skipped = rows.filter(pl.any_horizontal(word.is_in(words), *begun))
        if skipped.height:
            rows = rows.join(skipped, on="source_row", how="anti", maintain_order="left")
            notes.append(
                (
                    f"按 {MAPPING_FILE} 的 skip.{header} 略过 {skipped.height} 行",
                    f"{skipped.height} rows skipped by skip.{header} of {MAPPING_FILE}",
                )
            )
    return rows, notes


def _without_blank(rows: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """Rows with something in these cells; a running number in a column of the clerk's own is nothing."""
    if not places:
        return rows
    # Looking at one column settles nearly every row, at a tenth of the time.
    doubtful = rows.filter(~pl.col(places[0]).str.contains(r"\w").fill_null(False))
    filled = [~pl.col(place).str.strip_chars().is_in(BLANKS) for place in places]
    blank = doubtful.filter(~pl.any_horizontal(*filled, pl.col(OVERFLOW).is_not_null()).fill_null(False))
    return rows.join(blank, on="source_row", how="anti", maintain_order="left") if blank.height else rows
