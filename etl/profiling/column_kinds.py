"""Guesses the kind of values in a column of text cells from their form."""

import polars as pl

from etl.ingest.values.types import FALSE_WORDS, TRUE_WORDS

# The share of cells that must match; the others are taken for typing errors.
_MIN_SHARE = 0.9
_KINDS = {
    "identity_number": r"^\d{17}[\dXx]$",
    "phone": r"^1[3-9]\d{9}$",
    "percent": r"^[+-]?\d+(\.\d+)?\s*[%％]$",
    "date": r"^(\d{4}(-|/|\.|年)\d{1,2}(-|/|\.|月)\d{1,2}日?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})( 0?0:00(:00)?)?$",
    "date_time": r"^(\d{4}(-|/|\.|年)\d{1,2}(-|/|\.|月)\d{1,2}日?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})[ T]+\d{1,2}[:时].*$",
    "code": r"^(0\d+|\d{9,}|[A-Za-z]+[-_]?\d+)$",
    "whole": r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0+)?$",
    "number": r"^[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?([百千万亿]|百万)?$",
}
KIND_NAMES = {
    "identity_number": "身份证号 | identity number",
    "phone": "电话 | phone",
    "percent": "百分比 | percent",
    "date": "日期 | date",
    "date_time": "日期和时间 | date and time",
    "code": "编号 | code",
    "whole": "整数 | whole number",
    "number": "数 | number",
    "yes_no": "是否 | yes or no",
    "text": "文字 | text",
    "empty": "空 | empty",
}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


def kind_of(values: pl.Series) -> str:
    """Returns the kind of a column's filled cells, a key of `KIND_NAMES`."""
    if values.is_empty():
        return "empty"
    if set(values.unique().str.to_lowercase()) <= {*TRUE_WORDS, *FALSE_WORDS} - {"0", "1"}:
        return "yes_no"
    for kind, pattern in _KINDS.items():
        if _share(values.str.contains(pattern)) >= _MIN_SHARE:
            return kind
    return "text"


def _share(matches: pl.Series) -> float:
    """Returns the share of true values in a boolean column without nulls."""
    return float(matches.sum()) / matches.len()


def looks_like_names(values: pl.Series) -> bool:
    """Returns whether the cells are mostly distinct texts of two to four Chinese characters starting with a surname."""
    if values.is_empty() or values.n_unique() <= len(values) / 2:
        return False
    return _share(values.str.contains(rf"^[{_SURNAMES}]\p{{Han}}{{1,3}}$")) >= 0.7


def date_order(values: pl.Series) -> tuple[str, bool] | None:
    """Returns the order of dates with the year last, and whether it is unambiguous; None if the year comes first."""
    parts = (
        values.str.extract_groups(r"^(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}").struct.unnest().cast(pl.Int64, strict=False)
    )
    first, second = (parts.to_series(index).drop_nulls() for index in (0, 1))
    if len(first) < len(values) / 2 or first.is_empty():
        return None
    if (first > 12).any():
        return "day/month/year", not (second > 12).any()
    is_sure = (second > 12).any() or values.str.contains(r"(?i)[ap]\.?m\.?$").any()
    return "month/day/year", bool(is_sure)
