/* The folder of DKIM keys: what is made can be used, a switch is whole, what is unsafe or broken is
 * refused with its reason. */
#include "check.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sending/dkim_key.h"

static const char DOMAIN[] = "city.kairan.example";

struct place {
    struct arena *a;
    char *dir, *folder;
};

static int make_place(void **state) {
    char dir[] = "/tmp/kairan-dkim-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->a = arena_new();
    p->dir = arena_strdup(p->a, dir);
    p->folder = arena_printf(p->a, "%s/%s", dir, DOMAIN);
    *state = p;
    return 0;
}

static int drop_place(void **state) {
    struct place *p = *state;
    static const char *const NAMES[] = {"s1.pem", "s2.pem", "current", "bad.pem", "notes.txt"};
    for (size_t i = 0; i < COUNT(NAMES); i++)
        unlink(arena_printf(p->a, "%s/%s", p->folder, NAMES[i]));
    int left = rmdir(p->folder) != 0 || rmdir(p->dir) != 0; /* nothing else was left behind */
    arena_free(&p->a);
    free(p);
    return left;
}

static char *file_of(struct place *p, const char *name) {
    return arena_printf(p->a, "%s/%s", p->folder, name);
}

static void make(struct place *p, const char *selector) {
    struct fault f = {0};
    if (!dkim_key_make(p->dir, DOMAIN, selector, &f))
        fail_msg("%s %s", f.text, f.detail);
}

static void use(struct place *p, const char *selector) {
    struct fault f = {0};
    if (!dkim_key_use(p->dir, DOMAIN, selector, &f))
        fail_msg("%s %s", f.text, f.detail);
}

static void assert_current(struct place *p, const char *selector) {
    struct fault f = {0};
    struct dkim_key key;
    assert_true(dkim_key_current(p->dir, DOMAIN, &key, &f));
    assert_string_equal(key.selector, selector);
    assert_int_equal(EVP_PKEY_get_bits(key.pkey), 2048);
    dkim_key_close(&key);
}

/* Both ways to a key refuse it, with a reason that has these words. */
static void assert_refused(struct place *p, const char *selector, const char *why) {
    struct fault f = {0};
    struct dkim_key key;
    assert_false(dkim_key_open(p->dir, DOMAIN, selector, &key, &f));
    assert_int_equal(f.kind, FAULT_INVALID);
    assert_string_equal(f.field, "dkim_dir");
    if (!strstr(f.detail, why))
        fail_msg("\"%s\" lacks \"%s\"", f.detail, why);
    assert_false(dkim_key_use(p->dir, DOMAIN, selector, &f));
}

/* ---- making and switching ---- */

