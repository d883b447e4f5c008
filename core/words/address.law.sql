-- Addresses as staff see them.

-- An address as staff see it: enough to recognise a kind of fault, or an address one was asked for, not
-- to read a list of residents.
CREATE FUNCTION mask_address(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(address, '@') > 0 THEN regexp_replace(address, '^(.).*@', '\1***@')
        ELSE regexp_replace(address, '^(.{3}).*(.{2})$', '\1******\2') END
$$;
