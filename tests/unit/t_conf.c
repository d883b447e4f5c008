/* The table of settings against deploy/kairan.conf, and every wrong value against its message. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "settings/conf.h"
#include "text.h"

enum { FILE_MOST_B = 65536 };

/* Writes text to a temporary file and loads it. */
static bool load_bytes(const char *text, size_t len_b, struct fault *f) {
    char path[] = "/tmp/t_conf.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len_b), len_b);
    close(fd);
    bool loaded = conf_load(path, f);
    unlink(path);
    return loaded;
}

static bool load(const char *text, struct fault *f) {
    return load_bytes(text, strlen(text), f);
}

static void read_sample(struct buf *sample) {
    FILE *file = fopen("deploy/kairan.conf", "re");
    assert_non_null(file);
    char line[1024];
    while (fgets(line, sizeof line, file))
        if (line[0] != '\n' && strncmp(line, "##", 2) != 0)
            buf_str(sample, line);
    fclose(file);
}

/* The lines of the sample that a row wants: its help, its range, its default. */
static void add_row(struct buf *b, const struct conf_row *row) {
    buf_str(b, "# ");
    for (const char *p = row->help; *p; p++)
        if (*p == '\n')
            buf_str(b, "\n# ");
        else
            buf_char(b, *p);
    buf_printf(b, "\n# Legal: %s.\n%s =%s%s\n", row->range, row->name, *row->fallback ? " " : "",
               row->fallback);
}

static void test_sample_file_has_every_row_and_no_more(void **state) {
    (void)state;
    CLEANUP(buf_done) struct buf expected = buf_init(FILE_MOST_B), sample = buf_init(FILE_MOST_B);
    size_t count;
    const struct conf_row *rows = conf_rows(&count);
    for (size_t i = 0; i < count; i++)
        add_row(&expected, &rows[i]);
    read_sample(&sample);
    assert_false(expected.over || sample.over);
    if (strcmp(buf_text(&expected), buf_text(&sample)) != 0) {
        fprintf(stderr, "%s", buf_text(&expected));
        fail_msg("deploy/kairan.conf should have the lines above, in this order");
    }
    buf_done(&expected);
    buf_done(&sample);
}

static void test_sample_file_loads_and_changes_nothing(void **state) {
    (void)state;
    struct fault f;
    assert_true(conf_load(NULL, &f));
    int64_t numbers[sizeof conf / sizeof(int64_t)];
    size_t count;
    const struct conf_row *rows = conf_rows(&count);
    for (size_t i = 0; i < count; i++)
        numbers[i] = rows[i].number ? *rows[i].number : 0;
    assert_true(conf_load("deploy/kairan.conf", &f));
    for (size_t i = 0; i < count; i++)
        if (rows[i].text)
            assert_string_equal(*rows[i].text, rows[i].fallback);
        else
            assert_int_equal(*rows[i].number, numbers[i]);
}

static void test_order_of_strength(void **state) {
    (void)state;
    struct fault f;
    assert_true(load("\n# a comment\n  lease_s=50  \ntown_name = 青葉#市\n", &f));
    assert_int_equal(conf.lease_s, 50);
    assert_string_equal(conf.town_name, "青葉#市");
    assert_int_equal(conf.chunk_members, 500);
    setenv("KAIRAN_LEASE_S", " 40 ", 1);
    assert_true(load("lease_s = 50\n", &f));
    unsetenv("KAIRAN_LEASE_S");
    assert_int_equal(conf.lease_s, 40);
}

static void test_words_become_their_enum(void **state) {
    (void)state;
    struct fault f;
    assert_true(load("profile = demo\nrelay_tls = verify\nlog_level = warn\n", &f));
    assert_int_equal(conf.profile, PROFILE_DEMO);
    assert_int_equal(conf.relay_tls, TLS_VERIFY);
    assert_int_equal(conf.log_level, 1);
}

