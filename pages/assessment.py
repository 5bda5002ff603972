"""Draws the assessment page: are assessment and rewards fair and followed through?"""

import streamlit as st

from pages.ui.assessment import views
from pages.ui.headlines import assessment as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.shell import page_scope, view_choice
from sql.semantic.readings import cumulative_scope

scope = page_scope.current()
# A year's results come once, at its end; what follows a fail takes longer than any selected period.
assessed_scope, all_years = headlines.last_assessed_year(scope), cumulative_scope(scope)

panels.draw_headline(headlines.headline(scope))

if empty_states.has_tables(scope, "assessments"):
    left, right = st.columns([4, 2])
    with left:
        cards.row(assessed_scope, "average_assessment_score", "excellent_share", "basic_share", "failed_share")
    with right:
        cards.row(all_years, "failed_followed_share", "secondments_open")

view_choice.draw(
    scope,
    (_("考核结果"), views.results),
    (_("是否公平"), views.fairness),
    (_("书记等级"), views.tiers),
    (_("激励晋升"), views.rewards),
    (_("约束退出"), views.discipline),
    (_("借调"), views.secondments),
)
