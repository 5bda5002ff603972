"""The vocabulary contracts are written in: columns, tables and rules, each with its Chinese name.

A contract is a dataframely schema. Its columns carry in `metadata` what a file and a reader need beyond the
type: `header` (the Chinese header, alternatives split by "/"), `personal`, `identifies`, `office`, `event`, `code`,
`topic`, `references`, and of a choice or a topic its `words` and `labels`. `identifies` marks what says which person or
account a row is of; `office` marks a post or duty, which is public whoever holds it (see etl/contracts/people.py).
"""

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import dataframely as dy
import polars as pl

PersonalPolicy = Literal["drop", "mask", "restrict"]
# Nothing that is counted or measured here is as long as a phone number: eleven digits in such a column are one.
MAX_VALUE = 9_999_999_999
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Reference:
    """The column whose accepted values a column may take; `where` narrows them to the rows that have one of
    these words in this column."""

    table: str
    column: str
    where: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Reason:
    """Why a rule refuses a row, in both languages; `{name}` stands for that column's value in the row,
    `{name:header}` for its Chinese header."""

    column: str
    zh: str
    en: str


@dataclass(frozen=True)
class Table:
    """A source table: its schema and what the schema itself has no place for."""

    name: str
    title: str
    family: str
    key: tuple[str, ...]
    schema: type[dy.Schema]
    defaults: Callable[[pl.DataFrame, Frames], pl.DataFrame] | None

    @functools.cached_property
    def columns(self) -> dict[str, dy.Column]:
        """The columns a file may bring, by English name; the source columns are not among them."""
        return {name: column for name, column in self.schema.columns().items() if column.metadata}

    def columns_with(self, flag: str) -> dict[str, Any]:
        """Columns that carry a metadata flag, with its value."""
        flags = {name: metadata_of(column).get(flag) for name, column in self.columns.items()}
        return {name: value for name, value in flags.items() if value}

    def header(self, column: str) -> str:
        """The Chinese header of a column."""
        return metadata_of(self.columns[column])["header"]

    def reason(self, rule: str) -> Reason:
        """Why the named rule of this table refuses a row."""
        return getattr(self.schema, rule).reason


def metadata_of(column: dy.Column) -> dict[str, Any]:
    """What a contract says of a column beyond its type."""
    return column.metadata or {}


class SourceSchema(dy.Schema):
    """What every row carries about where it came from, and whether all its cells could be read."""

    source_unit = dy.UInt32()
    source_row = dy.UInt32()
    source_readable = dy.Bool()

    @dy.rule()
    def all_cells_readable(cls) -> pl.Expr:
        return pl.col("source_readable")


_TABLES: dict[str, Table] = {}


def all_tables() -> dict[str, Table]:
    """Every table declared so far, in the order of declaration."""
    return dict(_TABLES)


def table(
    name: str,
    title: str,
    *,
    family: str,
    key: tuple[str, ...],
    defaults: Callable[[pl.DataFrame, Frames], pl.DataFrame] | None = None,
) -> Callable[[type[dy.Schema]], type[dy.Schema]]:
    """Declare a schema as a source table.

    `key` is its primary key (columns of a key may be empty, which dataframely's own keys may not). `defaults`
    fills optional cells from the table's accepted rows and those of the tables it refers to.
    """

    def register(schema: type[dy.Schema]) -> type[dy.Schema]:
        _TABLES[name] = Table(name, title, family, key, schema, defaults)
        return schema

    return register


def rule(column: str, zh: str, en: str) -> Callable[[Callable[[Any], pl.Expr]], Any]:
    """A rule over a row, true where the row is right; a refusal is reported at `column` with this reason."""

    def mark(function: Callable[[Any], pl.Expr]) -> Any:
        marked: Any = dy.rule()(function)
        marked.reason = Reason(column, zh, en)
        return marked

    return mark


def not_before(later: str, earlier: str) -> Any:
    """A rule: where both are given, one date or time is no earlier than another."""
    return rule(
        later,
        f"{{{later}:header}} {{{later}}} 早于{{{earlier}:header}} {{{earlier}}}；请改正其中之一",
        f"{later} {{{later}}} is before {earlier} {{{earlier}}}; correct one of them",
    )(lambda _: pl.col(later) >= pl.col(earlier))


