"""What maps draw, where a browser can ask for it: sent once, compressed, and kept there as long as it likes.

In a page's own messages the polygons of some hundred grids would come anew with every click.
"""

from __future__ import annotations

import gzip
import hmac
import json
import secrets
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

from pages.server.security import authentication

# Some 40 kB each for a county's grids.
_MAX_COUNT = 512
# Who has not been shown a map cannot tell where it is.
_SECRET = secrets.token_bytes(32)
# By its name, whose area it was drawn for, and what is sent.
_kept: dict[str, tuple[str | None, bytes]] = {}
_lock = Lock()


def add(features: list[dict], area: str | None) -> str:
    """Keeps GeoJSON features; gives the address, relative to a page, of their FeatureCollection.

    It is sent to people of that area, and to those who may see everything. The same features have the same address for
    as long as the server runs. The oldest make room for new ones.
    """
    body = json.dumps(
        {"type": "FeatureCollection", "features": features}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    name = hmac.digest(_SECRET, json.dumps(area).encode() + body, "sha256").hex()
    with _lock:
        known = _kept.pop(name, None)
        _kept[name] = known or (area, gzip.compress(body, 5, mtime=0))
        while len(_kept) > _MAX_COUNT:
            del _kept[next(iter(_kept))]
    return f"drawn/{name}"


async def serve(request: Request) -> Response:
    """The features kept under the name in the path; 404 where there are none, or none for who asks."""
    area, body = _kept.get(request.path_params["name"], (None, None))
    if body is None or authentication.require_person(request).area not in (None, area):
        return Response(status_code=404)
    return Response(
        body,
        media_type="application/geo+json",
        headers={"Content-Encoding": "gzip", "Cache-Control": "private, max-age=31536000, immutable"},
    )
