"""Draws what only the organisation page shows."""
