-- Easy Japanese is a language of its own to residents ("easy", やさしい日本語): the files of residents
-- name it, so language names have two letters or more.
ALTER TABLE subscriber DROP CONSTRAINT subscriber_lang_check,
    ADD CONSTRAINT subscriber_lang_check CHECK (lang ~ '^[a-z]{2,8}$');
ALTER TABLE signup DROP CONSTRAINT signup_lang_check,
    ADD CONSTRAINT signup_lang_check CHECK (lang ~ '^[a-z]{2,8}$');
ALTER TABLE alert_text DROP CONSTRAINT alert_text_lang_check,
    ADD CONSTRAINT alert_text_lang_check CHECK (lang ~ '^[a-z]{2,8}$');
