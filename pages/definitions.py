"""Draws the definitions page: what does a number mean?"""

from pages.ui.definitions import definitions
from pages.ui.headlines import definitions as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.shell import page_scope, views

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))


def metrics() -> None:
    definitions.catalogue(scope)


def published() -> None:
    definitions.published_table(scope)


views.show((_("全部指标"), metrics), (_("公布的数字"), published))
