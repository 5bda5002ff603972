-- title: 组织体系（月） | Party organisations and focal households at month end, by type
-- grain: area, month, kind, tier
-- sql_lab: no_person
-- source_table: party_orgs
-- incremental_on: months.month
with
organisations as (
    select
        kind,
        area_code,
        set_up_on as since,
        closed_on as until,
        -- The five tiers: county committee, subdistrict committee, community, branch, focal household.
        case kind
            when 'county_committee' then 1
            when 'street_committee' then 2
            when 'community_committee' then 3
            when 'branch' then 4
        end as tier,
    from staging.party_orgs
    union all
    select
        'focal_household' as kind,
        community_code as area_code,
        since,
        until,
        5 as tier,
    from staging.partner_posts
    where role = 'focal_household'
),
counted as (
    select
        months.month,
        organisations.area_code,
        organisations.kind,
        organisations.tier,
        count(*) as organisations,
    from organisations
    inner join staging.months as months
        on (organisations.since is null or organisations.since <= months.observed_on)
        and (organisations.until is null or organisations.until > months.observed_on)
    group by months.month, organisations.area_code, organisations.kind, organisations.tier
)
select
    counted.month,
    date_trunc('year', counted.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    counted.kind,
    counted.tier,
    counted.organisations,
from counted
inner join intermediate.area_paths as paths
    on counted.area_code = paths.area_code
