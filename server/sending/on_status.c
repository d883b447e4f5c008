/* What the system says of itself: /health for monitors. */
#include <string.h>

#include "sending/on.h"

bool on_health(struct req *r, struct reply *out, struct fault *f) {
    (void)f;
    bool db = r->db != NULL;
    out->status = db ? 200 : 503;
    out->bytes = arena_printf(r->arena, "{\"ok\":%s,\"db\":%s}\n", db ? "true" : "false",
                              db ? "true" : "false");
    out->bytes_b = strlen(out->bytes);
    out->type = "application/json; charset=UTF-8";
    return true;
}
