"""Draws the partners page: who are the partners and what do they contribute?"""

from pages.ui.headlines import partners as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.partners import profile, views
from pages.ui.shell import filters, view_choice

scope = filters.current("partner_sector", "partner_kind", "partner_id")

panels.draw_headline(headlines.headline(scope))

if partner := filters.selected_value("partner_id"):
    profile.show(
        headlines.scope_of(scope, partner),
        "partner_requests_claimed",
        "partner_requests_resolved",
        "satisfaction",
        "partner_activities",
        "partner_hours",
        "partner_beneficiaries",
    )
elif empty_states.has_tables(scope, "partners"):
    cards.row(
        scope,
        "partners",
        "partners_joined",
        "partners_left",
        "partner_requests_resolved",
        "top_three_share",
        "partners_quiet_share",
    )
    view_choice.draw(
        scope,
        (_("构成"), views.makeup),
        (_("加入与退出"), views.moves),
        (_("双报到"), views.reporting),
        (_("供需"), views.supply),
        (_("心愿与联席"), views.wishes),
        (_("贡献"), views.contribution),
        (_("沉寂"), views.quiet),
        (_("评价与荣誉"), views.ratings),
    )
