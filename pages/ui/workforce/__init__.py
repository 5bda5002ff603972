"""Draws what only the workforce page shows."""
