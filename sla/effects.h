/* sla/effects.h - what a difference of two worlds means: what becomes permitted and forbidden,
 * which conflicts come and go, what is asked for more and less strictly. Derived, for officers:
 * the exact difference is sla/delta.h's.
 *
 * Rules without conditions about what Redan executes are decided for each act, subject and resource
 * that some policy of either world names; who is named nowhere counts as `everybody else`. All
 * other rules are compared clause by clause, as they are written. Resources, clauses and conflicts
 * are matched by their names. Counts are exact, sentences are cut to SLA_EFFECTS_SHOWN a kind.
 * Pure. */
#ifndef REDAN_SLA_EFFECTS_H
#define REDAN_SLA_EFFECTS_H

#include "base/json.h"
#include "sla/world.h"

enum sla_effect_kind {
    SLA_NEWLY_PERMITTED, /* counted: (act, subject, resource) */
    SLA_NEWLY_FORBIDDEN,
    SLA_NO_LONGER_RULED,
    SLA_RULE_ADDED, /* counted: clauses, of rules that the lists above do not tell whole: under a
                     * condition, in a tier, or of acts that Redan does not execute */
    SLA_RULE_GONE,
    SLA_RULE_CHANGED,
    SLA_NEW_CONFLICT,
    SLA_GONE_CONFLICT,
    SLA_ASKED_NEWLY, /* from here on: clauses that are no rules */
    SLA_NO_LONGER_ASKED,
    SLA_TIGHTER,
    SLA_LOOSER,
    SLA_OTHERWISE /* what cannot be compared: other operators, other conditions */
};
enum { SLA_EFFECT_KINDS = 13, SLA_EFFECTS_SHOWN = 50, SLA_EFFECT_NAMES_SHOWN = 4 };

struct sla_effect_list {
    size_t count;              /* all */
    const struct slice *shown; /* sentences, canonical order */
    size_t shown_count;        /* SLA_EFFECTS_SHOWN at most */
    size_t sentence_count;     /* there would be */
};

struct sla_effects {
    struct sla_effect_list lists[SLA_EFFECT_KINDS];
};

void sla_effects_find(struct arena *arena, const struct sla_world *before,
                      const struct sla_world *after, struct sla_effects *out);

const char *sla_effect_kind_name(enum sla_effect_kind kind); /* "newly permitted" */
/* An array, with an object a kind that has any: kind, count, sentenceCount, sentences. */
void sla_effects_write_json(const struct sla_effects *effects, struct json_writer *writer);

#endif
