"""Reads the messages between a page in the browser and Streamlit's server, which are Protocol Buffers."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.internals import web_server

# Streamlit: the kinds of messages that a page sends, beside requests for a file. On others the server would clear
# everybody's caches or write into the project.
PAGE_MESSAGES = {"rerun_script", "stop_script", "app_heartbeat"}

_MEDIA = web_server.MEDIA.encode()


def is_from_page(content: bytes) -> bool:
    """Returns whether a message to the server is one that pages send; Streamlit answers a message that cannot be
    parsed."""
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return True
    kind = message.WhichOneof("type")
    return kind in PAGE_MESSAGES or (
        kind == "backend_operation_request"
        and message.backend_operation_request.WhichOneof("payload") == "deferred_file"
    )


def file_address(content: bytes) -> str | None:
    """Returns the address of the file that a message to a browser announces, below the server's; None without one.

    Streamlit sends it on one socket only, in reply to a click.
    """
    # Most messages announce none, and parsing all of them would be slow.
    if _MEDIA not in content:
        return None
    message = ForwardMsg.FromString(content)
    if message.WhichOneof("type") != "backend_operation_response":
        return None
    return message.backend_operation_response.deferred_file.url.lstrip("/") or None
