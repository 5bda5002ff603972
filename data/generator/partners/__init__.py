"""Generates partners, their posts and what they contribute."""
