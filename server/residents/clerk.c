/* The helper process that works on a large file of residents. */
#include "residents/clerk.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "http/store.h"
#include "log.h"
#include "words/say.h"

enum { NICE = 10, TELL_MS = 500, FIRST_FD = 3 };

#define BUSY   N_("Other files are being worked on. Try again in a minute.")
#define BROKEN N_("The work on this file could not be started.")

/* The clerks of this process; 0: a free place. Two, for a clerk's work is over before its process
 * is: whoever sees on the page that it is done may go on at once. */
static pid_t clerks[2];

/* ---- the child ---- */

/* What a clerk says while its transaction is open goes over a second connection. */
struct watch {
    struct arena *arena;
    struct db *db;
    int64_t import, told_ms;
};

static void on_step(void *to, int64_t done, int64_t whole) {
    struct watch *w = to;
    struct fault unheard;
    if (clock_ms() - w->told_ms < TELL_MS)
        return;
    w->told_ms = clock_ms();
    if (db_alive(w->db, &unheard) &&
        !import_tell(w->db, w->arena, w->import, done, whole, &unheard))
        log_debug("progress is not told: %s", unheard.detail);
}

static bool act(const struct clerk_work *work, struct watch *watch, struct fault *f) {
    CLEANUP(db_close) struct db *db = NULL;
    struct import_actor who = work->who;
    struct import_result result;
    who.tell = on_step;
    who.to = watch;
    if (!store_open(FACE_STAFF, &db, f))
        return false;
    return work->file ? import_stage(db, watch->arena, &who, work->file, &result, f)
                      : import_apply(db, watch->arena, &who, work->import, f);
}

static bool work_through(const struct clerk_work *work) {
    CLEANUP(arena_free) struct arena *a = arena_new();
    CLEANUP(db_close) struct db *told = NULL;
    struct fault f = {0};
    struct fault unheard;
    if (!store_open(FACE_STAFF, &told, &f)) {
        log_error("import %lld: %s %s", (long long)work->import, f.text, f.detail);
        return false;
    }
    struct watch watch = {.arena = a, .db = told, .import = work->import};
    if (act(work, &watch, &f)) {
        log_info("import %lld: %s", (long long)work->import, work->file ? "staged" : "applied");
        return true;
    }
    log_warn("import %lld: %s %s", (long long)work->import, f.text, f.detail);
    if (!db_alive(told, &unheard) || !import_failed(told, a, work->import, f.text, &unheard)) {
        log_error("import %lld: its end is not recorded: %s", (long long)work->import,
                  unheard.detail);
    }
    return false;
}

/* Nothing of the server's connections may stay open in a process that will not serve them. */
static NORETURN void work_alone(const struct clerk_work *work) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, NICE);
    close_range(FIRST_FD, ~0U, 0);
    _exit(work_through(work) ? 0 : 1);
}

/* ---- the parent ---- */

void clerk_reap(void) {
    for (size_t i = 0; i < COUNT(clerks); i++)
        if (clerks[i] > 0 && waitpid(clerks[i], NULL, WNOHANG) != 0)
            clerks[i] = 0;
}

static pid_t *free_place(void) {
    for (size_t i = 0; i < COUNT(clerks); i++)
        if (clerks[i] == 0)
            return &clerks[i];
    return NULL;
}

bool clerk_start(const struct clerk_work *work, struct fault *f) {
    clerk_reap();
    pid_t *place = free_place();
    if (!place)
        return fault_set(f, FAULT_RETRY, BUSY);
    pid_t pid = fork();
    if (pid == 0)
        work_alone(work);
    if (pid < 0)
        return fault_detail(f, FAULT_RETRY, BROKEN, "%s", strerror(errno));
    *place = pid;
    return true;
}
