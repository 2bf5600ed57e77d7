#include "sla/emit/nft.h"

#include <stdlib.h>

/* A table of its own: what hosts take and send, by their addresses, so that the same file may be
 * loaded on any node. Cuts of the network plane stand in another table and come first.
 *
 * Only packets in the direction in which a connection began are judged: its replies pass, and what
 * is no longer permitted stops although it is established. What is forwarded is judged twice, as
 * sent by one host and as taken by another, in two chains, since `accept` ends only its own. */

#define NFT_TABLE "inet redan_sla"

static const char head[] = "table " NFT_TABLE "\n"
                           "delete table " NFT_TABLE "\n"
                           "\n"
                           "table " NFT_TABLE " {\n";
static const char passes[] =
    "    chain passes {\n"
    "        ct direction reply ct state established accept\n"
    "        ct state related meta l4proto { icmp, ipv6-icmp } accept\n"
    "        icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, "
    "nd-neighbor-advert } ip6 hoplimit 255 accept\n"
    "    }\n";

static const char *const peer_fields[DESIRED_DIRECTIONS] = { "saddr", "daddr" };
static const char *const host_fields[DESIRED_DIRECTIONS] = { "daddr", "saddr" };
static const struct {
    const char *name, *hook, *priority;
    enum desired_direction direction;
} hooks[] = {
    { "input", "input", "filter", DESIRED_IN },
    { "output", "output", "filter", DESIRED_OUT },
    { "forward_out", "forward", "filter", DESIRED_OUT },
    { "forward_in", "forward", "filter + 1", DESIRED_IN },
};

/* --- rules ------------------------------------------------------------------------------------ */

static const char *family_name(enum address_family family)
{
    return family == ADDRESS_IPV4 ? "ip" : "ip6";
}

static void put_peers(struct emit *emit, const struct desired_rule *rule,
                      enum address_family family, const char *field)
{
    bool first = true;

    for (size_t i = 0; i < rule->peer_count; i++) {
        if (rule->peers[i].family == family) {
            if (first) {
                buf_printf(emit->out, "%s %s { ", family_name(family), field);
            } else {
                buf_add_cstr(emit->out, ", ");
            }
            emit_address(emit, &rule->peers[i]);
            first = false;
        }
    }
    buf_add_cstr(emit->out, " } ");
}

static void put_ports(struct emit *emit, const struct desired_rule *rule,
                      enum desired_protocol protocol)
{
    bool first = true;

    buf_printf(emit->out, "%s dport { ", desired_protocol_name(protocol));
    for (size_t i = 0; i < rule->port_count; i++) {
        const struct desired_ports *ports = &rule->ports[i];
        if (ports->protocol == protocol) {
            buf_printf(emit->out, "%s%u", first ? "" : ", ", (unsigned)ports->first);
            if (ports->last != ports->first) {
                buf_printf(emit->out, "-%u", (unsigned)ports->last);
            }
            first = false;
        }
    }
    buf_add_cstr(emit->out, " } ");
}

static bool has_protocol(const struct desired_rule *rule, enum desired_protocol protocol)
{
    for (size_t i = 0; i < rule->port_count; i++) {
        if (rule->ports[i].protocol == protocol) {
            return true;
        }
    }
    return false;
}

static bool has_family(const struct desired_rule *rule, enum address_family family)
{
    for (size_t i = 0; i < rule->peer_count; i++) {
        if (rule->peers[i].family == family) {
            return true;
        }
    }
    return false;
}

/* One line a protocol; `family` ADDRESS_NONE: whoever the peer is. */
static void put_lines(struct emit *emit, const struct desired_rule *rule,
                      enum address_family family, enum desired_direction direction)
{
    for (unsigned protocol = 0; protocol < DESIRED_PROTOCOLS; protocol++) {
        bool any = rule->port_count == 0;
        if (any ? protocol > 0 : !has_protocol(rule, (enum desired_protocol)protocol)) {
            continue;
        }
        buf_add_cstr(emit->out, "        ");
        if (family != ADDRESS_NONE) {
            put_peers(emit, rule, family, peer_fields[direction]);
        }
        if (!any) {
            put_ports(emit, rule, (enum desired_protocol)protocol);
        }
        buf_printf(emit->out, "%s\n", desired_verdict_name(rule->verdict));
    }
}

static void put_rule(struct emit *emit, const struct desired_rule *rule,
                     enum desired_direction direction)
{
    static const enum address_family families[] = { ADDRESS_IPV4, ADDRESS_IPV6 };

    emit->from = &rule->origin;
    emit_clauses(emit, "        ", &rule->origin);
    if (rule->peer_count == 0) {
        put_lines(emit, rule, ADDRESS_NONE, direction);
    }
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        if (has_family(rule, families[i])) {
            put_lines(emit, rule, families[i], direction);
        }
    }
    emit->from = NULL;
}

static void put_chain_name(struct emit *emit, const struct desired_box *box)
{
    buf_printf(emit->out, "%s/", desired_direction_name(box->direction));
    emit_resource(emit, box->resource);
}

