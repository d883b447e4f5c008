/* The key that signs now: read at the start, and again when its link or its file is another. */
#include "mime/signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "mime/dkim.h"
#include "settings/conf.h"

enum { LOOK_MS = 500 };

struct signer {
    bool wanted;             /* by the settings */
    struct dkim *dkim;       /* NULL: no key yet */
    struct dkim_stamp stamp; /* of the key that was read last, good or bad */
    int64_t looked_ms;
    char trouble[FAULT_TEXT_B];
};

static bool wanted(void) {
    return conf.dkim_signer == SIGNER_KAIRAN && conf.dkim_dir[0];
}

static void take(struct signer *s, struct dkim_key *key) {
    log_info("mails are signed with the key %s of %s", key->selector, conf.domain);
    dkim_free(&s->dkim);
    s->dkim = dkim_new(conf.domain, key);
    dkim_key_close(key);
    s->trouble[0] = '\0';
}

/* The stamp is taken first: what changes while we read is read again. */
static void read_key(struct signer *s) {
    struct dkim_key key;
    struct fault f = {0};
    s->stamp = dkim_key_stamp(conf.dkim_dir, conf.domain);
    if (dkim_key_current(conf.dkim_dir, conf.domain, &key, &f)) {
        take(s, &key);
        return;
    }
    snprintf(s->trouble, sizeof s->trouble, "%s", f.detail);
    log_error("%s: %s %s; %s", f.field, f.text, f.detail,
              s->dkim ? "the old one stays in use" : "nothing leaves until there is one");
}

struct signer *signer_open(void) {
    struct signer *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->wanted = wanted();
    if (s->wanted)
        read_key(s);
    s->looked_ms = clock_ms();
    return s;
}

void signer_close(struct signer **s) {
    if (!*s)
        return;
    dkim_free(&(*s)->dkim);
    free(*s);
    *s = NULL;
}

static bool same(const struct dkim_stamp *a, const struct dkim_stamp *b) {
    return a->link == b->link && a->file == b->file && a->link_time.tv_sec == b->link_time.tv_sec &&
           a->link_time.tv_nsec == b->link_time.tv_nsec &&
           a->file_time.tv_sec == b->file_time.tv_sec &&
           a->file_time.tv_nsec == b->file_time.tv_nsec;
}

bool signer_look(struct signer *s) {
    if (!s->wanted || clock_ms() - s->looked_ms < LOOK_MS)
        return false;
    s->looked_ms = clock_ms();
    struct dkim_stamp now = dkim_key_stamp(conf.dkim_dir, conf.domain);
    if (same(&now, &s->stamp))
        return false;
    read_key(s);
    return true;
}

bool signer_ready(const struct signer *s) {
    return !s->wanted || s->dkim;
}

const char *signer_trouble(const struct signer *s) {
    return s->trouble;
}

bool signer_sign(struct signer *s, struct buf *mail, int64_t date_s, struct fault *f) {
    return !s->wanted || dkim_sign(s->dkim, mail, date_s, f);
}

bool signer_check(struct fault *f) {
    struct dkim_key key = {0};
    bool good = !wanted() || dkim_key_current(conf.dkim_dir, conf.domain, &key, f);
    dkim_key_close(&key);
    return good;
}
