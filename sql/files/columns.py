"""Names the columns that mean the same in every mart."""

from __future__ import annotations

LEVELS = ("province", "city", "county", "street", "community")
AREA_DIMENSIONS = ("place", *LEVELS)
# A mart with this column has rows for areas of every level: it is read at the area itself, never summed from below.
AREA_CODE = "area_code"
TIME_DIMENSIONS = ("month", "quarter", "year")
# A query may be filtered to one partner, zone or estate, but not to one worker, post-holder or account.
IDENTIFIERS = ("partner_id", "zone_id", "estate_id")
PERSON_IDS = ("worker_id", "attendee_id", "holder_id", "recipient_id", "account_id")
# `standard` is what the value is judged by: of a yearly target, what the period should have reached. `year_standard` is
# then the whole year's. `recommended` is drawn and judges nothing.
TARGETS = ("standard", "recommended", "year_standard")
MEASURES = ("value", "numerator", "denominator", *TARGETS)
