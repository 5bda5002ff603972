"""Where is the ground covered and where not?"""
import streamlit as st

from pages.ui import cards, maps, scope
from sql.metrics import metric

at = scope.current()
st.title("……")
left, right = st.columns([2, 1])
with left:
    maps.by_area(at, metric(st.query_params.get("m", "staffing_ratio"), at.version), "map")
