"""Answers requests in plain text, in the language that the browser prefers: such a request names no page's language."""

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
    return PlainTextResponse(pick_for(Headers(scope=scope).get("accept-language", ""), message), status, headers)
