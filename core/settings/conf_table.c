/* The one table of settings. A new setting is a member of struct conf, a row here, and its lines
 * in deploy/kairan.conf (tests/unit/t_conf.c prints what they should be). */
#include "settings/conf.h"
#include "settings/conf_legal.h"
#include "vocabulary.h"

struct conf conf;

static const char *const profiles[] = {
    [PROFILE_PRODUCTION] = "production", [PROFILE_DEMO] = "demo", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL}; /* enum log_level */
static const char *const tls_words[] = {
    [TLS_NONE] = "none", [TLS_REQUIRED] = "required", [TLS_VERIFY] = "verify", NULL};
static const char *const signers[] = {[SIGNER_KAIRAN] = "kairan", [SIGNER_RELAY] = "relay", NULL};

static const char *const switches[] = {[SWITCH_OFF] = "off", [SWITCH_ON] = "on", NULL};

/* Expanded once more: a limit of core/settings/limit.txt is told as its number. */
#define NUMBER(field, standard, low, high, told) NUMBER_TOLD(field, standard, low, high, told)
#define NUMBER_TOLD(field, standard, low, high, told)                                              \
    {                                                                                              \
        .name = #field, .type = "number", .fallback = #standard, .range = #low " to " #high,       \
        .help = told, .number = &conf.field, .min = low, .max = high                               \
    }
#define WORD(field, standard, list, choices, told)                                                 \
    {                                                                                              \
        .name = #field, .type = "word", .fallback = standard, .range = choices, .help = told,      \
        .number = &conf.field, .words = list                                                       \
    }
#define TEXT(field, standard, check, form, told, ...)                                              \
    {                                                                                              \
        .name = #field, .type = "text", .fallback = standard, .range = form, .help = told,         \
        .text = &conf.field, .legal = check, __VA_ARGS__                                           \
    }

/* Mobile carriers and free mail of which most residents have an address. */
#define CARRIERS                                                                                   \
    "docomo=docomo.ne.jp au=ezweb.ne.jp,au.com,uqmobile.jp "                                       \
    "softbank=softbank.ne.jp,i.softbank.jp,vodafone.ne.jp,disney.ne.jp "                           \
    "ymobile=ymobile.ne.jp,y-mobile.ne.jp,yahoo.ne.jp,emnet.ne.jp,willcom.com,pdx.ne.jp "          \
    "rakuten=rakuten.jp google=gmail.com,googlemail.com yahoo=yahoo.co.jp,ybb.ne.jp "              \
    "apple=icloud.com,me.com,mac.com "                                                             \
    "microsoft=outlook.jp,outlook.com,hotmail.co.jp,hotmail.com,live.jp,msn.com"

#define LISTEN_FORM "IP address and port, as 127.0.0.1:8080 or [::1]:8080"
#define URL_FORM    "https://… (http://… in the demo profile), without a slash at the end"
#define CLOCK_FORM  "00:00 to 23:59"
#define ROLES_FORM  "auto; of administrator, approver, delegate, drafter, auditor; or nothing"
#define SOME_FORM   "at least one character"

