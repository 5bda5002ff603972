-- title: 活动 | Activities
-- grain: activity
-- people: participants, beneficiaries, partner_beneficiaries
-- sql_lab: no_person
-- source_table: activities
-- incremental_on: activities.started_at, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', activities.started_at)::date as month,
    date_trunc('year', activities.started_at)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    activities.activity_id,
    activities.started_at,
    strftime(activities.started_at, '%Y-%m-%d') as day,
    activities.kind,
    activities.title,
    activities.grid_code as grid,
    case
        when activities.worker_id is not null and activities.partner_id is not null then 'worker_and_partner'
        when activities.worker_id is not null then 'worker'
        when activities.partner_id is not null then 'partner'
        else 'not_given'
    end as organiser,
    activities.partner_id,
    partners.kind as partner_kind,
    partners.sector as partner_sector,
    activities.participants,
    activities.beneficiaries,
    activities.hours,
    -- Columns summed by the monthly and daily marts.
    1 as activities,
    case when activities.participants is not null then 1 else 0 end as with_participants,
    case when activities.beneficiaries is not null then 1 else 0 end as with_beneficiaries,
    case when activities.partner_id is not null then 1 else 0 end as with_partner,
    case when activities.partner_id is not null then activities.beneficiaries end as partner_beneficiaries,
    case when activities.partner_id is not null then activities.hours end as partner_hours,
from staging.activities as activities
cross join data_date
left join staging.partners as partners
    on activities.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on activities.area_code = paths.area_code
where activities.started_at < data_date.observed_on + interval 1 day
