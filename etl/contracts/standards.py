"""Declares the contract of the standards family: targets and lists, national or of one district, by period."""

from etl.contracts import columns
from etl.contracts.columns import SourceSchema, code, day, not_before, number, table
from etl.contracts.identifiers import AREA


@table("standards", family="standards", key=("standard", "area_code", "item", "since"), is_register=True)
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
    text = columns.text("条文", required=False)
    source = columns.text("依据")

    ends_after_start = not_before("until", "since")