def not_more_than(part: str, total: str) -> Any:
    """A rule: a part of a count is no more than the count."""
    return rule(
        part,
        f"{{{part}:header}} {{{part}}} 多于{{{total}:header}} {{{total}}}；请改正其中之一",
        f"{part} {{{part}}} is more than {total} {{{total}}}; correct one of them",
    )(lambda _: pl.col(part) <= pl.col(total))


def text(header: str, *, required: bool = True, personal: PersonalPolicy | None = None) -> dy.Column:
    """Free text."""
    return dy.String(nullable=not required, metadata={"header": header, "personal": personal})


def code(
    header: str,
    *references: Reference,
    required: bool = True,
    personal: PersonalPolicy | None = None,
    identifies: bool = False,
) -> dy.Column:
    """An identifier: text, however much it looks like a number; with references, of a row of one of them."""
    metadata = {
        "header": header,
        "code": True,
        "personal": personal,
        "identifies": identifies,
        "references": references,
    }
    return dy.String(nullable=not required, metadata=metadata)


def integer(header: str, *, required: bool = True, at_least: int = 0, at_most: int = MAX_VALUE) -> dy.Column:
    """A whole number."""
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
    """A number with decimals."""
    return dy.Float64(
        nullable=not required,
        min=at_least,
        min_exclusive=more_than,
        max=at_most,
        metadata={"header": header, "personal": personal},
    )


def score(header: str, *, required: bool = True) -> dy.Column:
    """Points out of a hundred."""
    return number(header, required=required, at_least=0, at_most=100)


def day(header: str, *, required: bool = True, event: bool = False, identifies: bool = False) -> dy.Column:
    """A date; an event's date says how far the data reach, the end of something or a plan does not."""
    return dy.Date(nullable=not required, metadata={"header": header, "event": event, "identifies": identifies})


def moment(header: str, *, required: bool = True, event: bool = False) -> dy.Column:
    """A date and time of day in Asia/Shanghai, without a zone; `event` as of a day."""
    return dy.Datetime(nullable=not required, time_unit="us", metadata={"header": header, "event": event})


def flag(header: str, *, required: bool = True) -> dy.Column:
    """Yes or no."""
    return dy.Bool(nullable=not required, metadata={"header": header})


def choice(header: str, words: str, *, required: bool = True, office: bool = False) -> dy.Column:
    """One of a fixed set, written as in the data dictionary: `male 男 | female 女`.

    `words` in the metadata maps every accepted spelling to the English word; `labels` the English word to the
    Chinese one. A ValueError means two values share a spelling.
    """
    labels = _labels(words, " | ")
    metadata = {"header": header, "words": _accepted(header, labels), "labels": labels, "office": office}
    return dy.Enum(list(labels), nullable=not required, metadata=metadata)


def topic(header: str, words: str, *, required: bool = True) -> dy.Column:
    """Text that is mostly one of a known set, written as in the data dictionary: `culture 文化 · medical 医疗`.

    A known spelling becomes its English word, any other text stays as it is and is reported. The metadata and
    errors are those of `choice`.
    """
    labels = _labels(words, " · ")
    metadata = {"header": header, "topic": True, "words": _accepted(header, labels), "labels": labels}
    return dy.String(nullable=not required, metadata=metadata)


def _labels(words: str, separator: str) -> dict[str, str]:
    return dict(part.split(maxsplit=1) for part in words.split(separator))


def _accepted(header: str, labels: dict[str, str]) -> dict[str, str]:
    accepted: dict[str, str] = {}
    for value, label in labels.items():
        for spelling in {value, *_spellings(label)}:
            if accepted.setdefault(normalise(spelling), value) != value:
                raise ValueError(f"{header}: {spelling} means both {accepted[normalise(spelling)]} and {value}")
    return accepted


def normalise(word: str) -> str:
    """A word as it is compared: full width as half width, no spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower()


def _spellings(label: str) -> set[str]:
    """The whole text, the part before its bracket, the text without brackets, each alternative inside one."""
    label = normalise(label)
    inside = re.findall(r"\(([^)]*)\)", label)
    alternatives = {part for group in inside for part in re.split(r"[/、·]", group)}
    return {label, label.split("(")[0], re.sub(r"\([^)]*\)", "", label), *alternatives}
