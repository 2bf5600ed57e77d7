#include "tests/unit/sla/random_world.h"

#include "sla/terms/domain.h"

static const char *const networks[] = { "any",
                                        "10.0.0.0/8",
                                        "10.1.0.0/16",
                                        "10.1.2.3",
                                        "0.0.0.0/0",
                                        "255.255.255.255",
                                        "192.0.2.0/31",
                                        "\"2001:db8::/32\"",
                                        "\"2001:db8::7\"",
                                        "\"::/0\"",
                                        "\"::\"",
                                        "\"ffff::/16\"" };
static const char *const ports[] = { "1/tcp",         "65535/udp",    "80-90/tcp", "85-100/tcp",
                                     "91/tcp",        "53/udp",       "53/tcp",    "1-65535/udp",
                                     "1000-1001/tcp", "1001-1002/tcp" };
static const char *const layers[] = { "L0", "L1", "L2" };
static const char *const countries[] = { "PT", "ES", "\"NO\"", "FR", "DE" };
static const char *const names[] = { "a", "b-2", "3", "c--d", "e.f", "g_h", "on", "no", "012" };

enum { HOSTS_MAX = 5, CLAUSES_MAX = 8, ITEMS_MAX = 4, TEXT_BYTES = 64 * 1024 };

static const char *pick(uint64_t *seed, const char *const *from, size_t count)
{
    return from[sla_sample_below(seed, count)];
}

static void put_list(struct buf *out, uint64_t *seed, const char *const *from, size_t count)
{
    size_t items = 1 + (size_t)sla_sample_below(seed, ITEMS_MAX);

    buf_add_char(out, '[');
    for (size_t i = 0; i < items; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "", pick(seed, from, count));
    }
    buf_add_char(out, ']');
}

static const char *put_resources(struct bench *bench, uint64_t *seed)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    size_t hosts = 1 + (size_t)sla_sample_below(seed, HOSTS_MAX);

    for (size_t i = 0; i < hosts; i++) {
        buf_printf(&out,
                   "    - {name: %s, plane: network, layer: %s, node: n%zu, provider: dc, "
                   "addresses: [10.0.%zu.1, \"2001:db8:%zu::1\"]}\n",
                   names[i], pick(seed, layers, COUNT_OF(layers)), i % 2, i, i);
    }
    buf_add_cstr(&out,
                 "    - {name: files, plane: data, layer: L2, node: n1, provider: dc, handle: "
                 "\"x\\n\\\"<&>\\u0007\\u202e]]>--\"}\n"
                 "    - {name: vm, plane: compute, layer: L1, node: n0, provider: dc, handle: "
                 "\"<!-- ' -->\"}\n");
    if (sla_sample_below(seed, 2) == 0) {
        buf_printf(&out, "  protected: [{network: %s, why: \"}; flush ruleset #\"}]\n",
                   pick(seed, networks + 1, COUNT_OF(networks) - 1));
    }
    return arena_copy(&bench->arena, buf_slice(&out)).ptr;
}

static void put_clause(struct buf *out, uint64_t *seed, size_t number, const char *stance)
{
    uint64_t kind = sla_sample_below(seed, 4);

    buf_printf(out, "    - {id: %s-%zu, %s, ", pick(seed, names, COUNT_OF(names)), number, stance);
    if (kind == 0) {
        buf_add_cstr(out, "on: all, term: location, op: in, value: ");
        put_list(out, seed, countries, COUNT_OF(countries));
    } else if (kind == 1) {
        buf_add_cstr(out, "on: all, term: availability, op: \">=\", value: 99 %, window: 30d");
    } else {
        buf_printf(out, "on: hosts, term: flow, op: %s, value: {from: ",
                   sla_sample_below(seed, 2) == 0 ? "permit" : "deny");
        put_list(out, seed, networks, COUNT_OF(networks));
        if (sla_sample_below(seed, 3) > 0) {
            buf_add_cstr(out, ", ports: ");
            put_list(out, seed, ports, COUNT_OF(ports));
        }
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "}\n");
}

static const char *put_spec(struct bench *bench, uint64_t *seed, const char *stance)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    size_t count = 1 + (size_t)sla_sample_below(seed, CLAUSES_MAX);

    buf_add_cstr(&out, "  targets: [{id: all}, {id: hosts, plane: network}]\n  clauses:\n");
    for (size_t i = 0; i < count; i++) {
        put_clause(&out, seed, i, stance);
    }
    return arena_copy(&bench->arena, buf_slice(&out)).ptr;
}

void random_world(struct bench *bench, uint64_t *seed)
{
    bench_clear(bench);
    bench_add(bench, text_ucloud(bench, "store", "shop", put_resources(bench, seed)));
    const char *tenant = put_spec(bench, seed, "strength: must");
    bench_add(bench, text_sla(bench, "shop",
                              arena_printf(&bench->arena,
                                           "%s  reactions:\n    - {id: r, on: all, when: {rule: "
                                           "guess}, respond: [network.deny source], lease: 1h}\n",
                                           tenant)
                                  .ptr));
    bench_add(bench, text_offer(bench, "dc", put_spec(bench, seed, "stance: requires")));
    bench->options.without_repairs = true;
    bench_compile(bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench->world);
}
