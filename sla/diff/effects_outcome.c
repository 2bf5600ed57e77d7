#include "sla/diff/effects_priv.h"

#include "sla/compose/compose.h"
#include "sla/compose/recovery.h"
#include "sla/conflict/conflict.h"
#include "sla/resolve/service.h"
#include "sla/values/written.h"

#include <stdlib.h>

enum {
    NOT_ASKED = SLA_VERDICTS, /* no verdict: the requirement does not speak of it */
    KNOWN = SLA_VERDICTS + 1
};

/* --- requirements ----------------------------------------------------------------------------- */

static const enum sla_effect_kind of_verdict[SLA_VERDICTS] = {
    [SLA_PROVEN] = SLA_NEWLY_MET,
    [SLA_TO_ENFORCE] = SLA_NEWLY_TO_ENFORCE,
    [SLA_ADVERTISED] = SLA_NEWLY_ADVERTISED,
    [SLA_ASSUMED] = SLA_NEWLY_ASSUMED,
    [SLA_UNPROVEN] = SLA_NEWLY_UNPROVEN,
    [SLA_IMPOSSIBLE] = SLA_NEWLY_UNMET,
};

/* What is new is told when it is in doubt from the start; what is no longer asked is told as such.
 */
static bool is_to_be_told(unsigned before, unsigned after)
{
    return after != NOT_ASKED && after != before && (before != NOT_ASKED || after >= SLA_ASSUMED);
}

static void add_ref(struct buf *out, const struct clause_ref *ref)
{
    buf_printf(out, "%.*s/%.*s/%.*s: ", SLICE_ARG(ref->party), SLICE_ARG(ref->document),
               SLICE_ARG(ref->clause));
}

static void tell_verdict(struct sla_effect_finding *self, unsigned before, unsigned after,
                         size_t count, struct buf *text)
{
    if (before != NOT_ASKED) {
        buf_printf(text, ", was %s", sla_verdict_name((enum sla_verdict)before));
    }
    if (before != NOT_ASKED && after > before) {
        sla_effect_mark_grave(self, of_verdict[after]);
    }
    sla_effect_tell(self, of_verdict[after], count, arena_copy(self->arena, buf_slice(text)));
}

static unsigned verdict_on(const struct sla_world *world, size_t clause, size_t resource)
{
    if (clause == SIZE_MAX || resource == SIZE_MAX || world->proofs[clause].verdicts == NULL) {
        return NOT_ASKED;
    }
    const struct sla_clause *asked = world->clauses[clause];
    const struct sla_proof *proof = &world->proofs[clause];
    size_t low = 0;
    size_t high = asked->resource_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        low = asked->resources[middle] < resource ? middle + 1 : low;
        high = asked->resources[middle] < resource ? high : middle;
    }
    return low < asked->resource_count && asked->resources[low] == resource ? proof->verdicts[low]
                                                                            : NOT_ASKED;
}

static struct sla_effect_walk walk_of(const struct sla_effect_finding *self,
                                      const size_t clauses[SLA_EFFECT_SIDES])
{
    struct sla_effect_walk walk = { 0 };

    for (size_t side = 0; side < SLA_EFFECT_SIDES; side++) {
        static const size_t none = 0;
        walk.sets[side] = &self->worlds[side]->policies;
        walk.lists[side] = &none;
        if (clauses[side] != SIZE_MAX) {
            const struct sla_clause *clause = self->worlds[side]->clauses[clauses[side]];
            walk.counts[side] = clause->resource_count;
            walk.lists[side] = clause->resource_count > 0 ? clause->resources : &none;
        }
    }
    return walk;
}

/* What became of one requirement: a sentence for each pair of verdicts. */
struct told {
    struct buf text;
    struct sla_effect_names names;
};

static void add_resource(struct sla_effect_finding *self, struct told *told,
                         const struct clause_ref *ref, unsigned after, size_t resource)
{
    if (told->names.count == 0) {
        told->names.out = &told->text;
        add_ref(&told->text, ref);
        buf_printf(&told->text, "%s on ", sla_verdict_name((enum sla_verdict)after));
    }
    sla_effect_name_resource(&told->names, &self->worlds[1]->policies.resources[resource]);
}

