"""Reads a login from the cookies that Streamlit signs, and identifies it by a digest of the signed claims.

This relies on two internals of Streamlit's server: it signs a login's claims in one cookie, split into pieces if it is
long, and its own socket reads them with the function imported here. No two logins have the same claims, because they
hold the nonce that the provider returns. tests/pages/server/test_sessions.py fails if any of this changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http.cookies import SimpleCookie

from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_server_config import AUTH_COOKIE_MAX_AGE_SECONDS, USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from sql.security import access

# A browser keeps the cookie for the same time.
MAX_AGE_SECONDS = AUTH_COOKIE_MAX_AGE_SECONDS


def digest(cookies: Mapping[str, str]) -> str | None:
    """Returns the SHA-256 of the signed claims; None if there are none, or none signed by this server."""
    pieces = tuple((name, value) for name, value in cookies.items() if name.startswith(USER_COOKIE_NAME))
    return _digest(pieces, get_cookie_secret())


def name(cookies: Mapping[str, str]) -> str:
    """Returns the name of the user in the signed claims; empty if there are none."""
    claims = json.loads(_claims(cookies) or b"{}")
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
    claims = _claims(dict(pieces))
    return hashlib.sha256(claims).hexdigest() if claims else None


def _claims(cookies: Mapping[str, str]) -> bytes | None:
    return _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
