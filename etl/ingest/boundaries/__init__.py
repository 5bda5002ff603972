"""Reads, checks and measures polygons, and draws parents from their children."""
