#include "sla/policy/slots.h"

#include <stdlib.h>
#include <string.h>

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int entry_order(const void *left, const void *right)
{
    const struct sla_entry *a = left;
    const struct sla_entry *b = right;
    int order = compare(a->act_class, b->act_class);

    order = order != 0 ? order : compare(a->subject, b->subject);
    order = order != 0 ? order : compare(a->rule.tier, b->rule.tier);
    order = order != 0 ? order : compare(a->rule.clause, b->rule.clause);
    return order != 0 ? order : compare(a->rule.rank, b->rule.rank);
}

static bool same_slot(const struct sla_entry *a, const struct sla_entry *b)
{
    return a->act_class == b->act_class && a->subject == b->subject;
}

static size_t settle(struct sla_entry *entries, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(entries, count, sizeof(*entries), entry_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !same_slot(&entries[kept - 1], &entries[i]) ||
            entries[kept - 1].rule.clause != entries[i].rule.clause) {
            entries[kept++] = entries[i];
        }
    }
    return kept;
}

static uint8_t fast_effects(const struct policy_rule *rules, size_t count)
{
    uint8_t effects = 0;

    for (size_t i = 0; i < count && rules[i].tier == rules[0].tier; i++) {
        if (rules[i].guard != 0) {
            return 0;
        }
        effects = (uint8_t)(effects | rules[i].effects);
    }
    return effects;
}

static void put_slot(const struct policy_rules *rules, struct policy_slot *slots,
                     const struct policy_slot *slot)
{
    size_t mask = rules->slot_room - 1;
    size_t at = (size_t)policy_slot_hash(slot->act_class, slot->subject) & mask;

    while (slots[at].count != 0) {
        at = (at + 1) & mask;
    }
    slots[at] = *slot;
}

static size_t room_for(const struct sla_entry *entries, size_t count)
{
    size_t slots = 0;
    size_t room = 2;

    for (size_t i = 0; i < count; i++) {
        slots += i == 0 || !same_slot(&entries[i - 1], &entries[i]) ? 1 : 0;
    }
    while (room < 2 * slots) {
        room *= 2;
    }
    return room;
}

void sla_make_slots(struct arena *arena, struct sla_entry *entries, size_t count,
                    struct policy_rules *rules)
{
    size_t kept = settle(entries, count);
    struct policy_rule *all = ARENA_NEW(arena, struct policy_rule, kept + 1);
    struct policy_subject *subjects = ARENA_NEW(arena, struct policy_subject, rules->subject_count);
    size_t end = 0;

    rules->slot_room = room_for(entries, kept);
    struct policy_slot *slots = ARENA_NEW(arena, struct policy_slot, rules->slot_room);
    memcpy(subjects, rules->subjects, rules->subject_count * sizeof(*subjects));
    for (size_t from = 0; from < kept; from = end) {
        const struct sla_entry *first = &entries[from];
        for (end = from; end < kept && same_slot(first, &entries[end]); end++) {
            all[end] = entries[end].rule;
        }
        const struct policy_slot slot = {
            .act_class = first->act_class,
            .subject = first->subject,
            .at = (uint32_t)from,
            .count = (uint32_t)(end - from),
            .fast = fast_effects(&all[from], end - from),
            .first_tier = all[from].tier,
        };
        put_slot(rules, slots, &slot);
        subjects[first->subject].is_ruled = true;
    }
    rules->rules = all;
    rules->rule_count = kept;
    rules->slots = slots;
    rules->subjects = subjects;
}
