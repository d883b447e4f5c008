/* This process's one database connection: opened when first needed, and again when it was lost. */
#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include "db/db.h"
#include "http/http.h"

/* The live connection of the face's role, or NULL with *f (RETRY). A server that is away is tried
 * at most once a second, so that requests are answered 503 at once meanwhile. */
NONNULL struct db *store_db(enum face face, struct fault *f);

/* A connection of the face's role apart from it, for a helper process. */
MUST_USE NONNULL bool store_open(enum face face, struct db **out, struct fault *f);

void store_close(void);

#endif
