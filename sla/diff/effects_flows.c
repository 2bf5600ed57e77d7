#include "sla/diff/effects_priv.h"

#include "model/desired.h"

#include <stdlib.h>
#include <string.h>

/* Packets that one world lets through and the other does not, of hosts that both have. What a box
 * decides changes at the borders of networks and ports alone; so a packet of each cell between them
 * is asked about: networks nest, and the first address of a cell is the first of some network, or
 * follows the last of one. */

enum {
    STEPS_MAX = 64 * 1024 * 1024,
    HOST_STEPS_MAX = 4 * 1024 * 1024,
    LAST_PORT = UINT16_MAX,
    PORTS_SHOWN = 4 /* ranges of them, in one sentence */
};
enum protocol { TCP = DESIRED_TCP, UDP = DESIRED_UDP, OTHER, PROTOCOLS };

static const char *const protocol_names[PROTOCOLS] = { "tcp", "udp", NULL };

struct packet {
    const struct address *peer;
    enum protocol protocol;
    uint32_t port, last; /* of its cell; 0: of a protocol without */
};

/* --- one box ---------------------------------------------------------------------------------- */

static bool has_peer(const struct desired_rule *rule, const struct address *peer)
{
    for (size_t i = 0; i < rule->peer_count; i++) {
        if (address_covers(&rule->peers[i], peer)) {
            return true;
        }
    }
    return false;
}

static bool has_port(const struct desired_rule *rule, const struct packet *packet)
{
    for (size_t i = 0; i < rule->port_count; i++) {
        const struct desired_ports *ports = &rule->ports[i];
        if ((unsigned)ports->protocol == (unsigned)packet->protocol &&
            ports->first <= packet->port && packet->port <= ports->last) {
            return true;
        }
    }
    return rule->port_count == 0;
}

/* Nothing is asked of the host: everything passes. */
static bool lets_through(const struct desired_box *box, const struct packet *packet)
{
    if (box == NULL || has_peer(&box->always, packet->peer)) {
        return true;
    }
    for (size_t i = 0; i < box->rule_count; i++) {
        const struct desired_rule *rule = &box->rules[i];
        if (has_port(rule, packet) && (rule->peer_count == 0 || has_peer(rule, packet->peer))) {
            return rule->verdict == DESIRED_ACCEPT;
        }
    }
    return !box->closed;
}

/* --- the cells of two ------------------------------------------------------------------------- */

struct borders {
    struct address *peers;
    size_t peer_count;
    uint32_t *ports[PROTOCOLS];
    size_t port_counts[PROTOCOLS];
    size_t steps; /* a look at a packet costs so many at most */
};

static size_t bytes_of(const struct address *address)
{
    return address->family == ADDRESS_IPV4 ? 4 : 16;
}

/* The host behind the last one of a network; false: there is none. */
static bool follow(const struct address *network, struct address *out)
{
    size_t bytes = bytes_of(network);
    unsigned carry = 1;

    *out = (struct address){ .family = network->family, .prefix_len = (uint8_t)(8 * bytes) };
    memcpy(out->bytes, network->bytes, bytes);
    for (size_t bit = network->prefix_len; bit < 8 * bytes; bit++) {
        out->bytes[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
    }
    for (size_t i = bytes; i > 0 && carry > 0; i--) {
        unsigned sum = out->bytes[i - 1] + carry;
        out->bytes[i - 1] = (uint8_t)sum;
        carry = sum >> 8;
    }
    return carry == 0;
}

static void add_peers(struct borders *borders, const struct desired_rule *rule)
{
    for (size_t i = 0; i < rule->peer_count; i++) {
        struct address *first = &borders->peers[borders->peer_count++];
        *first = rule->peers[i];
        first->prefix_len = (uint8_t)(8 * bytes_of(first));
        borders->peer_count += follow(&rule->peers[i], &borders->peers[borders->peer_count]);
    }
    for (size_t i = 0; i < rule->port_count; i++) {
        enum protocol protocol = (enum protocol)rule->ports[i].protocol;
        uint32_t *ports = borders->ports[protocol];
        ports[borders->port_counts[protocol]++] = rule->ports[i].first;
        if (rule->ports[i].last < LAST_PORT) {
            ports[borders->port_counts[protocol]++] = rule->ports[i].last + 1U;
        }
    }
    borders->steps += 1 + rule->peer_count + rule->port_count;
}

static size_t rooms(const struct desired_box *box, size_t *out_ports)
{
    size_t peers = box != NULL ? box->always.peer_count : 0;

    for (size_t i = 0; box != NULL && i < box->rule_count; i++) {
        peers += box->rules[i].peer_count;
        *out_ports += box->rules[i].port_count;
    }
    return peers;
}

static int peer_order(const void *left, const void *right)
{
    return address_cmp(left, right);
}

static int port_order(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;

    return (*a > *b) - (*a < *b);
}

/* Ascending, each once. */
static size_t settle_ports(uint32_t *ports, size_t count)
{
    size_t kept = 0;

    qsort(ports, count, sizeof(*ports), port_order);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || ports[kept - 1] != ports[i]) {
            ports[kept++] = ports[i];
        }
    }
    return kept;
}

