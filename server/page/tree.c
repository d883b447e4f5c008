/* Objects of a result tree, each key beside its value. */
#include "page/tree.h"

json_t *tree_put(json_t *tree, const struct tree_pair *pairs, size_t count) {
    for (size_t i = 0; i < count; i++)
        json_object_set_new(tree, pairs[i].key, pairs[i].value);
    return tree;
}

json_t *tree_list(json_t *const *items, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, items[i]);
    return list;
}
