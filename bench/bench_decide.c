/* bench_decide: what one decision costs in a world of ten thousand rules, without and with the
 * clauses that decided. Three worlds: rules spread over resources and parties; all of them on one
 * act and resource, each about another party; and 64 rules under different conditions
 * about one party, act and resource. Requests are made before the clock runs. */
#include "base/buf.h"
#include "bench/report.h"
#include "model/decide.h"
#include "sla/sla.h"

#include <stdio.h>

enum {
    RULES = 10 * 1000,
    GUARDED = 64,
    RUNS = 9,
    REQUESTS = 4096,
    ROUNDS = 50,
    PARTIES = 500,
    LABELS = 100
};

static struct policy_request requests[REQUESTS];
static uint64_t random_state = 1;

static unsigned below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33U) % limit;
}

/* Their providers are the parties that rules name. */
static void put_ucloud(struct buf *out, unsigned resources, unsigned parties)
{
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: u, party: t, role: "
                      "tenant}\nspec:\n  resources:\n");
    for (unsigned i = 0; i < resources; i++) {
        buf_printf(out,
                   "    - {name: r%u, plane: compute, layer: L2, node: n, provider: p%u, labels: "
                   "{k: v%u}}\n",
                   i, i % parties, i % LABELS);
    }
}

static void put_sla(struct buf *out)
{
    buf_add_cstr(out, "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s, party: t, "
                      "role: tenant, ucloud: u}\nspec:\n  tiers: [{id: first, combine: "
                      "forbid-overrides}]\n  targets:\n    - {id: one, select: {name: r0}}\n");
    for (unsigned i = 0; i < LABELS; i++) {
        buf_printf(out, "    - {id: k%u, select: {k: v%u}}\n", i, i);
    }
    buf_add_cstr(out, "  clauses:\n");
}

static void put_rule(struct buf *out, unsigned number, const char *target, unsigned party,
                     const char *when)
{
    static const char *const acts[] = { "compute.suspend", "compute.snapshot" };
    static const char *const ops[] = { "permit", "deny", "permit", "only" };

    buf_printf(out,
               "    - {id: c%u, on: %s, term: authority, action: %s, op: %s, value: p%u, tier: "
               "first%s}\n",
               number, target, when[0] == '\0' ? acts[number / 7 % 2] : acts[0], ops[number % 3],
               party, when);
}

/* Each rule is about the resources of one label. */
static void put_spread(struct buf *out)
{
    put_ucloud(out, PARTIES * 2, PARTIES);
    put_sla(out);
    for (unsigned i = 0; i < RULES; i++) {
        char target[16];
        (void)snprintf(target, sizeof(target), "k%u", below(LABELS));
        put_rule(out, i, target, below(PARTIES), "");
    }
}

static void put_one_key(struct buf *out)
{
    put_ucloud(out, RULES, RULES);
    put_sla(out);
    for (unsigned i = 0; i < RULES; i++) {
        put_rule(out, i, "one", i, "");
    }
}

/* The other rules are somewhere else. */
static void put_guarded(struct buf *out)
{
    put_ucloud(out, PARTIES * 2, PARTIES);
    put_sla(out);
    for (unsigned i = 0; i < GUARDED; i++) {
        char when[128];
        (void)snprintf(when, sizeof(when), ", when: {severity: \">= %s\", purpose: [q%u, q%u]}",
                       i % 2 == 0 ? "low" : "high", i % 32, (i * 7 + 3) % 32);
        put_rule(out, i, "one", 0, when);
    }
    for (unsigned i = GUARDED; i < RULES; i++) {
        put_rule(out, i, "k1", i % PARTIES, "");
    }
}

struct world {
    const char *name;
    void (*put)(struct buf *out);
    unsigned parties; /* that requests are by */
    bool is_one;      /* about the first resource alone */
    bool has_goal;
};

static const struct world worlds[] = {
    { "spread", put_spread, PARTIES, false, true },
    { "one_key", put_one_key, RULES, true, true },
    { "64_guarded", put_guarded, 1, true, false },
};

static void make_requests(const struct policy_set *set, const struct world *world)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        char name[16];
        uint32_t resource = world->is_one ? 0 : below((unsigned)set->resource_count);
        (void)snprintf(name, sizeof(name), "p%u", below(world->parties));
        requests[i] = (struct policy_request){
            .subject = policy_subject_find(set, slice_from(name)),
            .resource = resource,
            .act = (uint16_t)(world->is_one || below(2) == 0 ? ACTION_COMPUTE_SUSPEND
                                                             : ACTION_COMPUTE_SNAPSHOT),
            .severity = (uint8_t)below(SEVERITY_KINDS),
            .purpose = (uint16_t)below(32),
            .known = POLICY_KNOWS_SEVERITY | POLICY_KNOWS_PURPOSE,
        };
    }
}

/* Nanoseconds of one, in thousandths; what they came to keeps the work from being left out. */
static int64_t time_of(const struct policy_set *set, bool with_clauses, unsigned *checksum)
{
    int64_t took[RUNS];

    for (size_t run = 0; run < RUNS; run++) {
        int64_t start_us = report_now_us();
        for (size_t i = 0; i < (size_t)ROUNDS * REQUESTS; i++) {
            struct policy_decision decision;
            if (with_clauses) {
                policy_decide(set, &requests[i % REQUESTS], &decision);
                *checksum += decision.deciding_total;
            } else {
                enum policy_verdict verdict = policy_verdict(set, &requests[i % REQUESTS]);
                *checksum += (unsigned)verdict;
            }
        }
        took[run] = (report_now_us() - start_us) * 1000 * 1000 / ((int64_t)ROUNDS * REQUESTS);
    }
    return report_median(took, RUNS);
}

static void print_row(const struct world *world, bool with_clauses, int64_t value_milli)
{
    int64_t most_ns = with_clauses ? 1000 : 200;
    char name[64];

    (void)snprintf(name, sizeof(name), "decide.%s%s", world->name,
                   with_clauses ? "_with_clauses" : "");
    report_print(&(struct report_row){ .name = name,
                                       .value_milli = value_milli,
                                       .unit = "ns",
                                       .goal = with_clauses ? "<= 1000 ns" : "<= 200 ns",
                                       .has_goal = world->has_goal,
                                       .pass = value_milli <= most_ns * 1000,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
}

static bool measure(const struct world *world)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct sla_options options = { .without_repairs = true, .max_expansions = 1 };
    struct diag_list diags;
    unsigned checksum = 0;

    world->put(&text);
    const struct diag_source source = { "world", buf_slice(&text) };
    diag_list_init(&diags, &arena);
    const struct sla_world *compiled = sla_compile(&arena, &source, 1, &options, &diags);
    if (compiled == NULL) {
        (void)fprintf(stderr, "bench_decide: the world `%s` does not compile\n", world->name);
        return false;
    }
    make_requests(&compiled->policies, world);
    print_row(world, false, time_of(&compiled->policies, false, &checksum));
    print_row(world, true, time_of(&compiled->policies, true, &checksum));
    return checksum > 0;
}

int main(void)
{
    bool good = true;

    for (size_t i = 0; i < COUNT_OF(worlds); i++) {
        good &= measure(&worlds[i]);
    }
    return good ? 0 : 1;
}