static void tell_resources(struct sla_effect_finding *self, struct told *told, unsigned before,
                           unsigned after)
{
    if (told->names.count > 0) {
        sla_effect_names_end(&told->names);
        tell_verdict(self, before, after, told->names.count, &told->text);
    }
    buf_done(&told->text);
}

/* The resources on which a verdict became another. */
static void compare_proofs(struct sla_effect_finding *self, const size_t clauses[SLA_EFFECT_SIDES])
{
    struct told told[KNOWN][SLA_VERDICTS] = { 0 };
    struct sla_effect_walk walk = walk_of(self, clauses);
    size_t places[SLA_EFFECT_SIDES];

    while (sla_effect_next(&walk, places)) {
        unsigned before = verdict_on(self->worlds[0], clauses[0], places[0]);
        unsigned after = verdict_on(self->worlds[1], clauses[1], places[1]);
        if (is_to_be_told(before, after)) {
            add_resource(self, &told[before][after], &self->worlds[1]->clauses[clauses[1]]->ref,
                         after, places[1]);
        }
    }
    for (unsigned i = 0; i < KNOWN * SLA_VERDICTS; i++) {
        unsigned before = i / SLA_VERDICTS;
        unsigned after = i % SLA_VERDICTS;
        tell_resources(self, &told[before][after], before, after);
    }
}

static void find_proofs(struct sla_effect_finding *self)
{
    const struct sla_world *before = self->worlds[0];
    const struct sla_world *after = self->worlds[1];
    size_t i = 0;

    for (size_t j = 0; j < after->clause_count; j++) {
        int order = -1;
        while (i < before->clause_count && order < 0) {
            order = sla_clause_ref_cmp(&before->clauses[i]->ref, &after->clauses[j]->ref);
            i += order < 0;
        }
        compare_proofs(self, (const size_t[]){ order == 0 ? i : SIZE_MAX, j });
    }
}

/* --- services --------------------------------------------------------------------------------- */

/* What is known of one requirement on one service. */
struct outcome {
    const struct clause_ref *ref;
    const struct sla_service *service;
    enum sla_verdict verdict;
};

struct outcomes {
    struct outcome *items;
    size_t count;
};

static int outcome_order(const void *left, const void *right)
{
    const struct outcome *a = left;
    const struct outcome *b = right;
    int order = sla_clause_ref_cmp(a->ref, b->ref);

    order = order != 0 ? order : slice_cmp(a->service->ucloud, b->service->ucloud);
    return order != 0 ? order : slice_cmp(a->service->id, b->service->id);
}

static struct outcomes outcomes_of(struct arena *arena, const struct sla_world *world)
{
    struct outcomes outcomes = {
        .items = ARENA_NEW(arena, struct outcome, world->figure_count + world->recovery_count + 1)
    };

    for (size_t i = 0; i < world->figure_count; i++) {
        const struct sla_figure *figure = &world->figures[i];
        outcomes.items[outcomes.count++] =
            (struct outcome){ &figure->requirement->ref, figure->service, figure->verdict };
    }
    for (size_t i = 0; i < world->recovery_count; i++) {
        const struct sla_recovery *recovery = &world->recoveries[i];
        outcomes.items[outcomes.count++] =
            (struct outcome){ &recovery->requirement->ref, recovery->service, recovery->verdict };
    }
    if (outcomes.count > 1) {
        qsort(outcomes.items, outcomes.count, sizeof(*outcomes.items), outcome_order);
    }
    return outcomes;
}

