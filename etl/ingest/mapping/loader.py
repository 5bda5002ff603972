"""Loads a district's mapping.toml: parses it and checks every key before any file is read."""

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

_TOP_KEYS = ("file", "tables", "rows")
_SECTION_KEYS = (
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
# The keys that say where a column comes from; a column has one origin.
_ORIGINS = ("columns", "constants", "templates", "lookups")
# Parsing TOML is slow.
_MAX_BYTES = 4 * 1024**2
InlineTables = dict[str, dict[str, str]]


def load(folder: Path) -> list[Section]:
    """Returns the sections of the mapping.toml in a district's folder, in order; none if there is no mapping.

    Rows typed in the mapping come as sections with `rows`, one per table.
    Raises FileError for the first mistake in it.
    """
    path = folder / MAPPING_FILE
    if not path.is_file():
        return []
    if path.stat().st_size > _MAX_BYTES:
        raise FileError(
            f"{MAPPING_FILE} 超过 {_MAX_BYTES // 1024**2} MB；大的对照表请放进单独的文件，用 lookups 的 file 引用",
            f"{MAPPING_FILE} is larger than {_MAX_BYTES // 1024**2} MB; "
            "move large lookup tables to separate files and name them as file in lookups",
        )
    return parse_sections(_parse_toml(path.read_bytes()), folder)


def tables_in(content: bytes) -> list[Table]:
    """Returns the tables a mapping names, even if it is broken."""
    text = content.decode("utf-8", errors="replace")
    words = re.findall(r"""^[ \t]*table[ \t]*=[ \t]*["']([^"'\n]{1,100})["']""", text, re.MULTILINE)
    words += re.findall(r"""^[ \t\[]*rows[ \t]*\.[ \t]*["']?([^\]\s="']{1,100})""", text, re.MULTILINE)
    return list({table.name: table for word in words if (table := _find_table(word)) is not None}.values())


def parse_sections(content: dict[str, object], folder: Path) -> list[Section]:
    """Returns the sections of a mapping's content. Raises FileError for the first mistake."""
    check_keys(content, _TOP_KEYS, "")
    tables = {
        name: words_in(f"tables.{name}", words) for name, words in keys_of("tables", content.get("tables", {})).items()
    }
    sections = [_parse_inline_rows(name, rows) for name, rows in keys_of("rows", content.get("rows", {})).items()]
    files = content.get("file", [])
    if not isinstance(files, list) or not all(isinstance(section, dict) for section in files):
        fail("file", "每一节的开头要写成 [[file]]", "begin each section with [[file]]")
    for number, section in enumerate(files, start=1):
        sections.append(_parse_section(f"[[file]] {number}", section, tables, folder))
    return sections


def _parse_toml(content: bytes) -> dict[str, object]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A Chinese editor may save in GB18030.
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
            f"{MAPPING_FILE} is not valid TOML{en} ({error}); put text in double quotes, and one key = value per line",
        ) from error


def _parse_section(label: str, settings: dict[str, object], tables: InlineTables, folder: Path) -> Section:
    check_keys(settings, _SECTION_KEYS, f"{label} ")
    for key in ("name", "table"):
        if not settings.get(key):
            fail(f"{label} {key}", "这一项必填", "this key is required")
    table = _get_table(f"{label} table", settings["table"])
    parts = {key: _by_column(f"{label} {key}", table, settings.get(key, {})) for key in (*_ORIGINS, "values", "units")}
    for column in table.columns:
        origins = [key for key in _ORIGINS if column in parts[key]]
        if len(origins) > 1:
            fail(
                f"{label} {column}",
                f"{'、'.join(origins)} 里只能写一处",
                f"only one of {', '.join(origins)} may set it",
            )
    section = Section(
        label=f"{MAPPING_FILE} {label}",
        table=table.name,
        name=word_of(f"{label} name", settings["name"]),
        sheet=word_of(f"{label} sheet", settings.get("sheet", "*")),
        columns={column: word_of(f"{label} columns.{column}", header) for column, header in parts["columns"].items()},
        values={
            column: _parse_values(f"{label} values.{column}", table, column, words)
            for column, words in parts["values"].items()
        },
        units={
            column: _check_unit(f"{label} units.{column}", table, column, unit)
            for column, unit in parts["units"].items()
        },
        dates=_check_date_format(f"{label} dates", settings.get("dates", "")),
        constants={
            column: _check_word(
                f"{label} constants.{column}", table, column, word_of(f"{label} constants.{column}", word)
            )
            for column, word in parts["constants"].items()
        },
        templates={
            column: _check_template(f"{label} templates.{column}", text) for column, text in parts["templates"].items()
        },
        lookups={
            column: _parse_lookup(f"{label} lookups.{column}", lookup, tables, folder)
            for column, lookup in parts["lookups"].items()
        },
        skip=_parse_skip(f"{label} skip", settings.get("skip", {})),
        header_row=integer_of(f"{label} header_row", settings.get("header_row")),
        header_rows=integer_of(f"{label} header_rows", settings.get("header_rows")),
        is_full=flag_of(f"{label} full", settings.get("full", False)),
    )
    personal_columns.check(table, section)
    return section


