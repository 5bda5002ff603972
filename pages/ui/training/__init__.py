"""Draws what only the training page shows."""
