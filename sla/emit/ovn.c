#include "sla/emit/priv.h"

#include <stdlib.h>

/* Rows of OVN's northbound database (ovn-nb(5), OVN 23.03) as one transaction (RFC 7047, section
 * 4.1.3), for `ovsdb-client transact`: a switch for each U-Cloud, a port for each host that a box
 * is about, and its rules as ACLs by priority. What an earlier one made goes first, by its external
 * id, so that loading it twice leaves the same.
 *
 * `allow-related` lets replies pass; where nothing closes the host, a last ACL of that kind makes
 * OVN follow its connections. Neighbour discovery passes in every switch that does so. */

enum { TOP_PRIORITY = 32000, LAST_PRIORITY = 1 };

static const char *const acl_directions[DESIRED_DIRECTIONS] = { "to-lport", "from-lport" };
static const char *const port_fields[DESIRED_DIRECTIONS] = { "outport", "inport" };
static const char *const peer_fields[DESIRED_DIRECTIONS] = { "src", "dst" };

struct ovn {
    struct emit *emit;
    struct json_writer writer;
    const struct desired_box *box;
    size_t acl, first_acl;   /* numbers of ACLs; the first of this switch */
    size_t port, first_port; /* likewise */
    unsigned priority;
};

/* --- operations ------------------------------------------------------------------------------- */

static void comment(struct ovn *ovn, struct slice text)
{
    json_open_object(&ovn->writer);
    json_add_cstr(&ovn->writer, "op", "comment");
    json_add_text(&ovn->writer, "comment", text);
    json_close_object(&ovn->writer);
}

/* Runs a printer of text lines and makes each line a comment. */
static void comment_lines(struct ovn *ovn, const struct buf *lines)
{
    struct slice rest = buf_slice(lines);

    while (rest.len > 0) {
        struct slice line = slice_cut(&rest, '\n');
        comment(ovn, slice_sub(line, slice_starts(line, SLICE("# ")) ? 2 : 0, line.len));
    }
}

static void open_insert(struct ovn *ovn, const char *table, const char *uuid_name)
{
    json_open_object(&ovn->writer);
    json_add_cstr(&ovn->writer, "op", "insert");
    json_add_cstr(&ovn->writer, "table", table);
    json_add_cstr(&ovn->writer, "uuid-name", uuid_name);
    json_key(&ovn->writer, "row");
    json_open_object(&ovn->writer);
}

static void close_insert(struct ovn *ovn)
{
    json_close_object(&ovn->writer);
    json_close_object(&ovn->writer);
}

/* ["map", [["redan", "desired"], ...]]; left open after the first pair. */
static void open_external_ids(struct ovn *ovn)
{
    json_open_array(&ovn->writer);
    json_put_cstr(&ovn->writer, "map");
    json_open_array(&ovn->writer);
    json_open_array(&ovn->writer);
    json_put_cstr(&ovn->writer, "redan");
    json_put_cstr(&ovn->writer, "desired");
    json_close_array(&ovn->writer);
}

static void close_external_ids(struct ovn *ovn)
{
    json_close_array(&ovn->writer);
    json_close_array(&ovn->writer);
}

static void add_paths(struct emit *into, const struct desired_origin *origin)
{
    for (size_t i = 0; i < origin->count; i++) {
        buf_add_cstr(into->out, into->out->len > 0 ? " " : "");
        emit_path(into, origin->clauses[i]);
    }
}

/* `origin` or `item` may be NULL. */
static void put_clauses(struct ovn *ovn, const struct desired_origin *origin,
                        const struct desired_item *item)
{
    CLEANUP(buf_done) struct buf paths = { 0 };
    struct emit into = *ovn->emit;

    into.out = &paths;
    if (origin != NULL) {
        add_paths(&into, origin);
    }
    for (size_t i = 0; item != NULL && i < item->fact_count; i++) {
        add_paths(&into, &item->facts[i].origin);
    }
    ovn->emit->status = into.status;
    json_key(&ovn->writer, "external_ids");
    open_external_ids(ovn);
    if (paths.len > 0) {
        json_open_array(&ovn->writer);
        json_put_cstr(&ovn->writer, "clauses");
        json_put_text(&ovn->writer, buf_slice(&paths));
        json_close_array(&ovn->writer);
    }
    close_external_ids(ovn);
}

