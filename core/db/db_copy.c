/* COPY FROM STDIN, and notifications. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/db_impl.h"

/* ---- COPY ---- */

enum { COPY_HAND_OVER_B = 64 * 1024 };

/* A COPY lasts as long as its rows come: the server's clock is stopped meanwhile, ours runs for
 * each handful of rows. */
bool db_copy_begin(struct db *db, enum sql which, struct fault *f) {
    const struct sql_text *sql = &sql_texts[which];
    assert(db->prepared[which]);
    buf_clear(&db->copy);
    return db_command(db, "SET statement_timeout = 0", f) &&
           db_sent(db, sql->name, PQsendQuery(db->conn, sql->text), f) && db_await(db, NULL, f);
}

/* A field as COPY's text format wants it. */
static void add_field(struct buf *b, const char *field) {
    static const char special[] = "\\\n\r\t", letter[] = "\\nrt";
    if (!field) {
        buf_str(b, "\\N");
        return;
    }
    for (const char *p = field; *p; p++) {
        const char *found = strchr(special, *p);
        if (found)
            buf_char(b, '\\');
        buf_char(b, found ? letter[found - special] : *p);
    }
}

static bool hand_over(struct db *db, struct fault *f) {
    db_set_deadline(db);
    if (PQputCopyData(db->conn, buf_text(&db->copy), (int)db->copy.len_b) != 1)
        return db_lost(db, PQerrorMessage(db->conn), f);
    buf_clear(&db->copy);
    return db_flush(db, f);
}

bool db_copy_row(struct db *db, const char *const *fields, size_t count, struct fault *f) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(&db->copy, '\t');
        add_field(&db->copy, fields[i]);
    }
    buf_char(&db->copy, '\n');
    if (db->copy.over)
        return fault_set(f, FAULT_INVALID, "One row is too long.");
    return db->copy.len_b < COPY_HAND_OVER_B || hand_over(db, f);
}

bool db_copy_end(struct db *db, struct fault *f) {
    struct fault unheard;
    bool copied = hand_over(db, f) && db_sent(db, "COPY", PQputCopyEnd(db->conn, NULL), f) &&
                  db_await(db, NULL, f);
    return db_command(db, "RESET statement_timeout", copied ? f : &unheard) && copied;
}

/* ---- notifications ---- */

bool db_listen(struct db *db, const char *channel, struct fault *f) {
    assert(!strchr(channel, '"'));
    const char *command = arena_printf(db->arena, "LISTEN \"%s\"", channel);
    size_t i = 0;
    while (i < db->channel_count && strcmp(db->channels[i], command) != 0)
        i++;
    assert(i < DB_CHANNELS_MOST);
    db->channels[i] = command;
    db->channel_count = i < db->channel_count ? db->channel_count : i + 1;
    return db_command(db, command, f);
}

static bool take_all(struct db *db) {
    bool any = false;
    PQconsumeInput(db->conn);
    for (PGnotify *n; (n = PQnotifies(db->conn)) != NULL; any = true)
        PQfreemem(n);
    return any;
}

bool db_wait(struct db *db, int wait_ms) {
    if (take_all(db))
        return true;
    /* without a connection: no descriptor, that is, only the time */
    struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
    poll(&p, 1, wait_ms);
    return take_all(db);
}

const char *db_notified(struct db *db, char *payload, size_t size_b) {
    static char channel[64];
    PQconsumeInput(db->conn);
    PGnotify *n = PQnotifies(db->conn);
    if (!n)
        return NULL;
    snprintf(channel, sizeof channel, "%s", n->relname);
    snprintf(payload, size_b, "%s", n->extra);
    PQfreemem(n);
    return channel;
}
