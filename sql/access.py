"""Who may see what: the people of access.toml, each with roles and an area.

The file is read anew whenever it has changed, so that who is taken out of it is out with the next thing they do.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from sql.errors import LinliError
from sql.paths import PROJECT

Permission = Literal[
    "run_meetings", "ask_sql", "save_queries", "write_annotations", "write_decisions", "edit_playlists"
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
EVERYWHERE = "all"
_PERSON = {"who", "roles", "area", "office"}


class AccessError(LinliError):
    """An access.toml that cannot be used: then nobody is let in."""


class RefusedError(LinliError):
    """Somebody does what they may not, or may not any more: then it is not done."""


@dataclass(frozen=True)
class Person:
    """Somebody who looks at the dashboard: what the login calls them, their roles, their area (None: everywhere), and
    whether they work with exact numbers of few people (`is_office`)."""

    name: str
    roles: frozenset[str]
    area: str | None
    is_office: bool = False

    def may(self, permission: Permission) -> bool:
        """Returns whether one of their roles has that permission."""
        return any(permission in PERMISSIONS[role] for role in self.roles)


# Who looks where no login is configured: whoever sits at this machine.
LOCAL = Person("local", frozenset(ROLES), None)


def path() -> Path:
    """Where access.toml lies: LINLI_ACCESS in the environment, else data/access.toml."""
    return Path(os.environ.get("LINLI_ACCESS") or PROJECT / "data" / "access.toml")


def person(name: str) -> Person | None:
    """The person whom the login calls so, as access.toml has them now; None where it has not.

    Raises AccessError where the file is missing or cannot be read.
    """
    file = path()
    try:
        stat = file.stat()
    except OSError as error:
        raise AccessError(
            f"读不到 {file.name}（{error.strerror}）；请按 SECURITY.md 建立它，登录后才有人能看",
            f"{file.name} cannot be read ({error.strerror}); write it as SECURITY.md says, nobody can look before that",
        ) from error
    return _people(file, stat.st_mtime_ns, stat.st_size).get(name.casefold())


def name_of(claims: Mapping[str, object]) -> str:
    """What a login's claims call somebody: the e-mail address where the provider has not said that it may be another's,
    else their number there; empty where it says neither."""
    email = claims.get("email")
    return str(email if email and claims.get("email_verified", True) else claims.get("sub") or "")


@lru_cache(maxsize=4)
def _people(file: Path, _changed_at: int, _size: int) -> dict[str, Person]:
    """Everybody in the file, by their name without regard to case."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccessError(f"{file.name} 读不懂：{error}", f"{file.name} cannot be read: {error}") from error
    if unknown := sorted(set(content) - {"people"}):
        raise _error(
            file,
            f"没有键 {', '.join(unknown)}；只有 [[people]]",
            f"no key {', '.join(unknown)}; there is only [[people]]",
        )
    found: dict[str, Person] = {}
    for place, given in enumerate(content.get("people", []), 1):
        one = _one(file, place, given)
        if one.name.casefold() in found:
            raise _error(
                file,
                f"第 {place} 个 [[people]]：{one.name} 写了两次",
                f"[[people]] number {place}: {one.name} is there twice",
            )
        found[one.name.casefold()] = one
    return found


def _one(file: Path, place: int, given: object) -> Person:
    """One [[people]]. Raises AccessError that says which, which key and what it may hold."""

    def refused(zh: str, en: str) -> AccessError:
        return _error(file, f"第 {place} 个 [[people]]：{zh}", f"[[people]] number {place}: {en}")

    if not isinstance(given, dict):
        raise refused("应为一张表", "should be a table")
    if unknown := sorted(set(given) - _PERSON):
        raise refused(
            f"没有键 {', '.join(unknown)}；可用：{', '.join(sorted(_PERSON))}",
            f"no key {', '.join(unknown)}; there are {', '.join(sorted(_PERSON))}",
        )
    who, roles, area, office = given.get("who"), given.get("roles"), given.get("area"), given.get("office", False)
    if not isinstance(who, str) or not who.strip():
        raise refused("who 应为登录名", "who should be the name at the login")
    if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
        raise refused(f"roles 应取自 {', '.join(ROLES)}", f"roles should be of {', '.join(ROLES)}")
    if not isinstance(area, str) or not area.strip():
        raise refused(
            f'area 应为区划代码，或 "{EVERYWHERE}"（全部）', f'area should be the code of an area, or "{EVERYWHERE}"'
        )
    if not isinstance(office, bool):
        raise refused("office 应为 true 或 false", "office should be true or false")
    return Person(who.strip(), frozenset(roles), None if area == EVERYWHERE else area.strip(), office)


def _error(file: Path, zh: str, en: str) -> AccessError:
    return AccessError(f"{file.name}：{zh}", f"{file.name}: {en}")
