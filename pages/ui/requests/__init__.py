"""Draws what only the requests page shows."""
