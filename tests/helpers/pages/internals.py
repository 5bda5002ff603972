"""Holds what only tests lean on of Streamlit's insides; what the product leans on is in pages/internals.

tests/pages/test_internals.py tests these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import streamlit as st
from google.protobuf import text_format
from starlette.routing import BaseRoute
from streamlit import config as config
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component import main
from streamlit.proto.BackMsg_pb2 import BackMsg as BackMsg
from streamlit.proto.DownloadButton_pb2 import DownloadButton as DownloadButton
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg as ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState as WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_server_config

# The cookie that the front end sends back as the second protocol of its socket.
XSRF_COOKIE = starlette_server_config.XSRF_COOKIE_NAME


def events_id(component_id: str) -> str:
    """Returns the id under which a browser sends the events of a component."""
    return main._make_trigger_id(component_id, "events")


def remember_components() -> None:
    """Makes Streamlit search the installed packages for components once, not with each new AppTest.

    The search takes twice as long as running a page, and its result does not change while tests run.
    """
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def routes(app: st.App) -> Sequence[BaseRoute]:
    """Returns all routes of an app's server, Streamlit's own included."""
    return app._build_starlette_app().routes


def sent_text(test: AppTest) -> str:
    """Returns everything that a page's elements send to the browser, as text."""
    protos = (element.proto for element in test.main if element.proto is not None)
    return "\n".join(text_format.MessageToString(proto, as_utf8=True) for proto in protos)
