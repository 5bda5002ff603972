"""Provides the columns, tables and rules that contracts are written with, each with its Chinese name.

A contract is a dataframely schema. The `metadata` of its columns holds what reading a file requires beyond the type:
`header` (the Chinese header, alternatives separated by "/"), `personal`, `identifies`, `office`, `event`, `code`,
`topic`, `references`, and for a choice or a topic its `words` and `labels`. `identifies` marks a column that says which
person or account a row belongs to. `office` marks a post or duty, which is public whoever holds it (see
etl/contracts/people.py).
"""

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import dataframely as dy
import polars as pl

from sql.source_tables import SOURCE_TABLES

PersonalPolicy = Literal["drop", "mask", "restrict"]
# No count or measurement is this large: eleven digits in such a column are a phone number.
MAX_VALUE = 9_999_999_999
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Reference:
    """Names the column whose accepted values another column may take.

    `where` restricts it to the rows that have one of the given words in the given column.
    """

    table: str
    column: str
    where: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Reason:
    """Holds why a rule rejects a row, in both languages.

    `{name}` is replaced by that column's value in the row, `{name:header}` by its Chinese header.
    """

    column: str
    zh: str
    en: str


@dataclass(frozen=True)
class Table:
    """Describes a source table: its schema, with what the schema itself cannot hold."""

    name: str
    title: str
    family: str
    key: tuple[str, ...]
    schema: type[dy.Schema]
    defaults: Callable[[pl.DataFrame, Frames], pl.DataFrame] | None
    is_register: bool = False

    @functools.cached_property
    def columns(self) -> dict[str, dy.Column]:
        """Returns the columns that a file may contain, by English name, without the source columns."""
        return {name: column for name, column in self.schema.columns().items() if column.metadata}

    def columns_with(self, flag: str) -> dict[str, Any]:
        """Returns the columns that have a metadata flag set, with its value."""
        flags = {name: metadata_of(column).get(flag) for name, column in self.columns.items()}
        return {name: value for name, value in flags.items() if value}

    def header(self, column: str) -> str:
        """Returns the Chinese header of a column."""
        return metadata_of(self.columns[column])["header"]

    def reason(self, rule: str) -> Reason:
        """Returns why the named rule of this table rejects a row."""
        return getattr(self.schema, rule).reason


def metadata_of(column: dy.Column) -> dict[str, Any]:
    """Returns what a contract says about a column beyond its type."""
    return column.metadata or {}


class SourceSchema(dy.Schema):
    """Adds to every row where it came from, and whether all its cells could be read."""

    source_unit = dy.UInt32()
    source_row = dy.UInt32()
    source_readable = dy.Bool()

    @dy.rule()
    def all_cells_readable(cls) -> pl.Expr:
        return pl.col("source_readable")


_TABLES: dict[str, Table] = {}


def all_tables() -> dict[str, Table]:
    """Returns every table declared so far, in the order of declaration."""
    return dict(_TABLES)


def table(
    name: str,
    *,
    family: str,
    key: tuple[str, ...],
    defaults: Callable[[pl.DataFrame, Frames], pl.DataFrame] | None = None,
    is_register: bool = False,
) -> Callable[[type[dy.Schema]], type[dy.Schema]]:
    """Declares a schema as a source table, one of sql/source_tables.py.

    `key` is its primary key; unlike dataframely's own keys, its columns may be empty. `defaults` fills optional cells
    from the table's accepted rows and those of the tables it refers to. The rows of a register stand until changed, so
    they describe the day that the file declares or came, not that of their newest date.
    """

    def register(schema: type[dy.Schema]) -> type[dy.Schema]:
        _TABLES[name] = Table(name, SOURCE_TABLES[name].zh, family, key, schema, defaults, is_register)
        return schema

    return register


def rule(column: str, zh: str, en: str) -> Callable[[Callable[[Any], pl.Expr]], Any]:
    """Declares a rule that is true for valid rows; a rejection is reported at `column` with this reason."""

    def mark(function: Callable[[Any], pl.Expr]) -> Any:
        declared_rule: Any = dy.rule()(function)
        declared_rule.reason = Reason(column, zh, en)
        return declared_rule

    return mark


def not_before(later: str, earlier: str) -> Any:
    """Declares the rule that one date or time is not before another, where both are given."""
    return rule(
        later,
        f"{{{later}:header}} {{{later}}} 早于{{{earlier}:header}} {{{earlier}}}；请改正其中之一",
        f"{later} {{{later}}} is before {earlier} {{{earlier}}}; correct one of them",
    )(lambda _: pl.col(later) >= pl.col(earlier))


