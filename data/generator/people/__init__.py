"""Generates community workers and what is recorded of them."""