static void put_box(struct emit *emit, const struct desired_box *box)
{
    buf_add_cstr(emit->out, "    chain ");
    put_chain_name(emit, box);
    buf_add_cstr(emit->out, " {\n");
    if (box->always.peer_count > 0) {
        put_rule(emit, &box->always, box->direction);
    }
    emit_nft_limit_jumps(emit, box);
    for (size_t i = 0; i < box->rule_count; i++) {
        put_rule(emit, &box->rules[i], box->direction);
    }
    if (box->closed) {
        emit_clauses(emit, "        ", &box->closed_by);
        buf_add_cstr(emit->out, "        drop\n");
    }
    buf_add_cstr(emit->out, "    }\n");
}

/* --- from addresses to boxes ------------------------------------------------------------------ */

struct entry {
    struct address address;
    const struct desired_box *box;
};

static int entry_order(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = address_cmp(&a->address, &b->address);

    return order != 0 ? order : (a->box > b->box) - (a->box < b->box);
}

static size_t gather_entries(const struct desired *desired, enum desired_direction direction,
                             struct arena *arena, struct entry **out)
{
    size_t count = 0;

    for (size_t i = 0; i < desired->box_count; i++) {
        count += desired->policies->resources[desired->boxes[i].resource].address_count;
    }
    *out = ARENA_NEW(arena, struct entry, count + 1);
    count = 0;
    for (size_t i = 0; i < desired->box_count; i++) {
        const struct desired_box *box = &desired->boxes[i];
        const struct resource *host = &desired->policies->resources[box->resource];
        for (size_t j = 0; box->direction == direction && j < host->address_count; j++) {
            (*out)[count++] = (struct entry){ host->addresses[j], box };
        }
    }
    return count;
}

static void fail_shared(struct emit *emit, const struct entry *a, const struct entry *b)
{
    const struct resource *resources = emit->desired->policies->resources;
    const struct resource *one = &resources[a->box->resource];
    const struct resource *other = &resources[b->box->resource];
    char text[ADDRESS_TEXT_MAX];

    address_format(&b->address, text);
    emit->from = b->box->rule_count > 0 ? &b->box->rules[0].origin : &b->box->closed_by;
    emit_fail(emit, "%s is of `%.*s/%.*s` and of `%.*s/%.*s`: choose one with --resource", text,
              SLICE_ARG(one->ucloud), SLICE_ARG(one->name), SLICE_ARG(other->ucloud),
              SLICE_ARG(other->name));
    emit->from = NULL;
}

/* What one host has twice stays once; what two hosts have cannot be told apart. */
static size_t settle_entries(struct emit *emit, struct entry *entries, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(entries, count, sizeof(*entries), entry_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !address_overlaps(&entries[kept - 1].address, &entries[i].address)) {
            entries[kept++] = entries[i];
        } else if (entries[kept - 1].box != entries[i].box) {
            fail_shared(emit, &entries[kept - 1], &entries[i]);
        }
    }
    return kept;
}

static void put_map(struct emit *emit, const struct entry *entries, size_t count,
                    enum address_family family, enum desired_direction direction)
{
    bool open = false;

    for (size_t i = 0; i < count; i++) {
        if (entries[i].address.family != family) {
            continue;
        }
        if (!open) {
            buf_printf(emit->out, "        %s %s vmap {\n", family_name(family),
                       host_fields[direction]);
        }
        open = true;
        buf_add_cstr(emit->out, "            ");
        emit_address(emit, &entries[i].address);
        buf_add_cstr(emit->out, " : goto ");
        put_chain_name(emit, entries[i].box);
        buf_add_cstr(emit->out, ",\n");
    }
    if (open) {
        buf_add_cstr(emit->out, "        }\n");
    }
}

static void put_hooks(struct emit *emit, enum desired_direction direction)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct entry *entries = NULL;
    size_t count = gather_entries(emit->desired, direction, &scratch, &entries);

    count = settle_entries(emit, entries, count);
    for (size_t i = 0; i < COUNT_OF(hooks); i++) {
        if (hooks[i].direction != direction || count == 0) {
            continue;
        }
        buf_printf(emit->out,
                   "    chain %s {\n"
                   "        type filter hook %s priority %s; policy accept;\n"
                   "        meta %s lo accept\n"
                   "        jump passes\n",
                   hooks[i].name, hooks[i].hook, hooks[i].priority,
                   direction == DESIRED_IN ? "iifname" : "oifname");
        put_map(emit, entries, count, ADDRESS_IPV4, direction);
        put_map(emit, entries, count, ADDRESS_IPV6, direction);
        buf_add_cstr(emit->out, "    }\n");
    }
}

void emit_nft(struct emit *emit)
{
    emit_header(emit, "nft -f");
    buf_add_cstr(emit->out, head);
    if (emit->desired->box_count > 0) {
        buf_add_cstr(emit->out, passes);
    }
    for (size_t i = 0; i < emit->desired->box_count; i++) {
        emit_nft_limits(emit, &emit->desired->boxes[i]);
    }
    put_hooks(emit, DESIRED_IN);
    put_hooks(emit, DESIRED_OUT);
    for (size_t i = 0; i < emit->desired->box_count; i++) {
        put_box(emit, &emit->desired->boxes[i]);
    }
    buf_add_cstr(emit->out, "}\n");
    emit_not_held(emit, (struct slice){ 0 });
}
