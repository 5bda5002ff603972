"""Draws the frame around every page: navigation, header, search, notices and footer."""
