/* A case that was told, compiled and decided. */
#include "model/decide.h"
#include "tests/unit/sla/published_priv.h"
#include "tests/unit/sla/worlds.h"

/* --- the request ------------------------------------------------------------------------------ */

static uint32_t resource_of(const struct policy_set *set)
{
    uint32_t at = 0;

    while (at < set->resource_count && !slice_is(set->resources[at].name, "asked")) {
        at++;
    }
    return at;
}

static uint16_t purpose_of(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->rules->purpose_count; i++) {
        if (slice_is(set->rules->purposes[i], name)) {
            return (uint16_t)(i + 1);
        }
    }
    return 0;
}

static uint32_t subject_of(const struct teller *teller, const struct policy_set *set,
                           const char *what, size_t number)
{
    struct slice name = arena_printf(teller->self->arena, "%s/%s%zu",
                                     teller->self->is_closed ? "guests" : "house", what, number);

    return policy_subject_find(set, name);
}

static void find_groups(const struct teller *teller, const struct policy_set *set,
                        uint32_t groups[POLICY_GROUPS_MAX], uint8_t *out_count)
{
    for (size_t i = 0; i < teller->group_count; i++) {
        if (!teller->is_member[i]) {
            continue;
        }
        if (*out_count == POLICY_GROUPS_MAX) {
            published_note(teller->self, PUBLISHED_SIZE);
            return;
        }
        groups[(*out_count)++] = subject_of(teller, set, "group/g", i);
    }
}

static void set_purpose(const struct teller *teller, const struct policy_set *set,
                        struct policy_request *request)
{
    for (size_t i = 0; i < teller->self->fact_count; i++) {
        const struct published_fact *fact = &teller->self->facts[i];
        if (fact->kind == PUBLISHED_AROUND && fact->truth == PUBLISHED_YES) {
            request->purpose = purpose_of(set, arena_printf(teller->self->arena, "f%zu", i).ptr);
        }
    }
}

/* `holds`: bit an unknown fact. */
static void set_unknown(const struct teller *teller, const struct policy_set *set, unsigned holds_,
                        struct policy_request *request)
{
    request->phase = (holds_ & 1U) != 0 ? 1 : 0;
    request->severity = (holds_ & 2U) != 0 ? 4 : 0;
    if (teller->unknown_count == DIMENSIONS) {
        request->purpose = (holds_ & 4U) != 0 ? purpose_of(set, "unknown") : 0;
    }
    request->known = POLICY_KNOWS_PHASE | POLICY_KNOWS_SEVERITY | POLICY_KNOWS_PURPOSE;
}

static enum published_verdict verdict_of(const struct published_case *self,
                                         enum policy_verdict verdict)
{
    switch (verdict) {
    case POLICY_VERDICT_PERMIT:
        return PUBLISHED_PERMIT;
    case POLICY_VERDICT_FORBID:
        return PUBLISHED_DENY;
    case POLICY_VERDICT_NONE:
        return self->is_closed ? PUBLISHED_DENY : PUBLISHED_NOT_APPLICABLE;
    case POLICY_VERDICT_CONFLICT:
        break;
    }
    return PUBLISHED_INDETERMINATE;
}

static uint64_t rules_of(const struct teller *teller, const struct sla_world *world,
                         const struct policy_decision *decision)
{
    uint64_t rules = 0;

    for (size_t i = 0; i < decision->deciding_count; i++) {
        struct slice id = world->clauses[decision->deciding[i]]->ref.clause;
        size_t number = 0;
        for (size_t j = 1; j < id.len; j++) {
            number = number * 10 + (size_t)(id.ptr[j] - '0');
        }
        rules |= UINT64_C(1) << teller->rule_of[number];
    }
    return rules;
}

/* Asked without what is not known, and with it either way: where that makes a difference the
 * verdict is Indeterminate, and what is not known may not permit. */
