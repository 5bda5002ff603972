"""Draws open alerts and shortfalls."""
