"""Are we on target, better or worse, and where is it worst?"""
import streamlit as st

from pages.ui import cards, scope

at = scope.current()
st.title("……")
cards.row(at, "staffing_ratio", "staffing_gap", "workers", "grids_without_leader", "certified_share")
