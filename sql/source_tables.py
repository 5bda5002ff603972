"""Names the tables that districts send, in both languages: for contracts, file names, pages, alerts and the demo."""

from __future__ import annotations

from sql.files.sql_file import Text

# In the order in which pages list them. The Chinese name is also that of the file.
SOURCE_TABLES = {
    "areas": Text("行政区划", "areas"),
    "population": Text("人口", "population"),
    "grids": Text("网格", "grids"),
    "shapes": Text("边界", "boundaries"),
    "workers": Text("社区工作者", "community workers"),
    "grid_duties": Text("网格任职", "grid duties"),
    "standards": Text("标准", "standards"),
    "estates": Text("小区", "estates"),
    "party_orgs": Text("党组织", "party organisations"),
    "places": Text("阵地", "venues"),
    "assessments": Text("考核", "assessments"),
    "career_events": Text("履历事件", "career events"),
    "training_sessions": Text("培训班次", "training sessions"),
    "training_attendance": Text("参训记录", "training attendance"),
    "activities": Text("活动", "activities"),
    "requests": Text("工单", "requests"),
    "points": Text("积分", "points"),
    "partners": Text("合伙人", "partners"),
    "partner_posts": Text("合伙人任职", "partner posts"),
    "shop_zones": Text("商铺片区", "shop zones"),
    "partner_services": Text("供给清单", "services offered"),
    "partner_ratings": Text("合伙人评价", "partner ratings"),
    "honours": Text("荣誉", "honours"),
}
