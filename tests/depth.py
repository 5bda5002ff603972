"""How deep the families of tests go: every kind in the quick tier, many of each in the full one."""

import os

SETTING = "LINLI_EXAMPLES"


def examples(quick: int, full: int) -> int:
    """Returns how many to try: `full` where LINLI_EXAMPLES says full, `quick` where it says quick or nothing.

    Raises ValueError for any other word.
    """
    match os.environ.get(SETTING, "quick"):
        case "quick":
            return quick
        case "full":
            return full
        case other:
            raise ValueError(f"{SETTING}={other!r}: should be quick or full")
