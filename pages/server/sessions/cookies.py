"""Reads a login from the cookies that Streamlit signs, and identifies it by a digest of the signed claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http.cookies import SimpleCookie

from pages.internals import login_cookie
from sql.security import access


def digest(cookies: Mapping[str, str]) -> str | None:
    """Returns the SHA-256 of the signed claims; None if there are none, or none signed by this server."""
    pieces = tuple((name, value) for name, value in cookies.items() if name.startswith(login_cookie.NAME))
    return _digest(pieces, login_cookie.secret())


def name(cookies: Mapping[str, str]) -> str:
    """Returns the name of the user in the signed claims; empty if there are none."""
    claims = json.loads(login_cookie.claims(cookies) or b"{}")
    return access.name_from_claims(claims) if claims.get("is_logged_in") is True else ""


def parse_set_cookie(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Returns the cookies that a response's headers set, without those that they delete."""
    cookies: dict[str, str] = {}
    for header, value in headers:
        if header.lower() == b"set-cookie":
            cookies |= {key: morsel.value for key, morsel in SimpleCookie(value.decode("latin-1")).items()}
    return {key: value for key, value in cookies.items() if value}


@lru_cache(maxsize=1024)
def _digest(pieces: tuple[tuple[str, str], ...], _secret: str) -> str | None:
    # Cached because a page makes dozens of requests and checking a signature is slow. The signature outlives the login
    # on the server.
    claims = login_cookie.claims(dict(pieces))
    return hashlib.sha256(claims).hexdigest() if claims else None
