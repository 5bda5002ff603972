-- title: 退出的合伙人 | Former partners
-- grain: partner
-- note: 期内退出，最近的在前 | Left in the period, latest first
select
    partner_moves.partner_id,
    partners.partner_name,
    partner_moves.partner_sector,
    partner_moves.partner_kind,
    paths.area_name,
    partners.joined_on,
    partner_moves.moved_on as left_on,
    partner_moves.exit_reason,
from partner_moves
inner join staging.partners as partners
    on partner_moves.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
where partner_moves.move = 'leave'
order by partner_moves.moved_on desc, partner_moves.partner_id
