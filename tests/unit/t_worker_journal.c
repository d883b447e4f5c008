/* worker/journal: what was written is read back; torn tails, flipped bits and full disks. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "journal/journal.h"
#include "journal/journal_record.h"

static char dir[64];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/t_worker_journal.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state) {
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/send-0.journal", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/send-0.journal.boot", dir);
    unlink(path);
    return rmdir(dir);
}

static struct journal *open_journal(void) {
    struct fault f = {0};
    struct journal *j = NULL;
    assert_true(journal_open(dir, "send-0.journal", &j, &f));
    return j;
}

static void flush(struct journal *j) {
    struct fault f = {0};
    if (!journal_flush(j, &f))
        fail_msg("%s %s", f.text, f.detail);
}

static int64_t file_size(void) {
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/send-0.journal", dir);
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static const struct answer REFUSAL = {.code = 550, .detail = {5, 1, 1}, .text = "宛先不明"};
static const struct outcome PERMANENT = {.scope = SCOPE_RECIPIENT, .end = END_PERMANENT};

static void intend(struct journal *j, int64_t chunk, int64_t contact) {
    journal_intent(j, chunk, &contact, 1);
}

/* Chunk 7: contact 1 refused, contact 2 in doubt; chunk 8 closed. */
static void write_sample(struct journal *j) {
    journal_claim(j,
                  &(struct journal_chunk){
                      .id = 7, .token = 70, .alert = 5, .members = 3, .attempt = 2, .again = true});
    journal_claim(j, &(struct journal_chunk){.id = 8, .token = 80, .members = 1});
    intend(j, 7, 1);
    intend(j, 8, 9);
    journal_outcome(j, 7, &(int64_t){1}, 1, PERMANENT, &REFUSAL);
    journal_outcome(j, 8, &(int64_t){9}, 1, PERMANENT, &REFUSAL);
    journal_closed(j, 8);
    intend(j, 7, 2);
    flush(j);
}

/* What write_sample says. */
static void check_sample(struct journal *j) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    struct fault f = {0};
    assert_true(journal_read(j, a, &s, &f));
    assert_false(s.torn);
    assert_int_equal(s.good_b, file_size());
    assert_int_equal(s.count, 1);
    assert_int_equal(s.chunks[0].id, 7);
    assert_int_equal(s.chunks[0].token, 70);
    assert_int_equal(s.chunks[0].members, 3);
    assert_int_equal(s.chunks[0].count, 2);
    assert_int_equal(s.chunks[0].alert, 5);
    assert_int_equal(s.chunks[0].attempt, 2);
    assert_true(s.chunks[0].again);
    const struct journal_mark *refused = &s.chunks[0].marks[0], *doubt = &s.chunks[0].marks[1];
    assert_int_equal(refused->contact, 1);
    assert_true(refused->has_outcome);
    assert_int_equal(refused->outcome.end, END_PERMANENT);
    assert_int_equal(refused->code, 550);
    assert_int_equal(refused->detail[1], 1);
    assert_string_equal(refused->text, "宛先不明");
    assert_int_equal(doubt->contact, 2);
    assert_false(doubt->has_outcome);
}

static void test_round_trip(void **state) {
    (void)state;
    struct fault f = {0};
    struct journal *j = open_journal();
    write_sample(j);
    journal_close(&j);
    j = open_journal();
    check_sample(j);
    assert_true(journal_empty(j, &f));
    journal_close(&j);
    assert_int_equal(file_size(), 0);
}

static void test_lock(void **state) {
    (void)state;
    struct journal *j = open_journal(), *other = NULL;
    struct fault f = {0};
    assert_false(journal_open(dir, "send-0.journal", &other, &f));
    assert_int_equal(f.kind, FAULT_CONFLICT);
    journal_close(&j);
    j = open_journal();
    journal_close(&j);
}

static void test_empties_when_all_is_closed(void **state) {
    (void)state;
    struct journal *j = open_journal();
    for (int64_t chunk = 1; chunk <= 3; chunk++) {
        journal_claim(j, &(struct journal_chunk){.id = chunk, .token = 1, .members = 1});
        intend(j, chunk, 5);
        flush(j);
        assert_true(file_size() > 0);
        journal_closed(j, chunk);
        flush(j);
        assert_int_equal(file_size(), 0);
    }
    journal_close(&j);
}

static char *slurp(size_t *len_b) {
    char path[128];
    snprintf(path, sizeof path, "%s/send-0.journal", dir);
    *len_b = (size_t)file_size();
    char *data = malloc(*len_b + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(data, 1, *len_b, file), *len_b);
    fclose(file);
    return data;
}

