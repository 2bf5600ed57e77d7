#include "sla/emit/derive.h"

#include "sla/read/schema.h"
#include "sla/terms/domain.h"
#include "sla/terms/held.h"
#include "sla/terms/quantity.h"

/* Facts: what is asked of a bucket, a domain or a host, one a term and resource. Values of several
 * clauses are met by the domain of their term; those that cannot be compared stand side by side.
 * What detectors heed is not met across parties, since a list is made for each. */

static enum desired_reason reason_without_plane(const struct sla_clause *clause)
{
    return clause->term->becomes == SLA_BECOMES_CHECK ? DESIRED_CHECKED : DESIRED_UNTOLD;
}

static bool rank_fact(struct derive *derive, const struct sla_clause *clause, size_t resource,
                      uint32_t *out_order)
{
    const struct resource *at = &derive->world->policies.resources[resource];

    *out_order = (uint32_t)sla_term_index(clause->term);
    if (sla_clause_targets(clause, at) == 0) {
        derive_not_held(derive, clause, reason_without_plane(clause), resource);
        return false;
    }
    if ((clause->term->emit & SLA_EMIT_SIGMA) != 0 && at->node.len == 0) {
        derive_not_held(derive, clause, DESIRED_NO_NODE, resource);
        return false;
    }
    if (sla_speech_on(derive->world, clause, resource) == SLA_SPEAKS_AT_TIMES) {
        bool heeded = (clause->term->emit & SLA_EMIT_SIGMA) != 0;
        derive_not_held(derive, clause, heeded ? DESIRED_CONDITION : DESIRED_AT_TIMES, resource);
        return heeded;
    }
    bool is_heeded = (clause->term->emit & SLA_EMIT_SIGMA) != 0;
    if (!is_heeded && sla_clause_holders(clause, at) == 0) { /* printed: no field takes it */
        derive_not_held(derive, clause, reason_without_plane(clause), resource);
    }
    return true;
}

/* --- one value -------------------------------------------------------------------------------- */

static void fill_names(struct arena *arena, const struct sla_universe *universe,
                       const struct sla_set *set, struct desired_fact *fact)
{
    struct slice *names = ARENA_NEW(arena, struct slice, universe->count + 1);

    for (uint32_t i = 0; i < universe->count; i++) {
        if (sla_set_has(set, i)) {
            names[fact->name_count++] = slice_from(universe->names[i]);
        }
    }
    fact->names = names;
}

static void fill_range(const struct sla_term *term, const struct sla_value *value,
                       struct desired_fact *fact)
{
    const struct sla_quantity *quantity = term->of;

    fact->kind = DESIRED_RANGE;
    fact->least = value->range.least;
    fact->most = value->range.most == quantity->most ? INT64_MAX : value->range.most;
    fact->unit = (term->extras & SLA_EXTRA_BY) != 0
                     ? sla_record_clause.fields[CLAUSE_BY].of.words->names[value->unit]
                     : quantity->unit;
}

static void fill_rate(const struct sla_value *value, struct desired_fact *fact)
{
    fact->kind = DESIRED_RATE;
    fact->most = value->range.most;
    fact->window_ms = value->window_ms;
    fact->unit = sla_per_words.names[value->unit];
}

static void fill_ages(struct arena *arena, const struct sla_tiering *tiering,
                      struct desired_fact *fact)
{
    struct desired_age *ages = ARENA_NEW(arena, struct desired_age, tiering->count + 1);

    for (size_t i = 0; i < tiering->count; i++) {
        struct slice *names = ARENA_NEW(arena, struct slice, sla_storage_words.count);
        ages[i].from_ms = tiering->steps[i].from_ms;
        for (size_t j = 0; j < sla_storage_words.count; j++) {
            if ((tiering->steps[i].classes & SLA_BIT(j)) != 0) {
                names[ages[i].name_count++] = slice_from(sla_storage_words.names[j]);
            }
        }
        ages[i].names = names;
    }
    fact->kind = DESIRED_AGES;
    fact->ages = ages;
    fact->age_count = tiering->count;
}

static void fill_value(struct arena *arena, const struct sla_term *term,
                       const struct sla_value *value, struct desired_fact *fact)
{
    fact->kind = DESIRED_TEXT;
    if (term->domain == &sla_domain_amount) {
        fill_range(term, value, fact);
    } else if (term->domain == &sla_domain_level) {
        const struct sla_words *words = term->of;
        fact->kind = DESIRED_WORD;
        fact->word = words->names[value->range.least];
    } else if (term->domain == &sla_domain_set || term->domain == &sla_domain_cover) {
        fact->kind = term->domain == &sla_domain_set ? DESIRED_AMONG : DESIRED_ALL;
        fill_names(arena, term->of, &value->set, fact);
    } else if (term->domain == &sla_domain_names || term->domain == &sla_domain_mentions) {
        fact->kind = term->domain == &sla_domain_mentions ? DESIRED_ALL
                     : value->names.all_but               ? DESIRED_BUT
                                                          : DESIRED_AMONG;
        fact->names = value->names.names;
        fact->name_count = value->names.count;
    } else if (term->domain == &sla_domain_tiering) {
        fill_ages(arena, &value->tiering, fact);
    } else if (term->of == &sla_counting_events) {
        fill_rate(value, fact);
    }
}

