"""A draft of the mapping of a file that was looked at, with what to decide in it."""

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

# More words than these are no fixed set.
_WORDS_SHOWN = 30
_HEAD = """\
# {name} 的映射草稿：# 之后是说明，请对照改正，然后运行 python -m etl build
# A draft of the mapping of {name}: what follows # explains; correct it, then run python -m etl build
# 格式 format: docs/zh/data/mapping.md / docs/data/mapping.md
"""


def write(path: Path, looks: list[SheetProfile]) -> Path:
    """Writes a draft beside the file: mapping.toml where there is none, else mapping.draft.toml. Returns its path."""
    target = path.with_name(MAPPING_FILE)
    if target.exists():
        target = path.with_name(DRAFT_FILE)
    target.write_text(draft_toml(display_path(path, path.parent), looks), encoding="utf-8")
    return target


def draft_toml(file: str, looks: list[SheetProfile]) -> str:
    """The draft as TOML: a section a sheet; it can be read as it is where every required column was recognised."""
    return "\n".join([_HEAD.format(name=escape_invisible(file)), *(_section(file, look) for look in looks)])


def _section(file: str, look: SheetProfile) -> str:
    lines = ["[[file]]", f"name = {_quoted(_pattern(file))}"]
    if look.sheet:
        lines.append(f"sheet = {_quoted(_escaped(look.sheet))}")
    if look.table is None:
        tables = "、".join(f"{table.name} {table.title}" for table in all_tables().values())
        lines += [
            "# 看不出是哪张表，请填写 which table is it? one of:",
            f"# {tables}",
            'table = ""',
            *(f"# columns.? = {_quoted(column.header)}" for column in look.columns),
        ]
        return "\n".join(lines) + "\n"
    table = look.table
    lines.append(f'table = "{table.name}"  # {table.title}')
    if look.header_row:
        lines.append(f"header_row = {look.header_row}  # 表头在第几行 the row of the header")
        if look.header_rows > 1:
            lines.append(f"header_rows = {look.header_rows}  # 表头有几行 how many rows it has")
    if table.name == "workers":
        lines.append("# full = true  # 这是全员名册：没有列出的人已离职 a full roster: who isn't in it has left")
    found = [(column.contract_column, column) for column in look.columns if column.contract_column]
    lines += _dates(table, found)
    lines += ["", "# 我们的列 = 表里的列名 our column = the header in the file"]
    lines += [_line(table, name, column) for name, column in found]
    lines += _missing(file, table, look)
    unused = [column for column in look.columns if column.contract_column is None]
    if unused:
        lines += [
            "",
            "# 没有用到的列 headers that are not used",
            *(f"# {_quoted(hide_numbers(one.header))}" for one in unused),
        ]
    lines += [line for name, column in found for line in _units(table, name, column)]
    lines += [line for name, column in found for line in _values(table, name, column)]
    return "\n".join(lines) + "\n"


def _line(table: Table, name: str, column: ColumnProfile) -> str:
    guess = "" if column.is_sure else "（猜测，请核对 a guess, check it）"
    return f"columns.{name} = {_quoted(column.header)}  # {table.header(name)}{guess}"


def _missing(file: str, table: Table, look: SheetProfile) -> list[str]:
    """A line for each required column that was not found; a date may be that of the file's name."""
    lines = []
    for name in look.missing_columns:
        header = table.header(name)
        if isinstance(table.columns[name], dy.Date) and date_in(file):
            lines.append(
                f'templates.{name} = "{{file_date}}"  # {header}：取文件名里的日期 the date in the file\'s name'
            )
        else:
            lines.append(
                f'# constants.{name} = ""  # {header}：必填，表里没有；每行都一样就写在这里，否则写 columns 或 lookups '
                "required but not found: the same for all rows here, else columns or lookups"
            )
    return ["", *lines] if lines else []


def _dates(table: Table, found: list[tuple[str, ColumnProfile]]) -> list[str]:
    orders = {
        order
        for name, column in found
        if isinstance(table.columns[name], (dy.Date, dy.Datetime)) and (order := date_order(column.values))
    }
    if not orders:
        return []
    # One column that leaves no doubt settles it for all.
    dates, is_sure = max(orders, key=lambda order: order[1])
    return [
        f'dates = "{dates}"' + ("" if is_sure else "  # 请核对：也可能是 day/month/year check: it may be the other way")
    ]


def _units(table: Table, name: str, column: ColumnProfile) -> list[str]:
    if not isinstance(table.columns[name], (dy.Int64, dy.Float64)) or column.values.is_empty():
        return []
    ends = column.values.str.extract(r"([%％千万亿])$").drop_nulls().unique().to_list()
    if len(ends) != 1:
        return []
    unit = "percent" if ends[0] in "%％" else ends[0]
    return ["", f'units.{name} = "{unit}"  # {table.header(name)}的单位 its unit']


def _values(table: Table, name: str, column: ColumnProfile) -> list[str]:
    """A line for each word that is none of ours: what it is like, or what it may be."""
    metadata = table.columns[name].metadata or {}
    labels, known = metadata.get("labels"), metadata.get("words", {})
    words = [word for word in column.values.unique(maintain_order=True) if normalise(word) not in known]
    if not labels or not words or column.is_hidden:
        return []
    lines = ["", f"# {table.header(name)}：{'、'.join(labels.values())}"]
    for word in words[:_WORDS_SHOWN]:
        close = get_close_matches(normalise(word), known, n=1, cutoff=0.6)
        mark = "" if close else "# "
        meaning = labels[known[close[0]]] if close else ""
        lines.append(f"{mark}values.{name}.{_quoted(hide_numbers(word))} = {_quoted(meaning)}")
    if len(words) > _WORDS_SHOWN:
        lines.append(f"# … 共 {len(words)} 种 {len(words)} in all")
    return lines


def _pattern(file: str) -> str:
    """A pattern for the file and those of other months."""
    path = Path(file)
    stem = _escaped(path.stem)
    if date_in(file):
        stem = re.sub(r"(?:19|20)\d\d(?:[-_.年]?\d{1,2}(?:[-_.月]?\d{1,2})?)[日月]?", "*", stem, count=1)
    return stem + path.suffix


def _escaped(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def _quoted(value: str) -> str:
    """A TOML string, what cannot be seen escaped: JSON's escapes are TOML's."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(sign if is_visible(sign) else f"\\U{ord(sign):08X}" for sign in text)
