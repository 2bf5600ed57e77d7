/* sla/value.h - values of terms as lattice elements: meeting two gives what both allow.
 *
 * Exact integers only: parts per billion, milliseconds, sets as bits. Pure. */
#ifndef REDAN_SLA_VALUE_H
#define REDAN_SLA_VALUE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "model/address.h"
#include "model/names.h"

enum { SLA_SET_WORDS = 11, SLA_SET_MAX = SLA_SET_WORDS * 64, SLA_PPB = 1000 * 1000 * 1000 };

/* A subset of a closed universe (sla/universe.h), one bit an element. */
struct sla_set {
    uint64_t bits[SLA_SET_WORDS];
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

/* Packets from one of the networks to one of the ports of the target. */
struct sla_flow {
    const struct address *from; /* none: from anywhere */
    size_t from_count;
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

enum sla_domain {
    SLA_DOMAIN_SET,      /* list of names out of the term's universe */
    SLA_DOMAIN_SHARE,    /* percent, as ppb */
    SLA_DOMAIN_DURATION, /* ms */
    SLA_DOMAIN_FLOW,
    SLA_DOMAIN_PARTIES
};

struct sla_value {
    enum sla_domain domain;
    struct sla_set set;     /* what is allowed, after the operator */
    struct sla_range range; /* SHARE and DURATION: what is allowed, after the operator */
    struct sla_flow flow;
    struct sla_parties parties;
};

bool sla_set_has(const struct sla_set *set, uint32_t element);
void sla_set_add(struct sla_set *set, uint32_t element);
bool sla_set_is_empty(const struct sla_set *set);
uint32_t sla_set_first(const struct sla_set *set); /* SLA_SET_MAX when empty */
struct sla_set sla_set_meet(const struct sla_set *a, const struct sla_set *b);
struct sla_set sla_set_minus(const struct sla_set *a, const struct sla_set *b);

/* What both allow, for domains with an order (SET, SHARE, DURATION); false when that is nothing:
 * bottom, a conflict. */
bool sla_value_meet(const struct sla_value *a, const struct sla_value *b, struct sla_value *out);

/* Down time in a window: (1 - share) * window in ms. Rounding goes against us: what is allowed is
 * cut, what is offered is rounded up. */
int64_t sla_downtime_allowed_ms(int64_t share_ppb, int64_t window_ms);
int64_t sla_downtime_offered_ms(int64_t share_ppb, int64_t window_ms);

#endif
