/* tests/unit/sla/retell.h - the same tree in other words: YAML of random layout, for the tests of
 * what must not depend on it. */
#ifndef REDAN_TESTS_UNIT_SLA_RETELL_H
#define REDAN_TESTS_UNIT_SLA_RETELL_H

#include "base/buf.h"
#include "base/yaml.h"

/* xorshift64; the seed is printed by whoever starts it. */
struct retell_random {
    uint64_t state; /* not 0 */
};
size_t retell_draw(struct retell_random *random, size_t below); /* 0..below - 1 */

/* A tree to change: `nodes` are its nodes, the root first, each before what is in it. */
struct retell_copy {
    struct yaml_node **nodes;
    size_t count;
};
struct retell_copy retell_copy(struct arena *arena, const struct yaml_node *root);

/* Appends a document that reads as `root`: block or flow, any quotes, any order of keys, comments
 * and empty lines anywhere. */
void retell_document(struct retell_random *random, const struct yaml_node *root, struct buf *out);

#endif
