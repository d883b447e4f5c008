/* `kairan demo`: the demo town, made once. Departments, categories and areas as the files under
 * tests/data use them; people with random passwords; residents through the real import. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "cli.h"
#include "door/password.h"
#include "import_file.h"
#include "sending/dkim_key.h"
#include "settings/conf.h"
#include "staff.h"

static const struct department {
    const char *code, *name, *name_en;
} departments[] = {
    {"bousai", "防災課", "Disaster Prevention Division"},
    {"suido", "上下水道課", "Water and Sewerage Division"},
    {"kosodate", "子育て支援課", "Child Support Division"},
};

static const struct category {
    const char *department, *name, *name_en;
} categories[] = {
    {"bousai", "防災", "Disaster prevention"},
    {"bousai", "火災", "Fires"},
    {"bousai", "防犯", "Crime prevention"},
    {"suido", "水道", "Water supply"},
    {"suido", "道路", "Roads"},
    {"suido", "くらし", "Daily life"},
    {"kosodate", "子育て", "Child-rearing"},
    {"kosodate", "健康", "Health"},
};

static const struct area {
    const char *name, *name_en;
} areas[] = {
    {"中央", "Central"}, {"東部", "East"},        {"西部", "West"},      {"南部", "South"},
    {"北部", "North"},   {"川沿い", "Riverside"}, {"山間", "Mountains"},
};

/* One approver and two drafters a department, and the administrator. */
static const struct member {
    const char *login, *name, *role, *department;
} members[] = {
    {"bousai-chief", "青葉 みどり", "approver", "bousai"},
    {"bousai-1", "若葉 すすむ", "drafter", "bousai"},
    {"bousai-2", "双葉 のぞみ", "drafter", "bousai"},
    {"suido-chief", "水野 いずみ", "approver", "suido"},
    {"suido-1", "川辺 ながれ", "drafter", "suido"},
    {"suido-2", "滝田 しずく", "drafter", "suido"},
    {"kosodate-chief", "桜木 ひなた", "approver", "kosodate"},
    {"kosodate-1", "花園 つぼみ", "drafter", "kosodate"},
    {"kosodate-2", "春野 こずえ", "drafter", "kosodate"},
    {"admin", "管野 まもる", "administrator", NULL},
};

struct town {
    const char *staff_file, *residents;
};

/* ---- the town's rows ---- */

static bool add_departments(struct db *db, struct fault *f) {
    for (size_t i = 0; i < COUNT(departments); i++) {
        const struct department *d = &departments[i];
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(db, SQL_OPERATOR_DEMO_DEPARTMENT, &rows, f, d->code, d->name, d->name_en))
            return false;
    }
    return true;
}

static bool add_categories(struct arena *a, struct db *db, struct fault *f) {
    for (size_t i = 0; i < COUNT(categories); i++) {
        const struct category *c = &categories[i];
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(db, SQL_OPERATOR_DEMO_CATEGORY, &rows, f, c->department, c->name, c->name_en,
                    arena_printf(a, "%zu", i)))
            return false;
    }
    return true;
}

static bool add_areas(struct arena *a, struct db *db, struct fault *f) {
    for (size_t i = 0; i < COUNT(areas); i++) {
        CLEANUP(db_rows_done) struct db_rows rows = {0};
        if (!DB_RUN(db, SQL_OPERATOR_DEMO_AREA, &rows, f, areas[i].name, areas[i].name_en,
                    arena_printf(a, "%zu", i)))
            return false;
    }
    return true;
}

/* Adds a person with a password of its own, and the line that says so to the sheet. */
static bool add_member(struct arena *a, struct db *db, const struct member *m, struct buf *sheet,
                       struct fault *f) {
    char password[PASSWORD_MADE_B];
    if (!password_make(password, f))
        return false;
    const struct staff_new s = {.login = m->login,
                                .name = m->name,
                                .mail = arena_printf(a, "%s@%s", m->login, conf.domain),
                                .role = m->role,
                                .department = m->department,
                                .password = password};
    buf_printf(sheet, "%-15s %s  %-14s %s\n", m->login, password, m->role, m->name);
    return staff_new_add(a, db, &s, f);
}

static bool add_members(struct arena *a, struct db *db, struct buf *sheet, struct fault *f) {
    buf_printf(sheet, "%-15s %-23s  %-14s %s\n", "sign-in name", "password", "role", "name");
    for (size_t i = 0; i < COUNT(members); i++)
        if (!add_member(a, db, &members[i], sheet, f))
            return false;
    return true;
}

