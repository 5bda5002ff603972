"""Draws the meeting page: slides on the screen, a phone that controls them, and the decisions."""

import streamlit as st

from pages.meeting import remote, screen, setup

if code := st.query_params.get("control"):
    remote.run(code)
elif code := st.query_params.get("show"):
    screen.run(code)
else:
    setup.run()
