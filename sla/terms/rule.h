/* sla/terms/rule.h - what a clause says as a rule: about which acts, and about whom (design of the
 * language, sections 4.7 and 9.4). Some rules name parties. The others name nobody and forbid
 * everybody: a hold, a choice of responses, what needs consent, acts that are to stay apart. For
 * sla/ only. */
#ifndef REDAN_SLA_TERMS_RULE_H
#define REDAN_SLA_TERMS_RULE_H

#include "sla/draft.h"

enum { SLA_DELEGATE_MAX = 8 }; /* links below one clause */

/* Fills the clause's acts and subjects, once its value was read. */
void sla_rule_fill(struct arena *arena, struct sla_clause *clause);

/* True: it forbids the acts to its subjects; false: it lets them. Of no meaning for `only`, which
 * does both, and for `pass`. */
bool sla_rule_forbids(const struct sla_clause *clause);

/* Of a duty: the acts. One `per: subject` is decided when compiling: it is asked of no request, and
 * so about no act (clause->acts). */
uint64_t sla_rule_kept_apart(const struct sla_clause *clause);
bool sla_rule_is_held(const struct sla_clause *clause);

/* What a rule adds to its guard, about one of its acts: the other acts of which one was done
 * (`duty`); 0: nothing. */
uint64_t sla_rule_apart(const struct sla_clause *clause, enum sla_act act);
/* It speaks only where there is no consent for the purpose. */
bool sla_rule_needs_consent(const struct sla_clause *clause);

/* What crosses members of rules; those of the value only when it was read. False: reported. */
bool sla_check_rule(struct sla_reading *reading, struct draft_clause *clause, bool has_value);

#endif
