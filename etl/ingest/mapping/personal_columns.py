"""Personal columns stay what they are: a mapping must not carry them into columns that are kept."""

from etl.contracts import Table, all_tables
from etl.contracts.columns import normalise
from etl.ingest.errors import FileError
from etl.ingest.mapping.sections import Section
from etl.ingest.readers.headers import columns_by_header


def check(table: Table, section: Section) -> None:
    """Raises FileError where a clerk's column feeds a personal column and another one, or is personal by its header
    and feeds a column that is not."""
    personal = table.columns_with("personal")
    elsewhere = _personal_headers(table)
    uses: dict[str, set[str]] = {}
    for column, header, key in _fed(section):
        uses.setdefault(normalise(header), set()).add(column)
        if column not in personal and normalise(header) in elsewhere:
            _refuse(section, key, header)
    for column, header, key in _fed(section):
        kinds = {personal.get(fed) for fed in uses[normalise(header)]}
        if len(uses[normalise(header)]) > 1 and kinds != {None} and column not in personal:
            _refuse(section, key, header)
        if column in personal and not key.startswith("columns."):
            raise FileError(
                f"{section.label} {key}：个人信息列只能用 columns 直接对应；请改正",
                f"{section.label}, {key}: a personal column can only be given in columns; correct it",
            )
    for column, lookup in section.lookups.items():
        for header in lookup.value.headers:
            if normalise(header) in elsewhere:
                _refuse(section, f"lookups.{column}.value", header)


def _fed(section: Section) -> list[tuple[str, str, str]]:
    """Which column each of the clerk's headers feeds, and the key that says so."""
    fed = [(column, header, f"columns.{column}") for column, header in section.columns.items()]
    for column, template in section.templates.items():
        fed += [(column, header, f"templates.{column}") for header in template.headers]
    return fed + [(column, lookup.header, f"lookups.{column}") for column, lookup in section.lookups.items()]


def _personal_headers(table: Table) -> set[str]:
    """Headers that mean a personal column of this table, or in any table one that is dropped."""
    found = {header for header, column in columns_by_header(table).items() if column in table.columns_with("personal")}
    for other in all_tables().values():
        dropped = [column for column, kind in other.columns_with("personal").items() if kind == "drop"]
        found |= {header for header, column in columns_by_header(other).items() if column in dropped}
    return found


def _refuse(section: Section, key: str, header: str) -> None:
    raise FileError(
        f"{section.label} {key}：“{header}”是个人信息（姓名、身份证号、手机号等），不能写进别的列；请改正",
        f"{section.label}, {key}: {header} is personal (a name, an identity or phone number, pay) and can't go into "
        "another column; correct it",
    )
