-- The town's rules of access: written from the settings.

-- name: access_keep
-- Of the rule and the settings what is stricter; true when the rule asks for more than the settings.
SELECT access_rules_keep($1, $2::int, $3::time, $4::time, $5::boolean)
