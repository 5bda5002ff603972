"""Rows of the table standards that districts set for themselves."""

from datetime import date

from etl.demo.settings import Place

_OWN = {
    "621000": [("staffing_ratio", date(2021, 9, 1), 18, None, "每万名城镇常住人口社区工作者不少于18人",
                "庆阳市社区工作者配备要求（演示条文）")],
    "370705": [("staffing_ratio", date(2022, 7, 1), 18, None, "每万常住人口配备专职社区工作者不少于18人",
                "奎文区社区工作者管理办法（演示条文）")],
    "370785": [("social_orgs_per_community", date(2022, 1, 1), 12, None, "每个社区培育社区社会组织不少于12家",
                "高密市社区社会组织培育要求（演示条文）")],
    "141024": [("households_per_grid", date(2022, 1, 1), 300, 500, "城市社区网格一般300至500户",
                "洪洞县网格划分要求（演示条文）")],
}


def standards(place: Place) -> list[dict]:
    """A place's own standards, columns of the contract; the national ones are data/standards.csv."""
    return [{"standard": standard, "area_code": place.code, "since": since, "value": value, "upper": upper,
             "text": text, "source": source}
            for standard, since, value, upper, text, source in _OWN[place.code]]