#define FORM  "This setting does not have its form."
#define RANGE "This setting is out of its range."
#define WHOLE "This setting must be a whole number."
#define WORDS "This setting must be one of a few words."
#define LINE  "A line of the settings file is not of the form name = value."
#define HTTPS "The production profile serves over https only."

static const struct {
    const char *file, *field, *text, *detail;
} wrong[] = {
    {"lease", "", LINE, "line 1"},
    {"\nlease_s = 6\x01", "", LINE, "line 2"},
    {"town_name = \xE5\x8C", "", LINE, "line 1"},
    {"leese_s = 60", "leese_s", "There is no setting of this name.", "line 1"},
    {"= 60", "", "There is no setting of this name.", "line 1"},
    {"lease_s = 60\nlease_s = 61", "lease_s", "This setting stands twice in the settings file.",
     "line 2"},
    {"lease_s =", "lease_s", WHOLE, "legal: 5 to 60"},
    {"lease_s = sixty", "lease_s", WHOLE, "legal: 5 to 60"},
    {"lease_s = 60s", "lease_s", WHOLE, "legal: 5 to 60"},
    {"lease_s = 060", "lease_s", WHOLE, "legal: 5 to 60"},
    {"lease_s = 99999999999999999999", "lease_s", WHOLE, "legal: 5 to 60"},
    {"lease_s = 61", "lease_s", RANGE, "line 1: \"61\"; legal: 5 to 60"},
    {"lease_s = -1", "lease_s", RANGE, "legal: 5 to 60"},
    {"session_idle_min = 31", "session_idle_min", RANGE, "legal: 1 to 30"}, /* as table session */
    {"session_hours = 13", "session_hours", RANGE, "legal: 1 to 12"},
    {"profile = Demo", "profile", WORDS, "legal: production, demo"},
    {"relay_tls =", "relay_tls", WORDS, "legal: none, required, verify"},
    {"town_name =", "town_name", FORM, "1 to 40 characters"},
    {"domain = City.example", "domain", FORM, "host name"},
    {"domain = example", "domain", FORM, "host name"},
    {"domain = a..example", "domain", FORM, "host name"},
    {"domain = -a.example", "domain", FORM, "host name"},
    {"domain = a.example.", "domain", FORM, "host name"},
    {"terms_version = 1/2", "terms_version", FORM, "1 to 32"},
    {"database =", "database", FORM, "(not shown)"},
    {"staff_listen = 8080", "staff_listen", FORM, "IP address and port"},
    {"staff_listen = :8080", "staff_listen", FORM, "IP address and port"},
    {"staff_listen = localhost:8080", "staff_listen", FORM, "IP address and port"},
    {"staff_listen = 127.0.0.1:0", "staff_listen", FORM, "IP address and port"},
    {"staff_listen = 127.0.0.1:65536", "staff_listen", FORM, "IP address and port"},
    {"public_listen = ::1:8081", "public_listen", FORM, "IP address and port"},
    {"public_listen = [127.0.0.1]:8081", "public_listen", FORM, "IP address and port"},
    {"public_listen = []:8081", "public_listen", FORM, "IP address and port"},
    {"staff_url = https://a.example/", "staff_url", FORM, "without a slash"},
    {"staff_url = ftp://a.example", "staff_url", FORM, "without a slash"},
    {"staff_url = https://", "staff_url", FORM, "without a slash"},
    {"staff_url = https://a.example/\"x", "staff_url", FORM, "without a slash"},
    {"trusted_proxy = proxy", "trusted_proxy", FORM, "an IP address, or nothing"},
    {"web_dir =", "web_dir", FORM, "at least one"},
    {"relays = relay.example", "relays", FORM, "host and port"},
    {"relays =", "relays", FORM, "1 to 8"},
    {"relays = relay_a.example:25", "relays", FORM, "host and port"},
    {"relays = a.example:25,,b.example:25", "relays", FORM, "1 to 8"},
    {"relays = a:1,a:2,a:3,a:4,a:5,a:6,a:7,a:8,a:9", "relays", FORM, "1 to 8"},
    {"lanes = red", "lanes", FORM, "name=domain"},
    {"lanes = red=", "lanes", FORM, "name=domain"},
    {"lanes = red=a.example red=b.example", "lanes", FORM, "name=domain"},
    {"lanes = red=a.example blue=b.example,a.example", "lanes", FORM, "each domain once"},
    {"lanes = red.x=a.example", "lanes", FORM, "name=domain"},
    {"lanes = other=a.example", "lanes", FORM, "name=domain"},
    {"lanes = red=A.example", "lanes", FORM, "name=domain"},
    {"lane_relays = google=relay", "lane_relays", FORM, "host:port"},
    {"lane_relays = red=relay.example:25", "lane_relays", "There is no lane of this name.",
     "other"},
    {"lane_pace = google=0", "lane_pace", FORM, "1 to 100000"},
    {"lane_pace = google=1,2", "lane_pace", FORM, "1 to 100000"},
    {"lanes = red=a.example\nlane_pace = google=1", "lane_pace", "There is no lane of this name.",
     "names in lanes"},
    {"bounce_local = a..b", "bounce_local", FORM, "1 to 23"},
    {"bounce_local = a@b", "bounce_local", FORM, "1 to 23"},
    {"intake_listen = 192.0.2.1:2424", "intake_listen", FORM, "loopback"},
    {"intake_listen = localhost:2424", "intake_listen", FORM, "loopback"},
    {"intake_listen = /run/kairan/", "intake_listen", FORM, "path of a socket"},
    {"retry_delays_s =", "retry_delays_s", FORM, "numbers of seconds"},
    {"retry_delays_s = 30,,60", "retry_delays_s", FORM, "numbers of seconds"},
    {"retry_delays_s = 30,0", "retry_delays_s", FORM, "numbers of seconds"},
    {"retry_delays_s = 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "retry_delays_s", FORM,
     "1 to 20"},
    {"quiet_from = 24:00", "quiet_from", FORM, "00:00 to 23:59"},
    {"quiet_to = 7:00", "quiet_to", FORM, "00:00 to 23:59"},
    {"quiet_to = 07:60", "quiet_to", FORM, "00:00 to 23:59"},
    {"staff_url = http://a.example", "staff_url", HTTPS, "https://"},
    {"public_url = http://a.example", "public_url", HTTPS, "https://"},
    {"relay_tls = none", "relay_tls", "The production profile sends over TLS only.", "required"},
    {"profile = demo\nrelay_tls = none\nrelays = 127.0.0.1:25,relay.example:25", "relay_tls",
     "Without TLS the relay must be on this very host.", "required"},
    {"profile = demo\nrelay_tls = none\nrelays = 128.0.0.1:25", "relay_tls",
     "Without TLS the relay must be on this very host.", "required"},
    {"profile = demo\nrelay_tls = none\nlane_relays = other=relay.example:25", "relay_tls",
     "Without TLS the relay must be on this very host.", "required"},
    {"profile = demo\nrelay_tls = none\nrelay_auth_file = b", "relay_auth_file",
     "A password is not sent without TLS.", "nothing"},
    {"dkim_dir =", "dkim_dir", "The production profile signs its mails.", "dkim_signer = relay"},
    {"dkim_signer = us", "dkim_signer", WORDS, "legal: kairan, relay"},
    {"body_limit_b = 1048576\nupload_limit_b = 65536", "upload_limit_b",
     "An upload may not be smaller than a form.", "body_limit_b or more"},
};

