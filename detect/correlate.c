#include <assert.h>

#include "detect/engine_priv.h"

bool correlate_uses_bins(const struct rule *rule)
{
    return rule->correlation.type == CORRELATION_EVENT_COUNT &&
           rule->correlation.compare != COMPARE_GTE && rule->correlation.compare != COMPARE_GT;
}

uint32_t correlate_ring_cap(const struct rule *rule)
{
    const struct rule_correlation *correlation = &rule->correlation;

    return correlation->compare == COMPARE_GT ? correlation->threshold + 1 : correlation->threshold;
}

/* The provenance of one of `outer`'s group-by fields in a match of the rule at `inner`. */
static uint8_t provenance_of(const struct step *step, size_t inner, struct slice field)
{
    const struct rule *rule = &step->engine->rules->rules[inner];
    struct event_field found = { 0 };

    for (size_t i = 0; i < rule->correlation.group_by_count; i++) {
        if (slice_eq(rule->correlation.group_by[i], field)) {
            return step->engine->matches[inner].evidence.provenance[i];
        }
    }
    (void)rule_event_value(step->input->event, field, &found);
    return (uint8_t)found.provenance;
}

/* The inner match's evidence, its provenance arranged by the fields of the rule at `index`. */
static struct evidence evidence_for(const struct step *step, size_t index, size_t inner)
{
    const struct rule_correlation *correlation = &step->engine->rules->rules[index].correlation;
    struct evidence evidence = step->engine->matches[inner].evidence;

    for (size_t i = 0; i < RULE_GROUP_BY_MAX; i++) {
        evidence.provenance[i] = i < correlation->group_by_count
                                     ? provenance_of(step, inner, correlation->group_by[i])
                                     : 0;
    }
    return evidence;
}

/* Where no victim is named there is nothing to corroborate. */
static enum detect_side side_of(const struct step *step, size_t index, size_t inner)
{
    return step->engine->names_victim[index] ? step->engine->matches[inner].side : SIDE_SEEN;
}

static void accept(struct step *step, size_t index, struct group *group, enum detect_side side,
                   const struct evidence *evidence)
{
    struct match *match = &step->engine->matches[index];

    *match = (struct match){ .matched = true, .side = side, .evidence = *evidence };
    step->engine->stats.matches++;
    detection_of_match(step, index, group);
}

/* --- counts in a sliding window --------------------------------------------------------------- */

static struct evidence ring_evidence(const struct mark_ring *ring)
{
    struct evidence sum = { 0 };

    for (uint32_t i = 0; i < ring->len; i++) {
        evidence_merge(&sum, &ring_at(ring, i)->evidence);
    }
    return sum;
}

static void count_sliding(struct step *step, size_t index, size_t inner, struct group *group)
{
    const struct rule *rule = &step->engine->rules->rules[index];
    uint32_t need = correlate_ring_cap(rule);
    enum detect_side side = side_of(step, index, inner);
    struct mark mark = { step->time_us, evidence_for(step, index, inner) };
    int64_t since_us = group->newest_us - rule->correlation.timespan_us;

    if (step->time_us < since_us) {
        step->engine->stats.late++;
        return;
    }
    ring_expire(&group->rings[SIDE_SEEN], since_us);
    ring_expire(&group->rings[SIDE_CLAIMED], since_us);
    ring_add(&group->rings[side], need, &mark);
    struct evidence sum = ring_evidence(&group->rings[SIDE_SEEN]);
    if (side == SIDE_SEEN && group->rings[SIDE_SEEN].weight >= need) {
        accept(step, index, group, SIDE_SEEN, &sum);
    } else if (group->rings[SIDE_SEEN].weight + group->rings[SIDE_CLAIMED].weight >= need) {
        struct evidence claimed = ring_evidence(&group->rings[SIDE_CLAIMED]);
        if (claimed.count > 0) {
            evidence_merge(&sum, &claimed);
        }
        accept(step, index, group, SIDE_CLAIMED, &sum);
    }
}

