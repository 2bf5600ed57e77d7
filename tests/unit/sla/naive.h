/* tests/unit/sla/naive.h - random worlds of rules, and what section 9 of the language makes of
 * them when it is read word by word: every clause is looked at for every request. Shares no code
 * with sla/ or model/decide.c; names are small numbers of its own. */
#ifndef REDAN_TESTS_UNIT_SLA_NAIVE_H
#define REDAN_TESTS_UNIT_SLA_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
    NAIVE_PARTIES = 5, /* shop (the U-Cloud's), lab (owns some resources), dc-one, dc-two, boss */
    NAIVE_RESOURCES = 14,
    NAIVE_GROUPS = 5, /* of resources, by label */
    NAIVE_RULES_MAX = 400,
    NAIVE_TIERS_MAX = 3,
    NAIVE_NAMES = 3,  /* classes of data, and purposes */
    NAIVE_PEOPLE = 2, /* of each party; and groups */
    NAIVE_ROLES = 4,
    NAIVE_VALUES_MAX = 3, /* of one clause */
    NAIVE_ZONES = 3,      /* of windows of the week */
    NAIVE_PLACES = 3
};

enum naive_effect {
    NAIVE_ONLY,
    NAIVE_PERMIT,
    NAIVE_DENY,
    NAIVE_OBLIGE,
    NAIVE_PASS,
    NAIVE_REACTION
};
enum { NAIVE_EFFECTS = 6 };

/* What was not named has all bits. */
struct naive_when {
    unsigned severities, phases, classes, purposes, places;
    unsigned days; /* of the week, bit 0 is Monday; 0: at any time */
    unsigned zone, from_hour, until_hour;
};

struct naive_rule {
    unsigned party; /* who says so */
    bool reserved;  /* in an offer, as a right */
    unsigned act, group;
    enum naive_effect effect;
    /* parties, then roles, anyone, people and groups of parties, in this order */
    unsigned values[NAIVE_VALUES_MAX];
    unsigned value_count;
    unsigned tier;     /* NAIVE_TIERS_MAX: none */
    unsigned delegate; /* links that may follow */
    int under;         /* the rule that it is granted by; -1: none */
    struct naive_when when;
};

struct naive_resource {
    unsigned plane, provider, owner;
    bool physical;
    unsigned groups;  /* bit a group */
    unsigned classes; /* bit a class; data only */
};

struct naive_world {
    struct naive_resource resources[NAIVE_RESOURCES];
    unsigned tiers[NAIVE_PARTIES];                       /* how many */
    unsigned strategies[NAIVE_PARTIES][NAIVE_TIERS_MAX]; /* 0: none */
    struct naive_rule rules[NAIVE_RULES_MAX];
    size_t rule_count;
};

struct naive_request {
    int subject;     /* party, or -1: unknown */
    int person;      /* of that party, or -1: the party itself */
    unsigned groups; /* of that party, bit a group */
    unsigned act, resource;
    unsigned severity, phase, classes, purpose; /* purpose NAIVE_NAMES: another one */
    unsigned place;                             /* NAIVE_PLACES: another one */
    unsigned utc_minute;                        /* since Monday 2024-01-01 00:00 */
    int offsets[NAIVE_ZONES];                   /* minutes ahead of UTC at that minute */
    bool knows_severity, knows_phase, knows_classes, knows_purpose, knows_place, knows_time;
};

enum naive_verdict { NAIVE_PERMITS, NAIVE_FORBIDS, NAIVE_NONE, NAIVE_CONFLICTS };

extern const char *const naive_parties[NAIVE_PARTIES];
extern const char *const naive_acts[];
extern const char *const naive_zones[NAIVE_ZONES];
extern const char *const naive_places[NAIVE_PLACES];
enum { NAIVE_ACTS = 6 };

/* "shop/user/p0" */
void naive_person(unsigned party, unsigned person, char out[32]);
void naive_group(unsigned party, unsigned group, char out[32]);

void naive_seed(uint64_t seed);
unsigned naive_below(unsigned limit);
void naive_make(size_t rule_count, struct naive_world *out);
void naive_ask(const struct naive_world *world, struct naive_request *out);
/* As documents, divided by `---`; rule i has the id `ri`. */
void naive_print(const struct naive_world *world, struct buf *out);

/* `out_deciding`: by rule, whether it decided. */
enum naive_verdict naive_decide(const struct naive_world *world,
                                const struct naive_request *request,
                                bool out_deciding[NAIVE_RULES_MAX]);

#endif