/* ---- the sheet with the sign-in data ---- */

static bool sheet_put(const char *path, const struct buf *sheet) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool put = fchmod(fd, 0600) == 0 &&
               write(fd, buf_text(sheet), sheet->len_b) == (ssize_t)sheet->len_b && fsync(fd) == 0;
    return close(fd) == 0 && put;
}

/* Whole or not at all, and readable by its owner alone. */
static bool sheet_write(struct arena *a, const char *path, const struct buf *sheet,
                        struct fault *f) {
    const char *half = arena_printf(a, "%s.new", path);
    if (sheet_put(half, sheet) && rename(half, path) == 0)
        return true;
    return fault_detail(f, FAULT_INVALID, "The file for the sign-in data cannot be written.",
                        "%s: %s", path, strerror(errno));
}

/* ---- making it ---- */

static bool ask_truth(struct db *db, enum sql which, bool *truth, struct fault *f) {
    CLEANUP(db_rows_done) struct db_rows rows = {0};
    if (!DB_RUN0(db, which, &rows, f))
        return false;
    *truth = db_bool(&rows, 0, 0);
    return true;
}

/* The sheet is written before the commit: people whose passwords nobody knows cannot come about. */
static bool make_staff(struct arena *a, struct db *db, const struct town *t, struct fault *f) {
    CLEANUP(buf_done) struct buf sheet = buf_init(16384);
    CLEANUP(db_tx_end) struct db_tx tx = {0};
    bool made = false;
    if (!ask_truth(db, SQL_OPERATOR_DEMO_MADE, &made, f))
        return false;
    if (made)
        return true;
    return db_begin(db, &tx, f) && add_departments(db, f) && add_categories(a, db, f) &&
           add_areas(a, db, f) && add_members(a, db, &sheet, f) &&
           sheet_write(a, t->staff_file, &sheet, f) && db_commit(&tx, f);
}

static bool make_residents(struct arena *a, struct db *db, const struct town *t, struct fault *f) {
    const struct import_job job = {.path = t->residents, .reason = "デモ用の利用者の登録"};
    struct import_result done = {0};
    bool made = false;
    if (!ask_truth(db, SQL_OPERATOR_DEMO_RESIDENTS, &made, f))
        return false;
    if (made || !t->residents)
        return true;
    if (!import_file_run(a, db, &job, &done, f))
        return false;
    import_file_print(&job, &done);
    return true;
}

/* Its mails are signed like any town's. Files are no part of the database: the key may be missing
 * though the town is there. */
static bool make_key(struct fault *f) {
    static const char selector[] = "demo";
    struct dkim_key key;
    struct fault none = {0};
    if (!*conf.dkim_dir)
        return true;
    if (dkim_key_current(conf.dkim_dir, conf.domain, &key, &none)) {
        dkim_key_close(&key);
        return true;
    }
    bool made = dkim_key_make(conf.dkim_dir, conf.domain, selector, f);
    return (made || f->kind == FAULT_CONFLICT) &&
           dkim_key_use(conf.dkim_dir, conf.domain, selector, f);
}

static const char usage[] =
    "kairan demo --staff-file FILE [--residents FILE]\n"
    "Makes the demo town in an empty database (profile demo only): departments, categories, "
    "areas,\n"
    "people whose random passwords go to the staff file (mode 0600), and the residents of a CSV\n"
    "file, and a key that signs mails. What is there already stays as it is.";

static bool town_make(struct arena *a, const struct town *t, struct fault *f) {
    static const char *const sets[] = {"operator", "import", "import_operator"};
    CLEANUP(db_close) struct db *db = NULL;
    if (conf.profile != PROFILE_DEMO)
        return fault_field(f, FAULT_DENIED, "profile",
                           "Ready-made people are for the demo profile only.");
    return db_open("kairan_owner", sets, COUNT(sets), &db, f) && make_staff(a, db, t, f) &&
           make_residents(a, db, t, f) && make_key(f);
}

int cli_demo(struct arena *a, int argc, char **argv) {
    static const struct option options[] = {{"staff-file", required_argument, NULL, 's'},
                                            {"residents", required_argument, NULL, 'r'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct town t = {0};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 's' && o != 'r')
            return o == 'h' ? (puts(usage), CLI_DONE) : CLI_USAGE;
        *(o == 's' ? &t.staff_file : &t.residents) = optarg;
    }
    if (!t.staff_file || optind != argc)
        return cli_usage(usage);
    struct fault f = {0};
    return town_make(a, &t, &f) ? CLI_DONE : cli_fail(&f);
}
