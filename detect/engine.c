#include "detect/engine.h"

#include <assert.h>
#include <stdlib.h>

#include "detect/engine_priv.h"
#include "detect/siphash.h"

/* --- building --------------------------------------------------------------------------------- */

static bool groups_by(const struct rule *rule, struct slice field)
{
    for (size_t i = 0; i < rule->correlation.group_by_count; i++) {
        if (slice_eq(rule->correlation.group_by[i], field)) {
            return true;
        }
    }
    return false;
}

static size_t group_limit(const struct rule *rule, size_t wanted)
{
    size_t fitting = wanted;

    if (rule->correlation.type == CORRELATION_EVENT_COUNT && !correlate_uses_bins(rule)) {
        fitting = MARKS_MAX / (SIDES * (size_t)correlate_ring_cap(rule));
    }
    fitting = fitting < wanted ? fitting : wanted;
    return fitting > GROUPS_MIN || wanted < GROUPS_MIN ? fitting : GROUPS_MIN;
}

struct status detect_new(const struct rule_set *rules, const struct detect_options *options,
                         struct detect_engine **out)
{
    if (options->groups_max > DETECT_GROUPS_MAX) {
        return status_error(STATUS_INVALID, "detect: over %d groups a rule",
                            (int)DETECT_GROUPS_MAX);
    }
    struct detect_engine *engine = detect_alloc(1, sizeof(*engine));
    engine->rules = rules;
    engine->options = *options;
    engine->victim_field =
        slice_from(options->victim_field != NULL ? options->victim_field : "src_ip");
    if (options->groups_max == 0) {
        engine->options.groups_max = DETECT_GROUPS_DEFAULT;
    }
    if (options->victim_provenance == PROVENANCE_APP_LOG) {
        engine->options.victim_provenance = PROVENANCE_KERNEL;
    }
    engine->eviction_report_us = -EVICTION_REPORT_US;
    engine->matches = detect_alloc(rules->count + 1, sizeof(struct match));
    engine->tables = detect_alloc(rules->count + 1, sizeof(struct group_table));
    engine->names_victim = detect_alloc(rules->count + 1, sizeof(bool));
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->kind == RULE_CORRELATION) {
            engine->names_victim[i] = groups_by(rule, engine->victim_field);
            group_table_init(&engine->tables[i], group_limit(rule, engine->options.groups_max));
        }
    }
    *out = engine;
    return STATUS_SUCCESS;
}

void detect_free(struct detect_engine **engine)
{
    struct detect_engine *self = *engine;

    if (self == NULL) {
        return;
    }
    for (size_t i = 0; i < self->rules->count; i++) {
        if (self->rules->rules[i].kind == RULE_CORRELATION) {
            group_table_done(&self->tables[i]);
        }
    }
    free(self->matches);
    free(self->tables);
    free(self->names_victim);
    free(self);
    *engine = NULL;
}

/* --- groups ----------------------------------------------------------------------------------- */

/* Closes what is over at `time_us`, from the oldest touch on; stops at the first that is not. */
static void sweep_list(struct step *step, size_t index, enum detect_side list, int64_t time_us)
{
    struct detect_engine *engine = step->engine;
    const struct rule *rule = &engine->rules->rules[index];
    struct group *group = engine->tables[index].lists[list].oldest;

    while (group != NULL && correlate_is_over(rule, group, time_us)) {
        struct group *newer = group->newer;
        group_remove(&engine->tables[index], group);
        group = newer;
    }
}

static void make_room(struct step *step, size_t index)
{
    struct detect_engine *engine = step->engine;
    struct group_table *table = &engine->tables[index];

    sweep_list(step, index, SIDE_CLAIMED, engine->advanced_us);
    sweep_list(step, index, SIDE_SEEN, engine->advanced_us);
    if (table->count < table->max) {
        return;
    }
    const struct rule *rule = &engine->rules->rules[index];
    int64_t now_us = step->time_us > engine->advanced_us ? step->time_us : engine->advanced_us;
    struct group *seen = table->lists[SIDE_SEEN].oldest;
    struct group *out = group_first_out(table);
    if (!correlate_is_over(rule, out, now_us) && seen != NULL &&
        correlate_is_over(rule, seen, now_us)) {
        out = seen;
    }
    engine->stats.evicted += !correlate_is_over(rule, out, now_us);
    group_remove(table, out);
}

struct group *engine_group(struct step *step, size_t index, bool make)
{
    struct detect_engine *engine = step->engine;
    const struct rule_correlation *correlation = &engine->rules->rules[index].correlation;
    CLEANUP(buf_done) struct buf key = { 0 };

