/* A filled reply to libmicrohttpd: status, the headers every answer bears, the bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http/files.h"
#include "http/store.h"
#include "http/talk.h"
#include "log.h"
#include "settings/conf.h"

/* Scripts, styles, pictures and forms only from and to ourselves; nobody frames us. */
#define POLICY                                                                                     \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "   \
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static const struct {
    const char *name, *value;
} always[] = {
    {"Content-Security-Policy", POLICY},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

/* libmicrohttpd refuses a value with CR or LF: then the header is left out, and the log says so. */
static void head(struct MHD_Response *out, const char *name, const char *value) {
    if (MHD_add_response_header(out, name, value) != MHD_YES)
        log_error("header %s refused: %s", name, value);
}

static void heads_always(const struct talk *t, struct MHD_Response *out) {
    for (size_t i = 0; i < COUNT(always); i++)
        head(out, always[i].name, always[i].value);
    const char *url = t->req.face == FACE_STAFF ? conf.staff_url : conf.public_url;
    if (strncmp(url, "https://", 8) == 0)
        head(out, "Strict-Transport-Security", "max-age=31536000");
    for (size_t i = 0; i < t->cookie_count; i++)
        head(out, "Set-Cookie", t->cookies[i]);
}

/* What tells the client when to come again, or how. */
static void heads_status(const struct talk *t, struct MHD_Response *out) {
    if (t->reply.status == MHD_HTTP_SERVICE_UNAVAILABLE)
        head(out, "Retry-After", "5");
    if (t->reply.status == MHD_HTTP_TOO_MANY_REQUESTS)
        head(out, "Retry-After", "60");
    if (t->allow)
        head(out, "Allow", t->allow);
    if (t->reply.location)
        head(out, "Location", t->reply.location);
}

/* A download's name; only names we made ourselves come here, in ASCII. */
static void head_download(const struct talk *t, struct MHD_Response *out) {
    if (t->reply.filename) {
        head(out, "Content-Disposition",
             arena_printf(t->req.arena, "attachment; filename=\"%s\"", t->reply.filename));
    }
}

/* The arena outlives the answer, so nothing is copied. */
static struct MHD_Response *response(const void *bytes, size_t bytes_b) {
    return MHD_create_response_from_buffer(bytes_b, (void *)(uintptr_t)bytes,
                                           MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *response_file(struct talk *t) {
    const struct file *file = t->file;
    const char *known = t->heads.value[HEAD_NONE_MATCH];
    bool same = known && strstr(known, file->tag);
    t->reply.status = same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
    struct MHD_Response *out = response(same ? "" : file->bytes, same ? 0 : file->bytes_b);
    head(out, "ETag", file->tag);
    head(out, "Cache-Control", "public, max-age=600");
    if (!same)
        head(out, "Content-Type", file->type);
    return out;
}

/* ---- a file made while it is sent ---- */

enum { BLOCK_B = 64 << 10, PART_CAP_B = 8 << 20 };

/* What is made and not sent yet. It ends with the response, which libmicrohttpd lets go of after
 * the request and its arena. */
struct flow {
    struct talk *talk;
    struct buf part;
    size_t sent_b;
};

/* The next part; false at the end, or (with *f filled) when there can be no more. */
static bool next_part(struct flow *flow, struct fault *f) {
    struct talk *t = flow->talk;
    const struct stream *stream = t->reply.stream;
    buf_clear(&flow->part);
    flow->sent_b = 0;
    t->req.db = store_db(t->req.face, f);
    return t->req.db && stream->more(&t->req, stream->state, &flow->part, f) && !flow->part.over &&
           flow->part.len_b > 0;
}

/* Each part renews the deadline: who takes them is no idle client. */
static ssize_t on_flow(void *cls, uint64_t pos, char *to, size_t room_b) {
    (void)pos;
    struct flow *flow = cls;
    struct fault f = {0};
    if (flow->sent_b == flow->part.len_b && !next_part(flow, &f)) {
        bool whole = f.kind == FAULT_NONE && !flow->part.over;
        if (!whole)
            log_warn("%s is cut: %s %s", talk_path(flow->talk), f.text, f.detail);
        return whole ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t left_b = flow->part.len_b - flow->sent_b, some_b = left_b < room_b ? left_b : room_b;
    memcpy(to, flow->part.data + flow->sent_b, some_b);
    flow->sent_b += some_b;
    conn_allow(flow->talk->conn, 0);
    return (ssize_t)some_b;
}

static void on_flow_end(void *cls) {
    struct flow *flow = cls;
    buf_done(&flow->part);
    free(flow);
}

static struct MHD_Response *response_stream(struct talk *t) {
    struct flow *flow = malloc(sizeof *flow);
    if (!flow)
        abort();
    *flow = (struct flow){.talk = t, .part = buf_init(PART_CAP_B)};
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_B, on_flow, flow, on_flow_end);
}

static struct MHD_Response *response_reply(struct talk *t) {
    /* libmicrohttpd 0.9.75 ends what has no length with a last chunk even where HEAD asked for no
     * body */
    bool flows = t->reply.stream && strcmp(t->req.method, "HEAD") != 0;
    struct MHD_Response *out =
        flows ? response_stream(t)
              : response(t->reply.bytes ? t->reply.bytes : "", t->reply.bytes_b);
    head(out, "Cache-Control", "no-store");
    if (t->reply.type)
        head(out, "Content-Type", t->reply.type);
    head_download(t, out);
    return out;
}

static void report(const struct talk *t) {
    long long ms = (long long)(clock_ms() - t->since_ms);
    if (t->reply.status >= 500)
        log_warn("%s %s %d %lld ms", t->req.method, talk_path(t), t->reply.status, ms);
    else
        log_debug("%s %s %d %lld ms", t->req.method, talk_path(t), t->reply.status, ms);
}

enum MHD_Result reply_queue(struct talk *t) {
    struct MHD_Response *out = t->file ? response_file(t) : response_reply(t);
    heads_always(t, out);
    heads_status(t, out);
    enum MHD_Result done = MHD_queue_response(t->mhd, (unsigned)t->reply.status, out);
    MHD_destroy_response(out);
    report(t);
    return done;
}
