"""How many numbers there are, and that each of them is a file."""
from __future__ import annotations

from pages.ui import shown
from pages.ui.texts import _
from sql import catalog
from sql.scope import Scope


def sentence(_at: Scope) -> str:
    """How many metrics there are, how many of them stand on a page, and where each is written."""
    names = catalog.names("metrics")
    on_pages = len(set(names) & set(shown.places()))
    return _("{count} 个指标，{shown} 个在页面上，各有一份 SQL 口径").format(count=len(names), shown=on_pages) + _("。")
