"""Keeps the audit log, in which every entry carries the hash of the one before, and verifies it."""
