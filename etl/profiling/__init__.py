"""Profiles files that have no mapping yet, and drafts one."""
