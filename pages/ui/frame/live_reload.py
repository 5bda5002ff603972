"""Redraws the page when a definition is saved or a version published, opens its dialogs, and fits charts to paper."""

from __future__ import annotations

import streamlit as st

from pages.ui.kit import html_widgets
from pages.ui.shell import selection

_LISTENER = st.components.v2.component(
    "live",
    # Each tab has one socket and one listener, however often the page is drawn. When the server returns, the page
    # reloads what has changed.
    js="""
const live = globalThis.linliLive
// Milliseconds within which the server reports that it has started to process a click or key.
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
// User input comes first: reloading the page at that moment would lose a click or key that the server has not processed
// yet, or a text being typed in a dialog. A change waits until the input is done. By then the page already shows the
// changes that it made itself.
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
// Charts are drawn for the screen's width; on paper they keep it, or shrink to fit A4.
const ON_A4 = 650
function fit() {
  for (const chart of document.querySelectorAll('[data-testid=stPlotlyChart], [data-testid=stDeckGlJsonChart]')) {
    const width = chart.offsetWidth
    Object.assign(chart.style, { width: width + 'px', zoom: Math.min(1, ON_A4 / width) })
  }
}
function unfit() {
  for (const chart of document.querySelectorAll('[style*=zoom]')) Object.assign(chart.style, { width: '', zoom: '' })
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
    """Makes the page listen for changes of these kinds: `data` (sql/ or a new version) and `meeting` (a playlist, a
    show, a decision).

    `seen` is the number of the last change of shows and decisions that the page includes
    (`pages.meeting.store.change_count`). Draws nothing.
    """
    _LISTENER(
        key="live",
        height="content",
        data={"kinds": kinds, "seen": seen},
        on_changed_change=lambda: None,
        on_open_change=lambda: html_widgets.request_dialog(selection.event_of("live", "open")),
    )
