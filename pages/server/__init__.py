"""Serves the dashboard: access control per route, delivery of the front end, and checks before startup."""
