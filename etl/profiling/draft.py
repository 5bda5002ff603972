"""Drafts the mapping of a profiled file, with comments on what to decide."""

import json
import re
from difflib import get_close_matches
from pathlib import Path

import dataframely as dy

from etl.contracts import Table, all_tables
from etl.contracts.columns import normalise
from etl.ingest.discovery.folders import display_path
from etl.ingest.mapping.sections import DRAFT_FILE, MAPPING_FILE
from etl.ingest.mapping.templates import date_in
from etl.ingest.values.masking import hide_numbers
from etl.profiling.column_kinds import date_order
from etl.profiling.inspection import ColumnProfile, SheetProfile
from sql.security.escaping import escape_invisible, is_visible

# A column with more distinct words is listed only in part.
_MAX_WORDS = 30
_HEAD = """\
# {name} 的映射草稿：# 之后是说明，请对照改正，然后运行 python -m etl build
# Draft mapping of {name}: text after # explains; correct it, then run python -m etl build
# 格式 format: docs/zh/data/mapping.md / docs/data/mapping.md
"""


def write(path: Path, sheets: list[SheetProfile]) -> Path:
    """Writes a draft beside the file: mapping.toml where there is none, else mapping.draft.toml. Returns its path."""
    target = path.with_name(MAPPING_FILE)
    if target.exists():
        target = path.with_name(DRAFT_FILE)
    target.write_text(draft_toml(display_path(path, path.parent), sheets), encoding="utf-8")
    return target


def draft_toml(file: str, sheets: list[SheetProfile]) -> str:
    """Returns the draft as TOML, one section per sheet; it is valid as is if every required column was recognised."""
    return "\n".join([_HEAD.format(name=escape_invisible(file)), *(_section(file, sheet) for sheet in sheets)])


def _section(file: str, sheet: SheetProfile) -> str:
    lines = ["[[file]]", f"name = {_quoted(_pattern(file))}"]
    if sheet.sheet:
        lines.append(f"sheet = {_quoted(_escaped(sheet.sheet))}")
    if sheet.table is None:
        tables = "、".join(f"{table.name} {table.title}" for table in all_tables().values())
        lines += [
            "# 看不出是哪张表，请填写 unknown table, enter one of:",
            f"# {tables}",
            'table = ""',
            *(f"# columns.? = {_quoted(column.header)}" for column in sheet.columns),
        ]
        return "\n".join(lines) + "\n"
    table = sheet.table
    lines.append(f'table = "{table.name}"  # {table.title}')
    if sheet.header_row:
        lines.append(f"header_row = {sheet.header_row}  # 表头在第几行 row number of the header")
        if sheet.header_rows > 1:
            lines.append(f"header_rows = {sheet.header_rows}  # 表头有几行 number of header rows")
    if table.name == "workers":
        lines.append("# full = true  # 这是全员名册：没有列出的人已离职 a full roster: anyone not listed has left")
    mapped_columns = [(column.contract_column, column) for column in sheet.columns if column.contract_column]
    lines += _dates_line(table, mapped_columns)
    lines += ["", "# 我们的列 = 表里的列名 our column = header in the file"]
    lines += [_column_line(table, name, column) for name, column in mapped_columns]
    lines += _missing_lines(file, table, sheet)
    unused = [column for column in sheet.columns if column.contract_column is None]
    if unused:
        lines += [
            "",
            "# 没有用到的列 unused headers",
            *(f"# {_quoted(hide_numbers(column.header))}" for column in unused),
        ]
    lines += [line for name, column in mapped_columns for line in _unit_lines(table, name, column)]
    lines += [line for name, column in mapped_columns for line in _value_lines(table, name, column)]
    return "\n".join(lines) + "\n"


def _column_line(table: Table, name: str, column: ColumnProfile) -> str:
    guess = "" if column.is_sure else "（猜测，请核对 guess, please check）"
    return f"columns.{name} = {_quoted(column.header)}  # {table.header(name)}{guess}"


def _missing_lines(file: str, table: Table, sheet: SheetProfile) -> list[str]:
    """Returns a line for each missing required column; a date may come from the file's name."""
    lines = []
    for name in sheet.missing_columns:
        header = table.header(name)
        if isinstance(table.columns[name], dy.Date) and date_in(file):
            lines.append(f'templates.{name} = "{{file_date}}"  # {header}：取文件名里的日期 date in the file\'s name')
        else:
            lines.append(
                f'# constants.{name} = ""  # {header}：必填，表里没有；每行都一样就写在这里，否则写 columns 或 lookups '
                "required but missing: set here if equal for all rows, else use columns or lookups"
            )
    return ["", *lines] if lines else []


def _dates_line(table: Table, mapped_columns: list[tuple[str, ColumnProfile]]) -> list[str]:
    orders = {
        order
        for name, column in mapped_columns
        if isinstance(table.columns[name], (dy.Date, dy.Datetime)) and (order := date_order(column.values))
    }
    if not orders:
        return []
    # One unambiguous column settles the order for all.
    dates, is_sure = max(orders, key=lambda order: order[1])
    return [
        f'dates = "{dates}"'
        + ("" if is_sure else "  # 请核对：也可能是 day/month/year check: it may be day/month/year")
    ]


def _unit_lines(table: Table, name: str, column: ColumnProfile) -> list[str]:
    if not isinstance(table.columns[name], (dy.Int64, dy.Float64)) or column.values.is_empty():
        return []
    ends = column.values.str.extract(r"([%％千万亿])$").drop_nulls().unique().to_list()
    if len(ends) != 1:
        return []
    unit = "percent" if ends[0] in "%％" else ends[0]
    return ["", f'units.{name} = "{unit}"  # {table.header(name)}的单位 unit']


def _value_lines(table: Table, name: str, column: ColumnProfile) -> list[str]:
    """Returns a line for each unknown word, with the closest known meaning, or commented out if there is none."""
    metadata = table.columns[name].metadata or {}
    labels, codes_by_word = metadata.get("labels"), metadata.get("words", {})
    words = [word for word in column.values.unique(maintain_order=True) if normalise(word) not in codes_by_word]
    if not labels or not words or column.is_hidden:
        return []
    lines = ["", f"# {table.header(name)}：{'、'.join(labels.values())}"]
    for word in words[:_MAX_WORDS]:
        closest = get_close_matches(normalise(word), codes_by_word, n=1, cutoff=0.6)
        mark = "" if closest else "# "
        meaning = labels[codes_by_word[closest[0]]] if closest else ""
        lines.append(f"{mark}values.{name}.{_quoted(hide_numbers(word))} = {_quoted(meaning)}")
    if len(words) > _MAX_WORDS:
        lines.append(f"# … 共 {len(words)} 种 {len(words)} in total")
    return lines


def _pattern(file: str) -> str:
    """Returns a pattern that matches the file and those of other months."""
    path = Path(file)
    stem = _escaped(path.stem)
    if date_in(file):
        stem = re.sub(r"(?:19|20)\d\d(?:[-_.年]?\d{1,2}(?:[-_.月]?\d{1,2})?)[日月]?", "*", stem, count=1)
    return stem + path.suffix


def _escaped(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def _quoted(value: str) -> str:
    """Returns a TOML string with invisible characters escaped; JSON escapes are valid in TOML."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(character if is_visible(character) else f"\\U{ord(character):08X}" for character in text)
