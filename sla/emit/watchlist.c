#include "sla/emit/priv.h"

/* One party's: what its reactions wait for, and the peers it protects. Names are quoted, since
 * other readers of YAML take some of them for numbers or truths. */

static void put_quoted(struct emit *emit, struct slice name)
{
    buf_add_char(emit->out, '"');
    emit_name(emit, name);
    buf_add_char(emit->out, '"');
}

static void put_resources(struct emit *emit, const struct desired_watch *watch)
{
    buf_add_cstr(emit->out, "    on: [");
    for (size_t i = 0; i < watch->resource_count; i++) {
        buf_add_cstr(emit->out, i == 0 ? "\"" : ", \"");
        emit_resource(emit, watch->resources[i]);
        buf_add_char(emit->out, '"');
    }
    buf_add_cstr(emit->out, "]\n");
}

static void put_addresses(struct emit *emit, const struct desired_watch *watch)
{
    char text[ADDRESS_TEXT_MAX];
    bool first = true;

    buf_add_cstr(emit->out, "    addresses: [");
    for (size_t i = 0; i < watch->resource_count; i++) {
        const struct resource *at = &emit->desired->policies->resources[watch->resources[i]];
        for (size_t j = 0; j < at->address_count; j++) {
            struct address plain = at->addresses[j]; /* the node knows behind which interface */
            plain.zone[0] = '\0';
            address_format(&plain, text);
            buf_printf(emit->out, "%s\"%s\"", first ? "" : ", ", text);
            first = false;
        }
    }
    buf_add_cstr(emit->out, "]\n");
}

static void put_watches(struct emit *emit)
{
    bool any = false;

    for (size_t i = 0; i < emit->desired->watch_count; i++) {
        const struct desired_watch *watch = &emit->desired->watches[i];
        if (!slice_eq(watch->party, emit->party)) {
            continue;
        }
        buf_add_cstr(emit->out, any ? "" : "watch:\n");
        any = true;
        emit_clauses(emit, "  ", &watch->origin);
        buf_add_cstr(emit->out, "  - node: ");
        put_quoted(emit, watch->node);
        buf_add_cstr(emit->out, "\n    rule: ");
        put_quoted(emit, watch->rule);
        buf_add_char(emit->out, '\n');
        put_resources(emit, watch);
        put_addresses(emit, watch);
    }
    buf_add_cstr(emit->out, any ? "" : "watch: []\n");
}

static void put_fact(struct emit *emit, const struct desired_item *item,
                     const struct desired_fact *fact)
{
    if (fact->kind != DESIRED_ALL) {
        emit_fail(emit, "`%s` is no list of names", fact->term);
        return;
    }
    emit_clauses(emit, "  ", &fact->origin);
    buf_add_cstr(emit->out, "  - node: ");
    put_quoted(emit, emit->desired->policies->resources[item->resource].node);
    buf_add_cstr(emit->out, "\n    on: \"");
    emit_resource(emit, item->resource);
    buf_printf(emit->out, "\"\n    term: \"%s\"\n    all: [", fact->term);
    for (size_t i = 0; i < fact->name_count; i++) {
        buf_add_cstr(emit->out, i == 0 ? "\"" : ", \"");
        emit_id(emit, fact->names[i]);
        buf_add_char(emit->out, '"');
    }
    buf_add_cstr(emit->out, "]\n");
}

static void put_heeds(struct emit *emit)
{
    bool any = false;

    for (size_t i = 0; i < emit->desired->heed_count; i++) {
        const struct desired_item *item = &emit->desired->heeds[i];
        for (size_t j = 0; j < item->fact_count && slice_eq(item->party, emit->party); j++) {
            buf_add_cstr(emit->out, any ? "" : "heed:\n");
            any = true;
            put_fact(emit, item, &item->facts[j]);
        }
    }
    buf_add_cstr(emit->out, any ? "" : "heed: []\n");
}

static void put_protected(struct emit *emit)
{
    const struct policy_set *set = emit->desired->policies;
    char text[ADDRESS_TEXT_MAX];
    bool any = false;

    for (size_t i = 0; i < set->protected_count; i++) {
        const struct protected_asset *asset = &set->protected_assets[i];
        if (!slice_eq(asset->clause.party, emit->party)) {
            continue;
        }
        const struct clause_ref *clause = &asset->clause;
        struct address plain = asset->network; /* protected in each zone */
        buf_add_cstr(emit->out, any ? "" : "protected:\n");
        any = true;
        emit_clauses(emit, "  ", &(struct desired_origin){ &clause, 1 });
        plain.zone[0] = '\0';
        address_format(&plain, text);
        buf_printf(emit->out, "  - \"%s\"\n", text);
    }
    buf_add_cstr(emit->out, any ? "" : "protected: []\n");
}

/* Takes one more party that has something to watch; false when there was another. */
static bool take_party(struct emit *emit, struct slice party, bool chosen, bool *known)
{
    if (!chosen && emit->party.len > 0 && !slice_eq(emit->party, party)) {
        return false;
    }
    if (!chosen) {
        emit->party = party;
    }
    *known |= slice_eq(party, emit->party);
    return true;
}

/* The only party that has something to watch, when none was chosen. */
static void choose_party(struct emit *emit)
{
    const struct desired *desired = emit->desired;
    bool chosen = emit->party.len > 0;
    bool known = false;
    bool good = true;

    for (size_t i = 0; i < desired->watch_count; i++) {
        good &= take_party(emit, desired->watches[i].party, chosen, &known);
    }
    for (size_t i = 0; i < desired->heed_count; i++) {
        good &= take_party(emit, desired->heeds[i].party, chosen, &known);
    }
    for (size_t i = 0; i < desired->policies->protected_count && chosen; i++) {
        known |= slice_eq(desired->policies->protected_assets[i].clause.party, emit->party);
    }
    if (!good) {
        emit->status = status_error(STATUS_NOT_FOUND,
                                    "%s: one list a party: choose one with --party", emit->target);
    } else if (!known && !chosen) {
        emit->status =
            status_error(STATUS_NOT_FOUND, "%s: nobody has anything to watch", emit->target);
    } else if (!known) {
        emit->status = status_error(STATUS_NOT_FOUND, "%s: `%.*s` has nothing to watch",
                                    emit->target, SLICE_ARG(emit->party));
    }
}

void emit_watchlist(struct emit *emit)
{
    choose_party(emit);
    if (!status_ok(&emit->status)) {
        return;
    }
    emit_header(emit, "watch list");
    buf_add_cstr(emit->out, "party: ");
    put_quoted(emit, emit->party);
    buf_add_char(emit->out, '\n');
    put_watches(emit);
    put_heeds(emit);
    put_protected(emit);
    emit_not_held(emit, emit->party);
}