/* The sample as earlier versions wrote it: outcomes in a form of one recipient. */
static const unsigned char OLD[] = {
    0xC3, 0xF9, 0xAA, 0x23, 0x1F, 0x00, 0x01, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0x10, 0x9A, 0x01, 0x40, 0x1F, 0x00, 0x01, 0x08, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x49, 0x9A, 0x25, 0x2C,
    0x10, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0xC6, 0xE6, 0x2A, 0x71, 0x10, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x60, 0x1C, 0x2D, 0x20, 0x27, 0x00,
    0x03, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x02, 0x00, 0x26, 0x02, 0x05, 0x00, 0x01, 0x00, 0x01, 0x00, 0xE5, 0xAE, 0x9B, 0xE5,
    0x85, 0x88, 0xE4, 0xB8, 0x8D, 0xE6, 0x98, 0x8E, 0x7D, 0x39, 0x07, 0x7C, 0x27, 0x00, 0x03, 0x08,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x00, 0x26, 0x02, 0x05, 0x00, 0x01, 0x00, 0x01, 0x00, 0xE5, 0xAE, 0x9B, 0xE5, 0x85, 0x88,
    0xE4, 0xB8, 0x8D, 0xE6, 0x98, 0x8E, 0x10, 0x1A, 0x4D, 0x5F, 0x08, 0x00, 0x04, 0x08, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0xAA, 0x9D, 0xAA, 0xA2, 0x10, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void overwrite(const void *data, size_t len_b) {
    char path[128];
    snprintf(path, sizeof path, "%s/send-0.journal", dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len_b, file), len_b);
    assert_int_equal(fclose(file), 0);
}

static void test_old_records(void **state) {
    (void)state;
    struct fault f = {0};
    overwrite(OLD, sizeof OLD);
    struct journal *j = open_journal();
    check_sample(j);
    /* and what is written behind them now is read with them */
    journal_claim(j, &(struct journal_chunk){.id = 9, .token = 90, .members = 1});
    intend(j, 7, 3);
    flush(j);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    assert_true(journal_read(j, a, &s, &f));
    assert_false(s.torn);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.chunks[0].count, 3);
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

/* A sound record of a type that a later version brought is no torn tail: what it says must not be
 * lost, so nothing is replayed, and the file stays as it is. */
