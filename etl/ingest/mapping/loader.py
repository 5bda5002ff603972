"""Reading a district's mapping.toml: its syntax, and every key checked before a file is touched."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import dataframely as dy

from etl.contracts import Table, all_tables
from etl.contracts.columns import metadata_of, normalise
from etl.ingest.errors import FileError, suggest
from etl.ingest.mapping import personal_columns
from etl.ingest.mapping.sections import MAPPING_FILE, Lookup, Section
from etl.ingest.mapping.templates import Template, parse_template
from etl.ingest.mapping.values import check_keys, fail, flag_of, integer_of, keys_of, word_of, words_in
from etl.ingest.values import times
from etl.ingest.values.types import FALSE_WORDS, TRUE_WORDS
from etl.ingest.values.units_of_measure import unit_factors

_TOP = ("file", "tables", "rows")
_KEYS = (
    "name",
    "sheet",
    "table",
    "columns",
    "values",
    "units",
    "dates",
    "constants",
    "templates",
    "lookups",
    "skip",
    "header_row",
    "header_rows",
    "full",
)
_LOOKUP_KEYS = ("column", "table", "file", "sheet", "key", "value", "")
# Where a column comes from; each has one origin.
_ORIGINS = ("columns", "constants", "templates", "lookups")
# Reading TOML takes its time.
_MAX_BYTES = 4 * 1024**2
InlineTables = dict[str, dict[str, str]]


def load(folder: Path) -> list[Section]:
    """The sections of the mapping.toml in a district's folder, in order, none where it has no mapping; the rows typed
    in the mapping come as sections with `rows`, one a table.

    Raises FileError for the first mistake in it.
    """
    path = folder / MAPPING_FILE
    if not path.is_file():
        return []
    if path.stat().st_size > _MAX_BYTES:
        raise FileError(
            f"{MAPPING_FILE} 超过 {_MAX_BYTES // 1024**2} MB；大的对照表请放进单独的文件，用 lookups 的 file 引用",
            f"{MAPPING_FILE} is larger than {_MAX_BYTES // 1024**2} MB; put a large table into a file of its own, for lookups",
        )
    return parse_sections(_parsed(path.read_bytes()), folder)


def tables_in(content: bytes) -> list[Table]:
    """The tables a mapping names, however broken it is."""
    text = content.decode("utf-8", errors="replace")
    words = re.findall(r"""^[ \t]*table[ \t]*=[ \t]*["']([^"'\n]{1,100})["']""", text, re.MULTILINE)
    words += re.findall(r"""^[ \t\[]*rows[ \t]*\.[ \t]*["']?([^\]\s="']{1,100})""", text, re.MULTILINE)
    return list({table.name: table for word in words if (table := _named(word)) is not None}.values())


def parse_sections(content: dict[str, object], folder: Path) -> list[Section]:
    """The sections of a mapping's content. Raises FileError for the first mistake."""
    check_keys(content, _TOP, "")
    tables = {
        name: words_in(f"tables.{name}", words) for name, words in keys_of("tables", content.get("tables", {})).items()
    }
    found = [_inline(name, rows) for name, rows in keys_of("rows", content.get("rows", {})).items()]
    files = content.get("file", [])
    if not isinstance(files, list) or not all(isinstance(section, dict) for section in files):
        fail("file", "每一节的开头要写成 [[file]]", "begin each section with [[file]]")
    for number, section in enumerate(files, start=1):
        found.append(_section(f"[[file]] {number}", section, tables, folder))
    return found


def _parsed(content: bytes) -> dict[str, object]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # An editor in Chinese may save in GB18030.
        text = content.decode("gb18030", errors="replace")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        location = re.search(r"line (\d+), column (\d+)", str(error))
        zh, en = (
            (f"第 {location[1]} 行第 {location[2]} 列", f" at line {location[1]}, column {location[2]}")
            if location
            else ("", "")
        )
        raise FileError(
            f"{MAPPING_FILE} {zh}不合 TOML 语法（{error}）；文字要加英文双引号，每行一个 键 = 值，请改正",
            f"{MAPPING_FILE} is no TOML{en} ({error}); put texts in double quotes and one key = value on a line",
        ) from error


def _section(place: str, given: dict[str, object], tables: InlineTables, folder: Path) -> Section:
    check_keys(given, _KEYS, f"{place} ")
    for key in ("name", "table"):
        if not given.get(key):
            fail(f"{place} {key}", "这一项必填", "this key is required")
    table = _table(f"{place} table", given["table"])
    parts = {key: _by_column(f"{place} {key}", table, given.get(key, {})) for key in (*_ORIGINS, "values", "units")}
    for column in table.columns:
        twice = [key for key in _ORIGINS if column in parts[key]]
        if len(twice) > 1:
            fail(f"{place} {column}", f"{'、'.join(twice)} 里只能写一处", f"only one of {', '.join(twice)} may give it")
    section = Section(
        label=f"{MAPPING_FILE} {place}",
        table=table.name,
        name=word_of(f"{place} name", given["name"]),
        sheet=word_of(f"{place} sheet", given.get("sheet", "*")),
        columns={column: word_of(f"{place} columns.{column}", header) for column, header in parts["columns"].items()},
        values={
            column: _values(f"{place} values.{column}", table, column, words)
            for column, words in parts["values"].items()
        },
        units={
            column: _unit(f"{place} units.{column}", table, column, unit) for column, unit in parts["units"].items()
        },
        dates=_dates(f"{place} dates", given.get("dates", "")),
        constants={
            column: _ours(f"{place} constants.{column}", table, column, word_of(f"{place} constants.{column}", word))
            for column, word in parts["constants"].items()
        },
        templates={
            column: _template(f"{place} templates.{column}", text) for column, text in parts["templates"].items()
        },
        lookups={
            column: _lookup(f"{place} lookups.{column}", about, tables, folder)
            for column, about in parts["lookups"].items()
        },
        skip=_skip(f"{place} skip", given.get("skip", {})),
        header_row=integer_of(f"{place} header_row", given.get("header_row")),
        header_rows=integer_of(f"{place} header_rows", given.get("header_rows")),
        is_full=flag_of(f"{place} full", given.get("full", False)),
    )
    personal_columns.check(table, section)
    return section


def _inline(name: str, rows: object) -> Section:
    table = _table(f"rows.{name}", name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        fail(f"rows.{name}", f"每一行要写成 [[rows.{name}]]", f"begin each row with [[rows.{name}]]")
    texts = tuple(
        {
            column: word_of(f"rows.{name} {number}.{column}", cell)
            for column, cell in _by_column(f"rows.{name} {number}", table, row).items()
        }
        for number, row in enumerate(rows, start=1)
    )
    return Section(label=f"{MAPPING_FILE} rows.{name}", table=table.name, name=MAPPING_FILE, rows=texts)


def _lookup(key: str, given: object, tables: InlineTables, folder: Path) -> Lookup:
    given = keys_of(key, given)
    check_keys(given, _LOOKUP_KEYS, f"{key}.")
    header = word_of(f"{key}.column", given.get("column", ""))
    words = {"": word_of(f'{key}.""', given[""])} if "" in given else {}
    if not header or ("table" in given) == ("file" in given):
        fail(key, "要写 column，以及 table 或 file 之一", "give column, and either table or file")
    if "table" in given:
        name = word_of(f"{key}.table", given["table"])
        if name not in tables:
            zh, en = suggest(name, tables)
            fail(f"{key}.table", f"没有 [tables.{name}]；{zh}", f"there is no [tables.{name}]; {en}")
        return Lookup(header, f"[tables.{name}]", _compared(f"tables.{name}", tables[name]) | words)
    file = word_of(f"{key}.file", given["file"])
    path = (folder / file.replace("\0", "�")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        zh, en = suggest(file, (found.relative_to(folder).as_posix() for found in folder.rglob("*") if found.is_file()))
        fail(f"{key}.file", f"本文件夹里没有 {file}；{zh}", f"there is no {file} in this folder; {en}")
    column, value = (word_of(f"{key}.{part}", given.get(part, "")) for part in ("key", "value"))
    if not column or not value:
        fail(
            key,
            "用 file 时要写 key（查找的列）和 value（取值的列）",
            "with file give key (the column searched) and value",
        )
    template = _template(f"{key}.value", value) if "{" in value else Template((("", value, ""),))
    if template.has_file_date:
        fail(f"{key}.value", "这里不能用 {file_date}", "{file_date} can't stand here")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Lookup(header, file, words, path, digest, word_of(f"{key}.sheet", given.get("sheet", "")), column, template)


def _values(key: str, table: Table, column: str, words: object) -> dict[str, str]:
    ours = {theirs: _ours(f"{key}.{theirs}", table, column, word) for theirs, word in words_in(key, words).items()}
    return _compared(key, ours)


def _compared(key: str, words: dict[str, str]) -> dict[str, str]:
    """Words by how they are compared. Raises FileError where two are compared alike but mean different things."""
    found: dict[str, str] = {}
    for theirs, ours in words.items():
        if found.setdefault(normalise(theirs), ours) != ours:
            fail(
                f"{key}.{theirs}",
                "只差空格或大小写的词写了两个意思",
                "written twice, apart from spaces or case, with two meanings",
            )
    return found


def _ours(key: str, table: Table, column: str, word: str) -> str:
    """One of our words for a column that has a fixed set; any text for others."""
    contract = table.columns[column]
    known: Iterable[str] = ()
    if isinstance(contract, dy.Enum):
        known = metadata_of(contract)["words"]
    elif isinstance(contract, dy.Bool):
        known = (*TRUE_WORDS, *FALSE_WORDS)
    if known and word and normalise(word) not in known:
        labels = metadata_of(contract).get("labels")
        zh, en = suggest(word, [*labels, *labels.values()] if labels else known)
        fail(key, f"“{word}”不是 {table.header(column)} 的词；{zh}", f"'{word}' is no word of {column}; {en}")
    return word


def _unit(key: str, table: Table, column: str, unit: object) -> str:
    unit = word_of(key, unit)
    allowed = unit_factors(table, column)
    if unit not in allowed:
        if not allowed:
            fail(key, f"{table.header(column)} 不是数字，没有单位", f"{column} is no number and has no unit")
        zh, en = suggest(unit, allowed)
        fail(key, f"{table.header(column)} 没有单位“{unit}”；{zh}", f"{column} has no unit '{unit}'; {en}")
    return unit


def _dates(key: str, way: object) -> str:
    way = word_of(key, way)
    if way and way not in times.DATE_ORDERS and not times.is_date_format(way):
        choices = ", ".join((*times.DATE_ORDERS, "%d.%m.%Y"))
        fail(key, f"看不懂“{way}”；可以写 {choices}", f"'{way}' is no order of a date; write one of {choices}")
    return way


def _template(key: str, text: object) -> Template:
    template = parse_template(word_of(key, text))
    if template is None or not any(header for _, header, _ in template.pieces):
        fail(
            key,
            '花括号里写列名，可加宽度，如 "250250{编号:0>6}"；不变的文字请写在 constants 里',
            'put a header in braces, with a width if need be, as "250250{Number:0>6}"; '
            "a fixed text belongs to constants",
        )
    return template


def _skip(key: str, given: object) -> dict[str, tuple[str, ...]]:
    found = {}
    for header, words in keys_of(key, given).items():
        words = words if isinstance(words, list) else [words]
        found[header] = tuple(normalise(word_of(f"{key}.{header}", word)) for word in words)
        if not found[header] or "*" in found[header]:
            fail(f"{key}.{header}", '要写出略过哪些词，如 "合计*"', 'name the words to skip, as "Total*"')
    return found


def _by_column(key: str, table: Table, given: object) -> dict[str, object]:
    """What is given by column, by English name; a column may be written by its Chinese header."""
    names = {normalise(name): column for column in table.columns for name in (column, *table.header(column).split("/"))}
    found = {}
    for name, value in keys_of(key, given).items():
        column = names.get(normalise(name))
        if column is None:
            zh, en = suggest(name, (*table.columns, *(table.header(column) for column in table.columns)))
            fail(f"{key}.{name}", f"{table.title} 没有这一列；{zh}", f"{table.name} has no such column; {en}")
        found[column] = value
    return found


def _table(key: str, word: object) -> Table:
    table = _named(word_of(key, word))
    if table is None:
        tables = all_tables().values()
        zh, en = suggest(str(word), [name for table in tables for name in (table.name, table.title)])
        fail(key, f"没有表“{word}”；{zh}", f"there is no table {word}; {en}")
    return table


def _named(word: str) -> Table | None:
    return next(
        (table for table in all_tables().values() if normalise(word) in (table.name, normalise(table.title))), None
    )
