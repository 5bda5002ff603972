"""Names the values of dimensions in both languages, and orders those that have a natural order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from sql.files.sql_file import Text

T = TypeVar("T")

WORDS: dict[str, dict[str, Text]] = {
    "gender": {"male": Text("男", "Men"), "female": Text("女", "Women")},
    "education": {
        "junior_high": Text("初中及以下", "Junior high or less"),
        "high_school": Text("高中（中专）", "High school"),
        "college": Text("大专", "Junior college"),
        "bachelor": Text("本科", "Bachelor"),
        "postgraduate": Text("研究生", "Postgraduate"),
    },
    "political_status": {
        "party_member": Text("中共党员", "Party member"),
        "probationary": Text("预备党员", "Probationary member"),
        "league_member": Text("共青团员", "Youth League member"),
        "other": Text("群众", "Unaffiliated"),
    },
    "post": {
        "secretary": Text("社区正职", "Secretary"),
        "deputy": Text("社区副职", "Deputy"),
        "worker": Text("一般社区工作者", "General worker"),
        "building_worker": Text("楼宇专职工作者", "Building worker"),
    },
    "certificate": {
        "none": Text("未持证", "No certificate"),
        "assistant": Text("助理社会工作师", "Assistant social worker"),
        "social_worker": Text("社会工作师", "Social worker"),
        "senior": Text("高级社会工作师", "Senior social worker"),
    },
    "public_seat": {
        "none": Text("无", "None"),
        "party_congress": Text("党代表", "Party congress delegate"),
        "peoples_congress": Text("人大代表", "People's congress deputy"),
        "cppcc": Text("政协委员", "CPPCC member"),
    },
    "reserve_for": {
        "none": Text("无", "None"),
        "secretary": Text("正职", "Secretary"),
        "deputy": Text("副职", "Deputy"),
        "member": Text("两委成员", "Committee member"),
    },
    "recruited_via": {
        "assigned": Text("机关选派", "Assigned by government"),
        "open_recruitment": Text("公开招聘", "Open recruitment"),
        "elected": Text("选任", "Elected"),
        "online": Text("线上招募", "Online"),
        "offline": Text("线下招募", "Offline"),
    },
    "leave_reason": {
        "resignation": Text("辞职（个人原因）", "Resigned"),
        "civil_service": Text("考录公务员（事业编）", "Joined civil service"),
        "transfer": Text("调离", "Transferred"),
        "promotion": Text("提拔使用", "Promoted"),
        "retirement": Text("退休", "Retired"),
        "term_end": Text("换届离任", "End of term"),
        "dismissal": Text("解聘", "Dismissed"),
        "not_listed": Text("名册中不再出现", "No longer on the roster"),
        "other": Text("其他", "Other"),
    },
    "move": {
        "hire": Text("入职", "Joined"),
        "return": Text("重新列入名册", "Back on the roster"),
        "leave": Text("离职", "Left"),
        "join": Text("加入", "Joined"),
    },
    "result": {
        "excellent": Text("优秀", "Excellent"),
        "competent": Text("称职", "Competent"),
        "basic": Text("基本称职", "Basically competent"),
        "incompetent": Text("不称职", "Fail"),
    },
    "tier": {"1": Text("一级", "First tier"), "2": Text("二级", "Second tier"), "3": Text("三级", "Third tier")},
    "organiser_level": {
        "city": Text("市级", "City"),
        "county": Text("县区级", "County"),
        "street": Text("街道级", "Subdistrict"),
        "community": Text("社区级", "Community"),
    },
    "programme": {
        "onboarding": Text("适岗初任", "Onboarding"),
        "growth": Text("青雁成长", "Growth (young staff)"),
        "leadership": Text("头雁领航", "Leadership (secretaries)"),
        "certificate_prep": Text("证书考前", "Certificate preparation"),
        "salon": Text("治理沙龙", "Salon"),
        "secretary_class": Text("书记主任培训班", "Secretaries' course"),
        "skills_class": Text("能力素质提升班", "Skills course"),
        "field_study": Text("现场教学", "Field study"),
        "partner_training": Text("合伙人培训", "Partners' training"),
    },
    # Kinds of requests, activities, venues, organisations and events: no code has two meanings among them.
    "kind": {
        "livelihood": Text("民生问题", "Daily living"),
        "hazard": Text("安全隐患", "Safety hazard"),
        "dispute": Text("矛盾纠纷", "Dispute"),
        "whistle": Text("吹哨服务", "Call to departments"),
        "micro_wish": Text("微心愿", "Micro-wish"),
        "shop": Text("商铺诉求", "Shop request"),
        "joint_meeting": Text("联席会议事项", "Joint-meeting issue"),
        "joint_matter": Text("共建事项", "Joint matter"),
        "service": Text("服务活动", "Service activity"),
        "home_visit": Text("入户走访", "Home visit"),
        "joint_party_day": Text("联建共建", "Joint Party day"),
        "campaign": Text("专项整治", "Campaign"),
        "welfare": Text("公益活动", "Public welfare"),
        "market": Text("邻里集市", "Neighbourhood market"),
        "festival": Text("邻里文化节", "Neighbourhood festival"),
        "meeting": Text("议事协商", "Deliberation"),
        "county_committee": Text("县（市、区）委", "County committee"),
        "street_committee": Text("街道（乡镇）党（工）委", "Subdistrict committee"),
        "community_committee": Text("社区党组织", "Community Party organisation"),
        "branch": Text("小区（网格）党支部", "Estate or grid branch"),
        "building_group": Text("楼栋党小组", "Building group"),
        "industry_committee": Text("行业党委", "Industry committee"),
        "company_branch": Text("企业党组织", "Company Party organisation"),
        "focal_household": Text("党员中心户", "Focal household"),
        "service_centre": Text("党群服务中心", "Party service centre"),
        "service_station": Text("党群服务驿站", "Party service station"),
        "pavilion": Text("议事亭（广场）", "Discussion pavilion or square"),
        "rider_station": Text("骑手驿站", "Rider station"),
        "lei_feng_station": Text("雷锋益站", "Lei Feng volunteer station"),
        "teaching_point": Text("现场教学点", "Teaching point"),
        "secretary_studio": Text("书记工作室", "Secretary studio"),
        "partner_shop": Text("合伙人超市", "Partner shop (points)"),
        "grade_promotion": Text("等级晋升", "Grade promotion"),
        "secretary_appointment": Text("新任书记", "Appointed secretary"),
        "rotation": Text("轮岗锻炼", "Rotation"),
        "shadowing": Text("跟班实训", "Shadowing"),
        "secondment": Text("借调", "Secondment"),
        "secondment_end": Text("借调归还", "Back from secondment"),
        "civil_service": Text("考录公务员（事业编）", "Joined civil service"),
        "section_promotion": Text("提拔科级", "To section-chief rank"),
        "admonition": Text("诫勉谈话", "Admonition"),
        "demotion": Text("降职", "Demotion"),
        "renewal": Text("续聘", "Renewal"),
        "dismissal": Text("解聘", "Dismissal"),
        "resignation": Text("辞职", "Resignation"),
        "commendation": Text("表彰", "Commendation"),
        "earn": Text("获得", "Earned"),
        "redeem": Text("兑换", "Redeemed"),
    },
    "category": {
        "education": Text("教育", "Education"),
        "culture": Text("文化", "Culture"),
        "medical": Text("医疗", "Medical"),
        "elderly_care": Text("养老", "Elderly care"),
        "property": Text("物业", "Property"),
        "environment": Text("环境卫生", "Environment"),
        "safety": Text("安全", "Safety"),
        "parking": Text("停车", "Parking"),
        "employment": Text("就业", "Employment"),
        "other": Text("其他", "Other"),
    },
    "source": {
        "grid_visit": Text("网格走访", "Grid visit"),
        "wish_wall": Text("微心愿墙", "Wish wall"),
        "consultation": Text("议事协商", "Consultation"),
        "wechat": Text("微信群", "WeChat"),
        "shop_alliance": Text("商铺联盟", "Shop alliance"),
        "hotline": Text("热线", "Hotline"),
        "joint_meeting": Text("联席会议", "Joint meeting"),
    },
    "focus_group": {
        "elderly": Text("老", "Elderly"),
        "child": Text("小", "Children"),
        "needy": Text("困", "In need"),
        "none": Text("其他", "Others"),
    },
    "organiser": {
        "worker": Text("社区工作者", "Workers"),
        "partner": Text("合伙人", "Partners"),
        "worker_and_partner": Text("社工与合伙人", "Workers with partners"),
        "not_given": Text("未填写", "Not given"),
    },
    "partner_sector": {
        "government": Text("机关单位", "Public bodies"),
        "market": Text("市场主体", "Businesses"),
        "society": Text("社会力量", "Social groups"),
        "resident": Text("居民群众", "Residents"),
    },
    "partner_kind": {
        "reporting_unit": Text("双报到单位", "Reporting unit"),
        "department": Text("职能部门", "Department"),
        "property_company": Text("物业企业", "Property company"),
        "shop": Text("商铺", "Shop"),
        "delivery_company": Text("快递外卖企业", "Delivery company"),
        "enterprise": Text("企业", "Enterprise"),
        "social_org": Text("社区社会组织", "Social organisation"),
        "social_org_federation": Text("社会组织联合会", "Social-org federation"),
        "association": Text("行业协会", "Association"),
        "talent_studio": Text("人才工作室", "Talent studio"),
        "volunteer_team": Text("志愿服务队", "Volunteer team"),
        "university": Text("院校", "University"),
    },
    "registered_at": {
        "city": Text("市级直接联系", "Registered at city level"),
        "county": Text("县级直接联系", "Registered at county level"),
        "street": Text("街道直接联系", "Registered at subdistrict level"),
        "community": Text("社区", "Registered with a community"),
    },
    "admitted_by": {
        "community": Text("社区党组织", "Community Party organisation"),
        "residents": Text("居民代表", "Residents' representatives"),
        "members": Text("党员代表", "Party members' representatives"),
        "joint": Text("联合审核", "Joint review"),
    },
    "role": {
        "reporting_member": Text("报到党员", "Reporting member"),
        "building_leader": Text("楼栋长", "Building leader"),
        "unit_leader": Text("单元长", "Unit leader"),
        "focal_household": Text("党员中心户", "Focal household"),
        "part_time_member": Text("兼职委员", "Part-time committee member"),
        "zone_head": Text("片区长", "Zone head"),
        "shop_volunteer": Text("联铺志愿者", "Shop volunteer"),
        "steward": Text("德邻管家", "Steward"),
        "mediator": Text("调解员", "Mediator"),
        "delivery_patrol": Text("社区巡查员", "Rider on patrol"),
        "linked_leader": Text("联系领导", "Linked leader"),
        "linked_department_member": Text("联网格干部", "Linked official"),
        "veteran": Text("三老人员", "Respected elder"),
    },
    "management": {
        "company": Text("物业管理", "Property company"),
        "old_with_new": Text("以新托旧", "Under a newer estate's manager"),
        "self": Text("居民自管", "Self-managed"),
        "none": Text("无", "None"),
    },
    "committee": {
        "owners_committee": Text("业委会", "Owners' committee"),
        "management_committee": Text("物管会", "Management committee"),
        "none": Text("无", "None"),
    },
    "honour": {
        "model_shop": Text("文明示范商户", "Model shop"),
        "outstanding_volunteer": Text("优秀志愿者", "Outstanding volunteer"),
        "outstanding_partner": Text("优秀幸福合伙人", "Outstanding partner"),
        "star_shop": Text("星级服务商户", "Star shop"),
        "home_star": Text("幸福家园之星", "Home star"),
    },
    "grid_type": {
        "residential": Text("居民网格", "Residential"),
        "business": Text("商圈网格", "Business"),
        "special": Text("专属网格", "Special"),
    },
    "curve": {"claim": Text("认领", "claimed"), "close": Text("办结", "closed")},
    # Steps of all requests, of 高密's six-step deliberation, and of a whistle.
    "step": {
        "wish_raised": Text("许愿", "Raised"),
        "wish_published": Text("上墙", "Posted"),
        "wish_claimed": Text("认领", "Claimed"),
        "wish_granted": Text("完成", "Granted"),
        "raised": Text("上报", "Raised"),
        "published": Text("发布或直接受理", "Published or accepted"),
        "claimed": Text("认领", "Claimed"),
        "closed": Text("办结", "Closed"),
        "rated": Text("评价", "Rated"),
        "satisfied": Text("满意", "Rated 4 or 5"),
        "proposed": Text("提", "Put forward"),
        "heard": Text("听", "Heard"),
        "discussed": Text("议", "Discussed"),
        "decided": Text("定", "Decided"),
        "done": Text("办", "Done"),
        "judged": Text("评", "Reviewed"),
        "whistle": Text("吹哨", "Called"),
        "in_time": Text("按时办结", "Closed on time"),
    },
    "weekday": {
        "1": Text("周一", "Mon"),
        "2": Text("周二", "Tue"),
        "3": Text("周三", "Wed"),
        "4": Text("周四", "Thu"),
        "5": Text("周五", "Fri"),
        "6": Text("周六", "Sat"),
        "7": Text("周日", "Sun"),
    },
    "level": {
        "province": Text("省", "Province"),
        "city": Text("市", "City"),
        "county": Text("区县", "County"),
        "street": Text("街道", "Subdistrict"),
        "community": Text("社区", "Community"),
    },
}
# The most serious measure after a fail; the target group of a training programme; what a session taught.
WORDS["followed_by"] = {
    "dismissal": Text("解聘", "Dismissed"),
    "demotion": Text("降职", "Demoted"),
    "admonition": Text("诫勉谈话", "Admonished"),
    "left": Text("自行离岗、退休", "Left voluntarily or retired"),
    "nothing": Text("在岗，无处理记录", "In post, no action"),
}
WORDS["for_whom"] = {
    "hired_within_a_year": Text("入职一年内", "hired within a year"),
    "everyone": Text("全体在岗", "everyone in post"),
    "uncertified": Text("未持证", "without a certificate"),
    "reserves": Text("后备人选", "reserves"),
    "secretaries_and_deputies": Text("社区正职、副职", "secretaries and deputies"),
    "secretaries": Text("社区正职", "secretaries"),
    "open_to_all": Text("自愿参加", "open to all"),
}
WORDS["post_at_event"] = WORDS["post"]
WORDS["offer_kind"] = {"course": Text("课程", "Course"), "topic": Text("专题", "Topic")}
# Who handles a request: a kind of partner, a worker, nobody yet, or somebody not named.
WORDS["responder"] = WORDS["partner_kind"] | {
    "worker": Text("社区工作者", "Community worker"),
    "nobody": Text("尚无人认领", "Not claimed yet"),
    "unnamed": Text("未填写", "Not stated"),
}
# Values of cells that were left empty: WORDS has 未填写 for them.
_NOT_FILLED = (None, "not_given", "unnamed")
NAMES: dict[str, Text] = {
    "gender": Text("性别", "Gender"),
    "education": Text("学历", "Education"),
    "political_status": Text("政治面貌", "Political status"),
    "post": Text("岗位", "Post"),
    "grade": Text("等级", "Grade"),
    "age_group": Text("年龄", "Age"),
    "certificate": Text("职业资格", "Certificate"),
    "public_seat": Text("两代表一委员", "Public seat"),
    "reserve_for": Text("后备人选", "Reserve for"),
    "recruited_via": Text("选聘（招募）方式", "Recruited via"),
    "move": Text("变动", "Change"),
    "leave_reason": Text("离职原因", "Reason for leaving"),
    "worker_joiners": Text("入职", "Joined"),
    "worker_leavers": Text("离职", "Left"),
    "result": Text("考核等次", "Rating"),
    "tier": Text("等级", "Tier"),
    "organiser_level": Text("举办层级", "Host level"),
    "programme": Text("培训项目", "Programme"),
    "course": Text("课程", "Course"),
    "topic": Text("专题", "Topic"),
    "kind": Text("类型", "Type"),
    "category": Text("服务类别", "Category"),
    "source": Text("来源渠道", "Source"),
    "focus_group": Text("服务对象", "Group served"),
    "partner_sector": Text("合伙人类型", "Partner sector"),
    "partner_kind": Text("合伙人细类", "Partner type"),
    "registered_at": Text("登记在哪一级", "Registered at"),
    "exit_reason": Text("退出原因", "Reason for leaving"),
    "is_quiet": Text("是否沉寂", "Inactive"),
    "organiser": Text("组织者", "Organiser"),
    "admitted_by": Text("准入审核", "Admitted by"),
    "has_party_org": Text("党组织", "Party organisation"),
    "role": Text("角色", "Role"),
    "management": Text("管理方式", "Management"),
    "committee": Text("业主组织", "Committee"),
    "honour": Text("荣誉称号", "Honour"),
    "grid_type": Text("网格性质", "Grid type"),
    "weekday": Text("星期", "Weekday"),
    "hour": Text("时刻", "Hour"),
    "day": Text("日期", "Day"),
    "reason": Text("事由", "Reason"),
    "title": Text("名称", "Name"),
    "level": Text("级别", "Level"),
    "partner_id": Text("合伙人", "Partner"),
    "month": Text("月份", "Month"),
    "quarter": Text("季度", "Quarter"),
    "year": Text("年份", "Year"),
    "curve": Text("曲线", "Curve"),
    "responder": Text("承办人", "Handled by"),
    "step": Text("环节", "Step"),
    "place": Text("地区", "Area"),
    "province": Text("省", "Province"),
    "city": Text("市", "City"),
    "county": Text("区县", "County"),
    "street": Text("街道乡镇", "Subdistrict"),
    "community": Text("社区", "Community"),
    "grid": Text("网格", "Grid"),
    "followed_by": Text("其后的处理", "What followed"),
    "for_whom": Text("面向", "Target group"),
    "offer_kind": Text("类别", "Type"),
    "attendee_kind": Text("人员", "Attendee"),
    "post_at_event": Text("时任岗位", "Post at the time"),
    "detail": Text("说明", "Detail"),
}
# Dimensions in a natural order instead of by size.
ORDERED_DIMENSIONS = {
    "age_group",
    "education",
    "grade",
    "post",
    "post_at_event",
    "result",
    "followed_by",
    "tier",
    "organiser_level",
    "weekday",
    "hour",
    "day",
    "month",
    "quarter",
    "year",
    "step",
}
# English words for these follow "are": 94% are registered with a community.
PREDICATES = {"registered_at"}
# Attributes of persons: never shown for too few people.
PERSONAL_DIMENSIONS = {
    "gender",
    "education",
    "political_status",
    "certificate",
    "age_group",
    "grade",
    "result",
    "tier",
    "public_seat",
    "followed_by",
}


def is_filled(value: object) -> bool:
    """Returns false for a value that nobody has filled in: a page lists it as 未填写, and no title names it."""
    return value not in _NOT_FILLED


def word(dimension: str, value: object) -> str:
    """Returns a dimension's value for readers; 未填写 where it is empty, the value itself where it has no word."""
    if value is None:
        return _("未填写")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    word_text = WORDS.get(dimension, {}).get(str(value))
    if word_text:
        return texts.of(word_text)
    return str(value).replace("-", "–") if dimension == "age_group" else str(value)


def word_within(dimension: str, value: object) -> str:
    """Returns the word as it stands within a sentence: in English with a small letter."""
    text = word(dimension, value)
    return text if texts.language() == "zh" else text[:1].lower() + text[1:]


def name(dimension: str) -> str:
    """Returns a dimension's own name for readers."""
    words = NAMES.get(dimension)
    return texts.of(words) if words else dimension


def fill_gaps(dimension: str, values: list[str]) -> list[str]:
    """Returns hours including those between them without any event; other dimensions unchanged."""
    if dimension != "hour" or not values:
        return values
    return [f"{hour:02d}" for hour in range(int(min(values)), int(max(values)) + 1)]


def sort_values(dimension: str, values: Iterable[T]) -> list[T]:
    """Returns values in the dimension's natural order, which is that of its words above; else sorted. Empty values are
    last."""
    index_by_value = {value: index for index, value in enumerate(WORDS.get(dimension, {}))}
    return sorted(
        values, key=lambda value: (value is None, index_by_value.get(str(value), len(index_by_value)), str(value))
    )
