"""What people do is recorded: who looked at, took away, asked or was refused what, and when. Outside the warehouse, in
data/audit/.

What is written are codes, names from closed lists and values that the data know; of what a person types, nothing. The
files are kept by whoever runs the server, for six months at least (as 网络安全法 asks of network logs); nothing here
takes one away.
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
from sql.paths import PROJECT
from sql.security.spreadsheet import escape_formula
from sql.semantic.files.sql_file import Text
from sql.semantic.scope import Scope
from sql.warehouse import Version

Kind = Literal["view", "export", "fetch", "sql", "refused", "login", "logout", "change"]
# Who does what no person at a page does: what cron runs.
COMMAND_USER = "command"
# Letters and digits that are not taken for one another when read off paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_UNKNOWN = "?"
# What the product calls things by; a name written otherwise may be a person's. So many digits are a phone's.
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
    """What somebody does cannot be recorded: then it is not done."""


@dataclass(frozen=True)
class Stamp:
    """What a file that somebody takes away says of itself: who, when, of which version, its serial and its entry's
    number."""

    user: str
    exported_at: datetime
    version: str
    serial: str
    entry_number: int

    @property
    def caption(self) -> Text:
        """All of it in one line, the time by this machine's clock."""
        time = self.exported_at.astimezone().isoformat(sep=" ", timespec="seconds")
        return Text(
            f"{self.user} 于 {time} 导出 · 版本 {self.version} · 编号 {self.serial} · 审计第 {self.entry_number} 条",
            f"exported by {self.user} at {time} · version {self.version} · serial {self.serial} · "
            f"audit entry {self.entry_number}",
        )

    @property
    def properties(self) -> dict[str, str | datetime]:
        """What stands in the properties of a workbook."""
        return {
            "author": escape_formula(self.user),
            "created": self.exported_at,
            "keywords": self.serial,
            "comments": escape_formula(f"{self.caption.zh}\n{self.caption.en}"),
        }


def folder() -> Path:
    """Where the log lies: LINLI_AUDIT in the environment, else data/audit."""
    return Path(os.environ.get("LINLI_AUDIT") or PROJECT / "data" / "audit")


def record(
    kind: Kind,
    who: str,
    page: str = "",
    scope: Scope | None = None,
    rows: int | None = None,
    detail: Mapping[str, str | int | list[str]] | None = None,
) -> chain.Entry:
    """Writes an entry, and gives it. `scope` is what was looked at; `detail` holds codes and names from closed lists
    alone.

    Raises AuditError where it cannot be written: then what it tells of is not to happen.
    """
    told = {
        "who": who,
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
        return chain.append(folder(), told)
    except OSError as error:
        raise _unwritten(error) from error


def check_writable() -> AuditError | None:
    """Why nothing could be recorded now; None where all is well."""
    try:
        chain.require_room(folder())
    except OSError as error:
        return _unwritten(error)
    return None


def record_export(who: str, page: str, scope: Scope, what: str, kind: str, rows: int, serial: str) -> Stamp:
    """Records that somebody takes rows away as a file, and gives what the file is to say of itself.

    `what` and `kind` are the name of what is exported and the file's ending. Raises AuditError: then no file is given.
    """
    entry = record("export", who, page, scope, rows, {"what": what, "file": kind, "serial": serial})
    # What neither XML nor a line can hold is left out of what files say.
    shown = "".join(letter for letter in who if letter.isprintable())
    return Stamp(shown, datetime.fromisoformat(entry["at"]), scope.version.name, serial, entry["number"])


def new_serial() -> str:
    """Eight letters that no other file has."""
    return "".join(secrets.choice(_LETTERS) for _place in range(8))


def redact_statement(text: str) -> dict[str, str]:
    """A statement for `detail`: its words with `?` for every literal and for every name that is not written as the
    product writes its own, without comments; and the SHA-256 of its text, by which the whole is proved."""
    try:
        words = " ".join(map(_word, tokenize(text, read="duckdb")))
    except TokenError:
        words = _UNKNOWN
    return {"statement": words, "sha256": hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()}


def _word(token: Token) -> str:
    if token.token_type in _LITERALS:
        return _UNKNOWN
    written = token.text.lower()
    is_named = token.token_type in (TokenType.VAR, TokenType.IDENTIFIER) or written[:1].isalnum()
    return written if not is_named or _OWN_NAME.fullmatch(written) else _UNKNOWN


def filter_columns(version: Version) -> frozenset[str]:
    """What anything of the version can be filtered by: the columns of its marts."""
    return frozenset(
        version.rows(
            "select distinct column_name from information_schema.columns "
            "where table_catalog = current_database() and table_schema = 'main'"
        )["column_name"]
    )


def redact_filters(scope: Scope) -> dict[str, str]:
    """The filters of a scope whose values the data know; `?` for what somebody wrote into a link."""
    return {name: value if _is_known(scope.version, name, value) else _UNKNOWN for name, value in scope.where}


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


def _unwritten(error: OSError) -> AuditError:
    reason = error.strerror or str(error)
    return AuditError(
        f"审计记录写不进 {folder()}（{reason}）：现在不能导出，也不能查询；请检查磁盘空间和权限，修好后不用重启",
        f"the audit log in {folder()} cannot be written ({reason}): nothing can be exported or asked in SQL now; "
        "check the space on the disk and the permissions, no restart is needed afterwards",
    )