/* ["set", [["named-uuid", "acl3"], ...]] */
static void put_named(struct ovn *ovn, const char *key, const char *prefix, size_t from, size_t to)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    json_key(&ovn->writer, key);
    json_open_array(&ovn->writer);
    json_put_cstr(&ovn->writer, "set");
    json_open_array(&ovn->writer);
    for (size_t i = from; i < to; i++) {
        json_open_array(&ovn->writer);
        json_put_cstr(&ovn->writer, "named-uuid");
        json_put_text(&ovn->writer, arena_printf(&scratch, "%s%zu", prefix, i));
        json_close_array(&ovn->writer);
    }
    json_close_array(&ovn->writer);
    json_close_array(&ovn->writer);
}

/* --- matches ---------------------------------------------------------------------------------- */

static void match_peers(struct emit *emit, const struct desired_rule *rule,
                        enum address_family family, const char *field)
{
    const char *open = family == ADDRESS_IPV4 ? " && ip4." : " && ip6.";
    bool first = true;

    for (size_t i = 0; i < rule->peer_count; i++) {
        if (rule->peers[i].family == family) {
            if (first) {
                buf_printf(emit->out, "%s%s == {", open, field);
            } else {
                buf_add_cstr(emit->out, ", ");
            }
            emit_address(emit, &rule->peers[i]);
            first = false;
        }
    }
    buf_add_char(emit->out, '}');
}

static void match_ports(struct buf *out, const struct desired_rule *rule)
{
    for (size_t i = 0; i < rule->port_count; i++) {
        const struct desired_ports *ports = &rule->ports[i];
        const char *protocol = desired_protocol_name(ports->protocol);
        buf_add_cstr(out, i == 0 ? " && (" : " || ");
        if (ports->first == ports->last) {
            buf_printf(out, "%s.dst == %u", protocol, (unsigned)ports->first);
        } else {
            buf_printf(out, "%u <= %s.dst <= %u", (unsigned)ports->first, protocol,
                       (unsigned)ports->last);
        }
    }
    buf_add_cstr(out, rule->port_count > 0 ? ")" : "");
}

/* `family` ADDRESS_NONE: whoever the peer is. */
static void put_acl(struct ovn *ovn, const struct desired_rule *rule, enum address_family family)
{
    CLEANUP(buf_done) struct buf match = { 0 };
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct emit into = *ovn->emit;
    const char *accept = "allow-related";

    into.out = &match;
    buf_printf(&match, "%s == \"", port_fields[ovn->box->direction]);
    emit_resource(&into, ovn->box->resource);
    buf_add_char(&match, '"');
    if (family != ADDRESS_NONE) {
        match_peers(&into, rule, family, peer_fields[ovn->box->direction]);
    } else {
        buf_add_cstr(&match, " && ip");
    }
    match_ports(&match, rule);
    ovn->emit->status = into.status;
    open_insert(ovn, "ACL", arena_printf(&scratch, "acl%zu", ovn->acl++).ptr);
    json_add_cstr(&ovn->writer, "direction", acl_directions[ovn->box->direction]);
    json_add_i64(&ovn->writer, "priority", ovn->priority);
    json_add_text(&ovn->writer, "match", buf_slice(&match));
    json_add_cstr(&ovn->writer, "action", rule->verdict == DESIRED_ACCEPT ? accept : "drop");
    put_clauses(ovn, &rule->origin, NULL);
    close_insert(ovn);
}

static void put_rule(struct ovn *ovn, const struct desired_rule *rule)
{
    bool family[2] = { false, false };

    for (size_t i = 0; i < rule->peer_count; i++) {
        family[rule->peers[i].family == ADDRESS_IPV6] = true;
    }
    ovn->emit->from = &rule->origin;
    if (ovn->priority <= LAST_PRIORITY) {
        emit_fail(ovn->emit, "a host has more than %d rules", TOP_PRIORITY - LAST_PRIORITY);
        return;
    }
    if (rule->peer_count == 0) {
        put_acl(ovn, rule, ADDRESS_NONE);
    }
    if (family[0]) {
        put_acl(ovn, rule, ADDRESS_IPV4);
    }
    if (family[1]) {
        put_acl(ovn, rule, ADDRESS_IPV6);
    }
    ovn->emit->from = NULL;
    ovn->priority--;
}

