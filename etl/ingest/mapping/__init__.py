"""Reads a district's mapping.toml and applies it to the cells of its files."""
