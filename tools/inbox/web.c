/* libmicrohttpd and the requests: gather, guard, answer, or wait for mail. */
#include "web.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "log.h"
#include "route.h"

enum { BODY_MAX_B = 16 << 10, ANSWER_MAX_B = 256 << 20, CONNECTIONS_MAX = 200, IDLE_S = 30 };

/* One request from its header to its completion. */
struct ask {
    struct ask *next, *prev; /* those who wait, in a ring with web.waiting */
    struct web *web;
    struct MHD_Connection *connection;
    struct arena *arena;
    struct buf body;
    int64_t until_ms; /* end of its waiting; 0 until it waits */
    bool suspended;
};

struct web {
    struct MHD_Daemon *daemon;
    struct web_world world;
    struct ask waiting;
    uint64_t seen; /* newest mail when those who wait were asked last */
    int fd;
};

static int64_t clock_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const char *header(struct MHD_Connection *c, const char *name) {
    const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
    return value ? value : "";
}

/* Only our own names: a page elsewhere cannot reach us through a name that it points to 127.0.0.1.
 */
static bool host_ours(const char *host) {
    static const char *const names[] = {"localhost", "127.", "[::1]"};
    size_t len = strcspn(host, ":");
    if (*host == '[')
        len = strcspn(host, "]") + 1;
    if (!strncasecmp(host, names[0], len) && len == strlen(names[0]))
        return true;
    if (!strncmp(host, names[1], 4) && strspn(host, "0123456789.") == len)
        return true;
    return !strncmp(host, names[2], 5) && len == 5;
}

static bool body_json(struct MHD_Connection *c) {
    return !strncasecmp(header(c, "Content-Type"), "application/json", 16);
}

/* Whether a change comes from our own page or from a script on this machine. A browser names the
 * origin of every POST; what names none must be JSON, which no foreign page can send unasked. */
static bool origin_ours(struct MHD_Connection *c) {
    const char *origin = header(c, "Origin"), *site = header(c, "Sec-Fetch-Site");
    if (*site && strcmp(site, "same-origin") != 0)
        return false;
    if (!*origin)
        return *site || body_json(c);
    return !strncmp(origin, "http://", 7) && !strcasecmp(origin + 7, header(c, "Host"));
}

static bool safe_method(const char *method) {
    return !strcmp(method, "GET") || !strcmp(method, "HEAD");
}

static void add_headers(struct MHD_Response *response, const struct answer *answer) {
    static const char *const fixed[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
        {"Vary", "Accept"},
    };
    for (size_t i = 0; i < COUNT(fixed); i++)
        MHD_add_response_header(response, fixed[i][0], fixed[i][1]);
    MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->location)
        MHD_add_response_header(response, "Location", answer->location);
    if (answer->filename)
        MHD_add_response_header(response, "Content-Disposition", "attachment");
}

