"""Draws what only the alliances page shows."""