def _parse_inline_rows(name: str, rows: object) -> Section:
    table = _get_table(f"rows.{name}", name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        fail(f"rows.{name}", f"每一行要写成 [[rows.{name}]]", f"begin each row with [[rows.{name}]]")
    cells = tuple(
        {
            column: word_of(f"rows.{name} {number}.{column}", cell)
            for column, cell in _by_column(f"rows.{name} {number}", table, row).items()
        }
        for number, row in enumerate(rows, start=1)
    )
    return Section(label=f"{MAPPING_FILE} rows.{name}", table=table.name, name=MAPPING_FILE, rows=cells)


def _parse_lookup(key: str, settings: object, tables: InlineTables, folder: Path) -> Lookup:
    settings = keys_of(key, settings)
    check_keys(settings, _LOOKUP_KEYS, f"{key}.")
    header = word_of(f"{key}.column", settings.get("column", ""))
    words = {"": word_of(f'{key}.""', settings[""])} if "" in settings else {}
    if not header or ("table" in settings) == ("file" in settings):
        fail(key, "要写 column，以及 table 或 file 之一", "set column, and either table or file")
    if "table" in settings:
        name = word_of(f"{key}.table", settings["table"])
        if name not in tables:
            zh, en = suggest(name, tables)
            fail(f"{key}.table", f"没有 [tables.{name}]；{zh}", f"there is no [tables.{name}]; {en}")
        return Lookup(header, f"[tables.{name}]", _comparable(f"tables.{name}", tables[name]) | words)
    file = word_of(f"{key}.file", settings["file"])
    path = (folder / file.replace("\0", "�")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        zh, en = suggest(file, (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))
        fail(f"{key}.file", f"本文件夹里没有 {file}；{zh}", f"there is no {file} in this folder; {en}")
    column, value = (word_of(f"{key}.{name}", settings.get(name, "")) for name in ("key", "value"))
    if not column or not value:
        fail(
            key,
            "用 file 时要写 key（查找的列）和 value（取值的列）",
            "with file, set key (the column searched) and value",
        )
    template = _check_template(f"{key}.value", value) if "{" in value else Template((("", value, ""),))
    if template.has_file_date:
        fail(f"{key}.value", "这里不能用 {file_date}", "{file_date} can't be used here")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Lookup(
        header, file, words, path, digest, word_of(f"{key}.sheet", settings.get("sheet", "")), column, template
    )


def _parse_values(key: str, table: Table, column: str, words: object) -> dict[str, str]:
    our_words = {
        clerk_word: _check_word(f"{key}.{clerk_word}", table, column, word)
        for clerk_word, word in words_in(key, words).items()
    }
    return _comparable(key, our_words)


def _comparable(key: str, words: dict[str, str]) -> dict[str, str]:
    """Returns words normalised for comparison. Raises FileError if two become equal but have different meanings."""
    comparable: dict[str, str] = {}
    for clerk_word, our_word in words.items():
        if comparable.setdefault(normalise(clerk_word), our_word) != our_word:
            fail(
                f"{key}.{clerk_word}",
                "只差空格或大小写的词写了两个意思",
                "listed twice, differing only in spaces or case, with two meanings",
            )
    return comparable


def _check_word(key: str, table: Table, column: str, word: str) -> str:
    """Returns the word unchanged. Raises FileError if the column has a fixed set of words that lacks it."""
    contract = table.columns[column]
    allowed: Iterable[str] = ()
    if isinstance(contract, dy.Enum):
        allowed = metadata_of(contract)["words"]
    elif isinstance(contract, dy.Bool):
        allowed = (*TRUE_WORDS, *FALSE_WORDS)
    if allowed and word and normalise(word) not in allowed:
        labels = metadata_of(contract).get("labels")
        zh, en = suggest(word, [*labels, *labels.values()] if labels else allowed)
        fail(key, f"“{word}”不是 {table.header(column)} 的词；{zh}", f"'{word}' is not a value of {column}; {en}")
    return word


def _check_unit(key: str, table: Table, column: str, unit_of_measure: object) -> str:
    unit_of_measure = word_of(key, unit_of_measure)
    allowed = unit_factors(table, column)
    if unit_of_measure not in allowed:
        if not allowed:
            fail(key, f"{table.header(column)} 不是数字，没有单位", f"{column} is not a number and has no unit")
        zh, en = suggest(unit_of_measure, allowed)
        fail(
            key,
            f"{table.header(column)} 没有单位“{unit_of_measure}”；{zh}",
            f"{column} has no unit '{unit_of_measure}'; {en}",
        )
    return unit_of_measure


def _check_date_format(key: str, date_format: object) -> str:
    date_format = word_of(key, date_format)
    if date_format and date_format not in times.DATE_ORDERS and not times.is_date_format(date_format):
        choices = ", ".join((*times.DATE_ORDERS, "%d.%m.%Y"))
        fail(
            key,
            f"看不懂“{date_format}”；可以写 {choices}",
            f"'{date_format}' is not a date order; write one of {choices}",
        )
    return date_format


def _check_template(key: str, text: object) -> Template:
    template = parse_template(word_of(key, text))
    if template is None or not any(header for _, header, _ in template.pieces):
        fail(
            key,
            '花括号里写列名，可加宽度，如 "250250{编号:0>6}"；不变的文字请写在 constants 里',
            'put a header in braces, with a width if needed, such as "250250{Number:0>6}"; '
            "put a fixed text in constants",
        )
    return template


def _parse_skip(key: str, settings: object) -> dict[str, tuple[str, ...]]:
    words_by_header = {}
    for header, words in keys_of(key, settings).items():
        words = words if isinstance(words, list) else [words]
        words_by_header[header] = tuple(normalise(word_of(f"{key}.{header}", word)) for word in words)
        if not words_by_header[header] or "*" in words_by_header[header]:
            fail(f"{key}.{header}", '要写出略过哪些词，如 "合计*"', 'list the words to skip, such as "Total*"')
    return words_by_header


def _by_column(key: str, table: Table, settings: object) -> dict[str, object]:
    """Returns the values by the column's English name; the mapping may also use its Chinese header."""
    names = {normalise(name): column for column in table.columns for name in (column, *table.header(column).split("/"))}
    by_column = {}
    for name, value in keys_of(key, settings).items():
        column = names.get(normalise(name))
        if column is None:
            zh, en = suggest(name, (*table.columns, *(table.header(column) for column in table.columns)))
            fail(f"{key}.{name}", f"{table.title} 没有这一列；{zh}", f"{table.name} has no such column; {en}")
        by_column[column] = value
    return by_column


def _get_table(key: str, word: object) -> Table:
    table = _find_table(word_of(key, word))
    if table is None:
        tables = all_tables().values()
        zh, en = suggest(str(word), [name for table in tables for name in (table.name, table.title)])
        fail(key, f"没有表“{word}”；{zh}", f"there is no table {word}; {en}")
    return table


def _find_table(word: str) -> Table | None:
    return next(
        (table for table in all_tables().values() if normalise(word) in (table.name, normalise(table.title))), None
    )