static void settle(struct borders *borders)
{
    size_t kept = 0;

    qsort(borders->peers, borders->peer_count, sizeof(*borders->peers), peer_order);
    for (size_t i = 0; i < borders->peer_count; i++) {
        if (kept == 0 || !address_eq(&borders->peers[kept - 1], &borders->peers[i])) {
            borders->peers[kept++] = borders->peers[i];
        }
    }
    borders->peer_count = kept;
    for (unsigned i = 0; i < PROTOCOLS; i++) {
        borders->port_counts[i] = settle_ports(borders->ports[i], borders->port_counts[i]);
    }
}

/* The first of all addresses and ports, and what both boxes tell apart. */
static struct borders borders_of(struct arena *arena, const struct desired_box *const boxes[])
{
    struct borders borders = { .steps = 0 };
    size_t ports = 0;
    size_t peers = rooms(boxes[0], &ports) + rooms(boxes[1], &ports);

    borders.peers = ARENA_NEW(arena, struct address, 2 * peers + 2);
    borders.peers[0] = (struct address){ .family = ADDRESS_IPV4, .prefix_len = 32 };
    borders.peers[1] = (struct address){ .family = ADDRESS_IPV6, .prefix_len = 128 };
    borders.peer_count = 2;
    for (unsigned i = 0; i < PROTOCOLS; i++) {
        borders.ports[i] = ARENA_NEW(arena, uint32_t, 2 * ports + 1);
        borders.ports[i][0] = i == OTHER ? 0 : 1;
        borders.port_counts[i] = 1;
    }
    for (size_t side = 0; side < SLA_EFFECT_SIDES; side++) {
        if (boxes[side] != NULL) {
            add_peers(&borders, &boxes[side]->always);
        }
        for (size_t i = 0; boxes[side] != NULL && i < boxes[side]->rule_count; i++) {
            add_peers(&borders, &boxes[side]->rules[i]);
        }
    }
    settle(&borders);
    return borders;
}

/* --- sentences -------------------------------------------------------------------------------- */

struct host {
    const struct resource *resource;
    enum desired_direction direction;
    const struct desired_box *boxes[SLA_EFFECT_SIDES]; /* NULL: nothing is asked there */
};

static struct packet packet_at(const struct borders *borders, size_t peer, enum protocol protocol,
                               size_t port)
{
    const uint32_t *ports = borders->ports[protocol];
    bool is_last = port + 1 == borders->port_counts[protocol];

    return (struct packet){ &borders->peers[peer], protocol, ports[port],
                            is_last ? LAST_PORT : ports[port + 1] - 1 };
}

/* Packets that only one side lets through: of the first addresses, one behind another, that differ
 * alike. */
struct gap {
    size_t first, end; /* of the peers */
    bool *cells;       /* which ports: of each protocol, one behind another */
    bool is_all;       /* no other address differs */
};

static size_t count_cells(const struct borders *borders)
{
    return borders->port_counts[TCP] + borders->port_counts[UDP] + borders->port_counts[OTHER];
}

static bool differs_at(const struct borders *borders, const struct host *host, size_t side,
                       size_t peer, bool *out_cells)
{
    bool some = false;
    size_t cell = 0;

    for (unsigned protocol = 0; protocol < PROTOCOLS; protocol++) {
        for (size_t i = 0; i < borders->port_counts[protocol]; i++) {
            struct packet packet = packet_at(borders, peer, (enum protocol)protocol, i);
            out_cells[cell] = lets_through(host->boxes[side], &packet) &&
                              !lets_through(host->boxes[1 - side], &packet);
            some |= out_cells[cell++];
        }
    }
    return some;
}

