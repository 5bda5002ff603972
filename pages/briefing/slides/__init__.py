"""Writes a briefing as slides."""