static void test_every_wrong_value_has_its_message(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct fault f = {0};
        if (load(wrong[i].file, &f))
            ROW_FAIL(i, "\"%s\" was taken", wrong[i].file);
        assert_int_equal(f.kind, FAULT_INVALID);
        assert_string_equal(f.field, wrong[i].field);
        assert_string_equal(f.text, wrong[i].text);
        if (!strstr(f.detail, wrong[i].detail))
            ROW_FAIL(i, "\"%s\" lacks \"%s\"", f.detail, wrong[i].detail);
    }
}

static const char *const right[] = {
    "",
    "# only a comment",
    "staff_listen = [::1]:8080\npublic_listen = 0.0.0.0:65535",
    "relays = relay-1.example:587, relay-2.example:25\nrelay_auth_file = /etc/kairan/relay",
    "profile = demo\nrelay_tls = none\nrelays = 127.8.8.8:2525\nstaff_url = http://127.0.0.1:8080",
    "profile = demo\nrelay_tls = none\nrelays = [::1]:2525,127.0.0.1:25",
    "profile = demo\nrelay_tls = none\nrelays = localhost:2525",
    "lanes =",
    "lanes = red=a.example,b.example  blue=c.example\nlane_pace = red=5 other=100000",
    "lanes = red=a.example\nlane_relays = other=r.example:25 red=s.example:25,t.example:25",
    "retry_delays_s = 5 , 10",
    "public_url = https://a.example/kairan",
    "trusted_proxy = 2001:db8::1",
    "dkim_dir =\ndkim_signer = relay",
    "profile = demo\ndkim_dir =",
};