static enum published_verdict ask(const struct teller *teller, const struct sla_world *world,
                                  uint64_t *out_rules, bool *out_narrow)
{
    const struct policy_set *set = &world->policies;
    uint32_t groups[POLICY_GROUPS_MAX];
    struct policy_request request = { .groups = groups, .resource = resource_of(set) };
    struct policy_decision decision;
    uint32_t seen = 0;

    request.act = (uint16_t)teller->asked;
    request.subject = subject_of(teller, set, "user/f", (size_t)teller->who);
    find_groups(teller, set, groups, &request.group_count);
    set_purpose(teller, set, &request);
    set_unknown(teller, set, 0, &request);
    for (unsigned i = 0; i < teller->unknown_count; i++) {
        request.known &= (uint8_t)~published_dimensions[i].known;
    }
    policy_decide(set, &request, &decision);
    *out_rules = rules_of(teller, world, &decision);
    enum published_verdict narrow = verdict_of(teller->self, decision.verdict);
    enum published_verdict either_way = narrow;
    for (unsigned i = 0; i < 1U << teller->unknown_count; i++) {
        set_unknown(teller, set, i, &request);
        either_way = verdict_of(teller->self, policy_verdict(set, &request));
        seen |= 1U << either_way;
    }
    *out_narrow = narrow != PUBLISHED_PERMIT || seen == 1U << PUBLISHED_PERMIT;
    if (teller->self->asks_once) {
        return narrow;
    }
    return (seen & (seen - 1)) == 0 ? either_way : PUBLISHED_INDETERMINATE;
}

/* --- together --------------------------------------------------------------------------------- */

static bool compare(struct teller *teller, struct bench *bench, struct buf *out_wrong)
{
    struct published_case *self = teller->self;
    uint64_t rules = 0;
    bool narrow = false;
    enum published_verdict got = ask(teller, bench->world, &rules, &narrow);

    if (published_is_stopped(self)) {
        return true;
    }
    if (got != self->wanted) {
        buf_printf(out_wrong, "%.*s: wanted %s, got %s\n", SLICE_ARG(self->path),
                   published_verdict_name(self->wanted), published_verdict_name(got));
        return false;
    }
    if (!narrow) {
        buf_printf(out_wrong, "%.*s: what is not known widens access\n", SLICE_ARG(self->path));
        return false;
    }
    if (self->has_deciding && rules != self->deciding) {
        buf_printf(out_wrong, "%.*s: wanted rules %llx, got %llx\n", SLICE_ARG(self->path),
                   (unsigned long long)self->deciding, (unsigned long long)rules);
        return false;
    }
    return true;
}

static bool compile_and_compare(struct teller *teller, struct slice text, struct buf *out_wrong)
{
    struct bench bench;
    bool good = false;

    bench_start(&bench);
    bench.options.without_repairs = true;
    bench_add(&bench, text);
    bench_compile(&bench);
    if (bench.world == NULL || bench.diags.errors > 0) {
        struct slice findings = bench_findings(&bench);
        buf_printf(out_wrong, "%.*s: does not compile: %.*s\n", SLICE_ARG(teller->self->path),
                   SLICE_ARG(findings));
    } else {
        good = compare(teller, &bench, out_wrong);
    }
    if (!good) {
        buf_add_slice(out_wrong, text);
    }
    bench_end(&bench);
    return good;
}

bool published_decide(struct published_case *self, struct buf *out_wrong)
{
    CLEANUP(teller_done) struct teller teller = { .self = self };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct published_tiers tiers;

    if (published_is_stopped(self)) {
        return true;
    }
    if (self->is_misread) {
        buf_printf(out_wrong, "%.*s: other policies err\n", SLICE_ARG(self->path));
        return false;
    }
    published_tiers(self, &tiers);
    teller_tell(&teller, &tiers, &text);
    return published_is_stopped(self) || compile_and_compare(&teller, buf_slice(&text), out_wrong);
}
