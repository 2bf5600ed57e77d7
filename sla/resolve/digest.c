#include "sla/resolve/digest.h"

#include <assert.h>
#include <stdlib.h>

enum {
    FEW_MEMBERS = 24, /* up to so many are sorted by insertion: most mappings, nearly in order */
    U64_BYTES = 8
};

static int member_order(const void *left, const void *right)
{
    return slice_cmp((*(const struct yaml_node *const *)left)->key,
                     (*(const struct yaml_node *const *)right)->key);
}

static void sort_few(const struct yaml_node **members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct yaml_node *member = members[i];
        size_t at = i;
        for (; at > 0 && member_order(&members[at - 1], &member) > 0; at--) {
            members[at] = members[at - 1];
        }
        members[at] = member;
    }
}

const struct yaml_node **sla_canonical_members(struct arena *arena, const struct yaml_node *mapping)
{
    const struct yaml_node **members =
        ARENA_NEW(arena, const struct yaml_node *, (size_t)mapping->count + 1);
    size_t count = 0;

    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        members[count++] = at;
    }
    if (count <= FEW_MEMBERS) {
        sort_few(members, count);
    } else {
        qsort(members, count, sizeof(const struct yaml_node *), member_order);
    }
    return members;
}

static void add_head(struct buf *out, char kind, size_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    digits[--at] = ':';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    digits[--at] = kind;
    buf_add(out, &digits[at], sizeof(digits) - at);
}

void sla_canonical_add_scalar(struct slice text, struct buf *out)
{
    add_head(out, 'S', text.len);
    buf_add_slice(out, text);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as yaml_read lets a tree be */
void sla_canonical_add(struct arena *scratch, const struct yaml_node *node, struct buf *out)
{
    switch (node->kind) {
    case YAML_SCALAR:
        sla_canonical_add_scalar(node->text, out);
        break;
    case YAML_SEQUENCE:
        add_head(out, 'L', node->count);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
            sla_canonical_add(scratch, at, out);
        }
        break;
    case YAML_MAPPING: {
        const struct yaml_node **members = sla_canonical_members(scratch, node);
        add_head(out, 'M', node->count);
        for (size_t i = 0; i < node->count; i++) {
            sla_canonical_add_scalar(members[i]->key, out);
            sla_canonical_add(scratch, members[i], out);
        }
        break;
    }
    }
}

struct sha256 sla_digest_document(const struct yaml_node *root)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_slice(&text, SLICE("redan/1 document\0"));
    sla_canonical_add(&scratch, root, &text);
    assert(!text.overflow); /* at most four times YAML_BYTES_MAX */
    return sha256_of(buf_slice(&text));
}

static int digest_order(const void *left, const void *right)
{
    const struct sha256 *a = left;
    const struct sha256 *b = right;

    return slice_cmp((struct slice){ (const char *)a->bytes, SHA256_BYTES },
                     (struct slice){ (const char *)b->bytes, SHA256_BYTES });
}

struct sha256 sla_digest_world(struct sha256 *documents, size_t count, uint64_t bounds_passed)
{
    char passed[U64_BYTES];

    for (size_t i = 0; i < U64_BYTES; i++) {
        passed[i] = (char)(bounds_passed >> (8 * (U64_BYTES - 1 - i)) & 0xffU);
    }
    qsort(documents, count, sizeof(*documents), digest_order);
    const struct slice parts[] = { SLICE("redan/1 world\0"),
                                   { passed, sizeof(passed) },
                                   { (const char *)documents, count * sizeof(*documents) } };
    return sha256_of_parts(parts, COUNT_OF(parts));
}
