"""Inspects files that nobody has described yet, and drafts their mapping."""