static void put_box(struct ovn *ovn, const struct desired_box *box)
{
    const struct desired_rule last = { .verdict = box->closed ? DESIRED_DROP : DESIRED_ACCEPT,
                                       .origin = box->closed_by };

    ovn->box = box;
    ovn->priority = TOP_PRIORITY;
    if (box->always.peer_count > 0) {
        put_rule(ovn, &box->always);
    }
    for (size_t i = 0; i < box->rule_count; i++) {
        put_rule(ovn, &box->rules[i]);
    }
    ovn->priority = LAST_PRIORITY;
    put_acl(ovn, &last, ADDRESS_NONE);
}

/* --- hosts ------------------------------------------------------------------------------------ */

struct host {
    const struct resource *at;
    const struct desired_item *item; /* NULL: nothing is asked but its boxes */
    const struct desired_box *boxes;
    size_t box_count;
    struct slice segment; /* empty: none is asked for */
};

static int host_order(const void *left, const void *right)
{
    const struct host *a = left;
    const struct host *b = right;
    int order = slice_cmp(a->at->ucloud, b->at->ucloud);

    order = order != 0 ? order : slice_cmp(a->segment, b->segment);
    return order != 0 ? order : slice_cmp(a->at->name, b->at->name);
}

/* Where a clause wants it, or else where its U-Cloud says that it is. */
static struct slice segment_of(struct emit *emit, const struct host *host)
{
    const struct resource *at = host->at;
    const struct desired_fact *fact =
        host->item != NULL ? desired_fact_of(host->item, "segment") : NULL;

    if (at->kind == KIND_SEGMENT || fact == NULL) {
        return at->kind == KIND_SEGMENT ? at->name : at->segment;
    }
    for (size_t i = 0; fact->kind == DESIRED_AMONG && i < fact->name_count; i++) {
        if (slice_eq(fact->names[i], at->segment)) {
            return at->segment;
        }
    }
    emit->from = &fact->origin;
    if (fact->kind != DESIRED_AMONG || fact->name_count != 1) {
        emit_fail(emit, "`%.*s/%.*s` is to be in %.*s: name one segment", SLICE_ARG(at->ucloud),
                  SLICE_ARG(at->name), SLICE_ARG(fact->text));
        return (struct slice){ 0 };
    }
    if (at->segment.len > 0) {
        emit_fail(emit, "`%.*s/%.*s` is in segment %.*s and to be in %.*s", SLICE_ARG(at->ucloud),
                  SLICE_ARG(at->name), SLICE_ARG(at->segment), SLICE_ARG(fact->names[0]));
    }
    emit->from = NULL;
    return fact->names[0];
}

static size_t boxes_end(const struct desired *desired, size_t from, size_t resource)
{
    while (from < desired->box_count && desired->boxes[from].resource == resource) {
        from++;
    }
    return from;
}

/* A segment, or a host in one; of a part of the world only what something is asked of. */
static bool is_placed(const struct desired *desired, const struct resource *at)
{
    return !desired->is_part && (at->kind == KIND_SEGMENT || at->segment.len > 0);
}

/* Boxes and items stand by resource: joined. */
static size_t gather_hosts(struct emit *emit, struct host *out)
{
    const struct desired *desired = emit->desired;
    size_t count = 0;
    size_t box = 0;
    size_t item = 0;

    for (size_t i = 0; i < desired->policies->resource_count; i++) {
        struct host host = { .at = &desired->policies->resources[i],
                             .boxes = &desired->boxes[box] };
        if (item < desired->item_count && desired->items[item].resource == i) {
            host.item = &desired->items[item++];
        }
        host.box_count = boxes_end(desired, box, i) - box;
        box += host.box_count;
        bool asked = host.item != NULL || host.box_count > 0 || is_placed(desired, host.at);
        if (host.at->plane == PLANE_NETWORK && asked) {
            host.segment = segment_of(emit, &host);
            out[count++] = host;
        }
    }
    if (count > 1) {
        qsort(out, count, sizeof(*out), host_order);
    }
    return count;
}

static void put_name(struct ovn *ovn, struct slice ucloud, struct slice rest)
{
    CLEANUP(buf_done) struct buf name = { 0 };
    struct emit into = *ovn->emit;

    into.out = &name;
    emit_name(&into, ucloud);
    if (rest.len > 0) {
        buf_add_char(&name, '/');
        emit_name(&into, rest);
    }
    ovn->emit->status = into.status;
    json_add_text(&ovn->writer, "name", buf_slice(&name));
}

