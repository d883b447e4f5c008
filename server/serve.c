/* libmicrohttpd's daemon: its callbacks and the loop. */
#include "serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/rand.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dispatch.h"
#include "door/kdf.h"
#include "door/session.h"
#include "http/files.h"
#include "http/store.h"
#include "log.h"
#include "proc.h"
#include "residents/clerk.h"
#include "settings/conf.h"
#include "text.h"
#include "words/say.h"

enum {
    MEMORY_B = 32 << 10, /* of a connection: its headers must fit */
    PAIRS_MOST = 200,    /* in a query: libmicrohttpd 0.9.75 hangs when they overfill its memory */
    TICK_MS = 500,
    AGENT_MOST_B = 200
};

/* Whom the callbacks serve. */
struct http {
    enum face face;
    struct MHD_Daemon *mhd;
    struct conn *conns;
    int64_t ended_ms; /* when conn_cut_ended looked last; it costs a system call a body */
};

static void on_connection(void *cls, struct MHD_Connection *mhd, void **slot,
                          enum MHD_ConnectionNotificationCode code) {
    struct http *h = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = conn_open(&h->conns, mhd);
    } else if (*slot) {
        conn_close(*slot);
        *slot = NULL;
    }
}

/* ---- a request begins ---- */

static size_t pairs(const char *uri) {
    size_t n = 0;
    for (; *uri; uri++)
        n += *uri == '&';
    return n;
}

static const char *new_id(struct arena *a) {
    unsigned char bytes[6];
    return RAND_bytes(bytes, sizeof bytes) == 1 ? text_hex(a, bytes, sizeof bytes) : "0";
}

/* The request line is here; no header is read yet, and no answer can be given. What this returns
 * becomes the request's own pointer in the later callbacks. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *mhd) {
    const struct http *h = cls;
    struct arena *a = arena_new();
    struct talk *t = arena_alloc(a, sizeof *t);
    t->mhd = mhd;
    t->conn = conn_of(mhd);
    t->conn->busy = true;
    t->since_ms = clock_ms();
    t->uri = arena_strdup(a, uri ? uri : "");
    t->req = (struct req){
        .arena = a,
        .face = h->face,
        .method = "",
        .path = "",
        .network = t->conn->network,
        .agent = "",
        .device = "",
        .lang = "ja",
        .id = new_id(a),
        .who = {.token = "", .csrf = "", .name = "", .department_name = "", .stage = ""}};
    if (pairs(t->uri) > PAIRS_MOST)
        conn_cut(t->conn);
    return t;
}

static enum MHD_Result on_head(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_b,
                               const char *value, size_t value_b) {
    (void)kind;
    guard_head(cls, name, name_b, value ? value : "", value ? value_b : 0);
    return MHD_YES;
}

/* The last address of X-Forwarded-For, when the peer is our proxy: what stands before it was
 * written by whoever asked the proxy. */
static const char *network(const struct talk *t) {
    const char *list = t->heads.value[HEAD_FORWARDED];
    if (!list || !conf.trusted_proxy[0] || strcmp(t->conn->network, conf.trusted_proxy) != 0)
        return t->conn->network;
    const char *comma = strrchr(list, ',');
    const char *last = text_trim(t->req.arena, comma ? comma + 1 : list);
    unsigned char parsed[sizeof(struct in6_addr)];
    bool address = inet_pton(AF_INET, last, parsed) == 1 || inet_pton(AF_INET6, last, parsed) == 1;
    return address ? last : t->conn->network;
}

/* The language: asked for in the query, else remembered in a cookie. A POST changes no habits: RFC
 * 8058's is sent by programs, to the address that the mail's reader was given. */
static void choose_lang(struct talk *t) {
    struct req *r = &t->req;
    const char *kept = NULL;
    const char *asked = req_field(r, "lang");
    if (asked && strcmp(asked, "en") != 0 && strcmp(asked, "ja") != 0)
        asked = NULL;
    if (!session_cookie(r->arena, t->heads.value[HEAD_COOKIE], "lang", &kept))
        kept = NULL;
    const char *wanted = asked ? asked : kept;
    r->lang_chosen = wanted != NULL;
    r->lang = wanted && strcmp(wanted, "en") == 0 ? "en" : "ja";
    if (asked && strcmp(r->method, "POST") != 0)
        talk_cookie(t, session_set_lang(r));
}

