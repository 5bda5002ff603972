"""Reads a login from the cookies that Streamlit signs, and knows each login by a digest of what is signed.

This leans on Streamlit's server: that it signs a login's claims in one cookie, in pieces where it is long, and that the
function by which its own socket reads them stays. The claims of two logins are never the same, as they hold the nonce
that the provider repeats. tests/pages/server/test_sessions.py would notice any of it change.
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

# As long as a browser keeps the cookie.
MAX_AGE_SECONDS = AUTH_COOKIE_MAX_AGE_SECONDS


def digest(cookies: Mapping[str, str]) -> str | None:
    """Returns the SHA-256 of the signed claims; None where there are none, or none that this server signed."""
    pieces = tuple((name, value) for name, value in cookies.items() if name.startswith(USER_COOKIE_NAME))
    return _digest(pieces, get_cookie_secret())


def name(cookies: Mapping[str, str]) -> str:
    """Returns the name of whom the signed claims are of; empty where there are none."""
    claims = json.loads(_claims(cookies) or b"{}")
    return access.name_from_claims(claims) if claims.get("is_logged_in") is True else ""


def parse_set_cookie(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Returns the cookies that the headers of an answer set, without those that they take away."""
    cookies: dict[str, str] = {}
    for header, value in headers:
        if header.lower() == b"set-cookie":
            cookies |= {key: morsel.value for key, morsel in SimpleCookie(value.decode("latin-1")).items()}
    return {key: value for key, value in cookies.items() if value}


@lru_cache(maxsize=1024)
def _digest(pieces: tuple[tuple[str, str], ...], _secret: str) -> str | None:
    # A page asks some dozens of times, and a signature takes a while. It lapses later than the login on the server.
    claims = _claims(dict(pieces))
    return hashlib.sha256(claims).hexdigest() if claims else None


def _claims(cookies: Mapping[str, str]) -> bytes | None:
    return _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
