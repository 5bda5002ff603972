"""Draws the parts that every page is made of: cards, panels, explanations and empty states."""
