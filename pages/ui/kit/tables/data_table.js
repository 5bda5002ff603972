// Draws a table of texts and reports clicks. The server formats, sorts and paginates.
function made(name, parent, attributes = {}, text) {
  const element = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(attribute, value)
  }
  // Never as markup: anybody may have written names and cells.
  if (text !== undefined) element.textContent = text
  parent?.append(element)
  return element
}

function head(table, data, show) {
  const row = made('tr', made('thead', table))
  data.columns.forEach((column, place) => {
    const isBy = data.view.column === place
    const order = isBy ? (data.view.descending ? 'descending' : 'ascending') : undefined
    const cell = made('th', row, { scope: 'col', 'data-name': column.name, 'aria-sort': order, title: column.help || undefined })
    cell.style.minWidth = `min(${column.least}ch + 1.3rem, 70vw)`
    cell.classList.toggle('data-number', column.isNumber)
    if (!column.isSortable) {
      cell.textContent = column.header
      return
    }
    // Numbers start with the largest, texts with the first letter; then the reverse, then the original order.
    made('button', cell, { type: 'button', 'data-order': order }, column.header).onclick = () => {
      const next = !isBy ? column.isNumber : data.view.descending === column.isNumber ? !column.isNumber : null
      show({ column: next === null ? null : place, descending: next === true, page: 0 })
    }
  })
}

function cell(row, content, column, isFirst) {
  const drawn = made(isFirst ? 'th' : 'td', row, isFirst ? { scope: 'row' } : {})
  const [text, more] = Array.isArray(content) ? content : [content]
  drawn.classList.toggle('data-number', column.isNumber)
  if (text === null) {
    drawn.classList.add('data-empty')
    drawn.textContent = '–'
  } else if (column.isBar) {
    made('span', drawn, { class: 'data-bar', 'aria-hidden': 'true' }).style.setProperty('--share', `${more}%`)
    made('span', drawn, {}, text)
  } else if (typeof more === 'string' && new URL(more, document.baseURI).origin === location.origin) {
    made('a', drawn, { href: more, target: '_blank', rel: 'noopener' }, text)
  } else {
    drawn.textContent = text
  }
  return drawn
}

// All rows are one tab stop: arrow keys move between them, Enter selects.
function moveFocus(buttons, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const next = step && buttons[buttons.indexOf(event.target) + step]
  if (!next) return
  event.preventDefault()
  event.target.tabIndex = -1
  next.tabIndex = 0
  next.focus()
}

function body(table, data, choose) {
  const rows = made('tbody', table)
  const buttons = []
  data.rows.forEach((cells, number) => {
    const row = made('tr', rows)
    const drawn = cells.map((content, place) => cell(row, content, data.columns[place], place === 0))
    if (!data.places) return
    const place = data.places[number]
    const isOpen = place === data.chosen
    const name = drawn[0].textContent
    drawn[0].textContent = ''
    const isStop = data.places.includes(data.chosen) ? isOpen : number === 0
    const attributes = { type: 'button', tabindex: isStop ? 0 : -1, 'aria-current': isOpen ? 'true' : undefined }
    const button = made('button', drawn[0], attributes, name)
    button.onkeydown = event => moveFocus(buttons, event)
    buttons.push(button)
    row.classList.toggle('data-chosen', isOpen)
    // A click on the button is one on its row; marking a text to copy it selects nothing.
    row.onclick = event => {
      if (!event.target.closest('a') && getSelection().isCollapsed) choose(place)
    }
  })
}

function pager(parent, data, show) {
  const bar = made('div', parent, { class: 'data-pager' })
  const step = (text, name, page) => {
    const attributes = { type: 'button', 'aria-label': name, title: name, disabled: page < 0 || page >= data.pages ? '' : undefined }
    made('button', bar, attributes, text).onclick = () => show({ ...data.view, page })
  }
  step('‹', data.words.before, data.view.page - 1)
  made('span', bar, { role: 'status' }, data.words.page)
  step('›', data.words.after, data.view.page + 1)
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const content = JSON.stringify(data)
  const before = parentElement.querySelector('.data-table')
  const send = Object.assign(before?.send ?? {}, { setStateValue, setTriggerValue })
  if (before?.content === content) return
  const root = Object.assign(made('div', null, { class: 'data-table' }), { content, send, view: JSON.stringify(data.view) })
  const box = made('div', root, { class: 'data-box' })
  box.style.maxHeight = `${data.height}px`
  const table = made('table', box, { 'aria-label': data.label })
  const { scrollLeft = 0, scrollTop = 0 } = before?.querySelector('.data-box') ?? {}
  const focused = [...(before?.querySelectorAll('button') ?? [])].indexOf(document.activeElement)
  const show = view => send.setStateValue('view', view)
  head(table, data, show)
  body(table, data, place => send.setTriggerValue('chosen', place))
  table.classList.toggle('data-choosable', Boolean(data.places))
  if (data.pages > 1) pager(root, data, show)
  parentElement.replaceChildren(root)
  // Rows in a new order begin at the top; else scroll position and keyboard focus stay.
  box.scrollTo(scrollLeft, before?.view === root.view ? scrollTop : 0)
  if (focused >= 0) root.querySelectorAll('button')[focused]?.focus({ preventScroll: true })
}
