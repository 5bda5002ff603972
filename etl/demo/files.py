"""How districts keep their tables: Chinese headers and words, CSV or XLSX, sometimes with a title above."""

import csv
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

# Kept here and not taken from the loader's contract: what districts send must not follow its mistakes.
HEADERS = {
    "areas": {"area_code": "区划代码", "name": "名称", "level": "级别", "parent_code": "上级代码",
              "is_urban": "是否城镇"},
    "population": {"community_code": "社区代码", "as_of": "统计日期", "residents": "常住人口",
                   "urban_residents": "城镇常住人口", "households": "户数", "elderly": "六十岁及以上人口",
                   "children": "十四岁及以下人口", "needy_households": "困难家庭户数"},
    "grids": {"grid_code": "网格编码", "community_code": "社区代码", "grid_name": "网格名称", "grid_type": "网格性质",
              "households": "户数", "set_up_on": "设立日期", "closed_on": "撤销日期"},
    "workers": {"worker_id": "社区工作者编号", "name": "姓名", "id_number": "身份证号", "phone": "手机号",
                "gender": "性别", "birth_date": "出生日期", "education": "学历", "political_status": "政治面貌",
                "community_code": "社区代码", "post": "岗位", "grade": "岗位等级", "recruited_via": "选聘方式",
                "hire_date": "入职日期", "leave_date": "离职日期", "leave_reason": "离职原因",
                "certificate": "社会工作者职业资格", "certified_on": "取证日期", "has_pension": "养老保险",
                "has_medical": "医疗保险", "has_housing_fund": "住房公积金", "monthly_pay": "月薪",
                "public_seat": "两代表一委员", "reserve_for": "后备人选", "line_of_work": "条线分工",
                "estate_id": "下沉小区", "project": "领办服务项目"},
    "grid_duties": {"worker_id": "社区工作者编号", "grid_code": "网格编码", "duty": "网格职务", "since": "开始日期",
                    "until": "结束日期"},
    "standards": {"standard": "标准", "area_code": "区划代码", "item": "细项", "since": "生效日期",
                  "until": "失效日期", "value": "数值", "upper": "上限", "text": "条文", "source": "依据"},
}
WORDS = {
    "level": {"province": "省", "city": "市", "county": "区县", "street": "街道", "community": "社区"},
    "grid_type": {"residential": "居民网格", "business": "商圈网格", "special": "专属网格"},
    "gender": {"male": "男", "female": "女"},
    "education": {"junior_high": "初中及以下", "high_school": "高中（中专）", "college": "大专", "bachelor": "本科",
                  "postgraduate": "研究生"},
    "political_status": {"party_member": "中共党员", "probationary": "预备党员", "league_member": "共青团员",
                         "other": "群众"},
    "post": {"secretary": "社区正职（书记/主任）", "deputy": "社区副职", "worker": "一般社区工作者",
             "building_worker": "楼宇专职工作者"},
    "recruited_via": {"assigned": "机关选派", "open_recruitment": "公开招聘", "elected": "选任"},
    "certificate": {"none": "无", "assistant": "助理社会工作师", "social_worker": "社会工作师",
                    "senior": "高级社会工作师"},
    "public_seat": {"none": "无", "party_congress": "党代表", "peoples_congress": "人大代表", "cppcc": "政协委员"},
    "reserve_for": {"none": "无", "secretary": "正职", "deputy": "副职", "member": "两委成员"},
    "duty": {"leader": "网格长", "member": "网格员"},
}


def _cell(column: str, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return WORDS[column][value] if column in WORDS else value


def write_csv(path: Path, table: str, rows: list[dict], encoding: str = "utf-8-sig",
              title: str | None = None) -> None:
    """A CSV file with Chinese headers; dates as 2026-06-30; `title` is a line above the header."""
    headers = HEADERS[table]
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if title:
            writer.writerow([title] + [""] * (len(headers) - 1))
        writer.writerow(headers.values())
        writer.writerows([_cell(column, row.get(column)) for column in headers] for row in rows)


def write_xlsx(path: Path, table: str, rows: list[dict], title: str | None = None) -> None:
    """A workbook with one sheet, dates as Excel dates; `title` is a merged first row."""
    headers = HEADERS[table]
    with xlsxwriter.Workbook(path) as book:
        # The time of writing would make two equal workbooks differ.
        book.set_properties({"created": datetime(2026, 7, 1)})
        sheet = book.add_worksheet("Sheet1")
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        top = 0
        if title:
            as_title = book.add_format({"bold": True, "align": "center"})
            sheet.merge_range(0, 0, 0, len(headers) - 1, title, as_title)
            top = 1
        sheet.write_row(top, 0, headers.values(), book.add_format({"bold": True}))
        for number, row in enumerate(rows, top + 1):
            for index, column in enumerate(headers):
                value = _cell(column, row.get(column))
                if value == "":
                    continue
                if isinstance(value, date):
                    sheet.write_datetime(number, index, value, as_date)
                elif isinstance(value, str):
                    # Codes are digits: as numbers Excel would round them.
                    sheet.write_string(number, index, value)
                else:
                    sheet.write_number(number, index, value)
