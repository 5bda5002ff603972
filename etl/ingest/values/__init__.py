"""Turns text cells into typed values, and hides personal ones."""
