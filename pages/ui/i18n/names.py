"""Returns area names for the pages. The names stay Chinese in English."""

from __future__ import annotations

from pages.ui.i18n.texts import _
from sql.semantic.scope import Area, Scope

_ENDINGS = {"社区居民委员会": "社区", "社区居委会": "社区", "居民委员会": "", "居委会": "", "办事处街道": "街道"}


def area_name(area: Area) -> str:
    """Returns the area's name; 全部 for the root."""
    return _("全部") if area.code is None else area.name


def whole_name(scope: Scope) -> str:
    """Returns the scope's name, marked where only some of its counties are in the product."""
    if scope.area.is_whole:
        return scope.area.name
    return _("{who}（仅含 {count} 个已接入区县）").format(who=area_name(scope.area), count=scope.area.counties)


def short_name(name: str) -> str:
    """Returns an area's name without the words that its kind shares: 梅园社区居民委员会 becomes 梅园社区."""
    for ending, replacement in _ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending) + replacement
    return name
