/* A request under way: what is asked of it or added to its answer. */
#include "http/talk.h"

void talk_cookie(struct talk *t, const char *value) {
    assert(t->cookie_count < TALK_COOKIES);
    t->cookies[t->cookie_count++] = value;
}

const char *talk_path(const struct talk *t) {
    return t->req.face == FACE_PUBLIC && t->route ? t->route->path : t->req.path;
}
