#include "base/yaml_keys.h"

#include "base/cleanup.h"

#include <stdlib.h>

enum { CODE_DUPLICATE = 106 };

/* Up to so many members are compared with each other: cheaper than a sort. */
enum { COMPARED_MAX = 24 };

struct keys {
    struct diag_list *diags;
    size_t errors_max; /* of the list, after which nothing more is told */
};

static bool has_too_many_errors(const struct keys *keys)
{
    return keys->diags->errors >= keys->errors_max;
}

/* Between braces a comma makes keys of what was meant as a list: whoever reads the mapping tells of
 * those, and of two that are the same nothing is lost. */
static bool is_bare(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.len == 0 && !node->quoted &&
           node->byte == node->byte_last;
}

static void report_duplicate(const struct keys *keys, const struct yaml_node *first,
                             const struct yaml_node *again)
{
    if (is_bare(first) && is_bare(again)) {
        return;
    }
    struct diag *diag = diag_add(keys->diags, DIAG_ERROR, CODE_DUPLICATE, yaml_key_span(again),
                                 "key `%.*s` is repeated", SLICE_ARG(again->key));

    diag_secondary(keys->diags, diag, yaml_key_span(first), "first here");
    diag_help(keys->diags, diag, "keep one of them");
}

static int key_order(const void *left, const void *right)
{
    const struct yaml_node *const *a = left;
    const struct yaml_node *const *b = right;
    int order = slice_cmp((*a)->key, (*b)->key);

    return order != 0 ? order
                      : ((*a)->key_byte > (*b)->key_byte) - ((*a)->key_byte < (*b)->key_byte);
}

/* By sorting: a mapping of a million keys must not cost a million squared. */
static void check_many(const struct keys *keys, const struct yaml_node *mapping)
{
    size_t count = 0;
    CLEANUP(cleanup_free)
    const struct yaml_node **members =
        malloc(((size_t)mapping->count + 1) * sizeof(const struct yaml_node *));

    if (members == NULL) {
        abort();
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        members[count++] = at;
    }
    qsort(members, count, sizeof(const struct yaml_node *), key_order);
    for (size_t i = 1, first = 0; i < count && !has_too_many_errors(keys); i++) {
        if (members[i]->key.len == 0 || !slice_eq(members[i]->key, members[first]->key)) {
            first = i;
        } else {
            report_duplicate(keys, members[first], members[i]);
        }
    }
}

/* Whether a document seems to begin here: its first two keys, as those of `root`, in column 1. */
static bool begins_again(const struct yaml_node *root, const struct yaml_node *at)
{
    const struct yaml_node *one = root->first;
    const struct yaml_node *two = one->next;
    struct slice before = slice_sub(root->source->text, 0, at->key_byte);

    if (at == one || at == two || at->next == NULL || !slice_ends(before, SLICE("\n"))) {
        return false;
    }
    return (slice_eq(at->key, one->key) && slice_eq(at->next->key, two->key)) ||
           (slice_eq(at->key, two->key) && slice_eq(at->next->key, one->key));
}

/* Documents that no `---` divides; the keys that they repeat are told once. False: there are none,
 * as within braces, where no line begins a document. */
static bool report_undivided(const struct keys *keys, const struct yaml_node *root)
{
    bool in_braces = root->source->text.ptr[root->byte] == '{';
    bool found = false;

    for (const struct yaml_node *at = root->first; !in_braces && root->count > 3 && at != NULL;
         at = at->next) {
        if (has_too_many_errors(keys) || !begins_again(root, at)) {
            continue;
        }
        struct diag_span span = yaml_key_span(at);
        struct diag *diag = diag_add(keys->diags, DIAG_ERROR, CODE_DUPLICATE, span,
                                     "key `%.*s` is repeated", SLICE_ARG(at->key));
        diag_label(keys->diags, diag, "a document seems to begin here");
        diag_secondary(keys->diags, diag, yaml_key_span(root->first), "as it does here");
        diag_help(keys->diags, diag, "put `---` above line %u", span.line);
        span.byte_end = span.byte;
        (void)diag_fix(keys->diags, diag, true, span, SLICE("---\n"), "put `---` above it");
        found = true;
        at = at->next; /* the two begin one document */
    }
    return found;
}

void yaml_check_keys(struct diag_list *diags, const struct yaml_node *mapping, bool is_root,
                     size_t errors_max)
{
    struct keys keys = { diags, errors_max };

    if (is_root && report_undivided(&keys, mapping)) {
        return;
    }
    if (mapping->count > COMPARED_MAX) {
        check_many(&keys, mapping);
        return;
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        const struct yaml_node *first = mapping->first;
        while (first != at && !slice_eq(first->key, at->key)) {
            first = first->next;
        }
        if (first != at && at->key.len > 0) {
            report_duplicate(&keys, first, at);
        }
    }
}
