"""Measures speed against the same work without the product: `make bench`."""