/* Path, and the query's fields; false when those are malformed. */
static bool read_uri(struct talk *t) {
    struct req *r = &t->req;
    const char *question = strchr(t->uri, '?');
    r->path = question ? arena_strndup(r->arena, t->uri, (size_t)(question - t->uri)) : t->uri;
    const char *query = question ? question + 1 : "";
    t->query = (struct form){.arena = r->arena};
    bool sound = form_urlencoded(&t->query, query, strlen(query));
    r->fields = t->query.fields;
    r->field_count = sound ? t->query.count : 0;
    return sound;
}

static size_t head_size(struct MHD_Connection *mhd) {
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
}

/* The start of a header's text as it may be stored. Bytes outside ASCII are of no known encoding
 * (RFC 9110 section 5.5), and the database takes UTF-8 alone. */
static const char *plain(struct arena *a, const char *text, size_t most_b) {
    char *out = arena_strndup(a, text, most_b);
    for (char *c = out; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return out;
}

/* Fills the request from its head; what is wrong with that, if anything. */
static enum refusal read_head(struct talk *t, const char *method, const char *version) {
    struct req *r = &t->req;
    MHD_get_connection_values_n(t->mhd, MHD_HEADER_KIND, on_head, &t->heads);
    const char *accept = t->heads.value[HEAD_ACCEPT];
    const char *agent = t->heads.value[HEAD_AGENT];
    r->method = arena_strdup(r->arena, method);
    r->network = network(t);
    r->agent = agent ? plain(r->arena, agent, AGENT_MOST_B) : "";
    r->wants_json = accept && strstr(accept, "application/json");
    bool query_sound = read_uri(t);
    choose_lang(t);
    struct guard_line line = {method, t->uri, version, head_size(t->mhd)};
    enum refusal refusal = guard_request(&line, &t->heads, &t->length_b);
    return refusal == REFUSE_NONE && !query_sound ? REFUSE_FORM : refusal;
}

static enum MHD_Result await_body(struct talk *t) {
    t->conn->reading = t->length_b > 0;
    return MHD_YES;
}

/* An answer given before the body is read ends the connection, and may be lost on the way when the
 * client still writes. So a body within bounds is let in and dropped first. */
static enum MHD_Result answer_refused(struct talk *t) {
    return t->length_b > (size_t)conf.upload_limit_b * 2 ? reply_queue(t) : await_body(t);
}

/* All headers are here. */
static enum MHD_Result begin(struct talk *t, const char *method, const char *version) {
    enum refusal refusal = read_head(t, method, version);
    if (refusal != REFUSE_NONE) {
        talk_refuse(t, refusal); /* nobody knows where such a request ends */
        return reply_queue(t);
    }
    if (!dispatch_admit(t))
        return answer_refused(t);
    t->state = TALK_BODY;
    t->body = arena_alloc(t->req.arena, t->length_b + 1);
    conn_allow(t->conn, t->length_b);
    return await_body(t);
}

/* ---- a request goes on ---- */

static enum MHD_Result take_body(struct talk *t, const char *data, size_t *data_b) {
    if (*data_b > t->length_b - t->body_b)
        return MHD_NO; /* cannot be: the length is known; then it is no client of ours */
    memcpy(t->body + t->body_b, data, *data_b);
    t->body_b += *data_b;
    *data_b = 0;
    return MHD_YES;
}

static enum MHD_Result answer(struct talk *t) {
    conn_allow(t->conn, t->file ? t->file->bytes_b : t->reply.bytes_b);
    return reply_queue(t);
}

static enum MHD_Result wait_for_helper(struct talk *t) {
    struct fault f = {0};
    if (!kdf_ask(t->reply.ask, t, &f)) {
        dispatch_go_on(t, NULL, &f);
        return answer(t);
    }
    t->conn->deadline_ms = CONN_NO_DEADLINE;
    MHD_suspend_connection(t->mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_b, void **slot) {
    (void)cls, (void)mhd, (void)url;
    struct talk *t = *slot;
    log_job(t->req.id);
    t->conn->reading = t->conn->reading && *data_b > 0;
    switch (t->state) {
    case TALK_NEW:
        return begin(t, method, version);
    case TALK_BODY:
        if (*data_b > 0)
            return take_body(t, data, data_b);
        dispatch_act(t);
        return t->state == TALK_WAITING ? wait_for_helper(t) : answer(t);
    case TALK_READY:
        if (*data_b > 0) {
            *data_b = 0;
            return MHD_YES;
        }
        return answer(t);
    case TALK_WAITING:
        break;
    }
    return MHD_YES;
}

static void on_proof(void *ticket, const unsigned char *proof, const struct fault *f) {
    struct talk *t = ticket;
    struct fault lost = {0};
    log_job(t->req.id);
    t->req.db = store_db(t->req.face, &lost);
    dispatch_go_on(t, proof, f ? f : t->req.db ? NULL : &lost);
    if (t->state == TALK_WAITING) {
        if (kdf_ask(t->reply.ask, t, &lost))
            return;
        dispatch_go_on(t, NULL, &lost);
    }
    MHD_resume_connection(t->mhd);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **slot,
                         enum MHD_RequestTerminationCode code) {
    (void)cls, (void)mhd, (void)code;
    struct talk *t = *slot;
    if (!t)
        return;
    t->conn->busy = t->conn->reading = false;
    conn_allow(t->conn, 0);
    json_decref(t->reply.tree);
    struct arena *a = t->req.arena; /* t lives in it */
    *slot = NULL;
    arena_free(&a);
    log_job("");
}

/* ---- the daemon ---- */

PRINTF(2, 0) static void on_log(void *cls, const char *fmt, va_list args) {
    (void)cls;
    char line[512];
    vsnprintf(line, sizeof line, fmt, args);
    log_debug("libmicrohttpd: %s", line);
}

/* Behind a proxy all come from one address; then the proxy limits each client. */
static unsigned per_address(void) {
    return conf.trusted_proxy[0] ? 0 : (unsigned)(conf.connection_limit / 4 + 1);
}

static bool daemon_start(struct http *h, int listen_fd, struct fault *f) {
    h->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
                              NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
                              MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
                              (unsigned)conf.connection_limit, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                              per_address(), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_B,
                              MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
                              MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
                              MHD_OPTION_URI_LOG_CALLBACK, on_uri, h, MHD_OPTION_END);
    return h->mhd ||
           fault_detail(f, FAULT_BROKEN, N_("The server cannot be started."), "MHD_start_daemon");
}

static int wait_ms(const struct http *h) {
    MHD_UNSIGNED_LONG_LONG ms = 0;
    bool some = MHD_get_timeout(h->mhd, &ms) == MHD_YES;
    return some && ms < TICK_MS ? (int)ms : TICK_MS;
}

/* One turn of the loop: sockets, the helper's answer, deadlines. False: the helper is gone. */
static bool turn(struct http *h) {
    struct pollfd fds[] = {
        {.fd = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN},
        {.fd = kdf_socket(), .events = POLLIN},
    };
    poll(fds, COUNT(fds), wait_ms(h));
    bool well = !fds[1].revents || kdf_take(on_proof);
    MHD_run(h->mhd);
    conn_reap(h->conns);
    if (clock_ms() - h->ended_ms >= TICK_MS) {
        h->ended_ms = clock_ms();
        conn_cut_ended(h->conns);
        clerk_reap();
    }
    return well;
}

static bool open_connections(const struct http *h) {
    return MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections > 0;
}

/* No more connections; those that idle are cut, those at work have till their deadline. */
static void drain(struct http *h) {
    int64_t until_ms = clock_ms() + conf.request_deadline_s * 1000;
    MHD_quiesce_daemon(h->mhd);
    bool well = true;
    while (well && proc_stop < 2 && open_connections(h) && clock_ms() < until_ms) {
        conn_cut_idle(h->conns);
        well = turn(h);
    }
}

bool serve(enum face face, int listen_fd, struct fault *f) {
    struct http h = {.face = face};
    if (!daemon_start(&h, listen_fd, f))
        return false;
    proc_ready();
    bool well = true;
    while (well && !proc_stop)
        well = turn(&h);
    if (!well)
        log_error("the sign-in helper is gone; leaving for a fresh start");
    drain(&h);
    kdf_close(on_proof);
    MHD_run(h.mhd);
    MHD_stop_daemon(h.mhd);
    store_close();
    return well || fault_set(f, FAULT_BROKEN, N_("The sign-in helper is gone."));
}
