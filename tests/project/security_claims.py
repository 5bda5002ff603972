"""Maps each sentence of SECURITY.md to the tests that prove it; test_security_claims.py checks that none is missing.

A sentence, or a row of a table, is identified by its first words in the English part; both lists follow its order.
"""

# Claims about the product, with the tests that fail if they do not hold.
CLAIMS: dict[str, tuple[str, ...]] = {
    "| has no account": (
        "tests/pages/server/test_safety.py::test_for_others_it_does_not_start_without_a_login",
        "tests/pages/server/test_door.py::test_without_a_login_only_the_document_and_its_files_are_served",
        "tests/pages/server/test_door.py::test_an_upload_is_refused_before_it_is_read",
        "tests/pages/server/test_door.py::test_a_file_is_served_once_and_only_to_the_login_it_was_made_for",
        "tests/pages/server/test_login.py::test_nobody_sees_anything_before_they_log_in",
    ),
    "| has an account for one area": (
        "tests/sql/semantic/test_scope.py::test_every_table_holds_the_rows_of_the_area_and_no_others",
        "tests/sql/semantic/test_scope.py::test_peers_beyond_the_area_are_identified_by_their_numbers",
        "tests/pages/server/test_login.py::test_users_see_their_own_area_on_every_page_whoever_came_before",
        "tests/sql/sql_lab/test_answers.py::test_within_an_area_there_is_nothing_else_to_query",
    ),
    "| runs a site": (
        "tests/pages/server/test_safety.py::test_a_foreign_host_or_origin_is_refused_everywhere",
        "tests/pages/server/test_safety.py::test_a_socket_is_opened_for_its_own_pages_alone",
        "tests/pages/server/test_safety.py::test_no_other_page_can_put_it_into_a_frame",
    ),
    "| writes a script": (
        "tests/sql/security/test_injection.py::test_nothing_of_them_runs_on_any_page",
        "tests/pages/server/test_safety.py::test_an_injected_script_is_not_run",
    ),
    "| writes SQL": (
        "tests/etl/build/test_anonymity.py::test_every_table_is_offered_by_its_file_or_refused",
        "tests/etl/build/test_anonymity.py::test_a_model_that_reveals_single_people_is_not_offered",
        "tests/etl/build/test_anonymity.py::test_a_model_of_groups_shows_no_small_group",
        "tests/sql/sql_lab/test_sql_lab.py::test_nothing_but_one_select_is_run",
        "tests/sql/sql_lab/test_sql_lab.py::test_behind_the_check_of_a_statement_the_process_can_do_nothing",
        "tests/sql/sql_lab/test_sql_lab.py::test_bombs_are_ended",
        "tests/sql/sql_lab/test_turns.py::test_people_take_turns_and_nobody_has_two_at_once",
    ),
    "| takes rows away": (
        "tests/pages/test_data_table.py::test_no_page_sends_a_frame_and_every_table_only_what_it_shows",
        "tests/pages/test_data_table.py::test_codes_that_are_in_no_column_are_not_sent",
        "tests/pages/test_data_table.py::test_nothing_on_a_page_of_tools_gives_rows_away_but_the_products_own_buttons",
        "tests/pages/browser/test_browser_pages.py::test_page_draws_at_every_size_and_is_accessible",
    ),
    "| sends a hostile spreadsheet": (
        "tests/etl/ingest/test_hostile_cases.py::test_a_file_that_costs_too_much_is_refused_and_the_previous_version_stays",
        "tests/etl/ingest/test_hostile_files.py::test_a_workbook_corrupted_in_any_way",
        "tests/sql/security/test_visible.py::test_a_command_prints_visible_text",
        "tests/sql/security/test_visible.py::test_a_watcher_logs_visible_text",
        "tests/sql/security/test_visible.py::test_markdown_of_a_page_shows_them_too",
        "tests/pages/test_exports.py::test_no_text_of_a_csv_is_a_formula_and_each_can_be_restored",
        "tests/pages/test_exports.py::test_a_cell_of_any_workbook_that_looks_like_a_formula_stays_a_text_when_it_is_edited",
    ),
    "| alters the audit log": ("tests/sql/audit/test_audit.py::test_tampering_is_found_at_its_location",),
    "As it is given out": (
        # Without a login it would not start at another address.
        "tests/pages/test_live_reload.py::test_a_start_without_data_builds_them",
        "tests/pages/server/test_safety.py::test_for_others_it_does_not_start_without_a_login",
    ),
    "It asks for no login": (
        "tests/pages/test_live_reload.py::test_an_annotation_added_in_the_metrics_explanation_shows_on_the_open_page",
        "tests/sql/security/test_disclosure.py::test_an_exported_page_has_nothing_exact_in_it",
    ),
    "It refuses to start": (
        "tests/pages/server/test_safety.py::test_for_others_it_does_not_start_without_a_login",
        "tests/pages/server/test_safety.py::test_a_weak_login_and_disabled_protections_are_reported_at_once",
        "tests/pages/server/test_safety.py::test_unreadable_secrets_are_no_missing_login",
        "tests/pages/server/test_settings.py::test_settings_that_open_another_way_or_reveal_too_much_refuse_the_start",
    ),
    "`streamlit run app.py --server.address": (
        "tests/pages/server/test_safety.py::test_with_insecure_it_starts_and_warns_of_the_consequences",
    ),
    "`make login`": ("tests/pages/server/test_safety.py::test_setup_writes_a_secret_for_its_owner_alone",),
    "Changes count from the next click on": (
        "tests/pages/test_gate.py::test_every_widget_of_an_earlier_page_does_nothing",
        "tests/pages/server/test_login.py::test_a_map_redrawn_by_itself_checks_the_user",
    ),
    "An address counts": (
        "tests/sql/security/test_access.py::test_an_address_counts_only_with_a_boolean_verification",
        "tests/pages/server/test_sessions.py::test_an_unverified_address_is_nobodys",
    ),
    "An entry has": (
        "tests/sql/security/test_access.py::test_an_entry_that_can_mean_nobody_or_two_is_reported",
        "tests/sql/security/test_access.py::test_an_address_is_no_subject_and_a_subject_no_address",
        "tests/pages/server/test_sessions.py::test_a_subject_is_let_in_and_gains_nothing_by_looking_like_an_address",
    ),
    "It has to pass on": (
        "tests/pages/server/test_safety.py::test_every_answer_carries_its_headers",
        "tests/pages/server/test_safety.py::test_the_proxy_passes_on_the_headers_that_the_server_relies_on",
    ),
    "Everybody listed may look": ("tests/pages/test_gate.py::test_a_role_does_what_it_may_and_nothing_else",),
    "Roles can be given": ("tests/pages/test_gate.py::test_a_role_has_its_documented_permissions",),
    "What each role may": (
        "tests/pages/test_gate.py::test_every_permission_is_tried",
        "tests/pages/test_gate.py::test_a_role_does_what_it_may_and_nothing_else",
        "tests/pages/subjects/test_sql_lab.py::test_viewers_are_turned_away_and_analysts_see_their_area",
        "tests/pages/meeting/test_meeting_areas.py::test_users_edit_playlists_of_areas_below_but_not_of_those_above",
        "tests/project/test_docs.py::test_generated_pages_are_up_to_date",
    ),
    "Whoever is taken out": (
        "tests/pages/test_gate.py::test_every_widget_of_an_earlier_page_does_nothing",
        "tests/pages/test_gate.py::test_a_permission_is_checked_again_at_the_time_of_writing",
    ),
    "Playlists, decisions, shows": (
        "tests/pages/meeting/test_meeting_areas.py::test_two_counties_use_one_name_and_neither_overwrites_nor_sees_the_others",
        "tests/pages/meeting/test_meeting_areas.py::test_a_show_of_another_area_is_not_there",
        "tests/pages/meeting/test_meeting_areas.py::test_decisions_of_playlists_with_one_name_do_not_mix",
        "tests/pages/meeting/test_meeting_areas.py::test_an_annotation_goes_to_no_other_area_whatever_the_address_says",
        "tests/sql/sql_lab/test_saved_queries.py::test_a_saved_query_is_a_template_for_users_who_may_see_its_area",
    ),
    "An area also sees": (
        "tests/pages/meeting/test_meeting.py::test_an_areas_own_playlists_come_first_and_those_above_after",
        "tests/sql/semantic/test_annotations.py::test_annotations_of_the_area_and_those_above_in_the_period_the_earliest_first",
        "tests/sql/sql_lab/test_saved_queries.py::test_a_saved_query_belongs_to_its_authors_area",
    ),
    "A login stands on the server": (
        "tests/pages/server/test_sessions.py::test_a_login_lasts_for_thirty_days_at_most",
        "tests/pages/server/test_sessions.py::test_a_login_ends_by_itself_and_is_dropped",
        "tests/pages/server/test_sessions.py::test_the_file_is_readable_by_its_owner_only_and_holds_no_cookie",
        "tests/pages/server/test_sessions.py::test_logging_in_again_and_again_fills_no_disk",
    ),
    "退出 ends it there": (
        "tests/pages/server/test_sessions.py::test_a_cookie_copied_before_logging_out_is_worthless_after_it",
    ),
    "`python -m pages.server.sessions": ("tests/pages/server/test_sessions.py::test_an_administrator_ends_logins",),
    "Taking somebody out": (
        "tests/pages/test_gate.py::test_every_widget_of_an_earlier_page_does_nothing",
        "tests/pages/test_gate.py::test_a_file_is_not_made_for_a_removed_user",
    ),
    "ID numbers and phones are checked": (
        "tests/etl/ingest/test_rules.py::test_an_invalid_identity_number",
        "tests/data/test_canaries.py::test_rows_with_them_are_loaded",
        "tests/data/test_canaries.py::test_no_file_of_the_warehouse_holds_one",
    ),
    "Names in rosters": (
        "tests/data/test_canaries.py::test_rows_with_them_are_loaded",
        "tests/etl/ingest/test_rules.py::test_personal_values_are_removed_or_masked",
    ),
    "Keyed digests": (
        "tests/data/test_canaries.py::test_the_key_of_the_digests_is_the_warehouses_own",
        "tests/etl/ingest/test_rules.py::test_a_repeat_that_differs_in_a_personal_column_only_is_a_conflict",
    ),
    "Attributes and results of": (
        "tests/pages/subjects/test_workforce.py::test_nothing_is_shown_of_a_handful",
        "tests/pages/subjects/test_assessment.py::test_a_community_with_too_few_assessed_shows_no_result",
        "tests/pages/subjects/test_training.py::test_scores_of_a_handful_are_hidden",
    ),
    "Rows that were sent back": (
        "tests/sql/semantic/test_scope.py::test_a_table_without_a_rule_is_empty_and_each_rule_is_known",
        "tests/pages/subjects/test_quality.py::test_a_districts_workbook_is_its_own_files_cell_by_cell",
        "tests/etl/ingest/test_rules.py::test_pay_is_not_shown_in_a_reason",
    ),
    "In files that are taken away": (
        "tests/sql/security/test_disclosure.py::test_a_count_becomes_a_multiple_of_five_that_is_right_on_average",
        "tests/sql/security/test_disclosure.py::test_another_warehouse_rounds_differently_and_the_same_one_always_alike",
        "tests/sql/security/test_disclosure.py::test_the_same_people_have_the_same_number_in_every_query",
        "tests/sql/security/test_disclosure.py::test_every_metric_of_people_is_rounded_and_its_ratio_follows_from_that",
        "tests/sql/security/test_disclosure.py::test_every_query_and_check_that_counts_people_is_rounded",
        "tests/sql/security/test_disclosure.py::test_the_office_has_exact_files_and_nobody_else",
    ),
    "Ratios are made": (
        "tests/sql/security/test_disclosure.py::test_every_metric_of_people_is_rounded_and_its_ratio_follows_from_that",
        "tests/sql/security/test_disclosure.py::test_ratios_of_a_query_follow_from_its_rounded_counts",
        "tests/pages/subjects/test_training.py::test_scores_of_a_handful_are_hidden",
    ),
    "What precision is left": (
        "tests/sql/security/test_disclosure.py::test_a_count_becomes_a_multiple_of_five_that_is_right_on_average",
        "tests/sql/security/test_disclosure.py::test_a_number_within_the_rounding_of_its_standard_has_no_verdict",
    ),
    "Lists with a row for each person": (
        "tests/sql/security/test_disclosure.py::test_a_list_of_single_people_is_for_the_office_alone",
    ),
    "All such files together": (
        "tests/sql/security/test_disclosure.py::test_no_small_count_of_people_comes_back_from_all_files_together",
    ),
    "Residents, households": (
        "tests/sql/security/test_disclosure.py::test_residents_households_and_organisations_are_not_rounded",
    ),
    "Pages, and what a browser prints": (
        "tests/etl/cli/test_cli.py::test_published_figures_through_the_command",
        "tests/pages/subjects/test_workforce.py::test_cards",
        "tests/sql/semantic/test_alerts.py::test_new_and_ended_alerts_are_posted_once",
        "tests/sql/security/test_disclosure.py::test_a_briefing_of_the_command_line_is_rounded_and_recorded",
    ),
    "Pay is told": (
        "tests/sql/security/test_pay.py::test_nothing_is_shown_for_nine_people_or_where_one_has_most",
        "tests/sql/security/test_pay.py::test_a_metric_of_pay_without_the_rule_is_refused",
    ),
    "A file of 自由查询": (
        "tests/sql/sql_lab/test_answers.py::test_an_exported_answer_is_computed_from_rounded_counts",
    ),
    "To erase somebody": (
        "tests/etl/build/test_versions.py::test_the_last_14_versions_stay",
        "tests/pages/meeting/test_meeting.py::test_a_frozen_version_outlives_builds_of_the_day",
    ),
    "To erase it there too": (
        "tests/etl/build/test_versions.py::test_a_person_removed_from_the_files_is_gone_once_old_versions_are_removed",
    ),
    "`data/audit/`": (
        "tests/pages/test_audit_pages.py::test_a_view_is_recorded_once",
        "tests/pages/test_audit_pages.py::test_every_file_is_recorded_with_its_rows_and_carries_its_serial",
        "tests/pages/server/test_door.py::test_a_file_is_served_once_and_only_to_the_login_it_was_made_for",
        "tests/pages/subjects/test_sql_lab.py::test_each_statement_is_recorded_without_its_text_values",
        "tests/pages/server/test_sessions.py::test_a_cookie_copied_before_logging_out_is_worthless_after_it",
        "tests/pages/test_audit_changes.py::test_entries_of_a_meeting_say_which_and_where_and_nothing_that_was_typed",
    ),
    "Of what a person types": (
        "tests/sql/audit/test_audit.py::test_nothing_that_a_person_typed_is_in_it",
        "tests/data/test_canaries.py::test_nothing_is_recorded_of_one_that_somebody_types",
    ),
    "Logins that an administrator ended": (
        "tests/pages/server/test_sessions.py::test_an_administrator_ends_logins",
        "tests/pages/server/test_door.py::test_refusals_are_recorded_and_a_flood_of_them_is_a_line",
    ),
    "What cannot be recorded": (
        "tests/pages/test_audit_pages.py::test_without_a_writable_log_pages_say_so_and_nothing_can_be_downloaded",
        "tests/pages/server/test_door.py::test_a_file_whose_fetch_cannot_be_recorded_is_not_served",
        "tests/pages/test_audit_changes.py::test_a_change_that_cannot_be_recorded_is_not_made",
    ),
    "Of the command line": (
        "tests/sql/security/test_disclosure.py::test_a_briefing_of_the_command_line_is_rounded_and_recorded",
        "tests/pages/server/test_sessions.py::test_an_administrator_ends_logins",
    ),
    "An export names": (
        "tests/pages/test_audit_pages.py::test_every_file_is_recorded_with_its_rows_and_carries_its_serial",
        "tests/pages/test_audit_pages.py::test_the_user_is_named_on_everything_and_downloads_nothing_once_removed",
    ),
    "`python -m etl audit verify` checks": (
        "tests/sql/audit/test_audit.py::test_tampering_is_found_at_its_location",
        "tests/sql/audit/test_audit.py::test_a_changed_or_removed_head_is_found",
        "tests/sql/audit/test_audit.py::test_moved_months_and_replaced_ends_are_found",
    ),
    "A log put back whole": (
        "tests/sql/audit/test_audit.py::test_a_log_restored_whole_is_found_by_a_hash_that_was_kept_elsewhere",
    ),
    "Nothing of the product deletes": (
        "tests/sql/audit/test_audit.py::test_a_new_month_continues_the_chain_and_a_compressed_one_is_still_read",
        "tests/sql/audit/test_audit.py::test_a_line_left_torn_by_a_killed_process_stays_and_the_next_entry_says_so",
    ),
    "Without a proxy": (
        "tests/pages/server/test_connections.py::test_a_client_that_does_not_finish_is_cut",
        "tests/pages/server/test_connections.py::test_a_client_that_does_not_read_the_answer_is_cut",
        "tests/pages/server/test_connections.py::test_one_address_has_a_share_and_others_are_answered",
        "tests/pages/server/test_connections.py::test_the_total_is_limited_and_there_is_room_again_afterwards",
    ),
    "Monitoring asks": (
        "tests/pages/server/test_door.py::test_monitoring_sees_that_it_runs_and_people_see_the_version",
        "tests/pages/server/test_door.py::test_metrics_of_the_server_are_for_administrators",
    ),
    "The warehouse can be built anew": (
        "tests/etl/build/test_versions.py::test_a_person_removed_from_the_files_is_gone_once_old_versions_are_removed",
    ),
    "Patch: `make audit`": (
        "tests/project/test_supply.py::test_what_cannot_be_asked_is_not_taken_for_safe",
        "tests/project/test_supply.py::test_the_bill_of_materials_is_whole",
    ),
    "Installation checks hashes": ("tests/project/test_supply.py::test_what_is_installed_is_pinned_with_hashes",),
}
# Sentences that explain, limit a claim, or are tasks of the operator.
OTHERS = (
    "What the product does by itself",
    "Nothing here is a certificate",
    "| is root on the server",
    "The provider of the login",
    "Metrics' SQL is read",
    "Fill in the rest",
    "Second factors",
    "Name who may see what",
    "`STREAMLIT_SERVER_ALLOWED_HOSTS",
    "TLS ends at",
    "Who is administrator",
    "What stays, a surname",
    "Files as districts sent them",
    "Lists for work",
    "What may be worked out",
    "Keep the keys",
    "Notes, decisions and queries",
    "TLS with a valid certificate",
    "Encrypt the disk",
    "Keep the audit log",
    "Every day",
    "Keep `access.toml`",
    "Tell the maintainers",
    "Do not try it",
    '"Tested" names',
    "个人信息保护法:",
    "GB/T 22239-2019",
)
