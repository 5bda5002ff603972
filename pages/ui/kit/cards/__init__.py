"""Draws numbers: cards and facts, with status, changes and marks."""
