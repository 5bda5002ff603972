"""Names the addresses of Streamlit's server, and reads its settings where there is no public way."""

from __future__ import annotations

import streamlit as st
from streamlit import config
from streamlit.web.server.starlette import starlette_websocket

# Streamlit: the paths of its routes, below server.baseUrlPath and without the first slash.
CALLBACK, LOGIN, LOGOUT = "oauth2callback", "auth/login", "auth/logout"
# The files that pages make, and those of components.
MEDIA, COMPONENT = "media/", "component/"
# Everything else that is not the front end's. Pages are drawn over the socket `STREAM`.
CORE = "_stcore/"
STREAM, HEALTH, HOST_CONFIG = f"{CORE}stream", f"{CORE}health", f"{CORE}host-config"
UPLOADS, AGENTS, METRICS = f"{CORE}upload_file", f"{CORE}agent", f"{CORE}metrics"


def is_host_allowed(host: str) -> bool:
    """Returns whether server.allowedHosts names the Host of a request, as Streamlit's own socket decides it."""
    return starlette_websocket.is_host_allowed(host)


def setting_variable(name: str) -> str:
    """Returns the environment variable of a setting."""
    return config.get_config_options()[name].env_var


def load_secrets() -> bool:
    """Reads secrets.toml, again after a change; returns whether there is one that can be parsed."""
    return st.secrets.load_if_toml_exists()
