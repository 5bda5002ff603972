"""Reads access.toml, which lists the people who may use the dashboard, each with roles and an area.

The file is read again whenever it changes, so a person removed from it loses access with their next action.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from sql.errors import LinliError
from sql.paths import PROJECT

Permission = Literal[
    "run_meetings", "ask_sql", "save_queries", "write_annotations", "write_decisions", "edit_playlists", "see_metrics"
]
# What each role may do beyond viewing pages and exporting what they show, which everybody with access may do.
PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "viewer": frozenset({"run_meetings"}),
    "analyst": frozenset({"run_meetings", "ask_sql", "save_queries"}),
    "editor": frozenset({"run_meetings", "write_annotations", "write_decisions", "edit_playlists"}),
    "administrator": frozenset(get_args(Permission)),
}
ROLES = tuple(PERMISSIONS)
# The value of `area` that grants access to all areas.
ALL_AREAS = "all"
# The prefix of a name that is the identity provider's subject and not an e-mail address, which never has a colon.
SUBJECT_PREFIX = "sub:"
_PERSON_KEYS = {"who", "subject", "roles", "area", "office"}
# E-mail addresses as HTML defines them (HTML Standard, 4.10.5.1.5). ASCII only, so that no name can contain letters
# that look like others or fold to them.
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_MAX_EMAIL = 254
# A subject as OpenID Connect defines it (Core 1.0, section 2): up to 255 ASCII characters, case-sensitive.
_SUBJECT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


class AccessFileError(LinliError):
    """Reports an access.toml that cannot be used. Nobody has access then."""


class PermissionDeniedError(LinliError):
    """Reports an action that the user may not perform, or no longer may. It is not performed."""


@dataclass(frozen=True)
class User:
    """Describes a user of the dashboard: name, roles, area (None: everywhere), and whether they may see exact counts
    of few people (`is_office`).

    The name is a lower-case e-mail address, or `sub:` and the provider's subject, so that one cannot pass for the
    other.
    """

    name: str
    roles: frozenset[str]
    area: str | None
    is_office: bool = False

    def has_permission(self, permission: Permission) -> bool:
        """Returns true if one of the user's roles has the permission."""
        return any(permission in PERMISSIONS[role] for role in self.roles)


# The user if no login is configured: whoever is at this machine.
LOCAL_USER = User("local", frozenset(ROLES), None)


def path() -> Path:
    """Returns the path of access.toml: LINLI_ACCESS in the environment, else data/access.toml."""
    return Path(os.environ.get("LINLI_ACCESS") or PROJECT / "data" / "access.toml")


def find_user(name: str) -> User | None:
    """Returns the named user as access.toml lists them now, or None.

    Raises AccessFileError if the file is missing or cannot be read.
    """
    file = path()
    try:
        stat = file.stat()
    except OSError as error:
        raise AccessFileError(
            f"读不到 {file.name}（{error.strerror}）；请按 SECURITY.md 建立它，登录后才有人能看",
            f"{file.name} cannot be read ({error.strerror}); create it as SECURITY.md describes, nobody has access "
            "before that",
        ) from error
    return _users(file, stat.st_mtime_ns, stat.st_size).get(name)


def name_from_claims(claims: Mapping[str, object]) -> str:
    """Returns the user name from a login's claims: the e-mail address if the provider has verified it, else `sub:` and
    the subject; empty if there is neither.

    An address counts as verified only if `email_verified` is the boolean true, not a text or a number.
    """
    email, subject = claims.get("email"), claims.get("sub")
    if claims.get("email_verified") is True and isinstance(email, str) and _is_email(email):
        return email.lower()
    return SUBJECT_PREFIX + subject if isinstance(subject, str) and _SUBJECT.fullmatch(subject) else ""


def _is_email(text: str) -> bool:
    # Checked before lower-casing, which turns the Kelvin sign into a k.
    return len(text) <= _MAX_EMAIL and text.isascii() and _EMAIL.fullmatch(text.lower()) is not None


