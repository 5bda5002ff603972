"""How wide a map may be drawn: only the browser knows, and the zoom that fits depends on it."""
from __future__ import annotations

import streamlit as st

# Half a page at 1366, until the browser has told.
USUAL = 460

_RULER = st.components.v2.component(
    "map_ruler",
    # Steps of 40 pixels, so that a scrollbar that comes or goes draws nothing again.
    js="""
export default function ({ parentElement, setStateValue }) {
  const element = parentElement.host ?? parentElement
  let told = 0
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


def measured(key: str) -> int:
    """The width of the container it is called in, in pixels; the usual one on a visitor's first look.

    What the browser tells draws the page once more, and is kept for the visit.
    """
    kept = f"{key}_width"
    told = _RULER(key=f"{key}_ruler", on_width_change=lambda: None, height="content").width
    if told:
        st.session_state[kept] = told
    return st.session_state.get(kept, USUAL)
