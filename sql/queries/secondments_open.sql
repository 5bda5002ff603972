-- title: 借调在外的人 | Staff on secondment
-- grain: secondment
-- people: rows
-- note: 期末尚无归还、再借调或离职记录；只写到街道 | No return, further secondment or departure on record at the end of the period; shown by subdistrict only
with
period_end as (
    select max(month) as month
    from community_months
)
select
    counties.area_name as county_name,
    streets.area_name as street_name,
    secondment_months.post,
    secondment_months.detail,
    secondment_months.since,
    secondment_months.months_open,
from secondment_months
inner join period_end
    on secondment_months.month = period_end.month
left join intermediate.area_paths as counties
    on secondment_months.county = counties.area_code
left join intermediate.area_paths as streets
    on secondment_months.street = streets.area_code
order by secondment_months.months_open desc, secondment_months.since, street_name, secondment_months.worker_id
