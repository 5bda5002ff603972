"""Declares the contracts of the training family: training sessions and attendance."""

from etl.contracts.columns import SourceSchema, choice, code, day, flag, not_before, number, score, table, text
from etl.contracts.identifiers import AREA, PARTNER, TRAINING_SESSION, VENUE, WORKER


@table("training_sessions", family="training", key=("session_id",))
class TrainingSessions(SourceSchema):
    """Describes training sessions, each one run of a course."""

    session_id = code("培训班次编号")
    title = text("培训名称")
    organiser_level = choice("举办层级", "city 市级 | county 县区级 | street 街道级 | community 社区级")
    area_code = code("举办地区代码", AREA)
    programme = choice(
        "培训项目",
        "secretary_class 书记主任培训班 | skills_class 能力素质提升班 | onboarding 适岗初任 | growth 青雁成长 | "
        "leadership 头雁领航 | certificate_prep 证书考前 | salon 治理沙龙 | field_study 现场教学 | "
        "partner_training 合伙人培训",
    )
    course = text("课程类别", required=False)
    topic = text("专题类别", required=False)
    university = text("合作院校", required=False)
    place_id = code("教学点编号", VENUE, required=False)
    started_on = day("开始日期", event=True)
    ended_on = day("结束日期", required=False)
    hours = number("学时", required=False, more_than=0)

    ends_after_start = not_before("ended_on", "started_on")


@table("training_attendance", family="training", key=("session_id", "attendee_id"))
class TrainingAttendance(SourceSchema):
    """Describes attendance at training sessions: completion, and test scores before and after."""

    session_id = code("培训班次编号", TRAINING_SESSION)
    attendee_id = code("参训人员编号", WORKER, PARTNER)
    is_completed = flag("是否结业")
    score_before = score("训前得分", required=False)
    score_after = score("训后得分", required=False)
