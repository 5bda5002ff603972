"""Checks that a mapping doesn't copy personal columns into columns that are stored unmasked."""

from etl.contracts import Table, all_tables
from etl.contracts.columns import normalise
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.headers import columns_by_header


def check(table: Table, section: Section) -> None:
    """Raises FileError if a clerk's column feeds both a personal column and another one, or if its header names a
    personal column but it feeds one that isn't."""
    personal = table.columns_with("personal")
    personal_headers = _personal_headers(table)
    uses: dict[str, set[str]] = {}
    for column, header, key in _column_feeds(section):
        uses.setdefault(normalise(header), set()).add(column)
        if column not in personal and normalise(header) in personal_headers:
            _refuse(section, key, header)
    for column, header, key in _column_feeds(section):
        kinds = {personal.get(target) for target in uses[normalise(header)]}
        if len(uses[normalise(header)]) > 1 and kinds != {None} and column not in personal:
            _refuse(section, key, header)
        if column in personal and not key.startswith("columns."):
            raise FileError(
                f"{section.label} {key}：个人信息列只能用 columns 直接对应；请改正",
                f"{section.label}, {key}: a personal column can only be mapped in columns; correct it",
            )
    for column, lookup in section.lookups.items():
        for header in lookup.value.headers:
            if normalise(header) in personal_headers:
                _refuse(section, f"lookups.{column}.value", header)


def _column_feeds(section: Section) -> list[tuple[str, str, str]]:
    """Returns which column each of the clerk's headers feeds: (column, header, mapping key)."""
    feeds = [(column, header, f"columns.{column}") for column, header in section.columns.items()]
    for column, template in section.templates.items():
        feeds += [(column, header, f"templates.{column}") for header in template.headers]
    return feeds + [(column, lookup.header, f"lookups.{column}") for column, lookup in section.lookups.items()]


def _personal_headers(table: Table) -> set[str]:
    """Returns headers of personal columns of this table, and of columns that any table drops."""
    headers = {
        header for header, column in columns_by_header(table).items() if column in table.columns_with("personal")
    }
    for other in all_tables().values():
        dropped = [column for column, kind in other.columns_with("personal").items() if kind == "drop"]
        headers |= {header for header, column in columns_by_header(other).items() if column in dropped}
    return headers


def _refuse(section: Section, key: str, header: str) -> None:
    raise FileError(
        f"{section.label} {key}：“{header}”是个人信息（姓名、身份证号、手机号等），不能写进别的列；请改正",
        f"{section.label}, {key}: {header} is personal (a name, an identity or phone number, pay) and can't be copied "
        "into another column; correct it",
    )
