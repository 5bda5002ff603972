"""Who may see what: the people of access.toml, each with roles and an area.

The file is read anew whenever it has changed, so that who is taken out of it is out with the next thing they do.
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
# What each role may do beyond looking at pages and taking away what they show, which everybody may who is let in.
PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "viewer": frozenset({"run_meetings"}),
    "analyst": frozenset({"run_meetings", "ask_sql", "save_queries"}),
    "editor": frozenset({"run_meetings", "write_annotations", "write_decisions", "edit_playlists"}),
    "administrator": frozenset(get_args(Permission)),
}
ROLES = tuple(PERMISSIONS)
# An area that stands for all there are.
ALL_AREAS = "all"
# Before the name of somebody whom the provider knows by a number alone. No e-mail address has a colon.
SUBJECT_PREFIX = "sub:"
_PERSON = {"who", "subject", "roles", "area", "office"}
# E-mail addresses as HTML has them (HTML Standard, 4.10.5.1.5). Of ASCII alone: letters that only look like another's,
# or that fold to them, are no part of a name.
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_MAX_EMAIL = 254
# A subject as OpenID Connect has it (Core 1.0, section 2): up to 255 characters of ASCII, upper and lower case apart.
_SUBJECT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


class AccessFileError(LinliError):
    """An access.toml that cannot be used: then nobody is let in."""


class PermissionDeniedError(LinliError):
    """Somebody does what they may not, or may not any more: then it is not done."""


@dataclass(frozen=True)
class User:
    """Somebody who looks at the dashboard: their name, their roles, their area (None: everywhere), and whether they
    work with exact numbers of few people (`is_office`).

    The name is an e-mail address in lower case, or `sub:` and the provider's number, so that neither passes for the
    other.
    """

    name: str
    roles: frozenset[str]
    area: str | None
    is_office: bool = False

    def has_permission(self, permission: Permission) -> bool:
        """Returns whether one of their roles has that permission."""
        return any(permission in PERMISSIONS[role] for role in self.roles)


# Who looks where no login is configured: whoever sits at this machine.
LOCAL_USER = User("local", frozenset(ROLES), None)


def path() -> Path:
    """Where access.toml lies: LINLI_ACCESS in the environment, else data/access.toml."""
    return Path(os.environ.get("LINLI_ACCESS") or PROJECT / "data" / "access.toml")


def find_user(name: str) -> User | None:
    """Returns the person of that name, as access.toml has them now; None where it has not.

    Raises AccessError where the file is missing or cannot be read.
    """
    file = path()
    try:
        stat = file.stat()
    except OSError as error:
        raise AccessFileError(
            f"读不到 {file.name}（{error.strerror}）；请按 SECURITY.md 建立它，登录后才有人能看",
            f"{file.name} cannot be read ({error.strerror}); write it as SECURITY.md says, nobody can look before that",
        ) from error
    return _people(file, stat.st_mtime_ns, stat.st_size).get(name)


def name_from_claims(claims: Mapping[str, object]) -> str:
    """Returns the name of whom a login's claims are of: the e-mail address where the provider says that it is theirs,
    else `sub:` and the provider's number; empty where there is neither.

    An address counts only with `email_verified` as the boolean true: a text, a number or nothing says nothing.
    """
    email, subject = claims.get("email"), claims.get("sub")
    if claims.get("email_verified") is True and isinstance(email, str) and _is_email(email):
        return email.lower()
    return SUBJECT_PREFIX + subject if isinstance(subject, str) and _SUBJECT.fullmatch(subject) else ""


def _is_email(text: str) -> bool:
    # Not lowered first: the Kelvin sign becomes a k.
    return len(text) <= _MAX_EMAIL and text.isascii() and _EMAIL.fullmatch(text.lower()) is not None


@lru_cache(maxsize=4)
def _people(file: Path, _changed_at: int, _size: int) -> dict[str, User]:
    """Returns everybody in the file by their name."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccessFileError(f"{file.name} 读不懂：{error}", f"{file.name} cannot be read: {error}") from error
    if unknown := sorted(set(content) - {"people"}):
        raise _error(
            file,
            f"没有键 {', '.join(unknown)}；只有 [[people]]",
            f"no key {', '.join(unknown)}; there is only [[people]]",
        )
    people: dict[str, User] = {}
    for index, given in enumerate(content.get("people", []), 1):
        one = _one(file, index, given)
        if one.name in people:
            raise _error(
                file,
                f"第 {index} 个 [[people]]：{one.name} 写了两次",
                f"[[people]] number {index}: {one.name} is there twice",
            )
        people[one.name] = one
    return people


def _one(file: Path, place: int, given: object) -> User:
    """Returns one [[people]]. Raises AccessError that says which, which key and what it may hold."""

    def refused(zh: str, en: str) -> AccessFileError:
        return _error(file, f"第 {place} 个 [[people]]：{zh}", f"[[people]] number {place}: {en}")

    if not isinstance(given, dict):
        raise refused("应为一张表", "should be a table")
    if unknown := sorted(set(given) - _PERSON):
        raise refused(
            f"没有键 {', '.join(unknown)}；可用：{', '.join(sorted(_PERSON))}",
            f"no key {', '.join(unknown)}; there are {', '.join(sorted(_PERSON))}",
        )
    if ("who" in given) == ("subject" in given):
        raise refused(
            "应写 who（验证过的邮箱）或 subject（登录服务的编号），只写一个",
            "should have who (a verified e-mail address) or subject (the provider's number), one of them",
        )
    who, roles, area, office = given.get("who"), given.get("roles"), given.get("area"), given.get("office", False)
    name = _subject(given["subject"], refused) if who is None else _address(who, refused)
    if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
        raise refused(f"roles 应取自 {', '.join(ROLES)}", f"roles should be of {', '.join(ROLES)}")
    if not isinstance(area, str) or not area.strip():
        raise refused(
            f'area 应为区划代码，或 "{ALL_AREAS}"（全部）', f'area should be the code of an area, or "{ALL_AREAS}"'
        )
    if not isinstance(office, bool):
        raise refused("office 应为 true 或 false", "office should be true or false")
    return User(name, frozenset(roles), None if area == ALL_AREAS else area.strip(), office)


def _address(who: object, refused: Callable[[str, str], AccessFileError]) -> str:
    """Returns the name of somebody known by an e-mail address; one that no login has where the text is of another kind.

    Files of before `subject` may have numbers here: the others in the file are still let in.
    """
    if not isinstance(who, str) or not who.strip():
        raise refused("who 应为邮箱地址", "who should be an e-mail address")
    if "@" not in who:
        return f"who:{who.strip()}"
    if not _is_email(who.strip()):
        raise refused(
            f"who 不是邮箱地址：{who!r}（只能用 ASCII 字符，不含空格）；登录服务的编号请写成 subject",
            f"who is no e-mail address: {who!a} (of ASCII, without spaces); a provider's number is a subject",
        )
    return who.strip().lower()


def _subject(subject: object, refused: Callable[[str, str], AccessFileError]) -> str:
    """Returns the name of somebody known by the provider's number."""
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise refused(
            "subject 应为登录服务给的编号：最多 255 个 ASCII 字符，首尾没有空格，区分大小写",
            "subject should be the provider's number: up to 255 characters of ASCII, no space around it, as it is in "
            "upper and lower case",
        )
    return SUBJECT_PREFIX + subject


def _error(file: Path, zh: str, en: str) -> AccessFileError:
    return AccessFileError(f"{file.name}：{zh}", f"{file.name}: {en}")
