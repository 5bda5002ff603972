"""Holds what leans on the insides of Streamlit, Plotly, pydeck and uvicorn: each assumption once, each named.

No other module imports their private modules or reads their private attributes. tests/pages/test_internals.py tests
each assumption and says which one an upgrade broke; docs/develop/upgrades.md says what to do then.
"""
