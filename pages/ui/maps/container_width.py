"""Measures the width that a map may have: only the browser knows it, and the zoom depends on it."""

from __future__ import annotations

import streamlit as st

# Half a page at 1366 pixels, until the browser reports its width.
DEFAULT_WIDTH = 440
# Steps of 40 pixels, so that a scrollbar that comes or goes redraws nothing; up to a video wall.
_WIDTHS = range(40, 8000, 40)

_RULER = st.components.v2.component(
    "map_ruler",
    js="""
export default function ({ parentElement, data, setStateValue }) {
  const element = parentElement.host ?? parentElement
  let reported = data
  const observer = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth / 40) * 40
    if (width && width !== reported) {
      reported = width
      setStateValue("width", width)
    }
  })
  observer.observe(element)
  return () => observer.disconnect()
}
""",
)


def measure(key: str) -> int:
    """Returns the width in pixels of the container it is called in; the default on the first run.

    Where the browser reports another width, the surrounding fragment is drawn once more. The width is stored for the
    session.
    """
    state_key = f"{key}_width"
    stored = st.session_state.get(state_key, DEFAULT_WIDTH)
    width = _RULER(key=f"{key}_ruler", data=stored, on_width_change=lambda: None, height="content").width
    # A browser may send anything.
    if width not in _WIDTHS:
        return stored
    st.session_state[state_key] = width
    return width
