"""Lists faults in the SQL lab: tables it offers, reading of names, queueing, and saved queries."""

from tests.mutants.fault import Fault

OFFERS = "tests/etl/build/test_anonymity.py::test_a_model_that_reveals_single_people_is_not_offered"
SAVING = "tests/sql/sql_lab/test_saved_queries.py"
TURNS = "tests/sql/sql_lab/test_turns.py"

FAULTS = (
    Fault(
        "sql_lab: every table offered",
        "sql/sql_lab/tables.py",
        "if file.header.get(catalog.SQL_LAB) in (catalog.NO_PERSON, catalog.GROUPS)",
        "if file.header",
        ("tests/etl/build/test_anonymity.py::test_every_table_is_offered_by_its_file_or_refused",),
    ),
    Fault(
        "sql_lab: a reference to a person that identifies nobody",
        "etl/contracts/people.py",
        "return any(_identifies(all_tables()[other.table], other.column)",
        "return any(False and _identifies(all_tables()[other.table], other.column)",
        ("tests/etl/build/test_anonymity.py::test_identifying_columns_are_declared_once_and_follow_references",),
    ),
    Fault(
        "sql_lab: a person's number under another name",
        "etl/build/anonymity/lineage.py",
        "if _exposed_columns(alias) & key_names}\n        for union",
        "if alias.alias in key_names}\n        for union",
        (OFFERS,),
    ),
    Fault(
        "sql_lab: a table with one row per person offered",
        "etl/build/anonymity/lineage.py",
        "return not any(_is_aggregate(part) for part in query.expressions)",
        "return False",
        (OFFERS,),
    ),
    Fault(
        "sql_lab: a group of four shown",
        "etl/build/anonymity/__init__.py",
        "between 1 and {MIN_PEOPLE - 1}'",
        "between 1 and {MIN_PEOPLE - 2}'",
        ("tests/etl/build/test_anonymity.py::test_a_model_of_groups_shows_no_small_group",),
    ),
    Fault(
        "sql_lab: a single group hidden",
        "sql/marts/worker_group_months.sql",
        "fewest < 5 and (workers < 5 or is_first_of_enough) as is_left_out",
        "workers < 5 as is_left_out",
        ("tests/etl/build/test_anonymity.py::test_no_small_group_count_is_shown_or_can_be_derived",),
    ),
    Fault(
        "sql_lab: the Kelvin sign taken for a k",
        "sql/sql_lab/statement.py",
        "return name.translate(_CAPITALS)",
        "return name.lower()",
        ("tests/sql/sql_lab/test_sql_lab.py::test_a_name_is_read_as_the_engine_reads_it",),
    ),
    Fault(
        "sql_lab: a name with letters that have other forms",
        "sql/sql_lab/statement.py",
        "{beyond.lower(), beyond.upper(), _plain(beyond)} == {beyond}",
        "{beyond} == {beyond}",
        ("tests/sql/sql_lab/test_sql_lab.py::test_a_name_is_read_as_the_engine_reads_it",),
    ),
    Fault(
        "sql_lab: a date's format guessed from its values",
        "sql/sql_lab/execution.py",
        "texts.str.to_datetime(_TIME, strict=False)",
        "texts.str.to_datetime(strict=False)",
        ("tests/sql/sql_lab/test_answers.py::test_the_extremes_of_every_type_are_rows_or_an_error_message",),
    ),
    Fault(
        "sql_lab: one more waiting statement per person",
        "sql/sql_lab/fair_queue.py",
        ">= self._max_waiting:",
        "> self._max_waiting:",
        (f"{TURNS}::test_few_statements_of_a_person_wait_and_the_next_is_refused_with_a_message",),
    ),
    Fault(
        "sql_lab: a second turn before another's first",
        "sql/sql_lab/fair_queue.py",
        "self._waiting[user] = self._waiting.pop(user, [])",
        "self._waiting.setdefault(user, [])",
        (f"{TURNS}::test_people_take_turns_and_nobody_has_two_at_once",),
    ),
    Fault(
        "sql_lab: two statements of one person at once",
        "sql/sql_lab/execution.py",
        "with _QUEUE.slot(user, on_progress):",
        "with _QUEUE.slot(user + str(id(statement)) + str(time.monotonic()), on_progress):",
        (f"{TURNS}::test_six_long_statements_of_one_person_leave_another_s_answered_at_once",),
    ),
    Fault(
        "sql_lab: a line separator in a title",
        "sql/sql_lab/saved_queries.py",
        "unicodedata.category(character) in _INVISIBLE for",
        'character in "\\n\\r" for',
        (f"{SAVING}::test_a_statement_that_would_be_no_query_is_refused",),
    ),
    Fault(
        "sql_lab: a comment before a statement as its header",
        "sql/sql_lab/saved_queries.py",
        'return f"{lines}{_without_comments(strip_scope(statement))}\\n"',
        'return f"{lines}{strip_scope(statement)}\\n"',
        (f"{SAVING}::test_a_comment_before_a_statement_is_no_header",),
    ),
    Fault(
        "sql_lab: a saved query's name shared by areas",
        "sql/sql_lab/saved_queries.py",
        'return f"{name}_{area}"',
        "return name",
        (f"{SAVING}::test_a_saved_query_belongs_to_its_authors_area",),
    ),
    Fault(
        "sql_lab: another area's query as a template",
        "sql/sql_lab/saved_queries.py",
        "return area is None or area in areas(version)",
        "return bool(version) or area in areas(version)",
        (f"{SAVING}::test_a_saved_query_is_a_template_for_users_who_may_see_its_area",),
    ),
    Fault(
        "sql_lab: another area's broken query shown to everybody",
        "sql/semantic/catalog/catalog.py",
        "return isinstance(file, SqlFile) and AREA_KEY in file.header",
        "return isinstance(file, SqlFileError)",
        (f"{SAVING}::test_a_broken_query_of_an_area_is_reported_to_nobody_else",),
    ),
    Fault(
        "sql_lab: a chart of infinite values",
        "pages/ui/sql_lab/chart.py",
        "if floats else rows",
        "if not floats else rows",
        ("tests/pages/subjects/test_sql_lab.py::test_strange_values_are_rows_and_no_error",),
    ),
)
