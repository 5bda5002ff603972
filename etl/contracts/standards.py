"""Declares the contract of the standards family: targets and lists, national or of one district, by period."""

import polars as pl

from etl.contracts import columns
from etl.contracts.columns import SourceSchema, choice, code, day, not_before, number, rule, table
from etl.contracts.identifiers import AREA


@table("standards", family="standards", key=("standard", "area_code", "item", "since", "obligation"), is_register=True)
class Standards(SourceSchema):
    """Describes a target or one line of a list, in force in an area (empty: everywhere) from a date on."""

    standard = columns.text("标准")
    area_code = code("区划代码", AREA, required=False)
    item = columns.text("细项", required=False)
    # Not an event: a standard may be announced long before it takes effect.
    since = day("生效日期")
    until = day("失效日期", required=False)
    value = number("数值", required=False)
    upper = number("上限", required=False)
    # Empty: required, and not yearly.
    obligation = choice("约束", "required 约束性 | recommended 推荐性", required=False)
    pace = choice("进度", "even 匀速 | steps 分月", required=False)
    text = columns.text("条文", required=False)
    source = columns.text("依据")

    ends_after_start = not_before("until", "since")

    @rule(
        "item",
        "分月进度的细项 {item} 应是 pace:01 到 pace:12；请改正",
        "the step of a pace {item} is not one of pace:01 … pace:12; correct it",
    )
    def step_is_a_month(cls) -> pl.Expr:
        is_step = pl.col("item").str.starts_with("pace:").fill_null(False)
        return ~is_step | pl.col("item").str.contains("^pace:(0[1-9]|1[0-2])$")
