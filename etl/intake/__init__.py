"""From a folder of what districts send to accepted rows, a list of files and a rejection list."""

from etl.intake.errors import SourceError
from etl.intake.pipeline import Intake, take_in

__all__ = ["Intake", "SourceError", "take_in"]
