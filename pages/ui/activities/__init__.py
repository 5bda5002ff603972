"""Draws what only the activities page shows."""
