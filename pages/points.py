"""Draws the points page: do residents take part?"""

import streamlit as st

from pages.ui.headlines import points as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.points import views
from pages.ui.shell import page_scope, view_choice

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))
if not empty_states.has_tables(scope, "points"):
    st.stop()

cards.row(scope, "active_accounts", "accounts_to_households", "points_earned", "points_redeemed", "redemption_share")

view_choice.draw(
    scope, (_("变化"), views.change), (_("事由"), views.reasons), (_("账户"), views.accounts), (_("各地"), views.areas)
)
