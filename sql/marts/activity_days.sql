-- title: 活动（日） | Activities by day
-- grain: area, day, kind
-- people: participants, beneficiaries, partner_beneficiaries
-- sql_lab: no_person
-- source_table: activities
-- incremental_on: activities.month
with
added_up as (
    select
        coalesce(community, street, county, city, province) as area_code,
        month,
        day,
        kind,
        sum(activities)::bigint as activities,
        sum(participants)::bigint as participants,
        sum(with_participants)::bigint as with_participants,
        sum(beneficiaries)::bigint as beneficiaries,
        sum(with_beneficiaries)::bigint as with_beneficiaries,
        -- Sums integers so that the result does not depend on row order.
        sum(round(1e6 * hours)::bigint) / 1e6 as hours,
        sum(with_partner)::bigint as with_partner,
        sum(partner_beneficiaries)::bigint as partner_beneficiaries,
        sum(round(1e6 * partner_hours)::bigint) / 1e6 as partner_hours,
    from activities
    group by
        coalesce(community, street, county, city, province),
        month,
        day,
        kind
)
select
    added_up.month,
    date_trunc('year', added_up.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    added_up.day,
    added_up.kind,
    added_up.activities,
    added_up.participants,
    added_up.with_participants,
    added_up.beneficiaries,
    added_up.with_beneficiaries,
    added_up.hours,
    added_up.with_partner,
    added_up.partner_beneficiaries,
    added_up.partner_hours,
from added_up
inner join intermediate.area_paths as paths
    on added_up.area_code = paths.area_code
