"""Writes a briefing as a Word document."""