static void put_port(struct ovn *ovn, const struct host *host)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    open_insert(ovn, "Logical_Switch_Port", arena_printf(&scratch, "port%zu", ovn->port++).ptr);
    put_name(ovn, host->at->ucloud, host->at->name);
    json_add_cstr(&ovn->writer, "addresses", "unknown"); /* no document names a MAC address */
    put_clauses(ovn, NULL, host->item);
    close_insert(ovn);
}

static void put_switch(struct ovn *ovn, const struct host *host, size_t number)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    open_insert(ovn, "Logical_Switch", arena_printf(&scratch, "switch%zu", number).ptr);
    put_name(ovn, host->at->ucloud, host->segment);
    put_named(ovn, "ports", "port", ovn->first_port, ovn->port);
    put_named(ovn, "acls", "acl", ovn->first_acl, ovn->acl);
    put_clauses(ovn, NULL, NULL);
    close_insert(ovn);
    ovn->first_port = ovn->port;
    ovn->first_acl = ovn->acl;
}

static bool is_one_switch(const struct host *a, const struct host *b)
{
    return slice_eq(a->at->ucloud, b->at->ucloud) && slice_eq(a->segment, b->segment);
}

static void put_switches(struct ovn *ovn, const struct host *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (hosts[i].at->kind != KIND_SEGMENT) {
            put_port(ovn, &hosts[i]);
        }
        for (size_t j = 0; j < hosts[i].box_count; j++) {
            put_box(ovn, &hosts[i].boxes[j]);
        }
        if (i + 1 == count || !is_one_switch(&hosts[i], &hosts[i + 1])) {
            put_switch(ovn, &hosts[i], i);
        }
    }
}

/* IPsec between all chassis, with certificates of both ends: OVN has it for all tunnels or none. */
static void put_ipsec(struct ovn *ovn, const struct host *hosts, size_t count)
{
    bool asked = false;

    for (size_t i = 0; i < count; i++) {
        const struct desired_fact *fact =
            hosts[i].item != NULL ? desired_fact_of(hosts[i].item, "encryption.transit") : NULL;
        asked |= fact != NULL && !slice_is(fact->text, "none");
    }
    if (asked) {
        json_open_object(&ovn->writer);
        json_add_cstr(&ovn->writer, "op", "update");
        json_add_cstr(&ovn->writer, "table", "NB_Global");
        json_key(&ovn->writer, "where");
        json_open_array(&ovn->writer);
        json_close_array(&ovn->writer);
        json_key(&ovn->writer, "row");
        json_open_object(&ovn->writer);
        json_add_bool(&ovn->writer, "ipsec", true);
        json_close_object(&ovn->writer);
        json_close_object(&ovn->writer);
    }
}

static void delete_earlier(struct ovn *ovn)
{
    json_open_object(&ovn->writer);
    json_add_cstr(&ovn->writer, "op", "delete");
    json_add_cstr(&ovn->writer, "table", "Logical_Switch");
    json_key(&ovn->writer, "where");
    json_open_array(&ovn->writer);
    json_open_array(&ovn->writer);
    json_put_cstr(&ovn->writer, "external_ids");
    json_put_cstr(&ovn->writer, "includes");
    open_external_ids(ovn);
    close_external_ids(ovn);
    json_close_array(&ovn->writer);
    json_close_array(&ovn->writer);
    json_close_object(&ovn->writer);
}

void emit_ovn(struct emit *emit)
{
    CLEANUP(buf_done) struct buf lines = { 0 };
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct host *hosts =
        ARENA_NEW(&scratch, struct host, emit->desired->policies->resource_count + 1);
    size_t count = gather_hosts(emit, hosts);
    struct ovn ovn = { .emit = emit, .writer = { .out = emit->out, .pretty = true } };
    struct emit text = *emit;

    json_open_array(&ovn.writer);
    json_put_cstr(&ovn.writer, "OVN_Northbound");
    text.out = &lines;
    emit_header(&text, "ovsdb-client transact");
    comment_lines(&ovn, &lines);
    delete_earlier(&ovn);
    put_ipsec(&ovn, hosts, count);
    put_switches(&ovn, hosts, count);
    buf_clear(&lines);
    emit_not_held(&text, (struct slice){ 0 });
    comment_lines(&ovn, &lines);
    json_close_array(&ovn.writer);
    buf_add_char(emit->out, '\n');
    if (status_ok(&emit->status)) {
        emit->status = text.status;
    }
}
