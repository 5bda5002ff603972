"""Draws the organisation page: does the network reach every building?"""

from pages.ui.headlines import organisation as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards
from pages.ui.kit.panels import panels
from pages.ui.organisation import views
from pages.ui.shell import page_scope, view_choice

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))
cards.row(
    scope,
    "estates_covered_share",
    "estate_branches",
    "focal_households",
    "service_stations",
    "facility_area_per_100_households",
    "communities_short_of_social_orgs",
)

view_choice.draw(
    scope,
    (_("五级组织"), views.tiers),
    (_("小区覆盖"), views.estates),
    (_("骨干力量"), views.people),
    (_("阵地"), views.places),
    (_("社会组织"), views.societies),
)
