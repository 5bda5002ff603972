"""Writes users' page views, exports, SQL statements and refusals to the audit log in data/audit/, outside the
warehouse.

Entries hold codes, names from closed lists and values that occur in the data, never free text that a user typed. The
operator must keep the files for at least six months (网络安全法, for network logs); nothing here deletes one.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlglot import tokenize
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from sql.audit import chain
from sql.errors import LinliError
from sql.files.sql_file import Text
from sql.paths import PROJECT
from sql.security.spreadsheet import escape_formula
from sql.semantic.scope import Scope
from sql.warehouse import Version

Kind = Literal["view", "export", "fetch", "sql", "refused", "login", "logout", "change"]
# The files in which rows leave the product, by extension.
FileKind = Literal["csv", "pptx", "docx", "xlsx"]
# The user name for actions without a person at a page, such as cron jobs.
COMMAND_USER = "command"
# Letters and digits that cannot be confused when read from paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_REDACTED = "?"
# The form of the product's own names; any other name may be a person's. Seven digits may be a phone number.
_OWN_NAME = re.compile(r"(?!.*\d{7})[a-z_][a-z0-9_]*")
_LITERALS = {
    TokenType.STRING,
    TokenType.NUMBER,
    TokenType.BIT_STRING,
    TokenType.HEX_STRING,
    TokenType.BYTE_STRING,
    TokenType.NATIONAL_STRING,
    TokenType.RAW_STRING,
    TokenType.HEREDOC_STRING,
    TokenType.UNICODE_STRING,
}


class AuditError(LinliError):
    """Reports that an action cannot be recorded, so it is not performed."""


@dataclass(frozen=True)
class Stamp:
    """Describes an exported file, as printed in it: user, time, version, serial and number of its audit entry."""

    user: str
    exported_at: datetime
    version: str
    serial: str
    entry_number: int

    @property
    def caption(self) -> Text:
        """Returns the whole stamp on one line, with the time in this machine's time zone."""
        time = self.exported_at.astimezone().isoformat(sep=" ", timespec="seconds")
        return Text(
            f"{self.user} 于 {time} 导出 · 版本 {self.version} · 编号 {self.serial} · 审计第 {self.entry_number} 条",
            f"exported by {self.user} at {time} · version {self.version} · serial {self.serial} · "
            f"audit entry {self.entry_number}",
        )

    @property
    def properties(self) -> dict[str, str | datetime]:
        """Returns the stamp as the properties of a workbook."""
        return {
            "author": escape_formula(self.user),
            "created": self.exported_at,
            "keywords": self.serial,
            "comments": escape_formula(f"{self.caption.zh}\n{self.caption.en}"),
        }


def folder() -> Path:
    """Returns the log's folder: LINLI_AUDIT in the environment, else data/audit."""
    return Path(os.environ.get("LINLI_AUDIT") or PROJECT / "data" / "audit")


def record(
    kind: Kind,
    user: str,
    page: str = "",
    scope: Scope | None = None,
    rows: int | None = None,
    detail: Mapping[str, str | int | list[str]] | None = None,
) -> chain.Entry:
    """Writes an entry and returns it. `scope` is what the user viewed; `detail` may hold only codes and names from
    closed lists.

    Raises AuditError if it cannot be written; then the action must not take place.
    """
    fields = {
        "who": user,
        "kind": kind,
        "page": page,
        "area": scope.area_code if scope else None,
        "period": str(scope.period) if scope else None,
        "filters": redact_filters(scope) if scope else {},
        "rows": rows,
        "version": scope.version.name if scope else None,
        "detail": detail or {},
    }
    try:
        return chain.append(folder(), fields)
    except OSError as error:
        raise _write_error(error) from error


def check_writable() -> AuditError | None:
    """Returns the error that recording would raise now, or None."""
    try:
        chain.require_room(folder())
    except OSError as error:
        return _write_error(error)
    return None


def record_export(user: str, page: str, scope: Scope, subject: str, kind: FileKind, rows: int, serial: str) -> Stamp:
    """Records an export of rows as a file, and returns the stamp to print in the file.

    `subject` is the name of what is exported, `kind` the file's extension. Raises AuditError if it cannot be recorded;
    then the file must not be handed out.
    """
    entry = record("export", user, page, scope, rows, {"what": subject, "file": kind, "serial": serial})
    # Files show the name without characters that XML or a single line cannot hold.
    printable = "".join(letter for letter in user if letter.isprintable())
    return Stamp(printable, datetime.fromisoformat(entry["at"]), scope.version.name, serial, entry["number"])


def new_serial() -> str:
    """Returns eight random characters that identify one exported file."""
    return "".join(secrets.choice(_LETTERS) for _index in range(8))


def redact_statement(text: str) -> dict[str, str]:
    """Returns a statement in the form in which `detail` may hold it, with the SHA-256 of its full text as proof.

    Comments are removed. Literals, and names that do not look like the product's own, are replaced by `?`.
    """
    try:
        words = " ".join(map(_word, tokenize(text, read="duckdb")))
    except TokenError:
        words = _REDACTED
    return {"statement": words, "sha256": hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()}


def _word(token: Token) -> str:
    if token.token_type in _LITERALS:
        return _REDACTED
    text = token.text.lower()
    is_name = token.token_type in (TokenType.VAR, TokenType.IDENTIFIER) or text[:1].isalnum()
    return text if not is_name or _OWN_NAME.fullmatch(text) else _REDACTED


def filter_columns(version: Version) -> frozenset[str]:
    """Returns the columns of all the version's marts, by which its rows may be filtered."""
    return frozenset(
        version.rows(
            "select distinct column_name from information_schema.columns "
            "where table_catalog = current_database() and table_schema = 'main'"
        )["column_name"]
    )


def redact_filters(scope: Scope) -> dict[str, str]:
    """Returns a scope's filters with `?` for values that do not occur in the data, such as text typed into a URL."""
    return {name: value if _is_known(scope.version, name, value) else _REDACTED for name, value in scope.where}


def _is_known(version: Version, dimension: str, value: str) -> bool:
    marts = version.rows(
        "select table_name from information_schema.columns where table_catalog = current_database() "
        "and table_schema = 'main' and column_name = $dimension order by table_name",
        {"dimension": dimension},
    )["table_name"]
    # The names come from the database itself.
    return any(
        version.rows(
            f'select 1 from main."{mart}" where cast("{dimension}" as varchar) = $value limit 1', {"value": value}
        ).height
        for mart in marts
    )


def _write_error(error: OSError) -> AuditError:
    reason = error.strerror or str(error)
    return AuditError(
        f"审计记录写不进 {folder()}（{reason}）：现在不能导出，也不能查询；请检查磁盘空间和权限，修好后不用重启",
        f"the audit log in {folder()} cannot be written ({reason}), so exports and SQL queries are disabled; "
        "check the disk space and the permissions, no restart is needed afterwards",
    )
