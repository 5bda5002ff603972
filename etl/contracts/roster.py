"""Declares the contracts of the roster family: community workers, their duties, assessments and careers."""

import polars as pl

from etl.contracts.columns import (
    SourceSchema,
    choice,
    code,
    day,
    flag,
    integer,
    not_before,
    number,
    rule,
    score,
    table,
    text,
)
from etl.contracts.identifiers import COMMUNITY, ESTATE, GRID, WORKER

# GB 11643: the sum of the digits times these weights plus the check digit (X is 10) is 1 modulo 11.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


POSTS = "secretary 社区正职(书记/主任) | deputy 社区副职 | worker 一般社区工作者 | building_worker 楼宇专职工作者"


def _first_17_digits() -> pl.Expr:
    # Integer arithmetic on one cast costs a tenth of slicing 17 one-character strings.
    return pl.col("id_number").str.slice(0, 17).cast(pl.Int64, strict=False)


def _has_18_characters() -> pl.Expr:
    return pl.col("id_number").str.len_chars() == 18


@table("workers", family="roster", key=("worker_id", "as_of"), is_register=True)
class Workers(SourceSchema):
    """Describes the roster of community workers; with as_of, one row per person and roster date."""

    worker_id = code("社区工作者编号", identifies=True)
    as_of = day("名册日期", required=False, event=True)
    name = text("姓名", personal="mask")
    id_number = code("身份证号", required=False, personal="drop")
    phone = code("手机号", required=False, personal="drop")
    gender = choice("性别", "male 男 | female 女")
    birth_date = day("出生日期", identifies=True)
    education = choice(
        "学历", "junior_high 初中及以下 | high_school 高中(中专) | college 大专 | bachelor 本科 | postgraduate 研究生"
    )
    political_status = choice(
        "政治面貌",
        "party_member 中共党员 | probationary 预备党员 | league_member 共青团员 | other 群众",
        required=False,
    )
    community_code = code("社区代码", COMMUNITY)
    post = choice("岗位", POSTS)
    grade = integer("岗位等级", required=False, at_least=1, at_most=18)
    recruited_via = choice("选聘方式", "assigned 机关选派 | open_recruitment 公开招聘 | elected 选任", required=False)
    hire_date = day("入职日期", event=True)
    leave_date = day("离职日期", required=False)
    leave_reason = text("离职原因", required=False)
    certificate = choice(
        "社会工作者职业资格",
        "none 无 | assistant 助理社会工作师 | social_worker 社会工作师 | senior 高级社会工作师",
        required=False,
    )
    certified_on = day("取证日期", required=False, event=True)
    has_pension = flag("养老保险", required=False)
    has_medical = flag("医疗保险", required=False)
    has_housing_fund = flag("住房公积金", required=False)
    monthly_pay = number("月薪", required=False, at_least=0, personal="restrict")
    public_seat = choice(
        "两代表一委员", "none 无 | party_congress 党代表 | peoples_congress 人大代表 | cppcc 政协委员", required=False
    )
    reserve_for = choice("后备人选", "none 无 | secretary 正职 | deputy 副职 | member 两委成员", required=False)
    line_of_work = text("条线分工", required=False)
    estate_id = code("下沉小区", ESTATE, required=False)
    project = text("领办服务项目", required=False)

    @rule(
        "birth_date",
        "出生日期 {birth_date} 与入职日期 {hire_date} 之间不是 18 至 70 周岁；请改正其中之一",
        "birth_date {birth_date} and hire_date {hire_date} give an age outside 18 to 70; correct one of them",
    )
    def of_age_when_hired(cls) -> pl.Expr:
        born, hired = pl.col("birth_date").dt, pl.col("hire_date").dt
        before_birthday = hired.month().cast(pl.Int32) * 100 + hired.day() < (
            born.month().cast(pl.Int32) * 100 + born.day()
        )
        return (hired.year() - born.year() - before_birthday.cast(pl.Int32)).is_between(18, 70)

    left_after_hired = not_before("leave_date", "hire_date")

    @rule(
        "id_number",
        "身份证号 '{id_number}' 不是 18 位或校验码不对 (GB 11643)；请核对证件，单元格设为文本格式后重新填写",
        "id_number '{id_number}' does not have 18 characters with a valid check digit (GB 11643); "
        "compare it with the card and enter it again in a cell formatted as text",
    )
    def id_number_checks(cls) -> pl.Expr:
        number = _first_17_digits()
        weighted_sum = pl.sum_horizontal(
            number // 10 ** (16 - index) % 10 * weight for index, weight in enumerate(_WEIGHTS)
        )
        last = pl.col("id_number").str.slice(17)
        check = pl.when(last.is_in(["X", "x"])).then(10).otherwise(last.cast(pl.Int64, strict=False))
        agrees = ((weighted_sum + check) % 11 == 1).fill_null(False)
        return pl.col("id_number").is_null() | (_has_18_characters() & agrees)

    @rule(
        "id_number",
        "身份证号 '{id_number}' 中的出生日期与出生日期 {birth_date} 不符；请改正其中之一",
        "the birth date in id_number '{id_number}' differs from birth_date {birth_date}; correct one of them",
    )
    def id_number_agrees_with_birth_date(cls) -> pl.Expr:
        born = pl.col("birth_date").dt
        as_digits = born.year().cast(pl.Int64) * 10000 + born.month().cast(pl.Int64) * 100 + born.day()
        return ~_has_18_characters() | (_first_17_digits() // 1000 % 10**8 == as_digits)

    @rule(
        "id_number",
        "身份证号 '{id_number}' 中的性别与性别 {gender} 不符；请改正其中之一",
        "the gender in id_number '{id_number}' differs from gender {gender}; correct one of them",
    )
    def id_number_agrees_with_gender(cls) -> pl.Expr:
        is_male = _first_17_digits() % 2 == 1
        return ~_has_18_characters() | (is_male == (pl.col("gender") == "male"))


@table("grid_duties", family="roster", key=("worker_id", "grid_code", "since"), is_register=True)
class GridDuties(SourceSchema):
    """Describes which workers lead or serve in which grid, and when."""

    worker_id = code("社区工作者编号", WORKER)
    grid_code = code("网格编码", GRID)
    duty = choice("网格职务", "leader 网格长 | member 网格员", office=True)
    since = day("开始日期", event=True)
    until = day("结束日期", required=False)

    ends_after_start = not_before("until", "since")


@table("assessments", family="roster", key=("worker_id", "assess_year"))
class Assessments(SourceSchema):
    """Describes a worker's assessment in a year."""

    worker_id = code("社区工作者编号", WORKER)
    # A year outside this range is a typing error.
    assess_year = integer("考核年度", at_least=2000, at_most=2100)
    daily_score = score("平时考核得分")
    annual_score = score("年度考核得分")
    feedback_score = score("服务对象评价得分")
    result = choice("考核等次", "excellent 优秀 | competent 称职 | basic 基本称职 | incompetent 不称职")
    tier = integer("书记等级", required=False, at_least=1, at_most=3)


@table("career_events", family="roster", key=("event_id",))
class CareerEvents(SourceSchema):
    """Describes events in a worker's career: appointment, promotion, secondment, admonition, departure."""

    event_id = code("事件编号")
    worker_id = code("社区工作者编号", WORKER)
    on_date = day("日期", event=True)
    kind = choice(
        "事件类型",
        "grade_promotion 等级晋升 | secretary_appointment 新任书记 | rotation 轮岗锻炼 | shadowing 跟班实训 | "
        "secondment 借调 | secondment_end 借调归还 | civil_service 考录公务员(事业编) | "
        "section_promotion 提拔科级 | admonition 诫勉谈话 | demotion 降职 | renewal 续聘 | dismissal 解聘 | "
        "resignation 辞职 | commendation 表彰",
    )
    post_at_event = choice("时任岗位", POSTS, required=False)
    detail = text("说明", required=False)
