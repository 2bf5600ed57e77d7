#include "sla/read/expand.h"
#include "sla/report.h"

#include <assert.h>

/* What an open value is told by: no text of a document begins there. */
static const char open_text[] = "";

bool sla_is_open(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.ptr == open_text;
}

static bool is_within(struct draft *draft, const struct yaml_node *node)
{
    if (draft->is_cut || draft->arena->used_bytes <= draft->bytes_limit) {
        return !draft->is_cut;
    }
    draft->is_cut = true;
    draft->is_incomplete = true;
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(node),
                                 "templates come to more than %llu MiB",
                                 (unsigned long long)(draft->bytes_limit >> 20U));
    diag_help(draft->diags, diag, "compile fewer documents at a time, or extend less");
    return false;
}

struct yaml_node *sla_copy_node(struct draft *draft, const struct yaml_node *node)
{
    if (!is_within(draft, node)) {
        return NULL;
    }
    struct yaml_node *copy = ARENA_NEW(draft->arena, struct yaml_node, 1);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

static bool is_parameter(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.len > 0 && node->text.ptr[0] == '$';
}

static bool is_escaped(const struct yaml_node *node)
{
    return node->text.len > 1 && node->text.ptr[1] == '$';
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which is capped */
static bool has_parameter(const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        return is_parameter(node);
    }
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (has_parameter(at)) {
            return true;
        }
    }
    return false;
}

static void report_unknown(struct sla_substitution *substitution, const struct yaml_node *node,
                           struct slice name)
{
    struct draft *draft = substitution->draft;
    const struct sla_names *names = &substitution->bindings->names;
    size_t count = sla_may_compare(draft, names->count) ? names->count : 0;
    struct slice *known = ARENA_NEW(draft->arena, struct slice, count + 1);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NO_PARAMETER, yaml_span(node),
                                 "parameter `%.*s` is not declared", SLICE_ARG(name));

    for (size_t i = 0; i < count; i++) {
        known[i] = arena_printf(draft->arena, "$%.*s", SLICE_ARG(names->items[i].name));
    }
    if (!sla_report_nearest(draft, diag, yaml_span(node), node->text, known, count)) {
        diag_help(draft->diags, diag,
                  "declare it in `spec.parameters`; a text that begins with `$` is written `$$`");
    }
}

static void add_use(struct sla_substitution *substitution, const struct yaml_node *node,
                    const struct sla_binding *binding)
{
    struct sla_expansion *expansion = substitution->expansion;

    if (expansion->use_count == expansion->use_room) {
        size_t room = expansion->use_room == 0 ? 8 : expansion->use_room * 2;
        struct sla_use *grown = ARENA_NEW(substitution->draft->arena, struct sla_use, room);
        for (size_t i = 0; i < expansion->use_count; i++) {
            grown[i] = expansion->uses[i];
        }
        expansion->uses = grown;
        expansion->use_room = room;
    }
    expansion->uses[expansion->use_count++] =
        (struct sla_use){ yaml_span(node), binding->value, binding->name };
}

/* What stands for `$name`, NULL when it is open. */
static const struct yaml_node *value_of(struct sla_substitution *substitution,
                                        const struct yaml_node *node)
{
    const struct sla_bindings *bindings = substitution->bindings;
    struct slice name = slice_sub(node->text, 1, node->text.len);
    uint32_t at = 0;

    if (!sla_names_find(&bindings->names, name, &at)) {
        if (!substitution->is_lost) {
            report_unknown(substitution, node, name);
        }
        return NULL;
    }
    const struct sla_binding *binding = &bindings->items[at];
    binding->parameter->used = true;
    if (binding->value != NULL) {
        add_use(substitution, node, binding);
    }
    return binding->value;
}

struct chain {
    const struct yaml_node *first;
    struct yaml_node *last;
    uint32_t count;
};

static void append(struct chain *chain, struct yaml_node *node)
{
    if (node == NULL) {
        return;
    }
    if (chain->last == NULL) {
        chain->first = node;
    } else {
        chain->last->next = node;
    }
    chain->last = node;
    chain->count++;
}

/* The items of a value, each at the place of the use. */
static void append_items(struct draft *draft, struct chain *chain, const struct yaml_node *use,
                         const struct yaml_node *value)
{
    for (const struct yaml_node *at = value->first; at != NULL; at = at->next) {
        struct yaml_node *item = sla_copy_node(draft, use);
        if (item == NULL) {
            return;
        }
        item->text = at->text;
        item->quoted = at->quoted;
        item->key = (struct slice){ 0 };
        item->is_member = false;
        append(chain, item);
    }
}

/* A copy of the use with the value in it. */
static struct yaml_node *filled(struct sla_substitution *substitution, const struct yaml_node *use)
{
    struct yaml_node *copy = sla_copy_node(substitution->draft, use);
    struct chain items = { 0 };

    if (copy == NULL) {
        return NULL;
    }
    if (is_escaped(use)) {
        copy->text = slice_sub(use->text, 1, use->text.len);
        return copy;
    }
    const struct yaml_node *value = value_of(substitution, use);
    if (value == NULL || sla_is_open(value)) {
        copy->text = (struct slice){ open_text, 0 };
    } else if (value->kind == YAML_SCALAR) {
        copy->text = value->text;
        copy->quoted = value->quoted;
    } else {
        append_items(substitution->draft, &items, use, value);
        copy->kind = YAML_SEQUENCE;
        copy->text = (struct slice){ 0 };
        copy->first = items.first;
        copy->count = items.count;
    }
    return copy;
}

static struct yaml_node *copied(struct sla_substitution *substitution,
                                const struct yaml_node *node);

/* An item of a list: a value that is a list itself takes as many places as it has items. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which is capped */
static void append_item(struct sla_substitution *substitution, struct chain *chain,
                        const struct yaml_node *item, bool is_list)
{
    struct yaml_node *copy = copied(substitution, item);

    if (copy != NULL && is_list && is_parameter(item) && copy->kind == YAML_SEQUENCE) {
        for (const struct yaml_node *at = copy->first; at != NULL; at = at->next) {
            append(chain, sla_copy_node(substitution->draft, at));
        }
        return;
    }
    append(chain, copy);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which is capped */
static struct yaml_node *copied(struct sla_substitution *substitution, const struct yaml_node *node)
{
    struct chain items = { 0 };

    if (is_parameter(node)) {
        return filled(substitution, node);
    }
    struct yaml_node *copy = sla_copy_node(substitution->draft, node);
    if (copy == NULL || node->kind == YAML_SCALAR || !has_parameter(node)) {
        return copy;
    }
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        append_item(substitution, &items, at, node->kind == YAML_SEQUENCE);
    }
    copy->first = items.first;
    copy->count = items.count;
    return copy;
}

const struct yaml_node *sla_substitute(struct sla_substitution *substitution,
                                       const struct yaml_node *node)
{
    const struct yaml_node *copy = has_parameter(node) ? copied(substitution, node) : node;

    return copy != NULL ? copy : node;
}
