/* An alert's texts, transitions and saving, judged by the database (004 §13-2(2), (3); design §4).
 */
#include <jansson.h>

#include "town.h"

static PGconn *owner, *staff;

static int open_town(void **state) {
    (void)state;
    owner = town_connect("kairan_owner");
    staff = town_connect("kairan_staff");
    town_make(owner);
    return 0;
}

static int close_town(void **state) {
    (void)state;
    PQfinish(owner);
    PQfinish(staff);
    return 0;
}

/* "body" or "title" of a case, written out or as c repeated n times, or lines. malloc'ed. */
static char *case_text(const json_t *row, const char *name) {
    char key[32], *out = NULL;
    snprintf(key, sizeof key, "%s_repeat", name);
    const json_t *repeat = json_object_get(row, key);
    snprintf(key, sizeof key, "%s_lines", name);
    const json_t *lines = json_object_get(row, key);
    const json_t *list = repeat != NULL ? repeat : lines;
    if (list == NULL) {
        const char *text = json_string_value(json_object_get(row, name));
        return strdup(text != NULL ? text : "");
    }
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    for (size_t i = 0; i + 1 < json_array_size(list); i += 2) {
        if (i > 0)
            fputc('\n', f);
        for (json_int_t n = json_integer_value(json_array_get(list, i + 1)); n > 0; n--)
            fputs(json_string_value(json_array_get(list, i)), f);
    }
    fclose(f);
    return out;
}

/* Saves title and body as a new draft through the staff role; SQLSTATE, constraint in *name. */
static const char *save(const char *token, const char *title, const char *body, char name[64]) {
    static char state[6];
    const char *const params[] = {token, title, body};
    PGresult *res = PQexecParams(staff,
                                 "SELECT alert FROM alert_save($1, NULL, 0, '{ja}', ARRAY[$2], "
                                 "ARRAY[$3], '{1}', '{}', false, "
                                 "false, '', now() + interval '1 day', NULL)",
                                 3, NULL, params, NULL, NULL, 0);
    const char *field = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
    snprintf(state, sizeof state, "%s", field != NULL ? field : DONE);
    snprintf(name, 64, "%s", constraint != NULL ? constraint : "");
    PQclear(res);
    return state;
}

/* Every case of alerts.json, as the worst client sends it: unchecked, straight to the function. */
static void test_004_13_2_the_constraint_judges_every_case(void **state) {
    (void)state;
    json_t *cases = json_load_file("tests/data/alerts.json", 0, NULL);
    assert_non_null(cases);
    const char *token = town_sign_in(staff, "a1");
    size_t i;
    json_t *row;
    json_array_foreach(cases, i, row) {
        const char *expect = json_string_value(json_object_get(row, "expect"));
        const char *stored = json_string_value(json_object_get(row, "stored"));
        char name[64], *title = case_text(row, "title"), *body = case_text(row, "body");
        const char *got = save(token, title, stored != NULL ? stored : body, name);
        bool ok = strcmp(expect, "ok") == 0;
        const char *constraint =
            ok ? "" : (strcmp(expect, "bad_title") == 0 ? "alert_text_title" : "alert_text_body");
        if (strcmp(got, ok ? DONE : "23514") != 0 || strcmp(name, constraint) != 0)
            fail_msg("%s: %s %s", json_string_value(json_object_get(row, "id")), got, name);
        if (stored != NULL) {
            /* what was not normalised is not stored */
            assert_string_equal(save(token, title, body, name), "23514");
        }
        free(title);
        free(body);
    }
    assert_int_equal(json_array_size(cases), 35);
    json_decref(cases);
}

