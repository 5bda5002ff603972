"""The document that every visit begins with: Streamlit's own, with what a page needs asked for at once.

Streamlit's front end finds out piece by piece what it needs: first where its server is, then each element's code when
the first element of its kind arrives, then what that code is built on. Each step waits for the one before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import streamlit

STATIC = Path(streamlit.__file__).parent / "static"
# The code of the elements that pages are made of, in the order in which a page shows them.
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
# Large, and needed last: asked for early, but behind all others.
_LATE = ("PlotlyChart",)
_IMPORTED = re.compile(r"""(?:from|import)\s*["'`]\./([\w.\-~]+\.js)["'`]""")
# Where its server is, which on a deep link it would first look for below the page's own path.
_WHERE = "<script>window.__streamlit={BACKEND_BASE_URL:new URL('./',document.baseURI).href}</script>"

# A symbol can be seen, and clicked on, before the page's listener has come: the click is kept for it.
_CLICKED = """<script>
const live = (globalThis.linliLive = { wait: 500, kinds: [], open: name => live.missed = name })
addEventListener('click', ({ target }) => {
  const symbol = target.closest('[data-opens]')
  if (symbol) live.open(symbol.dataset.opens)
})
</script>"""


@lru_cache(maxsize=1)
def document() -> bytes:
    """Streamlit's index.html with what pages need asked for at once, as UTF-8."""
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    there = set(re.findall(r"static/js/([\w.\-~]+\.js)", text))
    early = [name for name in _with_imports(_ELEMENTS) if name not in there]
    late = [name for name in _with_imports(_LATE) if name not in there and name not in early]
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in early]
    links += [f'<link rel="modulepreload" fetchpriority="low" crossorigin href="./static/js/{name}">' for name in late]
    links += [
        f'<link rel="preload" href="./static/media/{path.name}" as="font" type="font/woff2" crossorigin>'
        for path in sorted((STATIC / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"))
    ]
    # The typeface is the reader's own: Streamlit's is not needed first.
    text = re.sub(r"<link\s+rel=\"preload\"\s+href=\"\./static/media/SourceSans[^>]*>", "", text)
    return text.replace("</head>", "\n".join([*links, _WHERE, _CLICKED, "</head>"]), 1).encode()


def files() -> list[str]:
    """The files that a first visit asks for, below Streamlit's folder of static files."""
    return re.findall(r"\./(static/[\w.\-~/]+)", document().decode())


def _with_imports(stems: tuple[str, ...]) -> list[str]:
    """The files of the code of elements, each with what it is built on, in the order found."""
    found: dict[str, None] = {}
    waiting = [path.name for stem in stems for path in sorted((STATIC / "static" / "js").glob(f"{stem}.*.js"))]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += _IMPORTED.findall((STATIC / "static" / "js" / name).read_text(encoding="utf-8"))
    return list(found)