/* --- counts in bins --------------------------------------------------------------------------- */

static bool compares(const struct rule_correlation *correlation, uint64_t count)
{
    switch (correlation->compare) {
    case COMPARE_GTE:
        return count >= correlation->threshold;
    case COMPARE_GT:
        return count > correlation->threshold;
    case COMPARE_LTE:
        return count <= correlation->threshold;
    case COMPARE_LT:
        return count < correlation->threshold;
    case COMPARE_EQ:
        return count == correlation->threshold;
    case COMPARE_NEQ:
        return count != correlation->threshold;
    }
    return false;
}

static int64_t bin_of(const struct rule *rule, int64_t time_us)
{
    return time_us / rule->correlation.timespan_us;
}

static int64_t bin_end_us(const struct rule *rule, const struct group *group)
{
    return (group->bin + 1) * rule->correlation.timespan_us;
}

void correlate_close_bin(struct step *step, size_t index, struct group *group)
{
    const struct rule *rule = &step->engine->rules->rules[index];

    if (group->binned.count > 0 && compares(&rule->correlation, group->binned.count)) {
        step->engine->stats.matches++;
        detection_of_bin(step, index, group, bin_end_us(rule, group));
    }
    group->binned = (struct evidence){ 0 };
}

static void count_in_bin(struct step *step, size_t index, size_t inner, struct group *group)
{
    const struct rule *rule = &step->engine->rules->rules[index];
    int64_t bin = bin_of(rule, step->time_us);
    struct evidence evidence = evidence_for(step, index, inner);
    bool open = group->binned.count > 0;

    if ((open && bin < group->bin) || bin < bin_of(rule, step->engine->advanced_us)) {
        step->engine->stats.late++;
        return;
    }
    if (open && bin > group->bin) {
        correlate_close_bin(step, index, group);
        open = false;
    }
    group->bin = bin;
    group->bin_seen = (!open || group->bin_seen) && side_of(step, index, inner) == SIDE_SEEN;
    evidence_merge(&group->binned, &evidence);
}

/* --- sequences -------------------------------------------------------------------------------- */

/* Does the rule at place `at` of the sequence follow in time what was reached before it? */
static bool follows(const struct step *step, const struct rule *rule, const struct stage *before)
{
    return before->reached && step->time_us >= before->time_us &&
           step->time_us - before->start_us <= rule->correlation.timespan_us;
}

/* One place of the sequence: `before` is NULL for the first. The latest start is kept: it leaves
 * the most time. True when the place was reached. */
static bool reach(struct step *step, size_t index, size_t at, const struct stage *before,
                  struct stage *out)
{
    const struct rule *rule = &step->engine->rules->rules[index];
    size_t inner = rule->correlation.rules[at];
    struct evidence evidence = evidence_for(step, index, inner);

    if (before == NULL) {
        if (!out->reached || step->time_us >= out->start_us) {
            *out = (struct stage){ true, step->time_us, step->time_us, evidence };
        }
        return true;
    }
    if (!follows(step, rule, before)) {
        return false;
    }
    struct stage next = { true, before->start_us, step->time_us, before->evidence };
    evidence_merge(&next.evidence, &evidence);
    *out = next;
    return true;
}

/* From the last place to the first, so that one event fills one place of a sequence. */
static bool advance_side(struct step *step, size_t index, struct group *group,
                         enum detect_side side, struct stage *out_last)
{
    const struct rule_correlation *correlation = &step->engine->rules->rules[index].correlation;
    struct stage *stages = group->stages[side];
    bool complete = false;

    assert(stages != NULL);
    for (size_t at = correlation->rule_count; at-- > 0;) {
        size_t inner = correlation->rules[at];
        if (!step->engine->matches[inner].matched ||
            (side == SIDE_SEEN && side_of(step, index, inner) != SIDE_SEEN)) {
            continue;
        }
        bool last = at + 1 == correlation->rule_count;
        bool reached =
            reach(step, index, at, at > 0 ? &stages[at - 1] : NULL, last ? out_last : &stages[at]);
        complete = complete || (last && reached);
    }
    return complete;
}

