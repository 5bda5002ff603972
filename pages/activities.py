"""Draws the activities page: what is being done, and is it changing?"""

import streamlit as st

from pages.ui.activities import views
from pages.ui.headlines import activities as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.shell import filters, view_choice

scope = filters.current("kind", "organiser", "partner_kind")

panels.draw_headline(headlines.headline(scope))
if not empty_states.has_tables(scope, "activities"):
    st.stop()

cards.row(
    scope,
    "activities_held",
    "participants",
    "beneficiaries",
    "activities_with_partners_share",
    "communities_with_activities",
)

view_choice.draw(
    scope,
    (_("变化"), views.change),
    (_("参与和受益"), views.people),
    (_("谁组织"), views.organisers),
    (_("各地"), views.areas),
    (_("专项与集市"), views.titles),
)
