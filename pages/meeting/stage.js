// Draws the bar below a slide with elapsed time and clock, advances the show and handles keys. Phones use remote.py.
const stage = (globalThis.linliStage ??= {})

const KEYS = {
  ArrowRight: 'next', ArrowDown: 'next', PageDown: 'next', ' ': 'next', Enter: 'next',
  ArrowLeft: 'back', ArrowUp: 'back', PageUp: 'back', p: 'pause', P: 'pause', '.': 'pause', b: 'pause',
  d: 'decide', D: 'decide', f: 'full', F: 'full',
}

// How often an action that the server ignored is sent again.
const TRIES = 5

function press(event) {
  const action = KEYS[event.key]
  // Keys typed into a field are text, and a dialog handles its own keys.
  if (!action || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, [role="dialog"]')) return
  // Outside a show the page handles its keys itself.
  if (!stage.bar?.isConnected) return
  event.preventDefault()
  if (action !== 'full') stage.request(action)
  else if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}

function part(parent, name, text) {
  const element = document.createElement('div')
  element.className = `stage-${name}`
  if (text) element.textContent = text
  parent.append(element)
  return element
}

// A redraw of the page removes one instance and creates the next a moment later, under load in the reverse order. In between
// the last instance still handles the keys, and each instance cleans up only what it created.
export default function ({ data, parentElement, setTriggerValue }) {
  stage.request = what => {
    stage.pending = { what, turn: data.turn, show: data.control, left: TRIES }
    setTriggerValue('asked', stage.pending)
  }
  // The server may ignore an action that arrives while the page is being rerun, as happens on every change. If the show is
  // still at the same turn the action had no effect, so it is sent again; the server performs each turn only once.
  const pending = stage.pending
  if (pending?.turn === data.turn && pending.show === data.control && pending.left-- > 0) setTriggerValue('asked', pending)
  if (!stage.listens) {
    stage.listens = true
    document.addEventListener('keydown', press)
  }
  const bar = document.createElement('div')
  bar.className = 'stage'
  bar.style.background = data.ground
  part(bar, 'place', data.place)
  part(bar, 'data', data.of).style.color = data.age
  const progress = part(part(bar, 'time'), 'passed')
  part(bar, 'code', data.control)
  const clock = part(bar, 'clock')
  parentElement.replaceChildren(bar)
  stage.bar = bar
  // The front end records marks of each run for a profiler; without this they would pile up for the whole meeting.
  performance.clearMarks()
  performance.clearMeasures()
  const tick = () => {
    clock.textContent = new Date().toLocaleTimeString(data.language, { hour: '2-digit', minute: '2-digit', hour12: false })
  }
  tick()
  const ticking = setInterval(tick, 5000)
  let timer
  if (!data.paused) {
    progress.style.animation = `stage-passes ${data.seconds}s linear forwards`
    timer = setTimeout(() => stage.request('next'), 1000 * data.seconds)
  }
  return () => {
    clearTimeout(timer)
    clearInterval(ticking)
  }
}
