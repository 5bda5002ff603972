"""Notifies open pages that something they show has changed: a file of sql/ was saved, or a version published.

A page does not poll: it holds one socket, on which a message arrives when there is something new.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect
from watchfiles import Change, awatch

from sql import warehouse
from sql.semantic import annotations as sql_annotations
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SQL_FOLDER

_open: set[WebSocket] = set()


async def watch(meetings: Path, meeting_message: Callable[[Path], str]) -> None:
    """Notifies every open page of each change, until it is cancelled.

    `meetings` is the folder of playlists, shows and decisions; `meeting_message` returns what pages are sent for a
    changed file in it. For all other files they are sent `data`.
    """
    meetings.mkdir(parents=True, exist_ok=True)

    def message_of(path: Path) -> str:
        return meeting_message(path) if path.parent == meetings else "data"

    async def watch_folders(*folders: Path, recursive: bool = True) -> None:
        # A save shows at once; an editor's several writes of one file are one.
        async for changes in awatch(*folders, watch_filter=_is_shown, debounce=100, step=20, recursive=recursive):
            catalog.clear_cache()
            for message in sorted({message_of(Path(path)) for _change, path in changes}):
                await _send(message)

    saved = catalog.saved_folder()
    saved.mkdir(parents=True, exist_ok=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch_folders, SQL_FOLDER, saved, warehouse.folder(), meetings)
        # Annotations lie in data/ itself, beside much that no page shows.
        tasks.start_soon(partial(watch_folders, sql_annotations.PATH.parent, recursive=False))


async def _send(message: str) -> None:
    for socket in list(_open):
        try:
            await socket.send_text(message)
        except (RuntimeError, WebSocketDisconnect):
            # It is being closed: its page will open another.
            _open.discard(socket)


def _is_shown(_change: Change, path: str) -> bool:
    return path.endswith((".sql", ".toml", ".csv", ".sqlite")) or Path(path).name in (
        warehouse.POINTER,
        warehouse.LAST_BUILD,
    )


async def listen(socket: WebSocket) -> None:
    """Serves the socket of one page for as long as it is open."""
    await socket.accept()
    _open.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        _open.discard(socket)
