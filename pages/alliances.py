"""Draws the page on shops and property companies: do they do their part?"""

from pages.ui.alliances import views
from pages.ui.headlines import alliances as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards
from pages.ui.kit.panels import panels
from pages.ui.shell import page_scope, view_choice

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))
cards.row(
    scope,
    "property_companies",
    "property_party_coverage",
    "property_joint_activities",
    "shop_zones",
    "shop_requests",
    "shop_requests_resolved_within_30_days",
)

view_choice.draw(
    scope, (_("物业企业"), views.property_companies), (_("小区"), views.estates), (_("商铺联盟"), views.shops)
)
