"""Draws the definitions page: what does a number mean?"""

from pages.ui.definitions import definitions, published_figures
from pages.ui.headlines import definitions as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import page_scope, view_choice

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))

view_choice.draw(scope, (_("全部指标"), definitions.metrics), (_("公布的数字"), published_figures.published))
