"""Defines the colours of the light and the dark theme."""
