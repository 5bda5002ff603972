"""Builds the document that every visit begins with: Streamlit's own, with preload links for the files a page needs.

Streamlit's front end discovers its files step by step: first the address of its server, then each element's code when
the first element of that type arrives, then the imports of that code. Each step waits for the one before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import streamlit

STATIC = Path(streamlit.__file__).parent / "static"
# The elements that pages are made of, in the order in which a page shows them.
_ELEMENTS = (
    "Html",
    "TextInput",
    "PageLink",
    "Button",
    "MenuButton",
    "Selectbox",
    "ButtonGroup",
    "DataFrame",
    "BidiComponent",
)
# Large and needed last, so preloaded with low priority.
_LATE_ELEMENTS = ("PlotlyChart",)
_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.\-~]+\.js)["'`]""")
# The address of the server; on a deep link the front end would first look for it below the page's own path.
_BASE_URL = "<script>window.__streamlit={BACKEND_BASE_URL:new URL('./',document.baseURI).href}</script>"

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
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    preloaded = set(re.findall(r"static/js/([\w.\-~]+\.js)", text))
    high = [name for name in _with_imports(_ELEMENTS) if name not in preloaded]
    low = [name for name in _with_imports(_LATE_ELEMENTS) if name not in preloaded and name not in high]
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in high]
    links += [f'<link rel="modulepreload" fetchpriority="low" crossorigin href="./static/js/{name}">' for name in low]
    links += [
        f'<link rel="preload" href="./static/media/{path.name}" as="font" type="font/woff2" crossorigin>'
        for path in sorted((STATIC / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"))
    ]
    # Text uses the user's own typeface, so Streamlit's is not needed first.
    text = re.sub(r"<link\s+rel=\"preload\"\s+href=\"\./static/media/SourceSans[^>]*>", "", text)
    return text.replace("</head>", "\n".join([*links, _BASE_URL, _EARLY_CLICKS, "</head>"]), 1).encode()


def files() -> list[str]:
    """Returns the files that a first visit requests, relative to Streamlit's folder of static files."""
    return re.findall(r"\./(static/[\w.\-~/]+)", document().decode())


def _with_imports(stems: tuple[str, ...]) -> list[str]:
    """Returns the script files of elements with everything these import, in the order of discovery."""
    names: dict[str, None] = {}
    queue = [path.name for stem in stems for path in sorted((STATIC / "static" / "js").glob(f"{stem}.*.js"))]
    while queue:
        name = queue.pop(0)
        if name not in names:
            names[name] = None
            queue += _IMPORT.findall((STATIC / "static" / "js" / name).read_text(encoding="utf-8"))
    return list(names)
