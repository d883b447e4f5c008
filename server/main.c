/* kairan-server: options, settings, listening sockets, and the pool of processes that serve. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "db/drift.h"
#include "db/law.h"
#include "door/kdf.h"
#include "http/files.h"
#include "http/store.h"
#include "log.h"
#include "page/present.h"
#include "proc.h"
#include "route_table.h"
#include "serve.h"
#include "settings/conf.h"
#include "text.h"
#include "version.h"
#include "words/say.h"

enum { BACKLOG = 1024, FD_MOST = 1 << 20, SLOT_MOST = 1 << 10, ARGS_MOST = 16 };

struct options {
    const char *config;
    bool faces[FACE_LAST]; /* to serve */
    bool check;            /* only the settings, and what web_dir holds */
    bool routes;           /* only print who may do what */
    bool version;          /* only say which release this is */
    /* Given by the master to its processes. */
    const char *role; /* a face's name */
    int64_t slot;
    int64_t listen_fd[FACE_LAST]; /* -1: not open */
};

static const char *const face_names[] = {[FACE_STAFF] = "staff", [FACE_PUBLIC] = "public"};
static_assert(COUNT(face_names) == FACE_LAST, "each face has its name");

static NORETURN void usage(int status) {
    fprintf(status ? stderr : stdout,
            "usage: kairan-server [--config FILE] [--face staff|public|both] "
            "[--check-config | --routes | --version]\n");
    exit(status);
}

/* ---- options ---- */

static void take_face(struct options *o, const char *name) {
    bool both = strcmp(name, "both") == 0;
    bool any = both;
    for (size_t i = 0; i < FACE_LAST; i++) {
        o->faces[i] = both || strcmp(name, face_names[i]) == 0;
        any = any || o->faces[i];
    }
    if (!any)
        usage(2);
}

static int64_t take_number(const char *text, int64_t most) {
    int64_t n;
    if (!text_int(text, 0, most, &n))
        usage(2);
    return n;
}

static struct options options_read(int argc, char **argv) {
    enum { STAFF_FD = 256, PUBLIC_FD, ROUTES, VERSION };
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"face", required_argument, NULL, 'f'},
        {"check-config", no_argument, NULL, 'k'},
        {"routes", no_argument, NULL, ROUTES},
        {"version", no_argument, NULL, VERSION},
        {"help", no_argument, NULL, 'h'},
        {"role", required_argument, NULL, 'r'},
        {"slot", required_argument, NULL, 's'},
        {"staff-fd", required_argument, NULL, STAFF_FD},
        {"public-fd", required_argument, NULL, PUBLIC_FD},
        {0},
    };
    struct options o = {.faces = {true, true}, .listen_fd = {-1, -1}};
    int choice;
    while ((choice = getopt_long(argc, argv, "c:f:kh", known, NULL)) != -1) {
        switch (choice) {
        case 'c':
            o.config = optarg;
            break;
        case 'f':
            take_face(&o, optarg);
            break;
        case 'k':
            o.check = true;
            break;
        case ROUTES:
            o.routes = true;
            break;
        case VERSION:
            o.version = true;
            break;
        case 'r':
            o.role = optarg;
            break;
        case 's':
            o.slot = take_number(optarg, SLOT_MOST);
            break;
        case STAFF_FD:
            o.listen_fd[FACE_STAFF] = take_number(optarg, FD_MOST);
            break;
        case PUBLIC_FD:
            o.listen_fd[FACE_PUBLIC] = take_number(optarg, FD_MOST);
            break;
        default:
            usage(choice == 'h' ? 0 : 2);
        }
    }
    if (optind != argc)
        usage(2);
    return o;
}

/* ---- pages, styles, sentences ---- */

static void must(bool done, const struct fault *f) {
    if (!done)
        die("%s %s", f->text, f->detail);
}

static void load(struct fault *f) {
    struct arena *a = arena_new();
    if (!say_open(arena_printf(a, "%s/locale", conf.web_dir), f) ||
        !files_open(arena_printf(a, "%s/static", conf.web_dir), f) || !present_open(f))
        die("web_dir: %s %s", f->text, f->detail);
    arena_free(&a);
}

/* ---- the master ---- */

/* Splits "127.0.0.1:8080" or "[::1]:8080"; the table of settings has checked the form. */
static struct addrinfo *listen_address(const char *text) {
    char host[128];
    snprintf(host, sizeof host, "%s", text);
    char *port = strrchr(host, ':');
    if (!port)
        die("%s is no address to listen on; write host:port", text);
    *port++ = '\0';
    char *name = host;
    if (name[0] == '[') {
        name++;
        name[strcspn(name, "]")] = '\0';
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_NUMERICHOST};
    struct addrinfo *found;
    int error = getaddrinfo(name, port, &hints, &found);
    if (error)
        die("%s is no address to listen on: %s", text, gai_strerror(error));
    return found;
}

