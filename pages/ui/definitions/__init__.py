"""Draws the catalogue of metrics and the published figures."""
