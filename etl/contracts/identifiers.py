"""Defines the references that contracts make to identifiers of other tables."""

from etl.contracts.columns import Reference

AREA = Reference("areas", "area_code")
COMMUNITY = Reference("areas", "area_code", where=("level", ("community",)))
# Rows that concern more than one community are registered at their street or county.
UP_TO_COUNTY = Reference("areas", "area_code", where=("level", ("county", "street", "community")))
GRID = Reference("grids", "grid_code")
ESTATE = Reference("estates", "estate_id")
PARTY_ORG = Reference("party_orgs", "org_id")
BRANCH = Reference("party_orgs", "org_id", where=("kind", ("branch",)))
VENUE = Reference("places", "place_id")
WORKER = Reference("workers", "worker_id")
TRAINING_SESSION = Reference("training_sessions", "session_id")
PARTNER = Reference("partners", "partner_id")
POST_HOLDER = Reference("partner_posts", "holder_id")
SHOP_ZONE = Reference("shop_zones", "zone_id")
