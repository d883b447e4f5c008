/* The database connection of one server process. */
#include "http/store.h"

#include "clock.h"
#include "door/access.h"
#include "http/talk.h"
#include "log.h"
#include "words/say.h"

/* Statements each face uses: the files of core/ by name. */
static const char *const staff_sets[] = {
    "sign_in",    "people",     "forms",      "oplog",   "import",   "alert",
    "suspension", "report",     "credential", "account", "access",   "factor",
    "calendar",   "inspection", "usage",      "drift",   "catalogue"};
static const char *const public_sets[] = {"subscriber", "drift"};

static const struct {
    const char *role;
    const char *const *sets;
    size_t count;
} faces[] = {
    [FACE_STAFF] = {"kairan_staff", staff_sets, COUNT(staff_sets)},
    [FACE_PUBLIC] = {"kairan_public", public_sets, COUNT(public_sets)},
};
static_assert(COUNT(faces) == FACE_LAST, "each face has its role");

/* One connection a process is the design; it is opened late, and lost now and then. */
static struct {
    struct db *db;
    int64_t again_ms; /* not tried before; 0 while it is well */
} held;

bool store_open(enum face face, struct db **out, struct fault *f) {
    return db_open(faces[face].role, faces[face].sets, faces[face].count, out, f);
}

/* The rules of access are as strict as our settings before anybody is served; where they are
 * stricter, somebody has changed the settings and forgotten `kairan migrate`. */
static bool keep_rules(struct fault *f) {
    bool more;
    if (!access_keep(held.db, &more, f)) {
        db_close(&held.db);
        return false;
    }
    if (more) {
        log_warn("the database asks for more than second_factor_roles, second_factor_minutes, "
                 "usual_from, usual_to and operating_hours say; `kairan migrate` takes them over");
    }
    return true;
}

static bool open_first(enum face face, struct fault *f) {
    return store_open(face, &held.db, f) && (face != FACE_STAFF || keep_rules(f));
}

static bool try_now(enum face face, struct fault *f) {
    if (held.db)
        return db_alive(held.db, f);
    return open_first(face, f);
}

struct db *store_db(enum face face, struct fault *f) {
    if (held.again_ms > clock_ms()) {
        fault_set(f, FAULT_RETRY, N_("The database cannot be reached. Try again shortly."));
        return NULL;
    }
    bool was_well = held.again_ms == 0;
    if (try_now(face, f)) {
        if (!was_well)
            log_info("the database is back");
        held.again_ms = 0;
        return held.db;
    }
    if (was_well)
        log_warn("waiting for the database: %s %s", f->text, f->detail);
    held.again_ms = clock_ms() + 1000;
    return NULL;
}

void store_close(void) {
    db_close(&held.db);
}