    for (size_t i = 0; i < correlation->group_by_count; i++) {
        struct event_field field = { 0 };
        if (!rule_event_value(step->input->event, correlation->group_by[i], &field)) {
            return NULL;
        }
        group_key_add(&key, field.value);
    }
    uint64_t hash = siphash(engine->options.hash_seed, buf_slice(&key));
    struct group *group = group_find(&engine->tables[index], hash, buf_slice(&key));
    if (group == NULL && make) {
        if (engine->tables[index].count == engine->tables[index].max) {
            make_room(step, index);
        }
        group = group_add(&engine->tables[index], hash, buf_slice(&key));
    }
    return group;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void match_base(struct step *step, size_t index)
{
    struct detect_engine *engine = step->engine;
    const struct detect_input *input = step->input;
    struct event_field victim = { 0 };
    bool named = rule_event_value(input->event, engine->victim_field, &victim);
    bool seen = named && victim.provenance >= engine->options.victim_provenance;

    if (!rule_matches(&engine->rules->rules[index], input->event)) {
        return;
    }
    engine->matches[index] =
        (struct match){ .matched = true,
                        .side = named && !seen ? SIDE_CLAIMED : SIDE_SEEN,
                        .evidence = { .first_us = step->time_us,
                                      .last_us = step->time_us,
                                      .position = input->position,
                                      .record = input->record,
                                      .count = input->weight > 0 ? input->weight : 1 } };
    engine->stats.matches++;
    engine->names_victim[index] = named;
    detection_of_match(step, index, NULL);
}

/* A time after its own reading is a wrong clock or a lie: it must not close others' windows. */
static int64_t believable_time_us(const struct event *event)
{
    int64_t latest_us = event->seen_us + AHEAD_MAX_US;

    return event->seen_us > 0 && event->time_us > latest_us ? latest_us : event->time_us;
}

void detect_step(struct detect_engine *engine, struct arena *arena,
                 const struct detect_input *input, struct detect_output *out)
{
    struct step step = { .engine = engine,
                         .arena = arena,
                         .input = input,
                         .time_us = believable_time_us(input->event),
                         .out = out };

    *out = (struct detect_output){ 0 };
    engine->stats.inputs++;
    for (size_t i = 0; i < engine->rules->count; i++) {
        engine->matches[i] = (struct match){ 0 };
        if (engine->rules->rules[i].kind == RULE_BASE) {
            match_base(&step, i);
        } else {
            correlate(&step, i);
        }
    }
    detection_report_evictions(&step);
}

/* Bins end together, groups were touched in order: all closed ones are at the old ends. */
static void close_bins(struct step *step, size_t index, int64_t time_us)
{
    struct detect_engine *engine = step->engine;
    int64_t bin = time_us / engine->rules->rules[index].correlation.timespan_us;

    for (size_t side = 0; side < SIDES; side++) {
        for (struct group *group = engine->tables[index].lists[side].oldest; group != NULL;
             group = group->newer) {
            if (group->bin < bin) {
                correlate_close_bin(step, index, group);
            }
        }
    }
}

void detect_advance(struct detect_engine *engine, struct arena *arena, int64_t time_us,
                    struct detect_output *out)
{
    struct step step = { .engine = engine, .arena = arena, .time_us = time_us, .out = out };

    *out = (struct detect_output){ 0 };
    if (time_us <= engine->advanced_us) {
        return;
    }
    engine->advanced_us = time_us;
    for (size_t i = 0; i < engine->rules->count; i++) {
        const struct rule *rule = &engine->rules->rules[i];
        if (rule->kind == RULE_BASE) {
            continue;
        }
        if (correlate_uses_bins(rule)) {
            close_bins(&step, i, time_us);
        }
        sweep_list(&step, i, SIDE_CLAIMED, time_us);
        sweep_list(&step, i, SIDE_SEEN, time_us);
    }
}

/* --- questions -------------------------------------------------------------------------------- */

static const struct group *next_group(const struct group_table *table, const struct group *group)
{
    if (group == NULL) {
        group = table->lists[SIDE_SEEN].oldest;
        return group != NULL ? group : table->lists[SIDE_CLAIMED].oldest;
    }
    if (group->newer == NULL && group->list == SIDE_SEEN) {
        return table->lists[SIDE_CLAIMED].oldest;
    }
    return group->newer;
}

bool detect_oldest_needed(const struct detect_engine *engine, uint64_t *out_position)
{
    uint64_t oldest = 0;
    bool found = false;

    for (size_t i = 0; i < engine->rules->count; i++) {
        const struct group_table *table = &engine->tables[i];
        for (const struct group *group = next_group(table, NULL); group != NULL;
             group = next_group(table, group)) {
            uint64_t one = 0;
            if (correlate_oldest(&engine->rules->rules[i], group, engine->advanced_us, &one) &&
                (!found || one < oldest)) {
                oldest = one;
                found = true;
            }
        }
    }
    if (found) {
        *out_position = oldest;
    }
    return found;
}

static bool is_victims(const struct detect_engine *engine, const struct rule *rule,
                       const struct group *group, struct slice victim)
{
    for (size_t i = 0; i < rule->correlation.group_by_count; i++) {
        if (slice_eq(rule->correlation.group_by[i], engine->victim_field)) {
            return slice_eq(group_key_value(group->key, i), victim);
        }
    }
    return false;
}

static bool holds_seen(const struct rule *rule, const struct group *group, int64_t now_us)
{
    const struct mark_ring *ring = &group->rings[SIDE_SEEN];
    int64_t since_us = now_us - rule->correlation.timespan_us;

    return ring->len > 0 && ring_at(ring, ring->len - 1)->time_us >= since_us;
}

bool detect_has_evidence(const struct detect_engine *engine, struct slice victim, int64_t now_us)
{
    for (size_t i = 0; i < engine->rules->count; i++) {
        const struct rule *rule = &engine->rules->rules[i];
        const struct group_table *table = &engine->tables[i];
        for (const struct group *group = engine->names_victim[i] ? next_group(table, NULL) : NULL;
             group != NULL; group = next_group(table, group)) {
            if (is_victims(engine, rule, group, victim) && holds_seen(rule, group, now_us)) {
                return true;
            }
        }
    }
    return false;
}

struct detect_stats detect_stats(const struct detect_engine *engine)
{
    struct detect_stats stats = engine->stats;

    for (size_t i = 0; i < engine->rules->count; i++) {
        stats.groups += engine->tables[i].count;
    }
    return stats;
}
