/* Objects of a result tree, each key beside its value:
 *
 *     json_t *tree = TREE(TEXT("login", row->login), TRUTH("is_guest", row->guest));
 *     TREE_PUT(tree, NUMBER("count", n), NODE("rows", rows));
 *
 * A text that is NULL or no UTF-8 leaves its key out, which the page then misses: an error, never
 * an empty spot. */
#ifndef SERVER_TREE_H
#define SERVER_TREE_H

#include <jansson.h>

#include "base.h"

struct tree_pair {
    const char *key;
    json_t *value; /* taken over */
};

#define TEXT(key_, text_) ((struct tree_pair){(key_), json_string(text_)})
/* The first bytes of a text. */
#define TEXT_OF(key_, text_, b_) ((struct tree_pair){(key_), json_stringn((text_), (b_))})
#define NUMBER(key_, number_)    ((struct tree_pair){(key_), json_integer((json_int_t)(number_))})
#define TRUTH(key_, truth_)      ((struct tree_pair){(key_), json_boolean(truth_)})
/* An object or list, taken over. */
#define NODE(key_, node_) ((struct tree_pair){(key_), (node_)})

#define TREE_PAIRS_(...)                                                                           \
    (const struct tree_pair[]){__VA_ARGS__},                                                       \
        sizeof((const struct tree_pair[]){__VA_ARGS__}) / sizeof(struct tree_pair)

/* A new object of these pairs; more pairs for an object. */
#define TREE(...)            tree_put(json_object(), TREE_PAIRS_(__VA_ARGS__))
#define TREE_PUT(tree_, ...) ((void)tree_put((tree_), TREE_PAIRS_(__VA_ARGS__)))

/* Adds the pairs and gives the tree back. */
NONNULL json_t *tree_put(json_t *tree, const struct tree_pair *pairs, size_t count);

/* A list of these, taken over. */
#define TREE_LIST(...)                                                                             \
    tree_list((json_t *const[]){__VA_ARGS__},                                                      \
              sizeof((json_t *const[]){__VA_ARGS__}) / sizeof(json_t *))
NONNULL json_t *tree_list(json_t *const *items, size_t count);

#endif
