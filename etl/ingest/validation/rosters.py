"""Rosters declared full, and one person under several numbers: what the rows of workers say beyond themselves.

A district may declare a file of workers full (`full = true` in its mapping): whoever of that district isn't listed in
it has gone. The pipeline calls, once workers are taken in,

    full, gaps = full_rosters(accepted, refused, declared, failed)
    for number, texts in notices(accepted, refused, declared).items(): ...
    workers = numbered(accepted)

with `accepted` the accepted rows of workers; `refused` a row for each that was refused, whoever refused it:
source_unit, source_row, worker_id and as_of, empty where they can't be read; `declared` the district of every unit of
workers that is declared full, by number; `failed` those of these units that could not be read, so that nothing or only
rows of the version before stand for them. `full` and `gaps` are the tables raw.full_rosters and raw.full_roster_gaps.
"""

from collections.abc import Collection

import polars as pl

BilingualText = tuple[str, str]

_GAPS = {"district": pl.String, "as_of": pl.Date, "worker_id": pl.String}
# A date with fewer rows than this part of the file's fullest one is likely a slip of the pen.
_FEW = 0.5


def full_rosters(
    accepted: pl.DataFrame, refused: pl.DataFrame, declared: dict[int, str], failed: Collection[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The dates for which each district sent a full roster (district, as_of), and who else may stand in one of them
    (district, as_of, worker_id): listed in a row that was refused or has no date, worker_id empty for anybody at all.

    Files and sheets of one district with the same date are one roster.
    """
    units = _units(declared)
    dated = accepted.join(units, on="source_unit").select("source_unit", "district", "as_of").drop_nulls().unique()
    rosters = dated.select("district", "as_of").unique().sort("district", "as_of")
    doubtful = _doubtful(accepted, refused, units)
    on_its_date = doubtful.join(rosters, on=["district", "as_of"], how="semi")
    undated = doubtful.filter(pl.col("as_of").is_null()).drop("as_of")
    by_unit = undated.join(dated.drop("district"), on="source_unit")
    # Nothing tells which date a file means that has none: any of its district's.
    by_district = undated.join(dated, on="source_unit", how="anti").join(rosters, on="district")
    unread = (
        units.filter(pl.col("source_unit").is_in(list(failed)))
        .join(dated.group_by("source_unit").agg(pl.col("as_of").max().alias("known_to")), on="source_unit", how="left")
        .join(rosters, on="district")
        .filter(pl.col("known_to").is_null() | (pl.col("as_of") > pl.col("known_to")))
        .with_columns(worker_id=pl.lit(None, dtype=pl.String))
    )
    gaps = pl.concat([frame.select(list(_GAPS)) for frame in (on_its_date, by_unit, by_district, unread)])
    return rosters, gaps.unique().sort(list(_GAPS))


def notices(accepted: pl.DataFrame, refused: pl.DataFrame, declared: dict[int, str]) -> dict[int, list[BilingualText]]:
    """What to say of the units declared full, by number: what keeps them from showing who has gone, and dates with so
    few rows that they are hardly meant."""
    units = _units(declared)
    said: dict[int, list[BilingualText]] = {}
    nameless = refused.join(units, on="source_unit").filter(pl.col("worker_id").is_null())
    for (number,), rows in nameless.sort("source_row").group_by("source_unit", maintain_order=True):
        places = [str(row) for row in rows["source_row"].unique(maintain_order=True).head(5)]
        said.setdefault(number, []).append(
            (
                f"名册声明为完整，但第 {'、'.join(places)} 行的社区工作者编号读不出来，因此不据它认定任何人离岗；"
                "请改正后重新报送",
                f"the roster is declared full, but the worker_id of row {', '.join(places)} can't be read, "
                "so nobody is taken to have gone by it; correct it and send the file again",
            )
        )
    listed = accepted.join(units, on="source_unit")
    for (number,), rows in listed.group_by("source_unit", maintain_order=True):
        undated = rows["as_of"].null_count()
        if undated:
            said.setdefault(number, []).append(
                (
                    f"名册声明为完整，但有 {undated} 行没有名册日期，无法据这些行认定谁在何时离岗；请填写名册日期",
                    f"the roster is declared full, but {undated} rows have no as_of, so they can't show who has gone "
                    "and when; enter the date",
                )
            )
        by_date = rows.drop_nulls("as_of").group_by("as_of").len().sort("as_of")
        few = by_date.filter(pl.col("len") < _FEW * pl.col("len").max())
        for day, count in few.head(5).iter_rows():
            said.setdefault(number, []).append(
                (
                    f"名册声明为完整，但日期为 {day} 的只有 {count} 行，未列出的人当日起不计在岗；"
                    "请核对这些行的名册日期",
                    f"the roster is declared full, but only {count} rows are as of {day}, "
                    "and whoever they leave out is not on post from that day on; check their as_of",
                )
            )
    return said


def number_people(workers: pl.DataFrame, column: str = "id_number") -> pl.DataFrame:
    """The workers with person_number: the same number for rows with the same text in `column` where that stands under
    several worker_ids, else empty. Counted by worker_id and date, so it tells nothing of the text."""
    several = workers.filter(pl.col(column).is_not_null()).group_by(column).agg(pl.col("worker_id").n_unique())
    people = (
        workers.select(column, "worker_id", "as_of")
        .join(several.filter(pl.col("worker_id") > 1), on=column, how="semi")
        .sort("worker_id", "as_of")
        .unique(column, keep="first", maintain_order=True)
        .with_row_index("person_number", offset=1)
        .select(column, pl.col("person_number").cast(pl.Int64))
    )
    return workers.join(people, on=column, how="left", maintain_order="left")


def _units(declared: dict[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"source_unit": list(declared), "district": list(declared.values())},
        schema={"source_unit": pl.UInt32, "district": pl.String},
    )


def _doubtful(accepted: pl.DataFrame, refused: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Rows of full rosters that name somebody, or nobody, without being an accepted row of a date."""
    columns = ["source_unit", "district", "as_of", "worker_id"]
    undated = accepted.filter(pl.col("as_of").is_null())
    return pl.concat([rows.join(units, on="source_unit").select(columns) for rows in (refused, undated)])
