"""Delivers the front end, map features and change notifications."""
