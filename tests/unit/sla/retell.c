#include "tests/unit/sla/retell.h"

#include <stdlib.h>
#include <string.h>

#define PLAIN_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./"

size_t retell_draw(struct retell_random *random, size_t below)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (size_t)(random->state % below);
}

/* --- copies ---------------------------------------------------------------------------------- */

/* NOLINTBEGIN(misc-no-recursion): as deep as yaml_read lets a tree be */
static size_t count_nodes(const struct yaml_node *node)
{
    size_t count = 1;

    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        count += count_nodes(at);
    }
    return count;
}

static struct yaml_node *copy(struct arena *arena, const struct yaml_node *node,
                              struct retell_copy *out)
{
    struct yaml_node *copied = ARENA_NEW(arena, struct yaml_node, 1);
    const struct yaml_node **tail = &copied->first;

    *copied = *node;
    copied->next = NULL;
    out->nodes[out->count++] = copied;
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        struct yaml_node *child = copy(arena, at, out);
        *tail = child;
        tail = &child->next;
    }
    return copied;
}
/* NOLINTEND(misc-no-recursion) */

struct retell_copy retell_copy(struct arena *arena, const struct yaml_node *root)
{
    struct retell_copy out = { ARENA_NEW(arena, struct yaml_node *, count_nodes(root)), 0 };

    (void)copy(arena, root, &out);
    return out;
}

/* --- scalars --------------------------------------------------------------------------------- */

static bool can_be_plain(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(PLAIN_CHARS, text.ptr[i]) == NULL) {
            return false;
        }
    }
    return text.len > 0;
}

static bool can_be_single(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ') {
            return false;
        }
    }
    return true;
}

static void put_single(struct slice text, struct buf *out)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        buf_add_cstr(out, text.ptr[i] == '\'' ? "'" : "");
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '\'');
}

static void put_double(struct slice text, struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ') {
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[i]);
            continue;
        }
        buf_add_cstr(out, text.ptr[i] == '"' || text.ptr[i] == '\\' ? "\\" : "");
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void put_scalar(struct retell_random *random, struct slice text, struct buf *out)
{
    size_t style = retell_draw(random, 3);

    if (style == 0 && can_be_plain(text)) {
        buf_add_slice(out, text);
    } else if (style == 1 && can_be_single(text)) {
        put_single(text, out);
    } else {
        put_double(text, out);
    }
}

/* --- collections ----------------------------------------------------------------------------- */

static const struct yaml_node **shuffled(struct retell_random *random, const struct yaml_node *of)
{
    const struct yaml_node **items = calloc((size_t)of->count + 1, sizeof(struct yaml_node *));
    size_t count = 0;

    if (items == NULL) {
        abort();
    }
    for (const struct yaml_node *at = of->first; at != NULL; at = at->next) {
        items[count++] = at;
    }
    for (size_t i = count; of->kind == YAML_MAPPING && i > 1; i--) {
        size_t other = retell_draw(random, i);
        const struct yaml_node *kept = items[i - 1];
        items[i - 1] = items[other];
        items[other] = kept;
    }
    return items;
}

static void cleanup_items(const struct yaml_node ***items)
{
    free(*items);
}

/* NOLINTBEGIN(misc-no-recursion): as deep as yaml_read lets a tree be */
static void put_flow(struct retell_random *random, const struct yaml_node *node, struct buf *out)
{
    CLEANUP(cleanup_items) const struct yaml_node **items = NULL;

    if (node->kind == YAML_SCALAR) {
        put_scalar(random, node->text, out);
        return;
    }
    items = shuffled(random, node);
    buf_add_char(out, node->kind == YAML_MAPPING ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        buf_add_cstr(out, i > 0 ? "," : "");
        buf_add_cstr(out, retell_draw(random, 4) == 0 ? " # again, in flow\n      " : " ");
        if (node->kind == YAML_MAPPING) {
            put_scalar(random, items[i]->key, out);
            buf_add_cstr(out, ": ");
        }
        put_flow(random, items[i], out);
    }
    buf_add_char(out, node->kind == YAML_MAPPING ? '}' : ']');
}

static void start_line(struct retell_random *random, size_t depth, struct buf *out)
{
    static const char *const ends[] = { "\n", "\n", "\n\n", " # told again\n", "\n  # so\n" };

    buf_add_cstr(out, ends[retell_draw(random, COUNT_OF(ends))]);
    buf_printf(out, "%*s", (int)(3 * depth), "");
}

static void put_block(struct retell_random *random, const struct yaml_node *node, size_t depth,
                      struct buf *out)
{
    CLEANUP(cleanup_items) const struct yaml_node **items = NULL;

    if (node->kind == YAML_SCALAR || node->count == 0 || retell_draw(random, 4) == 0) {
        put_flow(random, node, out);
        return;
    }
    items = shuffled(random, node);
    for (size_t i = 0; i < node->count; i++) {
        start_line(random, depth, out);
        if (node->kind == YAML_MAPPING) {
            put_scalar(random, items[i]->key, out);
            buf_add_cstr(out, ": ");
        } else {
            buf_add_cstr(out, "- ");
        }
        put_block(random, items[i], depth + 1, out);
    }
}
/* NOLINTEND(misc-no-recursion) */

void retell_document(struct retell_random *random, const struct yaml_node *root, struct buf *out)
{
    buf_add_cstr(out, "# a document\n--- ");
    put_block(random, root, 0, out);
    buf_add_char(out, '\n');
}