static void a_made_key_is_secret_and_not_yet_current(void **state) {
    struct place *p = *state;
    struct stat s;
    struct fault f = {0};
    struct dkim_key key;
    make(p, "s1");
    assert_int_equal(stat(file_of(p, "s1.pem"), &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
    assert_false(dkim_key_current(p->dir, DOMAIN, &key, &f));
    assert_non_null(strstr(f.detail, "no key is in use"));
    assert_true(dkim_key_open(p->dir, DOMAIN, "s1", &key, &f));
    assert_memory_equal(dkim_key_record(p->a, &key),
                        "v=DKIM1; h=sha256; k=rsa; s=email; t=s; p=MII", 45);
    dkim_key_close(&key);
}

static void a_switch_changes_key_and_stamp(void **state) {
    struct place *p = *state;
    make(p, "s1");
    make(p, "s2");
    use(p, "s1");
    assert_current(p, "s1");
    struct dkim_stamp before = dkim_key_stamp(p->dir, DOMAIN);
    struct dkim_stamp again = dkim_key_stamp(p->dir, DOMAIN);
    assert_memory_equal(&before, &again, sizeof before);
    use(p, "s2");
    assert_current(p, "s2");
    struct dkim_stamp after = dkim_key_stamp(p->dir, DOMAIN);
    assert_memory_not_equal(&before, &after, sizeof before);
}

static void a_selector_is_made_once(void **state) {
    struct place *p = *state;
    struct fault f = {0};
    make(p, "s1");
    use(p, "s1");
    assert_false(dkim_key_make(p->dir, DOMAIN, "s1", &f));
    assert_int_equal(f.kind, FAULT_CONFLICT);
    assert_current(p, "s1");
}

static void the_list_has_keys_alone(void **state) {
    struct place *p = *state;
    struct fault f = {0};
    char **names;
    size_t count;
    const char *current;
    make(p, "s2");
    make(p, "s1");
    use(p, "s2");
    close(open(file_of(p, "notes.txt"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_true(dkim_key_list(p->a, p->dir, DOMAIN, &names, &count, &current, &f));
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "s1");
    assert_string_equal(names[1], "s2");
    assert_string_equal(current, "s2");
}

static void selectors_are_one_label(void **state) {
    struct place *p = *state;
    static const char *const WRONG[] = {
        "",    "-a",  "a-",
        "A",   "a.b", "../s1",
        "a/b", "a b", "0123456789012345678901234567890123456789012345678901234567890123"};
    struct fault f = {0};
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        assert_false(dkim_selector_fits(WRONG[i]));
        assert_false(dkim_key_make(p->dir, DOMAIN, WRONG[i], &f));
        assert_non_null(strstr(f.detail, "a selector of 1 to 63"));
    }
    assert_true(dkim_selector_fits("s20261122-a"));
    make(p, "s1");
}

/* ---- what is refused ---- */

static void who_may_read_and_write_is_looked_at(void **state) {
    struct place *p = *state;
    make(p, "s1");
    use(p, "s1");
    assert_int_equal(chmod(file_of(p, "s1.pem"), 0604), 0);
    assert_refused(p, "s1", "nothing to others");
    assert_int_equal(chmod(file_of(p, "s1.pem"), 0640), 0);
    assert_current(p, "s1");
    assert_int_equal(chmod(p->folder, 0777), 0);
    assert_refused(p, "s1", "others may not write");
    assert_int_equal(chmod(p->folder, 0700), 0);
    assert_refused(p, "s2", "No such file");
}

static void write_pem(struct place *p, EVP_PKEY *key, const char *password) {
    FILE *file = fopen(file_of(p, "bad.pem"), "we");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    const EVP_CIPHER *cipher = password ? EVP_aes_128_cbc() : NULL;
    if (key)
        assert_int_equal(PEM_write_PrivateKey(file, key, cipher, (const unsigned char *)password,
                                              password ? (int)strlen(password) : 0, NULL, NULL),
                         1);
    else
        fputs("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", file);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(key);
}

static void keys_of_the_wrong_kind_are_refused(void **state) {
    struct place *p = *state;
    make(p, "s1");
    write_pem(p, EVP_RSA_gen(1024), NULL);
    assert_refused(p, "bad", "2048 to 4096 bits");
    write_pem(p, EVP_EC_gen("P-256"), NULL);
    assert_refused(p, "bad", "an RSA key in PEM");
    write_pem(p, EVP_RSA_gen(2048), "secret");
    assert_refused(p, "bad", "not encrypted");
    write_pem(p, NULL, NULL);
    assert_refused(p, "bad", "an RSA key in PEM");
}

static void links_lead_to_keys_beside_them_only(void **state) {
    struct place *p = *state;
    struct fault f = {0};
    struct dkim_key key;
    static const char *const WRONG[] = {"../s1.pem", "/etc/passwd", "s1", "current"};
    make(p, "s1");
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        assert_int_equal(symlink(WRONG[i], file_of(p, "current")), 0);
        assert_false(dkim_key_current(p->dir, DOMAIN, &key, &f));
        assert_non_null(strstr(f.detail, "a link to a key beside it"));
        assert_int_equal(unlink(file_of(p, "current")), 0);
    }
    assert_int_equal(symlink("s1.pem", file_of(p, "bad.pem")), 0); /* no link to a link */
    assert_refused(p, "bad", "symbolic links");
}

static void no_folder_is_said(void **state) {
    struct place *p = *state;
    struct fault f = {0};
    struct dkim_key key;
    assert_false(dkim_key_current("/nonexistent", DOMAIN, &key, &f));
    assert_non_null(strstr(f.detail, "/nonexistent/city.kairan.example: No such file"));
    assert_false(dkim_key_make("/nonexistent", DOMAIN, "s1", &f));
    assert_non_null(strstr(f.detail, "No such file"));
    make(p, "s1");
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_made_key_is_secret_and_not_yet_current),
        IN_PLACE(a_switch_changes_key_and_stamp),
        IN_PLACE(a_selector_is_made_once),
        IN_PLACE(the_list_has_keys_alone),
        IN_PLACE(selectors_are_one_label),
        IN_PLACE(who_may_read_and_write_is_looked_at),
        IN_PLACE(keys_of_the_wrong_kind_are_refused),
        IN_PLACE(links_lead_to_keys_beside_them_only),
        IN_PLACE(no_folder_is_said),
    };
    return cmocka_run_group_tests_name("dkim_key", tests, NULL, NULL);
}
