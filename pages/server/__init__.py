"""Serves the dashboard: who may reach which route, what is delivered how, and checks before the start."""
