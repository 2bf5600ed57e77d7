/* sla/diff/effects.h - what a difference of two worlds means: what becomes permitted and forbidden,
 * which requirements hold otherwise, what becomes dearer, which conflicts and findings come and go,
 * what is asked for more and less strictly, what the planes are to look like. Derived, for
 * officers: the exact difference is sla/diff/delta.h's.
 *
 * Rules are compared by what they decide (model/decide.h): for each act, subject and resource that
 * some rule of either world is about, under each condition that some rule tells apart; whoever is
 * named nowhere counts as `everybody else`; who is in a group is asked for where rules name it and
 * the group, or two groups. Resources, clauses, conflicts and findings are matched
 * by their names and words. What exchanging both worlds changes are the kinds alone. Counts are
 * exact, sentences are cut to SLA_EFFECTS_SHOWN a kind, and what was not looked at is told as such.
 * Pure. */
#ifndef REDAN_SLA_DIFF_EFFECTS_H
#define REDAN_SLA_DIFF_EFFECTS_H

#include "base/json.h"
#include "sla/world.h"

enum sla_effect_kind {
    SLA_NEW_NAME, /* findings about names, first: what else there is may follow from them */
    SLA_GONE_NAME,
    SLA_NEWLY_PERMITTED, /* counted: (act, subject, resource, box of conditions) */
    SLA_NEWLY_FORBIDDEN, /* also by default, and what a new party may not */
    SLA_NO_LONGER_RULED, /* to the resource's own party nobody says anything any more */
    SLA_NEWLY_PASSED,    /* counted: (host, direction) that let packets through now */
    SLA_NO_LONGER_PASSED,
    SLA_NOT_ENUMERATED, /* counted: (act, subject, resource), too many conditions to look at */
    SLA_NEWLY_UNMET,    /* counted: requirements, one a resource or service, with another verdict;
                         * new ones from SLA_ASSUMED on */
    SLA_NEWLY_UNPROVEN,
    SLA_NEWLY_ASSUMED,
    SLA_NEWLY_ADVERTISED,
    SLA_NEWLY_TO_ENFORCE,
    SLA_NEWLY_MET,
    SLA_NEW_CONFLICT,
    SLA_GONE_CONFLICT,
    SLA_DEARER, /* what a party's offers of `cost` add up to, by currency and length of window */
    SLA_CHEAPER,
    SLA_ASKED_NEWLY, /* clauses and reactions that are no rules, or decide nothing */
    SLA_NO_LONGER_ASKED,
    SLA_TIGHTER,
    SLA_LOOSER,
    SLA_OTHERWISE,   /* what cannot be compared: other operators, other conditions */
    SLA_STATE_ADDED, /* counted: parts of the desired state (model/desired.h), by plane */
    SLA_STATE_CHANGED,
    SLA_STATE_REMOVED,
    SLA_NEW_FINDING, /* errors, warnings and notes that none of the above tells */
    SLA_GONE_FINDING
};
enum {
    SLA_EFFECT_KINDS = 28,
    SLA_EFFECTS_SHOWN = 50,
    SLA_EFFECT_NAMES_SHOWN = 4,
    SLA_EFFECT_CELLS_MAX = 4096,       /* of one act, subject and resource */
    SLA_EFFECT_CASES_MAX = 256 * 1024, /* acts, subjects and resources, alike ones together */
    SLA_EFFECT_PAIRS_MAX = 64 * 1024,  /* of these, of two subjects: who is in a group */
    SLA_EFFECT_DECISIONS_MAX = 4 * 1024 * 1024, /* of all of them, what cells cost included */
    SLA_EFFECT_TEXT_MAX = 200                   /* bytes of a part of the desired state */
};

struct sla_effect_list {
    size_t count;              /* all */
    const struct slice *shown; /* sentences, canonical order */
    size_t shown_count;        /* SLA_EFFECTS_SHOWN at most */
    size_t sentence_count;     /* there would be */
    bool is_grave; /* what a reviewer would want to know first, to be marked as a warning: by its
                    * kind, or one of them is a verdict that got worse, or an error or a warning */
};

struct sla_effects {
    struct sla_effect_list lists[SLA_EFFECT_KINDS];
};

struct sla_effects_side {
    const struct sla_world *world;
    const struct diag_list *findings; /* of the same compilation; NULL on either side: they are not
                                       * compared */
};

/* `out` lives in `arena`. */
void sla_effects_find(struct arena *arena, const struct sla_effects_side *before,
                      const struct sla_effects_side *after, struct sla_effects *out);

bool sla_effects_are_none(const struct sla_effects *effects);
const char *sla_effect_kind_name(enum sla_effect_kind kind); /* "newly permitted" */
/* An array, with an object a kind that has any: kind, grave, count, sentenceCount, sentences. */
void sla_effects_write_json(const struct sla_effects *effects, struct json_writer *writer);

#endif