static const struct conf_row rows[] = {
    WORD(
        profile, "production", profiles, "production, demo",
        "What this installation is. Demo alone may use http and plain SMTP, for it is no service."),
    WORD(log_level, "info", levels, "error, warn, info, debug",
         "The least important events that are written to standard error."),

    TEXT(town_name, "回覧市", legal_name, "1 to 40 characters",
         "The municipality's name, as pages and mails show it."),
    TEXT(town_name_en, "Kairan City", legal_name, "1 to 40 characters", "The same in English."),
    TEXT(domain, "city.kairan.example", legal_domain, "a host name in lower case",
         "The municipality's own mail domain: the only one that mails are sent from."),
    TEXT(terms_version, "1", legal_version, "1 to 32 of A-Z a-z 0-9 . _ -",
         "Version of the terms of use; a resident's agreement is kept with it."),

    TEXT(database, "dbname=kairan", legal_some, "a libpq connection string without user",
         "Where the database is. Each program adds the role it works as.", .secret = true),
    NUMBER(statement_timeout_ms, 5000, 100, 60000,
           "How long one database statement may take, in milliseconds."),

    TEXT(staff_listen, "127.0.0.1:8080", legal_listen, LISTEN_FORM,
         "Where the staff face listens. A web server with TLS stands before it."),
    TEXT(public_listen, "127.0.0.1:8081", legal_listen, LISTEN_FORM,
         "Where the residents' face listens. A web server with TLS stands before it."),
    TEXT(staff_url, "https://staff.city.kairan.example", legal_url, URL_FORM,
         "Address of the staff face as browsers see it."),
    TEXT(public_url, "https://kairan.city.kairan.example", legal_url, URL_FORM,
         "Address of the residents' face as browsers and links in mails see it."),
    NUMBER(server_processes, 2, 1, 64, "Server processes of each face."),
    NUMBER(connection_limit, 1024, 16, 65536, "Open connections of one server process at most."),
    NUMBER(request_deadline_s, 15, 1, 300,
           "How long a request may take to arrive whole, in seconds."),
    NUMBER(body_limit_b, 65536, 4096, 1048576, "Size of a request's body at most, in bytes."),
    NUMBER(upload_limit_b, 33554432, 65536, 268435456,
           "Size of an uploaded file at most, in bytes; not less than body_limit_b."),
    TEXT(trusted_proxy, "", legal_address, "an IP address, or nothing",
         "The web server whose X-Forwarded-For is believed; nothing: none is."),
    TEXT(web_dir, "/usr/local/share/kairan", legal_some, SOME_FORM,
         "The folder that has pages, letters, static files and translations."),

    NUMBER(session_idle_min, LIMIT_IDLE_MIN, 1, LIMIT_IDLE_MIN,
           "A session ends after so many minutes without a request."),
    NUMBER(session_idle_strict_min, LIMIT_IDLE_STRICT_MIN, 1, LIMIT_IDLE_STRICT_MIN,
           "The same for approvers, their delegates and administrators."),
    NUMBER(session_hours, LIMIT_SESSION_HOURS, 1, LIMIT_SESSION_HOURS,
           "A session ends after so many hours in any case."),
    NUMBER(password_queue, 32, 1, 1024,
           "Sign-ins that may wait for a password check in one server process."),
    NUMBER(sign_in_tries_per_hour, 20, 1, LIMIT_SIGN_IN_TRIES,
           "Failed sign-ins of one person and of one network address, per hour."),
    NUMBER(staff_unused_days, 90, 7, 3650,
           "Who has not signed in for so many days stands in the list of unused accounts."),
    NUMBER(password_days, LIMIT_PASSWORD_DAYS, 1, LIMIT_PASSWORD_DAYS,
           "A staff password is good for so many days after the one it was set on; then only the "
           "page\n"
           "that changes it opens."),
    TEXT(
        second_factor_roles, "auto", legal_roles, ROLES_FORM,
        "Posts that ask for a second factor, parted by commas; a delegate counts as the approver.\n"
        "auto: administrator,approver, and nobody in the demo profile. A post that is taken out\n"
        "here goes on asking until `kairan migrate` has run: no program takes a guard away."),
    NUMBER(second_factor_minutes, 15, 1, LIMIT_PROOF_MIN,
           "Who has a second factor proves it anew, before approving and the like, after so many\n"
           "minutes. More than before counts from the next `kairan migrate` on."),
    TEXT(usual_from, "07:00", legal_clock, CLOCK_FORM,
         "Sign-ins before this hour (Japan time) or on closed days are marked as unusual."),
    TEXT(usual_to, "21:00", legal_clock, CLOCK_FORM,
         "And those from this hour on; the same as usual_from: none is. Longer hours than before\n"
         "count from the next `kairan migrate` on."),
    WORD(
        operating_hours, "off", switches, "off, on",
        "Whether a sign-in outside these hours needs a permission or an emergency, which is typed\n"
        "then. Sending goes on in any case. Off counts from the next `kairan migrate` on."),
    TEXT(
        staff_mail_domains, "", legal_domains, "up to 8 host names parted by commas, or nothing",
        "Mail domains of the municipality's staff. A department head who cannot sign in applies "
        "by\n"
        "forms 1 to 3 from the staff network, and confirms by a link that is mailed to an address\n"
        "of these; nothing: heads sign in to apply."),
    NUMBER(apply_mails_per_address_hour, 3, 1, LIMIT_APPLY_MAILS,
           "Mails with such a link to one address, per hour."),
    NUMBER(apply_tries_per_network_hour, 20, 1, LIMIT_NETWORK_TRIES,
           "Applications without sign-in from one network address, per hour."),

    NUMBER(signup_mails_per_address_day, 3, 1, LIMIT_SIGNUP_MAILS,
           "Confirmation mails to one address, per day."),
    NUMBER(signup_tries_per_network_hour, 10, 1, LIMIT_NETWORK_TRIES,
           "Sign-ups of residents from one network address, per hour."),
    NUMBER(confirm_hours, 24, 1, LIMIT_CONFIRM_HOURS,
           "How long the link in a confirmation mail is good, in hours."),
    NUMBER(letters_per_hour, 3600, 1, 1000000,
           "Letters (system mails to one person) that leave per hour at most."),

    NUMBER(senders, 0, 0, 64, "Sending processes on this host; 0: one for each processor core."),
    TEXT(
        relays, "127.0.0.1:25", legal_servers,
        "1 to 8 of host and port, as relay.example:25, parted by commas",
        "The SMTP servers that take our mail. The first is used; the others take over while those\n"
        "before them are in trouble."),
    WORD(relay_tls, "required", tls_words, "none, required, verify",
         "TLS to the relays: required asks for it, verify checks the certificate as well.\n"
         "None is for the demo profile, and only to this very host."),
    TEXT(relay_auth_file, "", legal_any, "a file, or nothing",
         "File with names and passwords for relays that want them, in lines of the form\n"
         "relay.example:25 name password. It is closed to others (mode 0600 or 0640)."),
    TEXT(
        relay_ca_file, "", legal_any, "a file, or nothing",
        "Certificates (PEM) of the authorities that vouch for the relay when relay_tls is verify;\n"
        "nothing: those that the system trusts."),
    NUMBER(
        relay_connections, 20, 1, 500,
        "Connections to one relay that one sending process keeps at most. A few more are opened\n"
        "for urgent alerts and letters while these are busy."),
    NUMBER(relay_timeout_s, 30, 1, 300,
           "How long the relay may take to connect or to answer a command, in seconds."),
    NUMBER(relay_dot_timeout_s, 600, 1, 3600,
           "How long the relay may take to accept a whole message, in seconds.\n"
           "RFC 5321 section 4.5.3.2.6 wants ten minutes; a shorter one sends doubles."),
    TEXT(
        lanes, CARRIERS, legal_lanes,
        "name=domain,domain … parted by blanks; names of a-z 0-9 - _, each domain once",
        "Groups of recipient domains. Each group has connections of its own, so that trouble with\n"
        "one delays no other. All other domains share one lane, which is called other."),
    TEXT(lane_relays, "", legal_lane_servers,
         "name=host:port,host:port … parted by blanks, or nothing",
         "Lanes (other is one, too) whose mail goes over servers of their own, in order of "
         "preference."),
    TEXT(lane_pace, "", legal_lane_numbers, "name=1 to 100000 … parted by blanks, or nothing",
         "Lanes that get so many mails a second at most, all sending processes together."),
    TEXT(journal_dir, "/var/lib/kairan/journal", legal_some, SOME_FORM,
         "Folder of the senders' journals; on a local disk that outlives a restart."),
    NUMBER(express_recipients, 100, 1, 100,
           "Recipients whom one mail of an urgent alert is handed over for at most; none sees "
           "another.\n"
           "1: urgent alerts go out like all others, a mail of his or her own to each."),
    NUMBER(chunk_members, 500, 1, 5000, "Recipients that a sender claims at a time."),
    NUMBER(
        flush_outcomes, 50, 1, 5000,
        "Mails whose outcomes a sender keeps before it writes them to the database: as many may\n"
        "be sent twice when a whole host is lost, and one more a connection."),
    NUMBER(
        lease_s, 60, 5, 60,
        "A sender that has not heard from the database for two thirds of this stops, in seconds.\n"
        "Other hosts take the chunks of one that has been silent for 60 seconds."),
    TEXT(retry_delays_s, "30,60,120,300,600", legal_ladder,
         "1 to 20 numbers of seconds, each 1 to 86400",
         "Delays before the next tries after a temporary refusal; the last one repeats."),
    TEXT(dkim_dir, "/var/lib/kairan/dkim", legal_any, "a folder, or nothing",
         "Folder of the keys that sign mails; `kairan dkim` makes them. Nothing: mails leave\n"
         "unsigned, which is for the demo profile only."),
    WORD(dkim_signer, "kairan", signers, "kairan, relay",
         "Who signs mails: Kairan with the keys of dkim_dir, or the relay by itself. Then they\n"
         "leave here unsigned."),
    TEXT(
        bounce_local, "bounce", legal_local, "1 to 23 of a-z 0-9 . _ -",
        "Local part of the addresses that returned mail comes to; \"+\" and 40 letters follow it."),
    TEXT(intake_listen, "", legal_intake,
         "loopback address and port, as 127.0.0.1:2424; the path of a socket; or nothing",
         "Where returned mail and complaints are taken in over LMTP, from the mail server of this\n"
         "host; nothing: nowhere. Who may pass through a socket's folder may use it."),
    NUMBER(intake_size_b, 1048576, 65536, 16777216,
           "Size of a returned mail at most, in bytes; a larger one is refused."),
    NUMBER(valid_hours, 24, 1, 168,
           "Validity of a routine alert unless its writer says otherwise, in hours."),
    NUMBER(valid_hours_urgent, 6, 1, 72,
           "Validity of an urgent alert unless its writer says otherwise, in hours."),
    NUMBER(keep_years, 1, 1, 30,
           "Who received an alert is kept till the end of so many fiscal years (April to March)\n"
           "after the one it was sent in; then the records of a whole month are dropped."),
    TEXT(anchor_dir, "/var/lib/kairan/anchors", legal_any, "a folder, or nothing",
         "Folder where the operation log's head is written down each hour, outside the database;\n"
         "nothing: it is not. Copy it to another host, too."),
    TEXT(anchor_key_file, "/etc/kairan/anchor.key", legal_any, "a file, or nothing",
         "The key of these anchors; `kairan anchor init` makes it. It is closed to others."),
    TEXT(anchor_mail, "", legal_mail, "a mail address, or nothing",
         "Where an anchor is mailed once a day, best to a mailbox outside this system."),
    TEXT(quiet_from, "21:00", legal_clock, CLOCK_FORM,
         "From this time on routine alerts wait (Japan time)."),
    TEXT(quiet_to, "07:00", legal_clock, CLOCK_FORM,
         "From this time on routine alerts leave again; the same as quiet_from: they never wait."),
};
static_assert(sizeof(struct conf) == COUNT(rows) * sizeof(int64_t) &&
                  sizeof(const char *) == sizeof(int64_t),
              "every member of struct conf has its row");

const struct conf_row *conf_rows(size_t *count) {
    *count = COUNT(rows);
    return rows;
}
