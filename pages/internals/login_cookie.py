"""Reads the claims of a login from the cookies that Streamlit signs."""

from __future__ import annotations

from collections.abc import Mapping

from streamlit.web.server import server_util
from streamlit.web.server.starlette import starlette_server_config, starlette_websocket

# Streamlit: the cookie of a login. One that is too long is split into pieces whose names begin with it.
NAME = starlette_server_config.USER_COOKIE_NAME
# Streamlit: seconds for which a browser keeps the cookie.
MAX_AGE_SECONDS = starlette_server_config.AUTH_COOKIE_MAX_AGE_SECONDS


def secret() -> str:
    """Returns the secret that signs cookies: cookie_secret of secrets.toml."""
    return server_util.get_cookie_secret()


def claims(cookies: Mapping[str, str]) -> bytes | None:
    """Returns the claims as signed, a JSON object; None without a cookie that this server signed.

    Streamlit's socket reads the user with the same function. No two logins have the same claims, because they hold the
    nonce that the provider returns.
    """
    return starlette_websocket._get_signed_cookie_with_chunks(dict(cookies), NAME)