@lru_cache(maxsize=4)
def _users(file: Path, _changed_at: int, _size: int) -> dict[str, User]:
    """Returns all users in the file by name."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccessFileError(f"{file.name} 读不懂：{error}", f"{file.name} cannot be read: {error}") from error
    if unknown := sorted(set(content) - {"people"}):
        raise _error(
            file,
            f"没有键 {', '.join(unknown)}；只有 [[people]]",
            f"unknown key {', '.join(unknown)}; only [[people]] is allowed",
        )
    users: dict[str, User] = {}
    for index, entry in enumerate(content.get("people", []), 1):
        user = _user(file, index, entry)
        if user.name in users:
            raise _error(
                file,
                f"第 {index} 个 [[people]]：{user.name} 写了两次",
                f"[[people]] number {index}: {user.name} is listed twice",
            )
        users[user.name] = user
    return users


def _user(file: Path, index: int, entry: object) -> User:
    """Returns the user in one [[people]] entry. Raises AccessFileError that names the entry, the key and the allowed
    values."""

    def error(zh: str, en: str) -> AccessFileError:
        return _error(file, f"第 {index} 个 [[people]]：{zh}", f"[[people]] number {index}: {en}")

    if not isinstance(entry, dict):
        raise error("应为一张表", "should be a table")
    if unknown := sorted(set(entry) - _PERSON_KEYS):
        raise error(
            f"没有键 {', '.join(unknown)}；可用：{', '.join(sorted(_PERSON_KEYS))}",
            f"unknown key {', '.join(unknown)}; allowed are {', '.join(sorted(_PERSON_KEYS))}",
        )
    if ("who" in entry) == ("subject" in entry):
        raise error(
            "应写 who（验证过的邮箱）或 subject（登录服务的编号），只写一个",
            "should have either who (a verified e-mail address) or subject (the provider's identifier)",
        )
    who, roles, area, office = entry.get("who"), entry.get("roles"), entry.get("area"), entry.get("office", False)
    name = _name_from_subject(entry["subject"], error) if who is None else _name_from_email(who, error)
    if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
        raise error(f"roles 应取自 {', '.join(ROLES)}", f"roles should be among {', '.join(ROLES)}")
    if not isinstance(area, str) or not area.strip():
        raise error(
            f'area 应为区划代码，或 "{ALL_AREAS}"（全部）', f'area should be the code of an area, or "{ALL_AREAS}"'
        )
    if not isinstance(office, bool):
        raise error("office 应为 true 或 false", "office should be true or false")
    return User(name, frozenset(roles), None if area == ALL_AREAS else area.strip(), office)


def _name_from_email(who: object, error: Callable[[str, str], AccessFileError]) -> str:
    """Returns the user name for an e-mail address. A text without `@` becomes a name that no login can have.

    Files from before `subject` was introduced may hold identifiers here; the other users in the file keep access.
    """
    if not isinstance(who, str) or not who.strip():
        raise error("who 应为邮箱地址", "who should be an e-mail address")
    if "@" not in who:
        return f"who:{who.strip()}"
    if not _is_email(who.strip()):
        raise error(
            f"who 不是邮箱地址：{who!r}（只能用 ASCII 字符，不含空格）；登录服务的编号请写成 subject",
            f"who is not an e-mail address: {who!a} (ASCII without spaces); put a provider's identifier into subject",
        )
    return who.strip().lower()


def _name_from_subject(subject: object, error: Callable[[str, str], AccessFileError]) -> str:
    """Returns the user name for a provider's subject."""
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise error(
            "subject 应为登录服务给的编号：最多 255 个 ASCII 字符，首尾没有空格，区分大小写",
            "subject should be the provider's identifier: up to 255 ASCII characters, case-sensitive, without leading "
            "or trailing spaces",
        )
    return SUBJECT_PREFIX + subject


def _error(file: Path, zh: str, en: str) -> AccessFileError:
    return AccessFileError(f"{file.name}：{zh}", f"{file.name}: {en}")
