"""How wide a map may be drawn: only the browser knows, and the zoom that fits depends on it."""

from __future__ import annotations

import streamlit as st

# Half a page at 1366, until the browser has told another.
DEFAULT_WIDTH = 440
# Steps of 40 pixels, so that a scrollbar that comes or goes draws nothing again; up to a wall of screens.
_WIDTHS = range(40, 8000, 40)

_RULER = st.components.v2.component(
    "map_ruler",
    js="""
export default function ({ parentElement, data, setStateValue }) {
  const element = parentElement.host ?? parentElement
  let told = data
  const observer = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth / 40) * 40
    if (width && width !== told) {
      told = width
      setStateValue("width", width)
    }
  })
  observer.observe(element)
  return () => observer.disconnect()
}
""",
)


def measure(key: str) -> int:
    """The width of the container it is called in, in pixels; the usual one on a visitor's first look.

    Where it is another than that, the browser tells, which draws the fragment it is called in once more. It is kept for
    the visit.
    """
    kept = f"{key}_width"
    known = st.session_state.get(kept, DEFAULT_WIDTH)
    told = _RULER(key=f"{key}_ruler", data=known, on_width_change=lambda: None, height="content").width
    # A browser may send anything.
    if told not in _WIDTHS:
        return known
    st.session_state[kept] = told
    return told
