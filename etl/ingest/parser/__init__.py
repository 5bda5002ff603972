"""Parses files in a process of its own, within bounds of time and memory, and caches the outcome."""
