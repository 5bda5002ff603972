-- title: 合伙人档案 | Partner profile
-- grain: partner
-- people: members
-- note: 期末之前加入的合伙人 | Partners that joined by the end of the period
select
    partner_moves.partner_id,
    partners.partner_name,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    paths.area_name,
    paths.level as registered_at,
    partners.has_party_org,
    partners.members,
    partners.recruited_via,
    partners.admitted_by,
    partners.joined_on,
    departures.moved_on as left_on,
    departures.exit_reason,
from partner_moves
inner join staging.partners as partners
    on partner_moves.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
left join partner_moves as departures
    on partner_moves.partner_id = departures.partner_id
    and departures.move = 'leave'
where partner_moves.move = 'join'
order by partner_moves.partner_id