/* False: there is none. */
static bool find_gap(struct arena *scratch, const struct borders *borders, const struct host *host,
                     size_t side, struct gap *out)
{
    size_t count = count_cells(borders);
    bool *here = ARENA_NEW(scratch, bool, count);

    *out = (struct gap){ .cells = ARENA_NEW(scratch, bool, count), .is_all = true };
    for (size_t i = 0; i < borders->peer_count; i++) {
        if (!differs_at(borders, host, side, i, here)) {
            continue;
        }
        if (out->end == 0) {
            *out = (struct gap){ i, i + 1, out->cells, true };
            memcpy(out->cells, here, count * sizeof(*here));
        } else if (out->end == i && borders->peers[i].family == borders->peers[out->first].family &&
                   memcmp(out->cells, here, count * sizeof(*here)) == 0) {
            out->end = i + 1;
        } else {
            out->is_all = false;
        }
    }
    return out->end > 0;
}

/* The last address before that of the next cell, or of the family. */
static struct address last_of(const struct borders *borders, const struct gap *gap)
{
    const struct address *first = &borders->peers[gap->first];
    size_t bytes = bytes_of(first);
    struct address last = *first;

    memset(last.bytes, UINT8_MAX, bytes);
    if (gap->end < borders->peer_count && borders->peers[gap->end].family == first->family) {
        last = borders->peers[gap->end];
        for (size_t i = bytes; i > 0 && last.bytes[i - 1]-- == 0; i--) {
        }
    }
    return last;
}

static void add_ports(const struct packet *from, const struct packet *to, struct buf *out)
{
    if (from->protocol == OTHER) {
        buf_add_cstr(out, "what has no ports");
        return;
    }
    buf_printf(out, "%u", from->port);
    if (to->last != from->port) {
        buf_printf(out, "-%u", to->last);
    }
    buf_printf(out, "/%s", protocol_names[from->protocol]);
}

/* Neighbouring cells are one range. */
static void add_all_ports(const struct borders *borders, const struct gap *gap, struct buf *out)
{
    size_t cell = 0;
    size_t told = 0;

    for (unsigned protocol = 0; protocol < PROTOCOLS; protocol++) {
        size_t count = borders->port_counts[protocol];
        const bool *cells = &gap->cells[cell];
        for (size_t i = 0; i < count; i++) {
            size_t from = i;
            while (cells[from] && i + 1 < count && cells[i + 1]) {
                i++;
            }
            if (!cells[from] || told++ >= PORTS_SHOWN) {
                continue;
            }
            struct packet first = packet_at(borders, gap->first, (enum protocol)protocol, from);
            struct packet last = packet_at(borders, gap->first, (enum protocol)protocol, i);
            buf_add_cstr(out, told > 1 ? ", " : "");
            add_ports(&first, &last, out);
        }
        cell += count;
    }
    if (told > PORTS_SHOWN) {
        buf_printf(out, " and %zu more ranges of ports", told - PORTS_SHOWN);
    }
}

static void tell(struct sla_effect_finding *self, enum sla_effect_kind kind,
                 const struct host *host, const struct borders *borders, const struct gap *gap)
{
    const char *from = host->direction == DESIRED_IN ? "from" : "to";
    CLEANUP(buf_done) struct buf text = { 0 };
    struct address last = last_of(borders, gap);
    char peer[ADDRESS_TEXT_MAX];

    buf_printf(&text, "%.*s/%.*s %s ", SLICE_ARG(host->resource->ucloud),
               SLICE_ARG(host->resource->name), host->direction == DESIRED_IN ? "takes" : "sends");
    if (memchr(gap->cells, 0, count_cells(borders)) == NULL) {
        buf_add_cstr(&text, "everything");
    } else {
        add_all_ports(borders, gap, &text);
    }
    address_format(&borders->peers[gap->first], peer);
    buf_printf(&text, " %s %s", from, peer);
    if (!address_eq(&last, &borders->peers[gap->first])) {
        address_format(&last, peer);
        buf_printf(&text, "-%s", peer);
    }
    if (!gap->is_all) {
        buf_printf(&text, ", and more %s other addresses", from);
    }
    sla_effect_tell(self, kind, 1, arena_copy(self->arena, buf_slice(&text)));
}

