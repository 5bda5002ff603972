"""Generates what residents do and ask for: activities, requests and points."""
