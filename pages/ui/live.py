"""An open page draws itself anew when a definition was saved or a version published."""
from __future__ import annotations

import streamlit as st

_LISTENER = st.components.v2.component(
    "live",
    # One socket a tab, however often the page is drawn; when the server comes back, the page asks what is new.
    js="""
const live = (globalThis.linliLive ??= {tell: null, wait: 500})
function listen() {
  const url = new URL('./changes', document.baseURI)
  url.protocol = url.protocol.replace('http', 'ws')
  const socket = new WebSocket(url)
  let wasLost = live.wait > 500
  socket.onopen = () => {
    if (wasLost) live.tell?.()
    live.wait = 500
  }
  socket.onmessage = () => live.tell?.()
  socket.onclose = () => setTimeout(listen, live.wait = Math.min(2 * live.wait, 30000))
}
export default function ({ setTriggerValue }) {
  live.tell = () => setTriggerValue('changed', true)
  if (!live.listens) {
    live.listens = true
    listen()
  }
}
""",
)


def listen() -> None:
    """Has the page listen; draws nothing."""
    _LISTENER(key="live", on_changed_change=lambda: None, height="content")
