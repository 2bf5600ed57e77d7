#include "sla/read/field_types.h"
#include "sla/terms/domain.h"

/* Packets of a rule. Rules about flows are decided by modality; here only equal flows are
 * comparable. */

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    return sla_value_has_shape(reading->draft, clause->term, node, node->kind == YAML_MAPPING) &&
           sla_record_fill(reading->draft, reading->document, &sla_record_flow, node, &out->flow);
}

static void print_ports(const struct sla_flow *flow, struct buf *out)
{
    for (size_t i = 0; i < flow->port_count; i++) {
        const struct sla_ports *ports = &flow->ports[i];
        const char *first = flow->outward ? " at " : " to ";
        buf_printf(out, "%s%u", i == 0 ? first : ", ", (unsigned)ports->first);
        if (ports->last != ports->first) {
            buf_printf(out, "-%u", (unsigned)ports->last);
        }
        buf_add_cstr(out, ports->protocol == SLA_TCP ? "/tcp" : "/udp");
    }
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_flow *flow = &value->flow;
    char network[ADDRESS_TEXT_MAX];

    (void)term;
    (void)op;
    buf_add_cstr(out, flow->outward ? "to" : "from");
    if (flow->peer_count == 0) {
        buf_add_cstr(out, " any");
    }
    for (size_t i = 0; i < flow->peer_count; i++) {
        address_format(&flow->peers[i], network);
        buf_printf(out, " %s", network);
    }
    print_ports(flow, out);
}

static bool same_ports(const struct sla_flow *a, const struct sla_flow *b)
{
    if (a->port_count != b->port_count) {
        return false;
    }
    for (size_t i = 0; i < a->port_count; i++) {
        const struct sla_ports *one = &a->ports[i];
        const struct sla_ports *other = &b->ports[i];
        if (one->protocol != other->protocol || one->first != other->first ||
            one->last != other->last) {
            return false;
        }
    }
    return true;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    if (a->flow.outward != b->flow.outward || a->flow.peer_count != b->flow.peer_count ||
        !same_ports(&a->flow, &b->flow)) {
        return false;
    }
    for (size_t i = 0; i < a->flow.peer_count; i++) {
        if (!address_eq(&a->flow.peers[i], &b->flow.peers[i])) {
            return false;
        }
    }
    return true;
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    (void)arena;
    if (!implies(term, a, b)) {
        return SLA_MEET_BOTH;
    }
    *out = *a;
    return SLA_MEET_ONE;
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    *out_unit = "flows";
    return implies(term, to, from) ? 0 : 1;
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_record(writer, &sla_record_flow);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    struct sla_ports *ports = ARENA_NEW(arena, struct sla_ports, 1);

    (void)term;
    ports->first = (uint16_t)(1 + sla_sample_below(seed, 3));
    ports->last = ports->first;
    *out =
        (struct sla_value){ .flow = { .ports = ports, .port_count = sla_sample_below(seed, 2) } };
}

const struct sla_domain sla_domain_flow = {
    .name = "flow",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = sla_never_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
