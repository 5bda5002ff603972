"""Finds the files of Streamlit's front end and reads how they refer to each other.

All of this assumes the folder `streamlit/static` as Streamlit's build writes it.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

# Streamlit: the folder of the front end, whose index.html is the document of every page.
STATIC = Path(streamlit.__file__).parent / "static"
# Streamlit: the scripts, styles and fonts, each with a hash of its content in its name, so that it never changes.
ASSETS = STATIC / "static"
SCRIPTS = ASSETS / "js"
# Streamlit: an element's code is in `<name>.<hash>.js`, loaded when the first element of that type arrives. These are
# the elements that pages are made of, in the order in which a page shows them.
ELEMENTS = (
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
# Streamlit: the charts' script contains plotly.js, which is large.
CHART_ELEMENT = "PlotlyChart"
# Streamlit: the front end reads the address of its server here; without it, on a deep link, it looks below the page's
# own path first.
BASE_URL_SCRIPT = "<script>window.__streamlit={BACKEND_BASE_URL:new URL('./',document.baseURI).href}</script>"

_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.\-~]+\.js)["'`]""")


def index() -> str:
    """Returns Streamlit's document, with `</head>` once."""
    return (STATIC / "index.html").read_text(encoding="utf-8")


def script_names(html: str) -> set[str]:
    """Returns the names of the scripts that a document asks for, as `./static/js/<name>`."""
    return set(re.findall(r"static/js/([\w.\-~]+\.js)", html))


def file_names(html: str) -> list[str]:
    """Returns the files that a document asks for, relative to `STATIC`, as `./static/<name>`."""
    return re.findall(r"\./(static/[\w.\-~/]+)", html)


def element_scripts(elements: tuple[str, ...]) -> list[str]:
    """Returns the names of the elements' scripts and of all that these import, as `./<name>`, in the order of
    discovery."""
    names: dict[str, None] = {}
    queue = [path.name for element in elements for path in sorted(SCRIPTS.glob(f"{element}.*.js"))]
    while queue:
        name = queue.pop(0)
        if name not in names:
            names[name] = None
            queue += _IMPORT.findall((SCRIPTS / name).read_text(encoding="utf-8"))
    return list(names)


def icon_fonts() -> list[str]:
    """Returns the names of the fonts that `:material/…:` icons need, in `static/media`."""
    return [path.name for path in sorted((ASSETS / "media").glob("MaterialSymbols-Rounded.*.woff2"))]


def remove_text_font(html: str) -> str:
    """Returns a document that does not preload the typeface of Streamlit's own theme."""
    return re.sub(r"<link\s+rel=\"preload\"\s+href=\"\./static/media/SourceSans[^>]*>", "", html)
