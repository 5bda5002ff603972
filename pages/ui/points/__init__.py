"""Draws what only the points page shows."""
