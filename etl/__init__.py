"""Reads the districts' files, validates them, builds the warehouse and publishes it. Knows nothing of Streamlit."""