static void advance_sequence(struct step *step, size_t index, struct group *group)
{
    const struct rule *rule = &step->engine->rules->rules[index];
    struct stage ends[SIDES] = { 0 };

    for (size_t side = 0; side < SIDES; side++) {
        if (group->stages[side] == NULL) {
            group->stages[side] = detect_alloc(rule->correlation.rule_count, sizeof(struct stage));
        }
    }
    bool seen = advance_side(step, index, group, SIDE_SEEN, &ends[SIDE_SEEN]);
    bool claimed = advance_side(step, index, group, SIDE_CLAIMED, &ends[SIDE_CLAIMED]);
    if (seen) {
        accept(step, index, group, SIDE_SEEN, &ends[SIDE_SEEN].evidence);
    } else if (claimed) {
        accept(step, index, group, SIDE_CLAIMED, &ends[SIDE_CLAIMED].evidence);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

/* One of the named rules that matched, seen before claimed; rules->count: none. */
static size_t best_inner(const struct step *step, const struct rule_correlation *correlation)
{
    const struct match *matches = step->engine->matches;
    size_t none = step->engine->rules->count;
    size_t best = none;

    for (size_t i = 0; i < correlation->rule_count; i++) {
        size_t one = correlation->rules[i];
        if (matches[one].matched && (best == none || matches[one].side < matches[best].side)) {
            best = one;
        }
    }
    return best;
}

void correlate(struct step *step, size_t index)
{
    struct detect_engine *engine = step->engine;
    const struct rule *rule = &engine->rules->rules[index];
    size_t inner = best_inner(step, &rule->correlation);

    if (inner == engine->rules->count) {
        return;
    }
    struct group *group = engine_group(step, index, true);
    if (group == NULL) {
        engine->stats.no_group++;
        return;
    }
    group->newest_us = step->time_us > group->newest_us ? step->time_us : group->newest_us;
    group->layer = step->input->event->layer;
    group->plane = step->input->event->plane;
    group_touch(&engine->tables[index], group, side_of(step, index, inner));
    if (rule->correlation.type == CORRELATION_TEMPORAL_ORDERED) {
        advance_sequence(step, index, group);
    } else if (correlate_uses_bins(rule)) {
        count_in_bin(step, index, inner, group);
    } else {
        count_sliding(step, index, inner, group);
    }
}

bool correlate_is_over(const struct rule *rule, const struct group *group, int64_t time_us)
{
    int64_t since_us = time_us - rule->correlation.timespan_us;

    return group->newest_us < since_us && group->fired_us[SIDE_SEEN] < since_us &&
           group->fired_us[SIDE_CLAIMED] < since_us && group->binned.count == 0;
}

static void take_older(uint64_t position, bool *found, uint64_t *out)
{
    if (!*found || position < *out) {
        *out = position;
    }
    *found = true;
}

bool correlate_oldest(const struct rule *rule, const struct group *group, int64_t advanced_us,
                      uint64_t *out_position)
{
    int64_t since_us = advanced_us - rule->correlation.timespan_us;
    bool found = false;

    for (size_t side = 0; side < SIDES; side++) {
        const struct mark_ring *ring = &group->rings[side];
        for (uint32_t i = 0; i < ring->len; i++) {
            if (ring_at(ring, i)->time_us >= since_us) {
                take_older(ring_at(ring, i)->evidence.position, &found, out_position);
            }
        }
        const struct stage *stages = group->stages[side];
        for (size_t i = 0; stages != NULL && i + 1 < rule->correlation.rule_count; i++) {
            if (stages[i].reached && stages[i].start_us >= since_us) {
                take_older(stages[i].evidence.position, &found, out_position);
            }
        }
    }
    if (group->binned.count > 0) {
        take_older(group->binned.position, &found, out_position);
    }
    return found;
}
