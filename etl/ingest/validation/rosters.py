"""Derives facts from all rows of workers: full rosters, and one person under several worker_ids.

A district may declare a file of workers full (`full = true` in its mapping): anyone of that district who isn't listed
in it has left. Once workers are ingested, the pipeline calls

    full, gaps = full_rosters(accepted, rejected_keys, declared, failed)
    for number, messages in notices(accepted, rejected_keys, declared).items(): ...
    workers = number_people(accepted)

`accepted` are the accepted rows of workers; `rejected_keys` has a row for each rejected one: source_unit, source_row,
worker_id and as_of, null if unreadable. `declared` is the district of every source of workers that is declared full, by
number; `failed` are those of these sources that could not be read, so that they have no rows or only those of the
previous version. `full` and `gaps` are the tables raw.full_rosters and raw.full_roster_gaps.
"""

from collections.abc import Collection

import polars as pl

BilingualText = tuple[str, str]

_GAPS = {"district": pl.String, "as_of": pl.Date, "worker_id": pl.String}
# A date with fewer rows than this share of the file's most frequent date is probably a typing error.
_MIN_SHARE = 0.5


def full_rosters(
    accepted: pl.DataFrame, rejected_keys: pl.DataFrame, declared: dict[int, str], failed: Collection[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the dates of each district's full rosters (district, as_of) and their gaps (district, as_of, worker_id).

    A gap is a person who may be on the roster: listed in a row that was rejected or has no date. A null worker_id
    means anybody. Files and sheets of one district with the same date are one roster.
    """
    sources = _declared_sources(declared)
    dated = accepted.join(sources, on="source_unit").select("source_unit", "district", "as_of").drop_nulls().unique()
    rosters = dated.select("district", "as_of").unique().sort("district", "as_of")
    uncertain = _rejected_or_undated(accepted, rejected_keys, sources)
    on_its_date = uncertain.join(rosters, on=["district", "as_of"], how="semi")
    undated = uncertain.filter(pl.col("as_of").is_null()).drop("as_of")
    by_source = undated.join(dated.drop("district"), on="source_unit")
    # A file without dates may belong to any date of its district.
    by_district = undated.join(dated, on="source_unit", how="anti").join(rosters, on="district")
    by_failed_source = (
        sources.filter(pl.col("source_unit").is_in(list(failed)))
        .join(dated.group_by("source_unit").agg(pl.col("as_of").max().alias("known_to")), on="source_unit", how="left")
        .join(rosters, on="district")
        .filter(pl.col("known_to").is_null() | (pl.col("as_of") > pl.col("known_to")))
        .with_columns(worker_id=pl.lit(None, dtype=pl.String))
    )
    gaps = pl.concat([frame.select(list(_GAPS)) for frame in (on_its_date, by_source, by_district, by_failed_source)])
    return rosters, gaps.unique().sort(list(_GAPS))


def notices(
    accepted: pl.DataFrame, rejected_keys: pl.DataFrame, declared: dict[int, str]
) -> dict[int, list[BilingualText]]:
    """Returns messages about the sources declared full, by number.

    They report what prevents a source from showing who has left, and dates with so few rows that they are probably
    wrong.
    """
    sources = _declared_sources(declared)
    messages: dict[int, list[BilingualText]] = {}
    nameless = rejected_keys.join(sources, on="source_unit").filter(pl.col("worker_id").is_null())
    for (number,), rows in nameless.sort("source_row").group_by("source_unit", maintain_order=True):
        row_numbers = [str(row) for row in rows["source_row"].unique(maintain_order=True).head(5)]
        messages.setdefault(number, []).append(
            (
                f"名册声明为完整，但第 {'、'.join(row_numbers)} 行的社区工作者编号读不出来，因此不据它认定任何人离岗；"
                "请改正后重新报送",
                f"the roster is declared full, but the worker_id of row {', '.join(row_numbers)} can't be read, "
                "so nobody is taken to have left because of it; correct it and send the file again",
            )
        )
    declared_rows = accepted.join(sources, on="source_unit")
    for (number,), rows in declared_rows.group_by("source_unit", maintain_order=True):
        undated = rows["as_of"].null_count()
        if undated:
            messages.setdefault(number, []).append(
                (
                    f"名册声明为完整，但有 {undated} 行没有名册日期，无法据这些行认定谁在何时离岗；请填写名册日期",
                    f"the roster is declared full, but {undated} rows have no as_of, so they can't show who has left "
                    "and when; enter the date",
                )
            )
        by_date = rows.drop_nulls("as_of").group_by("as_of").len().sort("as_of")
        few = by_date.filter(pl.col("len") < _MIN_SHARE * pl.col("len").max())
        for day, count in few.head(5).iter_rows():
            messages.setdefault(number, []).append(
                (
                    f"名册声明为完整，但日期为 {day} 的只有 {count} 行，未列出的人当日起不计在岗；"
                    "请核对这些行的名册日期",
                    f"the roster is declared full, but only {count} rows have the as_of {day}, "
                    "and anyone they omit counts as not in post from that day on; check their as_of",
                )
            )
    return messages


def number_people(workers: pl.DataFrame, column: str = "id_number") -> pl.DataFrame:
    """Adds person_number: equal for rows with the same text in `column` under several worker_ids, else null.

    Numbers follow worker_id and date, so they reveal nothing about the text.
    """
    worker_counts = workers.filter(pl.col(column).is_not_null()).group_by(column).agg(pl.col("worker_id").n_unique())
    people = (
        workers.select(column, "worker_id", "as_of")
        .join(worker_counts.filter(pl.col("worker_id") > 1), on=column, how="semi")
        .sort("worker_id", "as_of")
        .unique(column, keep="first", maintain_order=True)
        .with_row_index("person_number", offset=1)
        .select(column, pl.col("person_number").cast(pl.Int64))
    )
    return workers.join(people, on=column, how="left", maintain_order="left")


def _declared_sources(declared: dict[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"source_unit": list(declared), "district": list(declared.values())},
        schema={"source_unit": pl.UInt32, "district": pl.String},
    )


def _rejected_or_undated(accepted: pl.DataFrame, rejected_keys: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows of full rosters that are rejected or undated, whether or not they name a person."""
    columns = ["source_unit", "district", "as_of", "worker_id"]
    undated = accepted.filter(pl.col("as_of").is_null())
    return pl.concat([rows.join(sources, on="source_unit").select(columns) for rows in (rejected_keys, undated)])
