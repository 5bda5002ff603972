"""Draws the training page: is everyone trained, and does it help?"""

import streamlit as st

from pages.ui.headlines import training as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.shell import filters, view_choice
from pages.ui.training import views

# Sessions and attendance can be filtered by programme; coverage is of everyone.
scope = filters.current("programme")
everyone = scope.with_filters()

panels.draw_headline(headlines.headline(everyone))
if not empty_states.has_tables(everyone, "training_sessions", "training_attendance"):
    st.stop()

cards.row(
    everyone,
    "training_coverage",
    "workers_untrained",
    "trained_people",
    "training_person_times",
    "training_sessions",
    "score_gain",
)

view_choice.draw(
    scope,
    (_("覆盖"), views.coverage),
    (_("人数与人次"), views.people),
    (_("训前训后"), views.scores),
    (_("培训阶梯"), views.ladder),
    (_("班次"), views.sessions),
    (_("课程与资源"), views.resources),
    (_("实训轮岗"), views.practice),
)
