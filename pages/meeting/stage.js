// The edge of a slide: how long it stands, the clock, the keys; on a phone the buttons are elsewhere.
const stage = (globalThis.linliStage ??= {})

const KEYS = {
  ArrowRight: 'next', ArrowDown: 'next', PageDown: 'next', ' ': 'next', Enter: 'next',
  ArrowLeft: 'back', ArrowUp: 'back', PageUp: 'back', p: 'pause', P: 'pause', '.': 'pause', b: 'pause',
  d: 'decide', D: 'decide', f: 'full', F: 'full',
}

// How often what the server passed over is asked for anew.
const TRIES = 5

function press(event) {
  const asked = KEYS[event.key]
  // Who writes into a field means the letters; a dialog keeps its keys.
  if (!asked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, [role="dialog"]')) return
  // Beyond the show the keys are the page's own.
  if (!stage.bar?.isConnected) return
  event.preventDefault()
  if (asked !== 'full') stage.ask(asked)
  else if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}

function part(parent, name, text) {
  const made = document.createElement('div')
  made.className = `stage-${name}`
  if (text) made.textContent = text
  parent.append(made)
  return made
}

// A page that is drawn anew ends one drawing and begins the next a moment later, under load in another order: in between the
// last one still hears the keys, and each ends what is its own alone.
export default function ({ data, parentElement, setTriggerValue }) {
  stage.ask = what => {
    stage.asked = { what, turn: data.turn, show: data.control, left: TRIES }
    setTriggerValue('asked', stage.asked)
  }
  // What is asked for while the page is asked for once more, as for every change, the server may pass over. Nothing came of
  // it where the show is still at that turn; it does a turn once, however often it is asked for it.
  const asked = stage.asked
  if (asked?.turn === data.turn && asked.show === data.control && asked.left-- > 0) setTriggerValue('asked', asked)
  if (!stage.listens) {
    stage.listens = true
    document.addEventListener('keydown', press)
  }
  const bar = document.createElement('div')
  bar.className = 'stage'
  bar.style.background = data.ground
  part(bar, 'place', data.place)
  part(bar, 'data', data.of)
  const passed = part(part(bar, 'time'), 'passed')
  part(bar, 'code', data.control)
  const clock = part(bar, 'clock')
  parentElement.replaceChildren(bar)
  stage.bar = bar
  // What the front end notes of each run for a profiler would be kept for as long as the meeting lasts.
  performance.clearMarks()
  performance.clearMeasures()
  const tick = () => {
    clock.textContent = new Date().toLocaleTimeString(data.language, { hour: '2-digit', minute: '2-digit', hour12: false })
  }
  tick()
  const ticking = setInterval(tick, 5000)
  let timer
  if (!data.paused) {
    passed.style.animation = `stage-passes ${data.seconds}s linear forwards`
    timer = setTimeout(() => stage.ask('next'), 1000 * data.seconds)
  }
  return () => {
    clearTimeout(timer)
    clearInterval(ticking)
  }
}