/* Transitions the diagram does not have are refused, whoever asks. */
static void test_transitions_are_an_allow_list(void **state) {
    (void)state;
    static const char *const states[] = {"draft",     "discarded", "submitted", "approved",
                                         "sending",   "paused",    "done",      "stopped",
                                         "cancelled", "expired"};
    static const char *const legal[][2] = {
        {"draft", "submitted"},    {"draft", "discarded"},   {"submitted", "draft"},
        {"submitted", "approved"}, {"submitted", "expired"}, {"approved", "sending"},
        {"approved", "cancelled"}, {"approved", "expired"},  {"approved", "stopped"},
        {"sending", "paused"},     {"sending", "stopped"},   {"sending", "done"},
        {"paused", "sending"},     {"paused", "stopped"},    {"paused", "done"},
    };
    char id[32];
    snprintf(id, sizeof id, "%s", town_submitted(staff, town_sign_in(staff, "a1")));
    const char *approver = town_sign_in(staff, "a3");
    assert_string_equal(town_approve(staff, approver, id, town_fingerprint(staff, approver, id)),
                        DONE);
    for (size_t from = 0; from < COUNT(states); from++) {
        for (size_t to = 0; to < COUNT(states); to++) {
            bool want = from == to;
            for (size_t i = 0; i < COUNT(legal); i++) {
                want = want || (strcmp(legal[i][0], states[from]) == 0 &&
                                strcmp(legal[i][1], states[to]) == 0);
            }
            town_value(owner, "BEGIN");
            town_value(owner, "ALTER TABLE alert DISABLE TRIGGER alert_check");
            town_valuef(owner, "UPDATE alert SET state = '%s' WHERE id = %s", states[from], id);
            town_value(owner, "ALTER TABLE alert ENABLE TRIGGER alert_check");
            const char *got =
                town_statef(owner, "UPDATE alert SET state = '%s' WHERE id = %s", states[to], id);
            if (strcmp(got, want ? DONE : CONFLICT) != 0)
                fail_msg("%s to %s: %s", states[from], states[to], got);
            town_value(owner, "ROLLBACK");
        }
    }
}

/* Who saves on top of what he has not seen is told, and loses nothing. */
static void test_edits_do_not_overwrite_each_other(void **state) {
    (void)state;
    const char *first = town_sign_in(staff, "a1"), *second = town_sign_in(staff, "a2");
    const char *id = town_draft(staff, first);
    static const char again[] =
        "SELECT alert_save('%s', %s, 1, '{ja}', '{題}', '{別}', '{1}', '{}', false, false, '', "
        "now() + interval '1 day', NULL)";
    assert_string_equal(town_statef(staff, again, second, id), DONE);
    assert_string_equal(town_statef(staff, again, first, id), CONFLICT);
    assert_string_equal(
        town_valuef(owner, "SELECT count(*) FROM alert_version WHERE alert = %s", id), "2");
}

/* Choices beyond the department's, 全員 without urgency, urgency without a reason, no category,
 * validity in the past. */
static void test_what_a_draft_may_ask_for(void **state) {
    (void)state;
    static const struct {
        const char *fields, *expect;
    } rows[] = {
        {"'{1,2}', '{1}', false, false, '', now() + interval '1 hour'", DONE},
        {"'{1}', '{}', true, true, '川の水位', now() + interval '1 hour'", DONE},
        {"'{3}', '{}', false, false, '', now() + interval '1 hour'", DENIED},
        {"'{9}', '{}', false, false, '', now() + interval '1 hour'", DENIED},
        {"'{1}', '{9}', false, false, '', now() + interval '1 hour'", INVALID},
        {"'{}', '{}', false, false, '', now() + interval '1 hour'", "23514"},
        {"'{1}', '{}', true, false, '', now() + interval '1 hour'", "23514"},
        {"'{1}', '{}', false, true, ' ', now() + interval '1 hour'", "23514"},
        {"'{1}', '{}', false, false, '', now() - interval '1 second'", INVALID},
        {"'{1}', '{}', false, false, '', now() + interval '32 days'", INVALID},
    };
    const char *token = town_sign_in(staff, "a1");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = town_statef(
            staff, "SELECT alert_save('%s', NULL, 0, '{ja}', '{題}', '{本文}', %s, NULL)", token,
            rows[i].fields);
        if (strcmp(got, rows[i].expect) != 0)
            ROW_FAIL(i, "got %s, not %s", got, rows[i].expect);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_004_13_2_the_constraint_judges_every_case),
        cmocka_unit_test(test_transitions_are_an_allow_list),
        cmocka_unit_test(test_edits_do_not_overwrite_each_other),
        cmocka_unit_test(test_what_a_draft_may_ask_for),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
