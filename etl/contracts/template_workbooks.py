"""Writes an empty workbook for each table: what a district fills in and sends.

The first sheet has the headers, accepted words as drop-downs, and formats for dates and codes. The second explains each
column. All of it follows from the contracts, so that a new column is in its workbook at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import dataframely as dy
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.contracts import Table, all_tables
from etl.contracts.columns import metadata_of

# Ingest ignores a sheet without the table's headers beside one that has them.
EXPLANATIONS = {"zh": "填写说明", "en": "How to fill in"}
# Boundaries are sent as GeoJSON.
_GEOJSON = "shapes"
# Excel takes a list of at most so many characters; a longer one is in the explanations alone.
_MAX_LIST_LENGTH = 255
# Drop-downs and formats reach down to this row.
_LAST_ROW = 5000
_HEADINGS = {
    "zh": ("列", "英文名", "必填", "填什么", "可填的词"),
    "en": ("column", "English name", "required", "what to write", "accepted words"),
}
_POLICIES = {
    "drop": ("只用来核对，不存入", "used for checks only, never stored"),
    "mask": ("入库前改为代码", "stored as a code only"),
    "restrict": ("只按人数汇总显示", "shown in aggregates only"),
}


@dataclass(frozen=True)
class ColumnHelp:
    """Describes a column to whoever fills it in.

    `kind` says in both languages what a cell holds, `words` are the accepted Chinese words of a choice, empty for any
    other column.
    """

    header: str
    name: str
    is_required: bool
    kind: tuple[str, str]
    words: tuple[str, ...]


def column_help(table: Table) -> list[ColumnHelp]:
    """Returns what to write in each column of a table, in the contract's order."""
    return [
        ColumnHelp(
            metadata_of(column)["header"].split("/")[0],
            name,
            not column.nullable,
            _kind(column),
            tuple(word.split("(")[0] for word in metadata_of(column).get("labels", {}).values()),
        )
        for name, column in table.columns.items()
    ]


def write(folder: Path, language: str) -> list[Path]:
    """Writes one empty file a table into a folder, explained in the language (`zh`, else English); returns their paths.

    The folder is created. Files of these names that are already there are never overwritten: a FileExistsError names
    the first of them before anything is written.
    """
    paths = {name: folder / f"{table.title}{_suffix(name)}" for name, table in all_tables().items()}
    for path in paths.values():
        if path.exists():
            raise FileExistsError(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in all_tables().items():
        if name == _GEOJSON:
            paths[name].write_text(json.dumps({"type": "FeatureCollection", "features": []}), encoding="utf-8")
        else:
            _write_workbook(paths[name], table, language)
    return list(paths.values())


def _suffix(name: str) -> str:
    return ".geojson" if name == _GEOJSON else ".xlsx"


def _write_workbook(path: Path, table: Table, language: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        # The time of writing would make two equal workbooks differ.
        book.set_properties({"created": datetime(2026, 1, 1)})
        required = book.add_format({"bold": True, "bg_color": "#FCE8E6", "border": 1})
        optional = book.add_format({"bold": True, "bg_color": "#F1F3F4", "border": 1})
        formats: dict[type, Format] = {
            dy.Date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dy.Datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            # Excel would round a code of digits, and take away its leading zeros.
            dy.String: book.add_format({"num_format": "@"}),
        }
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(1, 0)
        for index, help_ in enumerate(column_help(table)):
            sheet.write_string(0, index, help_.header, required if help_.is_required else optional)
            sheet.set_column(index, index, max(12, 2 * len(help_.header) + 2), _format(table, help_, formats))
            _add_list(sheet, index, help_)
        _explain(book.add_worksheet(EXPLANATIONS[language]), table, language, book.add_format({"bold": True}))


def _format(table: Table, help_: ColumnHelp, formats: dict[type, Format]) -> Format | None:
    return formats.get(type(table.columns[help_.name]))


def _add_list(sheet: Worksheet, index: int, help_: ColumnHelp) -> None:
    words = help_.words or (("是", "否") if help_.kind == _KINDS[dy.Bool] else ())
    if words and len(",".join(words)) <= _MAX_LIST_LENGTH:
        # A clerk may have another spelling that is accepted, or a word for the mapping: Excel warns and lets it be.
        options: dict[str, Any] = {"validate": "list", "source": list(words), "error_type": "warning"}
        sheet.data_validation(1, index, _LAST_ROW, index, options)


def _explain(sheet: Worksheet, table: Table, language: str, bold: Format) -> None:
    spoken = 0 if language == "zh" else 1
    yes = ("是", "yes")[spoken]
    sheet.write_row(0, 0, _HEADINGS[language], bold)
    for row, help_ in enumerate(column_help(table), 1):
        policy = _POLICIES.get(metadata_of(table.columns[help_.name]).get("personal") or "")
        parts = [help_.kind[spoken], *([policy[spoken]] if policy else [])]
        references = _references(table, help_.name, language)
        sheet.write_row(
            row,
            0,
            (
                help_.header,
                help_.name,
                yes if help_.is_required else "",
                ("；", "; ")[spoken].join([*parts, *references]),
                "、".join(help_.words),
            ),
        )
    for index, width in enumerate((18, 24, 10, 48, 60)):
        sheet.set_column(index, index, width)


def _references(table: Table, column: str, language: str) -> list[str]:
    """Returns which other table's column a code is from, in words; empty for what is no reference."""
    sentences = []
    for reference in metadata_of(table.columns[column]).get("references") or ():
        other = all_tables()[reference.table]
        sentences.append(
            f"须是“{other.title}”表里的{other.header(reference.column)}"
            if language == "zh"
            else f"one of {other.header(reference.column)} in the table {other.title} ({other.name})"
        )
    return sentences


_KINDS: dict[type, tuple[str, str]] = {
    dy.Enum: ("右边的词之一", "one of the words on the right"),
    dy.Bool: ("是 或 否", "是 (yes) or 否 (no)"),
    dy.Date: ("日期，如 2026-06-30", "a date, as 2026-06-30"),
    dy.Datetime: ("日期和时间，如 2026-06-30 09:30", "date and time, as 2026-06-30 09:30"),
    dy.Int64: ("整数", "a whole number"),
    dy.Float64: ("数字，可有小数", "a number, with decimals where needed"),
    dy.String: ("文字", "text"),
}


def _kind(column: dy.Column) -> tuple[str, str]:
    metadata = metadata_of(column)
    if metadata.get("code"):
        return "编号，按文本填写", "a code, written as text"
    if metadata.get("topic"):
        return "右边的词之一，也可填别的", "one of the words on the right, or another"
    return _KINDS[type(column)]