static void find_services(struct sla_effect_finding *self)
{
    const struct outcomes before = outcomes_of(self->arena, self->worlds[0]);
    const struct outcomes after = outcomes_of(self->arena, self->worlds[1]);
    size_t i = 0;

    for (size_t j = 0; j < after.count; j++) {
        const struct outcome *now = &after.items[j];
        int order = -1;
        while (i < before.count && order < 0) {
            order = outcome_order(&before.items[i], now);
            i += order < 0;
        }
        unsigned was = order == 0 ? (unsigned)before.items[i].verdict : (unsigned)NOT_ASKED;
        if (is_to_be_told(was, now->verdict)) {
            CLEANUP(buf_done) struct buf text = { 0 };
            add_ref(&text, now->ref);
            buf_printf(&text, "%s of service %.*s/%.*s", sla_verdict_name(now->verdict),
                       SLICE_ARG(now->service->ucloud), SLICE_ARG(now->service->id));
            tell_verdict(self, was, now->verdict, 1, &text);
        }
    }
}

void sla_effects_find_verdicts(struct sla_effect_finding *self)
{
    find_proofs(self);
    find_services(self);
}

/* --- cost ------------------------------------------------------------------------------------ */

/* What a party asks for in windows of one length, in one currency. */
struct price {
    struct slice party;
    uint32_t currency;
    int64_t window_ms;
    int64_t micros[SLA_EFFECT_SIDES];
};

static int price_order(const void *left, const void *right)
{
    const struct price *a = left;
    const struct price *b = right;
    int order = slice_cmp(a->party, b->party);

    if (order != 0 || a->currency != b->currency) {
        return order != 0 ? order : a->currency < b->currency ? -1 : 1;
    }
    return (a->window_ms > b->window_ms) - (a->window_ms < b->window_ms);
}

static bool is_price(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->stance == SLA_OFFERS &&
           slice_is(slice_from(clause->term->name), "cost") &&
           clause->resource_count + clause->service_count > 0;
}

static size_t take_prices(const struct sla_world *world, size_t side, struct price *prices)
{
    size_t count = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (is_price(clause)) {
            struct price price = { .party = clause->ref.party,
                                   .currency = clause->value.unit,
                                   .window_ms = clause->value.window_ms };
            price.micros[side] = clause->value.range.most;
            prices[count++] = price;
        }
    }
    return count;
}

/* Never past the end of the numbers: such sums are all the same to whoever pays. */
static int64_t sum(int64_t a, int64_t b)
{
    int64_t out = 0;

    return __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

static void add_money(struct buf *out, const struct price *price, size_t side)
{
    const struct sla_money money = { price->micros[side], price->currency };

    sla_format_money(&money, out);
}

static void tell_price(struct sla_effect_finding *self, const struct price *price)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    bool dearer = price->micros[1] > price->micros[0];

    if (price->micros[0] == price->micros[1]) {
        return;
    }
    buf_printf(&text, "%.*s: ", SLICE_ARG(price->party));
    add_money(&text, price, 1);
    buf_add_cstr(&text, " in ");
    sla_format_span_ms(price->window_ms, &text);
    buf_add_cstr(&text, ", was ");
    add_money(&text, price, 0);
    sla_effect_tell(self, dearer ? SLA_DEARER : SLA_CHEAPER, 1,
                    arena_copy(self->arena, buf_slice(&text)));
}

void sla_effects_find_costs(struct sla_effect_finding *self)
{
    const struct sla_world *const *worlds = self->worlds;
    size_t room = worlds[0]->clause_count + worlds[1]->clause_count;
    struct price *prices = ARENA_NEW(self->arena, struct price, room + 1);
    size_t count = take_prices(worlds[0], 0, prices);
    size_t end = 0;

    count += take_prices(worlds[1], 1, &prices[count]);
    if (count > 1) {
        qsort(prices, count, sizeof(*prices), price_order);
    }
    for (size_t from = 0; from < count; from = end) {
        struct price all = prices[from];
        for (end = from + 1; end < count && price_order(&all, &prices[end]) == 0; end++) {
            for (size_t side = 0; side < SLA_EFFECT_SIDES; side++) {
                all.micros[side] = sum(all.micros[side], prices[end].micros[side]);
            }
        }
        tell_price(self, &all);
    }
}
