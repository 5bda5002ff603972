"""Draws the workforce page: ages, education, posts and grades, recruitment, insurance."""

import streamlit as st

from pages.ui.headlines import workforce as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.shell import filters, view_choice
from pages.ui.workforce import views

scope = filters.current("post", "education", "recruited_via")

panels.draw_headline(headlines.headline(scope))
if not empty_states.has_tables(scope, "workers"):
    st.stop()

cards.row(
    scope,
    "workers",
    "workers_40_or_under_share",
    "workers_college_share",
    "certified_share",
    "party_member_share",
    "secretary_average_age",
)

view_choice.draw(
    scope,
    (_("结构"), views.structure),
    (_("岗位与等级"), views.grades),
    (_("选聘进出"), views.movement),
    (_("书记与后备"), views.leaders),
    (_("保障与分工"), views.security),
)
