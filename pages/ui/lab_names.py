"""What the columns of the workbench's tables are called in Chinese; in English their own names say it."""
from __future__ import annotations

from pages.ui import texts, values

# Where one column has several meanings, by its table, the word that covers them.
_CHINESE = {
    "account_id": "储蓄本编号", "accounts": "储蓄本数", "active_accounts": "有收支的储蓄本数", "activities": "活动数",
    "activity_id": "活动编号", "age": "周岁", "ancestor_code": "上级及本级代码", "annual_score": "年度考核得分",
    "area_code": "区划代码", "area_m2": "面积（m²）", "area_name": "区划名称", "as_of": "统计（名册）日期", "assess_year": "考核年度",
    "attended": "参训人次", "attendee_id": "参训人员编号", "awarded_on": "授予日期", "band_highest": "等级上限",
    "band_lowest": "等级下限", "basis": "依据", "beneficiaries": "受益人次", "branch_id": "党支部编号",
    "came_to_claiming": "到达认领", "came_to_publishing": "到达发布", "capacity": "月供给量", "children": "十四岁及以下人口",
    "claim_hours": "认领用时（小时）", "claimed": "已认领", "claimed_at": "认领时间", "claimed_off_hours": "非工作时间认领",
    "clause": "条款", "close_hours": "办结用时（小时）", "closed": "已办结", "closed_at": "办结时间", "closed_on": "停用（撤销）日期",
    "closed_on_time": "按时办结", "code": "编码", "communities": "社区数", "communities_without_population": "缺人口基数的社区",
    "community_code": "社区代码", "community_score": "社区考核得分", "completed": "结业人次", "completed_hours": "结业学时",
    "counties": "区县数", "covered_by_branch": "有党支部覆盖", "daily_score": "平时考核得分", "days_ago": "距今天数",
    "decided_at": "定事时间", "deliberated": "经议事", "discussed_at": "议事时间", "distance": "相隔级数", "district": "报送地区",
    "district_name": "报送地区名称", "due_at": "办理时限", "due_on": "应报日期", "duty": "网格职务", "earned": "获得积分",
    "elderly": "六十岁及以上人口", "ended_on": "结束日期", "entry_id": "积分流水号", "estate_id": "小区编号",
    "estate_name": "小区名称", "event_id": "事件编号", "extra_columns": "多出的列", "facility_area_standard": "设施面积标准",
    "failed_in_a_row": "连续不称职年数", "falls_due": "已到时限", "feedback_score": "服务对象评价得分", "file": "文件", "files": "文件数",
    "geometry": "边界", "grid_code": "网格编码", "grid_name": "网格名称", "grids_staffed": "已配备网格", "grids_without_leader": "无网格长",
    "has_estate": "有下沉小区", "has_housing_fund": "住房公积金", "has_line_of_work": "有条线", "has_medical": "医疗保险",
    "has_pension": "养老保险", "has_project": "有项目", "header": "表头", "heads": "片长数", "holder_id": "人员编号",
    "honour_id": "荣誉编号", "hours": "时长（小时）", "households": "户数", "households_linked": "联系户数", "improved": "有提升的人次",
    "industry_score": "行业评议得分", "inspected_on": "督导检查日期", "interval_days": "报送间隔（天）", "is_completed": "是否结业",
    "is_derived": "是否推算", "is_on_post": "是否在岗", "is_reported": "是否已报", "is_resolved": "是否解决", "is_stale": "是否沿用旧数据",
    "is_urban": "是否城镇", "is_whole": "是否全部接入", "item": "细项", "item_group": "细项组", "joined_on": "加入日期",
    "last_completed_on": "最近结业日期", "last_date": "最近日期", "last_event": "最近发生日期", "last_file": "最近文件", "lat": "纬度",
    "leaders": "网格长数", "left_on": "退出日期", "loaded_at": "载入时间", "lon": "经度", "map_approval_no": "审图号", "max_lat": "最大纬度",
    "max_lon": "最大经度", "members": "成员数", "message_en": "说明（英文）", "message_zh": "说明", "min_lat": "最小纬度",
    "min_lon": "最小经度", "month_claimed": "认领月份", "month_closed": "办结月份", "month_end": "月末", "months_open": "已借调月数",
    "moved_on": "变动日期", "must_leave": "应当退出", "needy_households": "困难家庭户数", "observed_on": "观察日期", "offer": "供给",
    "on_date": "日期", "opened_on": "启用日期", "org_id": "组织编号", "org_name": "组织名称", "organisations": "组织数",
    "other_grid_code": "另一网格编码", "overdue": "逾期未结", "parent_code": "上级代码", "parent_id": "上级组织编号",
    "participants": "参与人次", "partner_beneficiaries": "合伙人受益人次", "partner_hours": "合伙人时长（小时）", "partner_name": "合伙人名称",
    "partners": "合伙人数", "pending": "待定", "period_start": "时期起始", "place_id": "阵地编号", "place_name": "阵地名称",
    "points": "积分", "points_outstanding": "未兑换积分", "post_id": "任职编号", "previous_month": "上次有收支的月份", "projects": "项目数",
    "projects_standard": "项目数标准", "property_company_id": "物业企业编号", "published": "已发布", "published_at": "发布时间",
    "raised_at": "上报时间", "rated": "有评价", "recipient_id": "获奖对象编号", "reported_by": "由谁报送", "request_id": "工单编号",
    "requests": "工单数", "resident_score": "居民评价得分", "residents": "常住人口", "resolved": "已解决",
    "resolved_with_partner": "合伙人参与并解决", "rows_duplicate": "重复行数", "rows_loaded": "载入行数", "rows_read": "读取行数",
    "rows_rejected": "退回行数", "satisfaction": "满意度", "satisfied": "满意件数", "score_after": "训后得分", "score_before": "训前得分",
    "score_gain": "得分提升", "scored": "有前后测的人次", "scored_after": "训后得分合计", "scored_before": "训前得分合计",
    "secretary_is_chair": "一肩挑", "sector": "合伙人类型", "service_area_m2": "服务设施面积（m²）", "service_id": "服务编号",
    "session_id": "培训班次编号", "set_up_on": "设立日期", "share_percent": "占比（%）", "sheet": "工作表", "shops": "商铺数",
    "since": "开始日期", "social_orgs": "社会组织数", "social_orgs_standard": "社会组织标准", "source_row": "来源行号",
    "staffing_standard": "配备标准", "staffing_workers": "计入配备的社工", "standard": "标准", "started_at": "开始时间",
    "started_on": "开始日期", "status": "状态", "still_open": "未结", "table_name": "源表", "total_score": "总分",
    "training_hours": "培训学时", "training_is_reported": "培训已报送", "university": "合作院校", "until": "结束日期", "upper": "上限",
    "urban_communities": "城镇社区数", "urban_residents": "城镇常住人口", "value": "数值", "volunteers": "志愿者数",
    "with_beneficiaries": "填了受益人次的", "with_participants": "填了参与人次的", "with_partner": "有合伙人参与", "without_zone": "不在片区",
    "worker_id": "社区工作者编号", "workers": "在岗社区工作者", "zone_id": "商铺片区编号", "zone_name": "片区名称",
}


def column(name: str) -> str:
    """What a column is called for readers."""
    if name in values.NAMES:
        return values.name(name)
    spoken = name.replace("_", " ")
    return _CHINESE.get(name, spoken) if texts.language() == "zh" else spoken
