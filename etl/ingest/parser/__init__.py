"""Parses files in a separate process, with limits on time and memory, and caches the results."""
