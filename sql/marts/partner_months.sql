-- title: 合伙人（月） | Partners at month end, by type
-- grain: area, month, partner_sector, partner_kind, recruited_via, admitted_by, has_party_org, is_quiet
-- people: members
-- sql_lab: no_person
-- source_table: partners
-- incremental_on: partner_contributions.month onward, partner_ratings.month onward, standards_in_force.month, months.month
with
-- Months in which a partner was active; joining counts, so a new partner is not inactive in its first six months.
heard_of as (
    select partner_id, month
    from partner_contributions
    union
    select partner_id, month
    from partner_ratings
    union
    select partner_id, date_trunc('month', joined_on)::date as month
    from staging.partners
),
heard_of_lately as (
    select distinct
        heard_of.partner_id,
        months.month,
    from heard_of
    inner join staging.months as months
        on months.month >= heard_of.month
        and months.month < heard_of.month + interval 6 month
),
reported as (
    select distinct district
    from intermediate.tables_reported
    where table_name in ('requests', 'activities', 'partner_ratings')
),
present as (
    select
        months.month,
        partners.partner_id,
        partners.area_code,
        partners.sector,
        partners.kind,
        partners.recruited_via,
        partners.admitted_by,
        partners.has_party_org,
        partners.members,
    from staging.partners as partners
    inner join staging.months as months
        on partners.joined_on <= months.observed_on
        and (partners.left_on is null or partners.left_on > months.observed_on)
),
located as (
    select
        present.*,
        paths.province,
        paths.city,
        paths.county,
        paths.street,
        paths.community,
        paths.place,
        paths.level as registered_at,
        -- Null, not true, where the district sent no partner activity.
        case
            when heard_of_lately.partner_id is not null then false
            when reported.district is not null then true
        end as is_quiet,
        required.value as party_org_standard,
        recommended.value as party_org_recommended,
    from present
    inner join intermediate.area_paths as paths
        on present.area_code = paths.area_code
    left join heard_of_lately
        on present.partner_id = heard_of_lately.partner_id
        and present.month = heard_of_lately.month
    left join reported
        on paths.district = reported.district
    left join intermediate.standards_in_force as required
        on present.area_code = required.area_code
        and present.month = required.month
        and required.standard = 'property_party_coverage'
        and required.obligation = 'required'
    left join intermediate.standards_in_force as recommended
        on present.area_code = recommended.area_code
        and present.month = recommended.month
        and recommended.standard = 'property_party_coverage'
        and recommended.obligation = 'recommended'
)
select
    month,
    date_trunc('year', month)::date as period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    registered_at,
    sector as partner_sector,
    kind as partner_kind,
    recruited_via,
    admitted_by,
    has_party_org,
    is_quiet,
    count(*) as partners,
    sum(coalesce(members, 0))::bigint as members,
    -- The same for all of an area's property companies.
    max(party_org_standard) as party_org_standard,
    max(party_org_recommended) as party_org_recommended,
from located
group by
    month,
    province,
    city,
    county,
    street,
    community,
    place,
    registered_at,
    sector,
    kind,
    recruited_via,
    admitted_by,
    has_party_org,
    is_quiet
