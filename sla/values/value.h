/* sla/values/value.h - values of terms: what a clause allows, after its operator.
 *
 * Exact integers only: parts per billion, milliseconds, sets as bits. How values of a term are
 * read, shown and compared is its domain's (sla/terms/domain.h). Pure. */
#ifndef REDAN_SLA_VALUES_VALUE_H
#define REDAN_SLA_VALUES_VALUE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "model/address.h"
#include "model/names.h"
#include "sla/values/written.h"

/* How a value binds: which values a clause allows by it (the terms say which they take). */
enum sla_op {
    SLA_OP_IN,
    SLA_OP_NOT_IN,
    SLA_OP_AT_LEAST, /* ">=" */
    SLA_OP_AT_MOST,  /* "<=" */
    SLA_OP_PERMIT,
    SLA_OP_DENY, /* authority: nobody of `value`; flow: no such packet */
    SLA_OP_ONLY, /* nobody but `value` */
    SLA_OP_OBLIGE,
    SLA_OP_PASS, /* this tier does not decide about `value` */
    SLA_OP_IS,
    SLA_OP_INCLUDES,
    SLA_OP_NEEDED,
    SLA_OP_APART
};
enum { SLA_OPS = 13 };

enum { SLA_SET_WORDS = 4, SLA_SET_MAX = SLA_SET_WORDS * 64, SLA_PPB = 1000 * 1000 * 1000 };

/* A subset of a closed universe (sla/values/universe.h), one bit an element. */
struct sla_set {
    uint64_t bits[SLA_SET_WORDS];
};

/* Names out of an open universe: those listed, or all but those. */
struct sla_name_set {
    const struct slice *names; /* ascending, each once */
    size_t count;
    bool all_but;
};

/* Inclusive bounds; empty when least > most. */
struct sla_range {
    int64_t least, most;
};

enum sla_protocol { SLA_TCP, SLA_UDP };

struct sla_ports {
    enum sla_protocol protocol;
    uint16_t first, last;
};

/* Packets from one of the peers to one of the ports of the target, or outward to those of peers. */
struct sla_flow {
    bool outward;
    const struct address *peers; /* none: anybody */
    size_t peer_count;
    const struct sla_ports *ports; /* none: all */
    size_t port_count;
};

/* A party by name, or whoever has the role towards a resource. */
struct sla_party_ref {
    bool by_role;
    enum party_role role;
    struct slice name;
};

struct sla_parties {
    const struct sla_party_ref *items;
    size_t count;
};

struct sla_minutes; /* sla/values/guard.h */

/* Windows of the week in one zone. */
struct sla_windows {
    const struct sla_minutes *items; /* as in sla_week */
    size_t count;
    struct slice zone;
};

/* From an age on, the storage classes that data may lie in: bit a word of sla_storage_words. */
struct sla_tiering_step {
    int64_t from_ms;
    unsigned classes;
};

/* Ascending, each other than the one before; before the first every class will do. */
struct sla_tiering {
    const struct sla_tiering_step *steps;
    size_t count;
};
enum { SLA_TIERING_STEPS_MAX = 32 }; /* of one clause */

/* The value of a clause with the members that qualify it: all that decides whether one of them
 * asks for more than another. The domain of the term says which member of the union it is. */
struct sla_value {
    union {
        struct sla_set set; /* what is allowed */
        struct sla_name_set names;
        struct sla_range range; /* what is allowed: amounts, shares, levels, flags */
        struct sla_flow flow;
        struct sla_parties parties;
        struct sla_threshold threshold;
        struct sla_windows windows;
        struct sla_tiering tiering;
    };
    int64_t window_ms;  /* over which it is counted; 0: none */
    int64_t share_ppb;  /* of the cases in which it holds; 0: the term has no such member */
    uint32_t unit;      /* what is counted: values of different units are never compared */
    int64_t planned_ms; /* of an offer: announced work in each window, on top of the value */
    int64_t within_ms;  /* how soon; 0: whenever */
};

bool sla_set_has(const struct sla_set *set, uint32_t element);
void sla_set_add(struct sla_set *set, uint32_t element);
bool sla_set_is_empty(const struct sla_set *set);
uint32_t sla_set_first(const struct sla_set *set); /* SLA_SET_MAX when empty */
struct sla_set sla_set_all(uint32_t count);        /* elements 0 .. count - 1 */
struct sla_set sla_set_meet(const struct sla_set *a, const struct sla_set *b);
struct sla_set sla_set_join(const struct sla_set *a, const struct sla_set *b);
struct sla_set sla_set_minus(const struct sla_set *a, const struct sla_set *b);

#endif
