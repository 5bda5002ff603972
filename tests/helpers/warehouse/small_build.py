"""Copies a part of sql/ that builds in a fraction of a second: the models for people, grids, requests and activities."""

import shutil
from pathlib import Path

from sql.files.sql_file import SQL_FOLDER

MODELS = {
    "staging": (
        "activities",
        "areas",
        "assessments",
        "files",
        "full_roster_gaps",
        "full_rosters",
        "grid_duties",
        "grids",
        "months",
        "partners",
        "population",
        "requests",
        "standards",
        "training_attendance",
        "training_sessions",
        "workers",
    ),
    "intermediate": (
        "area_ancestors",
        "area_paths",
        "paces_in_force",
        "reports",
        "roster_periods",
        "standard_items_in_force",
        "standards_in_force",
        "tables_reported",
    ),
    "marts": (
        "activities",
        "activity_months",
        "grid_months",
        "request_months",
        "request_topic_months",
        "requests",
        "worker_months",
        "worker_moves",
    ),
}


def copy_models(folder: Path) -> Path:
    """Copies these models into a folder and returns it."""
    for kind, names in MODELS.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(SQL_FOLDER / kind / f"{name}.sql", folder / kind / f"{name}.sql")
    return folder
