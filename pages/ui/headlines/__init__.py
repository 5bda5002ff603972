"""Builds headlines: one sentence from the rows, the largest text on every page. Each page has a module with
`headline(scope)`."""
