"""Checks the configuration and warms caches before the first request."""
