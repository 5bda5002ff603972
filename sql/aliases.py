"""Lists old names that are still met in addresses, saved queries and files of analysts, with their names of today."""

# Addresses of pages: a link that somebody kept is sent on.
PAGES = {"lab": "sql_lab"}
# Metrics, by file name: links, playlists and command lines name them.
METRICS: dict[str, str] = {}
# Schemas of the warehouse: a query that somebody saved reads on.
SCHEMAS = {"bases": "intermediate"}
# Keys in the header of a file in sql/: an old one is refused with the name of the new.
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
