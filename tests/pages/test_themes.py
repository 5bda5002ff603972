"""Every folder of sql/metrics is a theme with a title, and pages name themes by these titles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pages.ui.i18n import texts
from pages.ui.kit import themes
from sql.files import sql_file
from sql.files.sql_file import SQL_FOLDER
from sql.semantic.catalog import catalog
from tests.helpers.pages.screens import tables


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Returns each language in turn, with texts read in it."""
    with texts.use_language(request.param):
        yield request.param


def test_every_folder_of_metrics_is_a_theme_and_every_theme_a_folder():
    folders = sorted(folder.name for folder in (SQL_FOLDER / "metrics").iterdir() if any(folder.glob("*.sql")))
    assert set(themes.titles()) == set(folders), "title the folder in pages/ui/kit/themes.py"


def test_titles_differ_and_are_translated(language):
    titles = list(themes.titles().values())
    assert len({*titles}) == len(titles)
    assert language == "zh" or all(title.isascii() for title in titles), titles


def test_the_definitions_page_offers_every_theme_and_lists_its_metrics(app, language):
    test = app("definitions", area="621000", lang=language)
    assert list(test.button_group(key="definitions_theme").options) == list(themes.titles().values())
    listed = {row["file"].split("/")[2]: row["theme"] for row in tables(test)[0].to_dicts()}
    assert listed == themes.titles()


def test_the_map_names_each_metric_with_its_theme(app, language):
    test = app("coverage", area="621000", lang=language)
    offered = {option.split(" · ")[0] for option in test.selectbox[-1].options}
    # Not every theme has a metric with an area.
    assert offered <= {*themes.titles().values()} and len(offered) >= len(themes.titles()) - 2


def test_a_folder_of_ones_own_is_named_as_it_is():
    own = sql_file.read("metrics/heritage/trees.sql", "-- title: 古树 | Old trees\nselect 1 as value")
    assert themes.theme_of(own) == themes.title_of(own) == "heritage"
    assert themes.title_of(catalog.current_files()["metrics/points/points_earned.sql"]) == "积分"