static void test_records_of_a_later_version(void **state) {
    (void)state;
    struct fault f = {0};
    struct journal *j = open_journal();
    write_sample(j);
    int64_t before_b = file_size();
    struct buf later = buf_init(1024);
    record_write(&later, &(struct record){.type = (enum record_type)77, .chunk = 7});
    size_t len_b;
    char *data = slurp(&len_b);
    char *both = malloc(len_b + later.len_b);
    memcpy(both, data, len_b);
    memcpy(both + len_b, later.data, later.len_b);
    overwrite(both, len_b + later.len_b);
    free(both);
    free(data);
    journal_close(&j);
    j = open_journal();
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    assert_false(journal_read(j, a, &s, &f));
    assert_int_equal(f.kind, FAULT_BROKEN);
    assert_true(s.foreign && !s.torn);
    assert_int_equal(s.good_b, before_b);
    assert_int_equal(file_size(), before_b + (int64_t)later.len_b);
    buf_done(&later);
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

/* A mail to a hundred: one intent for all, one outcome for those taken, one for who was not. */
static void test_many_recipients(void **state) {
    (void)state;
    struct fault f = {0};
    int64_t contacts[JOURNAL_CONTACTS], claim_b;
    for (size_t i = 0; i < JOURNAL_CONTACTS; i++)
        contacts[i] = 1000 + (int64_t)i;
    struct journal *j = open_journal();
    journal_claim(j, &(struct journal_chunk){.id = 7, .token = 70, .members = JOURNAL_CONTACTS});
    flush(j);
    claim_b = file_size();
    journal_intent(j, 7, contacts, JOURNAL_CONTACTS);
    flush(j);
    assert_true(file_size() - claim_b < 9 * JOURNAL_CONTACTS);
    journal_outcome(j, 7, contacts, 98, PERMANENT, &REFUSAL);
    journal_outcome(j, 7, contacts + 98, 1,
                    (struct outcome){.scope = SCOPE_RECIPIENT, .end = END_UNKNOWN},
                    &(struct answer){.text = "gone"});
    flush(j);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    assert_true(journal_read(j, a, &s, &f));
    assert_false(s.torn);
    assert_int_equal(s.chunks[0].count, JOURNAL_CONTACTS);
    for (size_t i = 0; i < JOURNAL_CONTACTS; i++) {
        const struct journal_mark *m = &s.chunks[0].marks[i];
        assert_int_equal(m->contact, 1000 + (int64_t)i);
        assert_int_equal(m->has_outcome, i < 99);
        if (i < 99)
            assert_string_equal(m->text, i < 98 ? "宛先不明" : "gone");
    }
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

/* Cut at every byte: only whole records count, and what counts never shrinks as the file grows. */
static void test_torn_everywhere(void **state) {
    (void)state;
    struct journal *j = open_journal();
    write_sample(j);
    size_t len_b, good_b = 0;
    char *data = slurp(&len_b);
    for (size_t cut_b = 0; cut_b <= len_b; cut_b++) {
        CLEANUP(arena_free) struct arena *a = arena_new();
        char *copy = malloc(cut_b + 1); /* its own block, so that ASan sees a read beyond */
        memcpy(copy, data, cut_b);
        struct journal_state s;
        journal_parse(a, copy, cut_b, &s);
        free(copy);
        assert_true(s.good_b >= good_b && s.good_b <= cut_b);
        assert_int_equal(s.torn, s.good_b < cut_b);
        good_b = s.good_b;
    }
    assert_int_equal(good_b, len_b);
    free(data);
    struct fault f = {0};
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

static void test_flipped_everywhere(void **state) {
    (void)state;
    struct journal *j = open_journal();
    write_sample(j);
    size_t len_b;
    char *data = slurp(&len_b);
    for (size_t bit = 0; bit < len_b * 8; bit++) {
        CLEANUP(arena_free) struct arena *a = arena_new();
        data[bit / 8] = (char)(data[bit / 8] ^ (1 << bit % 8));
        struct journal_state s;
        journal_parse(a, data, len_b, &s);
        assert_true(s.torn);
        assert_true(s.good_b <= bit / 8);
        data[bit / 8] = (char)(data[bit / 8] ^ (1 << bit % 8));
    }
    free(data);
    struct fault f = {0};
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

/* A full disk (here: the file size limit) refuses the whole batch and leaves the file readable. */
static void test_disk_full(void **state) {
    (void)state;
    struct journal *j = open_journal();
    write_sample(j);
    int64_t before_b = file_size();
    struct rlimit old, tight = {.rlim_cur = (rlim_t)before_b + 10, .rlim_max = RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct fault f = {0};
    intend(j, 7, 3);
    assert_false(journal_flush(j, &f));
    assert_int_equal(f.kind, FAULT_RETRY);
    assert_int_equal(file_size(), before_b);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    flush(j);
    CLEANUP(arena_free) struct arena *a = arena_new();
    struct journal_state s;
    assert_true(journal_read(j, a, &s, &f));
    assert_false(s.torn);
    assert_int_equal(s.chunks[0].count, 3);
    assert_true(journal_empty(j, &f));
    journal_close(&j);
}

/* The mark of another start, or none, is doubt till the journal has been settled. */
static void test_doubtful_after_a_new_start(void **state) {
    (void)state;
    static const char *const MARKS[] = {NULL, "", "00000000-0000-0000-0000-000000000000"};
    for (size_t i = 0; i < COUNT(MARKS); i++) {
        char path[128];
        struct fault f = {0};
        snprintf(path, sizeof path, "%s/send-0.journal.boot", dir);
        unlink(path);
        FILE *file = MARKS[i] ? fopen(path, "w") : NULL;
        assert_true(!MARKS[i] || (fputs(MARKS[i], file) >= 0 && fclose(file) == 0));
        struct journal *j = open_journal();
        assert_true(journal_doubtful(j));
        journal_close(&j);
        j = open_journal(); /* opened is not settled */
        assert_true(journal_doubtful(j));
        assert_true(journal_empty(j, &f));
        assert_false(journal_doubtful(j));
        journal_close(&j);
        j = open_journal();
        assert_false(journal_doubtful(j));
        journal_close(&j);
    }
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_empties_when_all_is_closed),
        cmocka_unit_test(test_old_records),
        cmocka_unit_test(test_records_of_a_later_version),
        cmocka_unit_test(test_many_recipients),
        cmocka_unit_test(test_torn_everywhere),
        cmocka_unit_test(test_flipped_everywhere),
        cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_doubtful_after_a_new_start),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
