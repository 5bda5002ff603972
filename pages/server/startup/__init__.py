"""Checks and prepares before the first request."""
