"""What a page listens to: a definition saved or a version published, which it draws itself anew for, its symbols, and
the printer."""

from __future__ import annotations

import streamlit as st

from pages.ui.kit import html_widgets
from pages.ui.shell import selection

_LISTENER = st.components.v2.component(
    "live",
    # One socket and one listener a tab, however often the page is drawn; when the server comes back, the page asks what
    # is new.
    js="""
const live = globalThis.linliLive
// Milliseconds within which the server says that it has begun to work on a click or key.
const QUIET = 500
function listen() {
  const url = new URL('./changes', document.baseURI)
  url.protocol = url.protocol.replace('http', 'ws')
  const socket = new WebSocket(url)
  let wasLost = live.wait > 500
  socket.onopen = () => {
    if (wasLost) live.hear('back')
    live.wait = 500
  }
  socket.onmessage = ({ data }) => live.kinds.includes(data.split(' ')[0]) && live.hear(data)
  socket.onclose = () => setTimeout(listen, live.wait = Math.min(2 * live.wait, 30000))
}
// What a visitor does comes first: a page that is asked for anew just then would be drawn without the click or key that
// the server has not worked through yet, and a dialog without what is being written in it. A change waits until then.
// What the page has changed itself it shows by then.
live.due ??= new Set()
live.hear = word => {
  live.due.add(word)
  clearTimeout(live.hearing)
  const { testScriptState } = document.querySelector('[data-testid=stApp]')?.dataset ?? {}
  const isBusy = ['running', 'rerunRequested'].includes(testScriptState) || performance.now() - live.touched < QUIET
    || document.activeElement?.closest('[role=dialog] :is(input, textarea)')
  if (isBusy) {
    live.hearing = setTimeout(live.hear, 50, word)
    return
  }
  const isNew = [...live.due].some(word => !(word.split(' ')[1] <= live.seen))
  live.due.clear()
  if (isNew) live.tell?.()
}
const touch = () => live.touched = performance.now()
// Pictures are drawn for the screen's width: on paper they are as wide, or as much smaller as A4 asks for.
const ON_A4 = 650
function fit() {
  for (const drawn of document.querySelectorAll('[data-testid=stPlotlyChart], [data-testid=stDeckGlJsonChart]')) {
    const width = drawn.offsetWidth
    Object.assign(drawn.style, { width: width + 'px', zoom: Math.min(1, ON_A4 / width) })
  }
}
function unfit() {
  for (const drawn of document.querySelectorAll('[style*=zoom]')) Object.assign(drawn.style, { width: '', zoom: '' })
}
export default function ({ data, setTriggerValue }) {
  live.kinds = data.kinds
  live.seen = data.seen
  live.tell = () => setTriggerValue('changed', true)
  live.open = name => setTriggerValue('open', name)
  if (live.missed) live.open(live.missed)
  live.missed = null
  if (live.listens) return
  live.listens = true
  listen()
  for (const kind of ['pointerdown', 'click', 'keydown', 'input']) addEventListener(kind, touch, true)
  addEventListener('beforeprint', fit)
  addEventListener('afterprint', unfit)
}
""",
)


def listen(*kinds: str, seen: int | None = None) -> None:
    """Has the page listen for changes of these kinds: `data` (sql/ or a new version) and `meeting` (a playlist, a show,
    a decision).

    `seen` is the number of the last change of shows and decisions that the page shows (`pages.meeting.store.change_count`).
    Draws nothing.
    """
    _LISTENER(
        key="live",
        height="content",
        data={"kinds": kinds, "seen": seen},
        on_changed_change=lambda: None,
        on_open_change=lambda: html_widgets.request_dialog(selection.event_of("live", "open")),
    )
