"""Findings: one sentence from the rows, the largest text on every page. A module a page, each with `sentence(at)`."""
