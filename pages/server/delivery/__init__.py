"""Delivers the front end, map features and messages about changes."""
