"""Draws dates, names and numbers for the demo."""
