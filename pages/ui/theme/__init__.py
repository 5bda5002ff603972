"""Holds the colours, for light and for dark."""
