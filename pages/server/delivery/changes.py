"""Notifies open pages that something they show has changed: a file in sql/ was saved, or a version was published.

A page does not poll: it holds one socket open and receives a message on every change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect
from watchfiles import Change, awatch

from sql import warehouse
from sql.files.sql_file import SQL_FOLDER
from sql.semantic import annotations as sql_annotations
from sql.semantic.catalog import catalog

_open: set[WebSocket] = set()


async def watch(meetings: Path, meeting_message: Callable[[Path], str]) -> None:
    """Notifies every open page of each change, until it is cancelled.

    `meetings` is the folder of playlists, shows and decisions; `meeting_message` returns the message for a changed
    file in it. The message for any other file is `data`.
    """
    meetings.mkdir(parents=True, exist_ok=True)

    def message_of(path: Path) -> str:
        return meeting_message(path) if path.parent == meetings else "data"

    async def watch_folders(*folders: Path, recursive: bool = True) -> None:
        # Short enough that a save shows at once, long enough that an editor's several writes of one file count as one.
        async for changes in awatch(*folders, watch_filter=_is_shown, debounce=100, step=20, recursive=recursive):
            catalog.clear_cache()
            for message in sorted({message_of(Path(path)) for _change, path in changes}):
                await _send(message)

    saved = catalog.saved_folder()
    saved.mkdir(parents=True, exist_ok=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch_folders, SQL_FOLDER, saved, warehouse.folder(), meetings)
        # Annotations are in data/ itself, beside many files that no page shows.
        tasks.start_soon(partial(watch_folders, sql_annotations.PATH.parent, recursive=False))


async def _send(message: str) -> None:
    for socket in list(_open):
        try:
            await socket.send_text(message)
        except (RuntimeError, WebSocketDisconnect):
            # The socket is closing; its page will open another.
            _open.discard(socket)


def _is_shown(_change: Change, path: str) -> bool:
    return path.endswith((".sql", ".toml", ".csv", ".sqlite")) or Path(path).name in (
        warehouse.POINTER,
        warehouse.LAST_BUILD,
    )


async def listen(socket: WebSocket) -> None:
    """Serves the socket of one page until it closes."""
    await socket.accept()
    _open.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        _open.discard(socket)
