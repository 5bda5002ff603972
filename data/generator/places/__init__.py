"""Generates areas, boundaries, grids, organisations, venues and standards."""