static void fill_text(struct arena *arena, const struct sla_clause *clause,
                      const struct sla_value *value, struct desired_fact *fact)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    clause->term->domain->print(clause->term, clause->op, value, &text);
    fact->text = arena_copy(arena, buf_slice(&text));
}

/* --- several values --------------------------------------------------------------------------- */

enum { VALUES_MAX = 32 }; /* side by side, on one resource: more are not met, and stand too */

/* Values of one term on one resource, as far as they were met. */
struct gathered {
    struct sla_value value;
    const struct sla_clause *first;
    const struct clause_ref **refs;
    size_t ref_count;
};

static bool join(struct arena *arena, struct gathered *into, const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;
    struct sla_value met = into->value; /* what qualifies it stays */

    if (term->domain->meet(term, arena, &into->value, &clause->value, &met) != SLA_MEET_ONE) {
        return false;
    }
    into->value = met;
    into->refs[into->ref_count++] = &clause->ref;
    return true;
}

static size_t gather(struct arena *arena, const struct sla_clause *const *clauses,
                     const struct derive_pair *pairs, size_t count, struct gathered *out)
{
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sla_clause *clause = clauses[pairs[i].clause];
        bool joined = false;
        for (size_t j = 0; j < made && j < VALUES_MAX && !joined; j++) {
            joined = join(arena, &out[j], clause);
        }
        if (!joined) {
            out[made] = (struct gathered){ .value = clause->value, .first = clause };
            out[made].refs = ARENA_NEW(arena, const struct clause_ref *, count - i);
            out[made].refs[out[made].ref_count++] = &clause->ref;
            made++;
        }
    }
    return made;
}

/* Facts of the pairs of one resource and term, into `out`: how many. */
static size_t make_facts(struct derive *derive, const struct sla_clause *const *clauses,
                         const struct derive_pair *pairs, size_t count, struct desired_fact *out)
{
    const struct sla_term *term = clauses[pairs->clause]->term;
    struct gathered *gathered = ARENA_NEW(derive->arena, struct gathered, count);
    size_t made = gather(derive->arena, clauses, pairs, count, gathered);

    for (size_t i = 0; i < made; i++) {
        out[i] = (struct desired_fact){
            .term = term->name,
            .origin = { gathered[i].refs, gathered[i].ref_count },
        };
        fill_value(derive->arena, term, &gathered[i].value, &out[i]);
        fill_text(derive->arena, gathered[i].first, &gathered[i].value, &out[i]);
    }
    return made;
}

/* --- items ------------------------------------------------------------------------------------ */

struct items {
    struct desired_item *items;
    size_t count;
};

/* Behind the last pair that is of the same resource and term as the one at `from`. */
static size_t facts_end(const struct derive_pairs *pairs, size_t from)
{
    size_t end = from;

    while (end < pairs->count && pairs->items[end].resource == pairs->items[from].resource &&
           pairs->items[end].order == pairs->items[from].order) {
        end++;
    }
    return end;
}

static void add_items(struct derive *derive, const struct sla_clause *const *clauses, size_t count,
                      struct slice party, struct items *out)
{
    struct derive_pairs pairs = derive_pairs(derive, clauses, count, rank_fact);
    struct desired_fact *facts = ARENA_NEW(derive->arena, struct desired_fact, pairs.count + 1);
    size_t used = 0;

    for (size_t at = 0, end = 0; at < pairs.count; at = end) {
        size_t resource = pairs.items[at].resource;
        end = facts_end(&pairs, at);
        if (at == 0 || pairs.items[at - 1].resource != resource) {
            out->items[out->count++] = (struct desired_item){ .resource = resource,
                                                              .party = party,
                                                              .facts = &facts[used] };
        }
        size_t made = make_facts(derive, clauses, &pairs.items[at], end - at, &facts[used]);
        out->items[out->count - 1].fact_count += made;
        used += made;
    }
}

static struct items make_room(struct arena *arena, const struct sla_clause *const *clauses,
                              size_t count)
{
    size_t room = 0;

    for (size_t i = 0; i < count; i++) {
        room += clauses[i]->resource_count;
    }
    return (struct items){ .items = ARENA_NEW(arena, struct desired_item, room + 1) };
}

void derive_items(struct derive *derive, const struct sla_clause *const *clauses, size_t count)
{
    struct items made = make_room(derive->arena, clauses, count);

    add_items(derive, clauses, count, (struct slice){ 0 }, &made);
    derive->out->items = made.items;
    derive->out->item_count = made.count;
}

void derive_heeds(struct derive *derive, const struct sla_clause *const *clauses, size_t count)
{
    struct items made = make_room(derive->arena, clauses, count);

    for (size_t from = 0, end = 0; from < count; from = end) {
        for (end = from;
             end < count && slice_eq(clauses[end]->ref.party, clauses[from]->ref.party);) {
            end++;
        }
        add_items(derive, &clauses[from], end - from, clauses[from]->ref.party, &made);
    }
    derive->out->heeds = made.items;
    derive->out->heed_count = made.count;
}