static void compare(struct sla_effect_finding *self, const struct host *host, size_t *steps)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct borders borders = borders_of(&scratch, host->boxes);
    size_t packets = borders.peer_count * count_cells(&borders);
    struct gap gap;

    size_t share = STEPS_MAX - *steps < HOST_STEPS_MAX ? STEPS_MAX - *steps : HOST_STEPS_MAX;
    if (packets > share / (borders.steps + 1)) {
        sla_effect_tell(self, SLA_NOT_ENUMERATED, 1,
                        arena_printf(self->arena, "flows of %.*s/%.*s: too many networks and ports",
                                     SLICE_ARG(host->resource->ucloud),
                                     SLICE_ARG(host->resource->name)));
        return;
    }
    *steps += packets * (borders.steps + 1);
    if (find_gap(&scratch, &borders, host, 1, &gap)) {
        tell(self, SLA_NEWLY_PASSED, host, &borders, &gap);
    }
    if (find_gap(&scratch, &borders, host, 0, &gap)) {
        tell(self, SLA_NO_LONGER_PASSED, host, &borders, &gap);
    }
}

/* --- hosts ------------------------------------------------------------------------------------ */

/* The box of each resource and direction; most have none. */
static const struct desired_box **boxes_of(struct arena *arena, const struct desired *desired)
{
    const struct desired_box **out =
        ARENA_NEW(arena, const struct desired_box *,
                  desired->policies->resource_count *DESIRED_DIRECTIONS + 1);

    for (size_t i = 0; i < desired->box_count; i++) {
        const struct desired_box *box = &desired->boxes[i];
        out[box->resource * DESIRED_DIRECTIONS + box->direction] = box;
    }
    return out;
}

static bool is_same_rule(const struct desired_rule *a, const struct desired_rule *b)
{
    bool same = a->verdict == b->verdict && a->peer_count == b->peer_count &&
                a->port_count == b->port_count;

    for (size_t i = 0; same && i < a->peer_count; i++) {
        same = address_eq(&a->peers[i], &b->peers[i]);
    }
    for (size_t i = 0; same && i < a->port_count; i++) {
        same = a->ports[i].protocol == b->ports[i].protocol &&
               a->ports[i].first == b->ports[i].first && a->ports[i].last == b->ports[i].last;
    }
    return same;
}

/* Most hosts are as they were: they are not searched. */
static bool is_same_box(const struct desired_box *a, const struct desired_box *b)
{
    bool same = a != NULL && b != NULL && a->closed == b->closed &&
                a->rule_count == b->rule_count && is_same_rule(&a->always, &b->always);

    for (size_t i = 0; same && i < a->rule_count; i++) {
        same = is_same_rule(&a->rules[i], &b->rules[i]);
    }
    return same;
}

void sla_effects_find_flows(struct sla_effect_finding *self)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct desired_box **boxes[SLA_EFFECT_SIDES];
    struct sla_effect_walk walk = { 0 };
    size_t places[SLA_EFFECT_SIDES];
    size_t steps = 0;

    for (size_t side = 0; side < SLA_EFFECT_SIDES; side++) {
        boxes[side] = boxes_of(&scratch, self->desired[side]);
        walk.sets[side] = self->desired[side]->policies;
        walk.counts[side] = walk.sets[side]->resource_count;
    }
    while (sla_effect_next(&walk, places)) {
        for (unsigned i = 0;
             places[0] != SIZE_MAX && places[1] != SIZE_MAX && i < DESIRED_DIRECTIONS; i++) {
            const struct host host = {
                &self->worlds[1]->policies.resources[places[1]],
                (enum desired_direction)i,
                { boxes[0][places[0] * DESIRED_DIRECTIONS + i],
                  boxes[1][places[1] * DESIRED_DIRECTIONS + i] },
            };
            bool is_asked = host.boxes[0] != NULL || host.boxes[1] != NULL;
            if (is_asked && !is_same_box(host.boxes[0], host.boxes[1])) {
                compare(self, &host, &steps);
            }
        }
    }
}