/* A listening socket that the processes of the pool inherit. */
static int listen_open(const char *setting, const char *text) {
    struct addrinfo *address = listen_address(text);
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        die("%s: cannot listen on %s: %s", setting, text, strerror(errno));
    freeaddrinfo(address);
    return fd;
}

/* Each process reads what web_dir holds; that it can is seen before the first one starts. */
static void check_web_dir(void) {
    struct fault f = {0};
    load(&f);
    present_close();
    files_close();
    say_close();
}

/* Opens the sockets and runs the pool; its processes get our own options and the sockets'
 * numbers. */
static int master(char **argv, const struct options *o) {
    struct proc_role roles[FACE_LAST];
    char *args[ARGS_MOST + 2 * FACE_LAST + 1];
    char numbers[FACE_LAST][12], ready[FACE_LAST][192];
    char *names[FACE_LAST] = {"--staff-fd", "--public-fd"};
    static const char *const settings[FACE_LAST] = {"staff_listen", "public_listen"};
    const char *listens[FACE_LAST] = {conf.staff_listen, conf.public_listen};
    size_t n = 0;
    size_t count = 0;
    check_web_dir();
    while (n < ARGS_MOST && argv[n]) {
        args[n] = argv[n];
        n++;
    }
    for (size_t face = 0; face < FACE_LAST; face++) {
        if (!o->faces[face])
            continue;
        /* for the processes; open till the end */
        int fd = listen_open(settings[face], listens[face]);
        snprintf(numbers[face], sizeof numbers[face], "%d", fd);
        args[n++] = names[face];
        args[n++] = numbers[face];
        snprintf(ready[face], sizeof ready[face], "%s face listening on %s", face_names[face],
                 listens[face]);
        roles[count] = (struct proc_role){
            .role = face_names[face], .count = (int)conf.server_processes, .ready = ready[face]};
        count++;
    }
    args[n] = NULL;
    return proc_pool(args, roles, count, (int)conf.request_deadline_s + 2);
}

/* ---- one process ---- */

/* A connection is a file; what the system grants at most is what conf.connection_limit may use. */
static void allow_files(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur < (rlim_t)conf.connection_limit + 64) {
        log_warn("connection_limit is %lld, but only %llu files may be open",
                 (long long)conf.connection_limit, (unsigned long long)files.rlim_cur);
    }
}

/* Somebody mended a function at night, or broke one: the service goes on, since nobody may be
 * forgotten, and whoever is on watch learns of it. One process of the face says so. */
static void say_law(struct db *db, enum face face, int64_t slot) {
    struct fault f = {0};
    bool same = true;
    if (face != FACE_STAFF || slot != 0)
        return;
    if (!law_same(db, &same, &f))
        log_warn("the law of the database could not be looked at: %s %s", f.text, f.detail);
    if (!same) {
        log_error("functions, triggers or grants of the database are not as this release loaded "
                  "them; `kairan migrate --check` names them, `kairan migrate` puts them back");
    }
}

static int child(const struct options *o) {
    struct fault f = {0};
    enum face face = strcmp(o->role, face_names[FACE_STAFF]) == 0 ? FACE_STAFF : FACE_PUBLIC;
    if (o->listen_fd[face] < 0)
        usage(2);
    proc_signals();
    allow_files();
    if (face == FACE_STAFF)
        must(kdf_open(&f), &f);
    load(&f);
    /* A database that is away is waited for; one that does not fit never will. */
    struct db *db = store_db(face, &f);
    if (db ? !drift_bearable(db, &f) && f.kind == FAULT_CONFLICT : f.kind != FAULT_RETRY)
        die("%s %s", f.text, f.detail);
    if (db)
        say_law(db, face, o->slot);
    bool well = serve(face, (int)o->listen_fd[face], &f);
    if (!well)
        log_error("%s %s", f.text, f.detail);
    present_close();
    files_close();
    say_close();
    return well ? 0 : 1;
}

int main(int argc, char **argv) {
    struct options o = options_read(argc, argv);
    if (o.routes) {
        route_print(route_table(), stdout);
        return 0;
    }
    if (o.version) {
        puts("kairan-server " RELEASE);
        return 0;
    }
    log_open("kairan-server", o.role ? o.role : "", LOG_LEVEL_INFO);
    struct fault f = {0};
    if (!conf_load(o.config, &f))
        die("%s: %s %s", f.field, f.text, f.detail);
    if (o.check) {
        check_web_dir();
        return 0;
    }
    if (geteuid() == 0 && conf.profile == PROFILE_PRODUCTION)
        die("do not run the server as root; run it as an ordinary user");
    char role[64];
    snprintf(role, sizeof role, "%s %lld", o.role ? o.role : "", (long long)o.slot);
    log_open("kairan-server", o.role ? role : "", (enum log_level)conf.log_level);
    return o.role ? child(&o) : master(argv, &o);
}
