"""Keeps the audit log, in which every entry contains the hash of the previous one, and verifies it."""
