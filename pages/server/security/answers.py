"""Answers requests in plain text, in the language that the browser names first: such a request names no page's."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Scope

from sql.errors import LinliError
from sql.files.sql_file import Text
from sql.language import pick_for


def plain_text(
    scope: Scope, message: Text | LinliError, status: int, headers: Mapping[str, str] | None = None
) -> PlainTextResponse:
    """Returns the response to a request with the message in one language, and the headers."""
    text = pick_for(Headers(scope=scope).get("accept-language", ""), message)
    return PlainTextResponse(text, status, {"Vary": "Accept-Language", **(headers or {})})
