"""Serves the features that maps draw at an address of their own, so that a browser fetches them once and caches them.

In a page's own messages the polygons of several hundred grids would be sent again with every click.
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

# A county's grids take some 40 kB.
_MAX_COUNT = 512
# Keeps addresses unpredictable: only a user who was sent a map knows its address.
_SECRET = secrets.token_bytes(32)
# By name: the area that the features were drawn for, and the compressed body.
_features: dict[str, tuple[str | None, bytes]] = {}
_lock = Lock()


def add(features: list[dict], area: str | None) -> str:
    """Stores GeoJSON features; returns the address of their FeatureCollection, relative to a page.

    Only users of that area and users without an area limit may fetch it. The same features keep the same address while
    the server runs. Beyond `_MAX_COUNT` the oldest are dropped.
    """
    body = json.dumps(
        {"type": "FeatureCollection", "features": features}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    name = hmac.digest(_SECRET, json.dumps(area).encode() + body, "sha256").hex()
    with _lock:
        known = _features.pop(name, None)
        _features[name] = known or (area, gzip.compress(body, 5, mtime=0))
        while len(_features) > _MAX_COUNT:
            del _features[next(iter(_features))]
    return f"drawn/{name}"


async def serve(request: Request) -> Response:
    """Returns the features stored under the name in the path; 404 if there are none or the user may not see them."""
    area, body = _features.get(request.path_params["name"], (None, None))
    if body is None or authentication.require_person(request).area not in (None, area):
        return Response(status_code=404)
    return Response(
        body,
        media_type="application/geo+json",
        headers={"Content-Encoding": "gzip", "Cache-Control": "private, max-age=31536000, immutable"},
    )
