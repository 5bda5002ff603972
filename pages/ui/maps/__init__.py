"""Draws maps without tiles, token or outside request."""
