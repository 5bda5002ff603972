"""Maps old names that still occur in URLs, saved queries and analysts' files to the current ones."""

# URLs of pages: an old bookmark is redirected.
PAGES = {"lab": "sql_lab"}
# Metrics, by file name: links, playlists and command lines use these names.
METRICS = {
    "wish_grant_rate": "wishes_granted_within_30_days",
    "joint_meeting_resolution_rate": "joint_meeting_issues_resolved_within_30_days",
}
# Schemas of the warehouse: saved queries with an old schema name keep working.
SCHEMAS = {"bases": "intermediate"}
# Header keys of files in sql/: an old key is rejected, and the error names the new one.
HEADER_KEYS = {
    "better": "direction",
    "over_time": "aggregation",
    "counts": "source_table",
    "columns_of": "column_sources",
    "restates": "incremental_on",
    "finer_than": "rollup_of",
    "pending": "refresh_with_data_date",
    "told": "message",
    "fewest_people": "min_people",
}
