/* The one table of settings: name, type, default, legal range, secret or not, help.
 * Order of strength: environment KAIRAN_<NAME>, file, default. deploy/kairan.conf lists every row;
 * a test holds the two against each other. Times are in the unit the name ends with. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base.h"
#include "fault.h"

enum conf_profile { PROFILE_PRODUCTION, PROFILE_DEMO };
enum conf_signer { SIGNER_KAIRAN, SIGNER_RELAY };
enum conf_switch { SWITCH_OFF, SWITCH_ON };
enum conf_tls { TLS_NONE, TLS_REQUIRED, TLS_VERIFY };

/* The rows of conf_table.c fill this; field name = setting name. */
struct conf {
    int64_t profile; /* enum conf_profile */
    int64_t log_level;
    /* the town */
    const char *town_name, *town_name_en;
    const char *domain;        /* the municipality's own mail domain; the only sender domain */
    const char *terms_version; /* of the terms of use residents agree to */
    /* database: a libpq conninfo without user; each program adds its own role */
    const char *database;
    int64_t statement_timeout_ms;
    /* faces */
    const char *staff_listen, *public_listen; /* "127.0.0.1:8080" */
    const char *staff_url, *public_url;       /* without a slash at the end */
    int64_t server_processes;                 /* per face */
    int64_t connection_limit, request_deadline_s, body_limit_b, upload_limit_b;
    const char *trusted_proxy; /* address whose X-Forwarded-For counts; "" none */
    const char *web_dir;       /* pages/, letters/, static/, locale/ */
    /* sessions */
    int64_t session_idle_min, session_idle_strict_min, session_hours, password_queue;
    int64_t sign_in_tries_per_hour, password_days, staff_unused_days;

    const char *second_factor_roles; /* "auto": by the profile */
    int64_t second_factor_minutes;
    const char *usual_from, *usual_to; /* hours of work; the same: every hour is usual */
    int64_t operating_hours;           /* enum conf_switch */
    const char *staff_mail_domains;    /* of heads who apply without sign-in; "": nobody does */
    int64_t apply_mails_per_address_hour, apply_tries_per_network_hour;
    /* residents */
    int64_t signup_mails_per_address_day, signup_tries_per_network_hour, confirm_hours;
    int64_t letters_per_hour;
    /* sending */
    int64_t senders;    /* processes; 0 = one per core */
    const char *relays; /* "host:port,host:port", the first is preferred */
    int64_t relay_tls;  /* enum conf_tls */
    const char *relay_auth_file;
    const char *relay_ca_file; /* certificates that relays' are checked against; "": the system's */
    int64_t relay_connections; /* per relay and sender process */
    int64_t relay_timeout_s, relay_dot_timeout_s;
    const char *lanes, *lane_relays, *lane_pace; /* conf_pairs.h */
    const char *journal_dir;
    int64_t express_recipients; /* of one mail of an urgent alert */
    int64_t chunk_members, flush_outcomes, lease_s;
    const char *retry_delays_s; /* ladder, "30,60,120,300,600": the last rung repeats */
    const char *dkim_dir;       /* keys that sign mails; "": they leave unsigned */
    int64_t dkim_signer;        /* enum conf_signer */
    const char *bounce_local;   /* local part of the envelope sender */
    const char *intake_listen;  /* where returned mail is taken in; "" nowhere */
    int64_t intake_size_b;
    int64_t valid_hours, valid_hours_urgent;
    int64_t keep_years;
    const char *anchor_dir, *anchor_key_file; /* the operation log's head outside the database */
    const char *anchor_mail;
    const char *quiet_from, *quiet_to; /* routine alerts do not leave in between, "21:00" "07:00" */
};

/* The settings of this process; filled once at start by conf_load. */
extern struct conf conf;

/* Reads file (NULL or "" : none) and environment, checks every value and their agreement
 * (production refuses demo-only choices). False names the setting and its legal range in *f. */
MUST_USE __attribute__((nonnull(2))) bool conf_load(const char *file, struct fault *f);

/* One row: a number, a word of a list (stored as its place there) or a text. */
struct conf_row {
    const char *name, *type, *fallback, *range, *help;
    bool secret; /* its value is never said */
    int64_t *number, min, max;
    const char *const *words;         /* of a list, NULL-terminated; else NULL */
    const char **text;                /* where a text goes; else NULL */
    bool (*legal)(const char *value); /* of a text */
};

/* The table, in the order of deploy/kairan.conf. */
const struct conf_row *conf_rows(size_t *count);

#endif
