"""Draws tables, and exports the rows shown."""