/* Hands the answer over; its body belongs to the library then. */
static enum MHD_Result send_answer(struct MHD_Connection *c, struct answer *answer) {
    if (answer->body.over) {
        buf_clear(&answer->body);
        buf_str(&answer->body, "too much\n");
        answer->status = 500;
        answer->type = "text/plain";
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.len_b, answer->body.data, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    answer->body = buf_init(0);
    add_headers(response, answer);
    enum MHD_Result result = MHD_queue_response(c, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_text(struct MHD_Connection *c, int status, const char *text) {
    struct answer answer = {.status = status, .type = "text/plain; charset=utf-8"};
    answer.body = buf_init(4096);
    buf_str(&answer.body, text);
    return send_answer(c, &answer);
}

static const char *query_value(void *context, const char *name) {
    const char *value = NULL;
    size_t len = 0;
    MHD_lookup_connection_value_n(context, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, &len);
    return value && strlen(value) == len ? value : NULL;
}

static void ask_wait(struct ask *ask, int wait_ms) {
    struct ask *head = &ask->web->waiting;
    if (!ask->until_ms)
        ask->until_ms = clock_ms() + wait_ms;
    ask->next = head;
    ask->prev = head->prev;
    ask->prev->next = head->prev = ask;
    ask->suspended = true;
    MHD_suspend_connection(ask->connection);
}

static void ask_resume(struct ask *ask) {
    ask->prev->next = ask->next;
    ask->next->prev = ask->prev;
    ask->suspended = false;
    MHD_resume_connection(ask->connection);
}

static enum MHD_Result ask_answer(struct ask *ask, const char *path, const char *method) {
    struct MHD_Connection *c = ask->connection;
    struct request request = {
        .arena = ask->arena,
        .method = method,
        .path = path,
        .body = buf_text(&ask->body),
        .body_b = ask->body.len_b,
        .is_json = body_json(c),
        .wants_json = strstr(header(c, "Accept"), "application/json") != NULL,
        .waited = ask->until_ms && clock_ms() >= ask->until_ms,
        .query = query_value,
        .query_context = c,
    };
    struct answer answer = {.status = 200};
    answer.body = buf_init(ANSWER_MAX_B);
    route_answer(&ask->web->world, &request, &answer);
    if (answer.wait_ms) {
        buf_done(&answer.body);
        ask_wait(ask, answer.wait_ms);
        return MHD_YES;
    }
    enum MHD_Result result = send_answer(c, &answer);
    buf_done(&answer.body);
    return result;
}

static struct ask *ask_new(struct web *w, struct MHD_Connection *c) {
    struct ask *ask = calloc(1, sizeof *ask);
    if (!ask)
        die("out of memory");
    *ask = (struct ask){.web = w, .connection = c, .arena = arena_new()};
    ask->body = buf_init(BODY_MAX_B);
    return ask;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *path,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_b, void **state) {
    struct ask *ask = *state;
    (void)version;
    if (!ask) {
        *state = ask_new(context, c);
        return MHD_YES;
    }
    if (*data_b) {
        buf_add(&ask->body, data, *data_b);
        *data_b = 0;
        return MHD_YES;
    }
    if (!host_ours(header(c, "Host")))
        return send_text(c, 421, "Open the inbox as localhost or 127.0.0.1.\n");
    if (!safe_method(method) && !origin_ours(c))
        return send_text(c, 403, "Only the inbox's own pages and local scripts may change it.\n");
    if (ask->body.over)
        return send_text(c, 413, "The request is too big.\n");
    return ask_answer(ask, path, method);
}

static void on_completed(void *context, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode code) {
    struct ask *ask = *state;
    (void)context, (void)c, (void)code;
    if (!ask)
        return;
    arena_free(&ask->arena);
    buf_done(&ask->body);
    free(ask);
    *state = NULL;
}

bool web_open(int listen_fd, const struct web_world *world, struct web **out, struct fault *f) {
    struct web *w = calloc(1, sizeof *w);
    if (!w)
        die("out of memory");
    w->world = *world;
    w->waiting.next = w->waiting.prev = &w->waiting;
    w->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, w,
                         MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                         MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
    if (!w->daemon) {
        free(w);
        return fault_set(f, FAULT_BROKEN, "The web side cannot start.");
    }
    w->fd = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    *out = w;
    return true;
}

void web_close(struct web **w) {
    if (!*w)
        return;
    while ((*w)->waiting.next != &(*w)->waiting)
        ask_resume((*w)->waiting.next);
    MHD_quiesce_daemon((*w)->daemon);
    MHD_stop_daemon((*w)->daemon);
    free(*w);
    *w = NULL;
}

int web_fd(const struct web *w) {
    return w->fd;
}

int web_wait_ms(const struct web *w) {
    MHD_UNSIGNED_LONG_LONG mhd_ms;
    int64_t wait_ms = 1000, now_ms = clock_ms();
    if (MHD_get_timeout(w->daemon, &mhd_ms) == MHD_YES && mhd_ms < 1000)
        wait_ms = (int64_t)mhd_ms;
    for (const struct ask *ask = w->waiting.next; ask != &w->waiting; ask = ask->next)
        if (ask->until_ms - now_ms < wait_ms)
            wait_ms = ask->until_ms > now_ms ? ask->until_ms - now_ms : 0;
    return (int)wait_ms;
}

/* Lets go those whose time is over, and all when mail has come: they look again. */
static bool wake(struct web *w) {
    bool any = false, news = store_newest(w->world.store) != w->seen;
    int64_t now_ms = clock_ms();
    struct ask *last = w->waiting.prev;
    for (struct ask *ask = w->waiting.next, *next = ask->next; ask != &w->waiting;
         ask = next, next = ask->next) {
        if (news || ask->until_ms <= now_ms) {
            ask_resume(ask);
            any = true;
        }
        if (ask == last)
            break;
    }
    w->seen = store_newest(w->world.store);
    return any;
}

void web_turn(struct web *w, bool ready) {
    if (wake(w) || ready || !web_wait_ms(w))
        MHD_run(w->daemon);
}
