#include "sla/resolve/same_address.h"

#include "sla/read/field_types.h"
#include "sla/report.h"

#include <stdlib.h>

/* An address where it stands. */
struct use {
    struct address address;
    const struct draft_resource *host;
    const struct yaml_node *node;
};

static bool is_host(const struct draft_resource *from)
{
    return !from->broken && from->resource.kind == KIND_HOST;
}

static int place_order(const struct yaml_node *a, const struct yaml_node *b)
{
    struct diag_span first = yaml_span(a);
    struct diag_span second = yaml_span(b);
    int order = (first.source > second.source) - (first.source < second.source);

    return order != 0 ? order : (first.byte > second.byte) - (first.byte < second.byte);
}

static int use_order(const void *left, const void *right)
{
    const struct use *a = left;
    const struct use *b = right;
    int order = slice_cmp(a->host->resource.ucloud, b->host->resource.ucloud);

    order = order != 0 ? order : address_cmp(&a->address, &b->address);
    return order != 0 ? order : place_order(a->node, b->node);
}

static size_t gather(const struct draft *draft, struct arena *arena, struct use **out)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->resource_count; i++) {
        count += draft->resources[i]->resource.address_count;
    }
    *out = ARENA_NEW(arena, struct use, count + 1);
    count = 0;
    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct draft_resource *host = draft->resources[i];
        const struct yaml_node *list = yaml_get(host->node, "addresses");
        const struct yaml_node *at = sla_texts_first(list);
        for (size_t j = 0; is_host(host) && at != NULL && j < host->resource.address_count; j++) {
            (*out)[count++] = (struct use){ host->resource.addresses[j], host, at };
            at = sla_texts_next(list, at);
        }
    }
    return count;
}

static void report(struct draft *draft, const struct use *first, const struct use *again)
{
    const struct resource *host = &again->host->resource;
    char text[ADDRESS_TEXT_MAX];

    address_format(&again->address, text);
    struct diag *diag =
        diag_add(draft->diags, DIAG_WARNING, SLA_CODE_SAME_ADDRESS, yaml_span(again->node),
                 "%s is also the address of `%.*s/%.*s`", text, SLICE_ARG(host->ucloud),
                 SLICE_ARG(first->host->resource.name));
    diag_label(draft->diags, diag, "of `%.*s`", SLICE_ARG(host->name));
    diag_secondary(draft->diags, diag, yaml_span(first->node), "the first");
    diag_help(draft->diags, diag,
              "give each its own: what is sent there cannot be told apart, and `redan sla compile "
              "--emit nft` refuses to print both");
}

void sla_check_same_address(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct use *uses = NULL;
    size_t count = gather(draft, &scratch, &uses);
    size_t first = 0;

    if (count > 1) {
        qsort(uses, count, sizeof(*uses), use_order);
    }
    for (size_t i = 1; i < count; i++) {
        const struct resource *one = &uses[first].host->resource;
        const struct resource *other = &uses[i].host->resource;
        bool same = slice_eq(one->ucloud, other->ucloud) &&
                    address_cmp(&uses[first].address, &uses[i].address) == 0;
        if (!same) {
            first = i;
        } else if (!slice_eq(one->name, other->name)) { /* the same name was told */
            report(draft, &uses[first], &uses[i]);
        }
    }
}