static void test_right_values_are_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(right); i++) {
        struct fault f;
        if (!load(right[i], &f))
            ROW_FAIL(i, "%s: %s (%s)", f.field, f.text, f.detail);
    }
}

static void test_numbers_hold_at_both_ends(void **state) {
    (void)state;
    size_t count;
    const struct conf_row *rows = conf_rows(&count);
    CLEANUP(arena_free) struct arena *a = arena_new();
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].number || rows[i].words)
            continue;
        const char *name = rows[i].name;
        struct fault f;
        assert_false(load(arena_printf(a, "%s = %lld", name, (long long)rows[i].max + 1), &f));
        assert_false(load(arena_printf(a, "%s = %lld", name, (long long)rows[i].min - 1), &f));
        assert_string_equal(f.field, name);
        assert_string_equal(f.text, RANGE);
    }
    arena_free(&a);
}

static void test_hostile_files(void **state) {
    (void)state;
    struct fault f;
    assert_false(load_bytes("lease_s = 60\0\n", 14, &f));
    assert_string_equal(f.text, "The settings file has a NUL byte.");
    assert_false(conf_load("/nonexistent/kairan.conf", &f));
    assert_string_equal(f.text, "The settings file cannot be read.");
    assert_non_null(strstr(f.detail, "No such file"));
    assert_false(conf_load("/tmp", &f));
    assert_non_null(strstr(f.detail, "directory"));

    CLEANUP(buf_done) struct buf b = buf_init(1 << 21);
    buf_str(&b, "town_name = ");
    for (int i = 0; i < 1 << 20; i++)
        buf_char(&b, 'x');
    assert_false(load(buf_text(&b), &f));
    assert_string_equal(f.field, "town_name");
    buf_done(&b);
}

static void test_secrets_are_not_said(void **state) {
    (void)state;
    struct fault f;
    setenv("KAIRAN_DATABASE", "password=\x01hunter", 1);
    assert_false(conf_load(NULL, &f));
    unsetenv("KAIRAN_DATABASE");
    assert_string_equal(f.field, "database");
    assert_null(strstr(f.detail, "hunter"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_file_has_every_row_and_no_more),
        cmocka_unit_test(test_sample_file_loads_and_changes_nothing),
        cmocka_unit_test(test_order_of_strength),
        cmocka_unit_test(test_words_become_their_enum),
        cmocka_unit_test(test_every_wrong_value_has_its_message),
        cmocka_unit_test(test_right_values_are_taken),
        cmocka_unit_test(test_numbers_hold_at_both_ends),
        cmocka_unit_test(test_hostile_files),
        cmocka_unit_test(test_secrets_are_not_said),
    };
    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
