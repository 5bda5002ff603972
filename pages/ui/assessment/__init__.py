"""Draws what only the assessment page shows."""
