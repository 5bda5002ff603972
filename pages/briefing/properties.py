"""Fills in the properties of slides and documents: title, subject, and the user who exported them."""

from __future__ import annotations

from docx.opc.coreprops import CoreProperties as DocumentProperties
from pptx.parts.coreprops import CorePropertiesPart as SlidesProperties

from pages.briefing.section import Briefing
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _

# The maximum length of a property.
_MAX_LENGTH = 255


def describe(properties: DocumentProperties | SlidesProperties, briefing: Briefing) -> None:
    """Fills in the properties of a briefing's file."""
    properties.title = briefing.title[:_MAX_LENGTH]
    properties.subject = f"{briefing.area} {briefing.period}"[:_MAX_LENGTH]
    properties.author = _("邻里看板")
    if stamp := briefing.stamp:
        properties.last_modified_by = stamp.user[:_MAX_LENGTH]
        properties.identifier = stamp.serial
        properties.comments = texts.of(stamp.caption)[:_MAX_LENGTH]
        properties.created = stamp.exported_at
