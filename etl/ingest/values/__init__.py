"""Converts text cells to typed values, and masks personal ones."""