def not_more_than(part: str, total: str) -> Any:
    """Declares the rule that a part of a count does not exceed the count."""
    return rule(
        part,
        f"{{{part}:header}} {{{part}}} 多于{{{total}:header}} {{{total}}}；请改正其中之一",
        f"{part} {{{part}}} exceeds {total} {{{total}}}; correct one of them",
    )(lambda _: pl.col(part) <= pl.col(total))


def text(header: str, *, required: bool = True, personal: PersonalPolicy | None = None) -> dy.Column:
    """Declares a column of free text."""
    return dy.String(nullable=not required, metadata={"header": header, "personal": personal})


def code(
    header: str,
    *references: Reference,
    required: bool = True,
    personal: PersonalPolicy | None = None,
    identifies: bool = False,
) -> dy.Column:
    """Declares an identifier, which is text even where it looks like a number.

    With references, it identifies a row of one of those tables.
    """
    metadata = {
        "header": header,
        "code": True,
        "personal": personal,
        "identifies": identifies,
        "references": references,
    }
    return dy.String(nullable=not required, metadata=metadata)


def integer(header: str, *, required: bool = True, at_least: int = 0, at_most: int = MAX_VALUE) -> dy.Column:
    """Declares a column of whole numbers."""
    return dy.Int64(nullable=not required, min=at_least, max=at_most, metadata={"header": header})


def number(
    header: str,
    *,
    required: bool = True,
    at_least: float | None = None,
    more_than: float | None = None,
    at_most: float = MAX_VALUE,
    personal: PersonalPolicy | None = None,
) -> dy.Column:
    """Declares a column of numbers with decimals."""
    return dy.Float64(
        nullable=not required,
        min=at_least,
        min_exclusive=more_than,
        max=at_most,
        metadata={"header": header, "personal": personal},
    )


def score(header: str, *, required: bool = True) -> dy.Column:
    """Declares a score from 0 to 100."""
    return number(header, required=required, at_least=0, at_most=100)


def day(header: str, *, required: bool = True, event: bool = False, identifies: bool = False) -> dy.Column:
    """Declares a date. `event` marks dates that show how far the data reach; an end date or a plan does not."""
    return dy.Date(nullable=not required, metadata={"header": header, "event": event, "identifies": identifies})


def moment(header: str, *, required: bool = True, event: bool = False) -> dy.Column:
    """Declares a date and time in Asia/Shanghai, without a zone; `event` as for `day`."""
    return dy.Datetime(nullable=not required, time_unit="us", metadata={"header": header, "event": event})


def flag(header: str, *, required: bool = True) -> dy.Column:
    """Declares a column of yes or no."""
    return dy.Bool(nullable=not required, metadata={"header": header})


def choice(header: str, words: str, *, required: bool = True, office: bool = False) -> dy.Column:
    """Declares a column with values from a fixed set, written as in the data dictionary: `male 男 | female 女`.

    In the metadata, `words` maps every accepted spelling to the English word, and `labels` the English word to the
    Chinese one. Raises ValueError where two values share a spelling.
    """
    labels = _labels(words, " | ")
    metadata = {"header": header, "words": _value_by_spelling(header, labels), "labels": labels, "office": office}
    return dy.Enum(list(labels), nullable=not required, metadata=metadata)


def topic(header: str, words: str, *, required: bool = True) -> dy.Column:
    """Declares text that is usually from a known set, written as in the data dictionary: `culture 文化 · medical 医疗`.

    A known spelling becomes its English word; any other text stays unchanged and is reported. The metadata and errors
    are those of `choice`.
    """
    labels = _labels(words, " · ")
    metadata = {"header": header, "topic": True, "words": _value_by_spelling(header, labels), "labels": labels}
    return dy.String(nullable=not required, metadata=metadata)


def _labels(words: str, separator: str) -> dict[str, str]:
    return dict(part.split(maxsplit=1) for part in words.split(separator))


def _value_by_spelling(header: str, labels: dict[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for value, label in labels.items():
        for spelling in {value, *_spellings(label)}:
            if values.setdefault(normalise(spelling), value) != value:
                raise ValueError(f"{header}: {spelling} means both {values[normalise(spelling)]} and {value}")
    return values


def normalise(word: str) -> str:
    """Returns a word in the form used for comparison: half width, without spaces, in lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower()


def _spellings(label: str) -> set[str]:
    """Returns the whole text, the part before its bracket, the text without brackets and each alternative inside."""
    label = normalise(label)
    bracketed = re.findall(r"\(([^)]*)\)", label)
    alternatives = {part for group in bracketed for part in re.split(r"[/、·]", group)}
    return {label, label.split("(")[0], re.sub(r"\([^)]*\)", "", label), *alternatives}
