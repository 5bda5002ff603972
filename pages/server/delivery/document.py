"""Builds the document that every visit begins with: Streamlit's own, with preload links for the files a page needs.

Streamlit's front end discovers its files step by step: first the address of its server, then each element's code when
the first element of that type arrives, then the imports of that code. Each step waits for the one before.
"""

from __future__ import annotations

from functools import lru_cache

from pages.internals import front_end

# A symbol is visible and clickable before the page's listener is loaded: this keeps the click for it.
_EARLY_CLICKS = """<script>
const live = (globalThis.linliLive = { wait: 500, kinds: [], open: name => live.missed = name })
addEventListener('click', ({ target }) => {
  const symbol = target.closest('[data-opens]')
  if (symbol) live.open(symbol.dataset.opens)
})
</script>"""


@lru_cache(maxsize=1)
def document() -> bytes:
    """Returns Streamlit's index.html with preload links for what pages need, as UTF-8."""
    text = front_end.index()
    preloaded = front_end.script_names(text)
    high = [name for name in front_end.element_scripts(front_end.ELEMENTS) if name not in preloaded]
    # Large and needed last, so preloaded with low priority.
    charts = front_end.element_scripts((front_end.CHART_ELEMENT,))
    low = [name for name in charts if name not in preloaded and name not in high]
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in high]
    links += [f'<link rel="modulepreload" fetchpriority="low" crossorigin href="./static/js/{name}">' for name in low]
    links += [
        f'<link rel="preload" href="./static/media/{name}" as="font" type="font/woff2" crossorigin>'
        for name in front_end.icon_fonts()
    ]
    # Text uses the user's own typeface, so Streamlit's is not needed first.
    text = front_end.remove_text_font(text)
    scripts = (front_end.BASE_URL_SCRIPT, _EARLY_CLICKS)
    return text.replace("</head>", "\n".join([*links, *scripts, "</head>"]), 1).encode()


def files() -> list[str]:
    """Returns the files that a first visit requests, relative to Streamlit's folder of static files."""
    return front_end.file_names(document().decode())
