#include "sla/conflict/quorum.h"

#include "sla/terms/domain.h"

#include <inttypes.h>
#include <string.h>

const char *const sla_quorum_terms[SLA_QUORUM_TERMS] = {
    "confidentiality.threshold", "integrity.level",   "faults.model", "faults.count",
    "replication.copies",        "replication.spread"
};

/* --- what is asked ---------------------------------------------------------------------------- */

static void ask(struct sla_quorum *quorum, enum sla_quorum_role role,
                const struct sla_clause *clause, int64_t amount)
{
    if (amount > quorum->asked[role]) {
        quorum->asked[role] = amount;
        quorum->by[role] = clause;
    }
}

static void add_threshold(struct sla_quorum *quorum, const struct sla_clause *clause)
{
    const struct sla_threshold *threshold = &clause->value.threshold;

    ask(quorum, SLA_QUORUM_NEEDED, clause, threshold->k);
    ask(quorum, SLA_QUORUM_SPARE, clause, (int64_t)threshold->n - threshold->k);
}

static void add_spread(struct sla_quorum *quorum, const struct sla_clause *clause)
{
    ask(quorum, SLA_QUORUM_SPREAD, clause, clause->value.range.least);
    if (strcmp(sla_spread_words.names[clause->value.unit], "provider") == 0) {
        ask(quorum, SLA_QUORUM_PROVIDERS, clause, clause->value.range.least);
    }
}

void sla_quorum_add(struct sla_quorum *quorum, const struct sla_clause *clause)
{
    static const struct {
        const char *term;
        enum sla_quorum_role role;
    } plain[] = { { "faults.count", SLA_QUORUM_FAULTS },
                  { "faults.model", SLA_QUORUM_MODEL },
                  { "integrity.level", SLA_QUORUM_INTEGRITY },
                  { "replication.copies", SLA_QUORUM_COPIES } };

    if (clause->term->domain == &sla_domain_threshold) {
        add_threshold(quorum, clause);
    } else if ((clause->term->extras & SLA_EXTRA_BY) != 0) {
        add_spread(quorum, clause);
    }
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        if (strcmp(clause->term->name, plain[i].term) == 0) {
            ask(quorum, plain[i].role, clause, clause->value.range.least);
        }
    }
}

void sla_quorum_add_places(struct sla_quorum *quorum, const struct sla_clause *clause,
                           int64_t places)
{
    ask(quorum, SLA_QUORUM_PLACES, clause, places);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool is_top(const struct sla_quorum *quorum, enum sla_quorum_role role)
{
    const struct sla_clause *clause = quorum->by[role];

    return clause != NULL && quorum->asked[role] == clause->value.range.most;
}

static bool is_byzantine(const struct sla_quorum *quorum, unsigned roles)
{
    return (roles & SLA_BIT(SLA_QUORUM_MODEL)) != 0 && is_top(quorum, SLA_QUORUM_MODEL);
}

static bool must_agree(const struct sla_quorum *quorum, unsigned roles)
{
    return (roles & SLA_BIT(SLA_QUORUM_INTEGRITY)) != 0 && is_top(quorum, SLA_QUORUM_INTEGRITY);
}

static int64_t copies_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_COPIES];
}

static int64_t holders_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_NEEDED] + quorum->asked[SLA_QUORUM_SPARE];
}

static int64_t needed_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_NEEDED];
}

static int64_t spare_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_SPARE];
}

static int64_t providers_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_PROVIDERS];
}

static int64_t places_of(const struct sla_quorum *quorum)
{
    return quorum->asked[SLA_QUORUM_PLACES];
}

static int64_t to_outlast(const struct sla_quorum *quorum, unsigned roles)
{
    int64_t faults = quorum->asked[SLA_QUORUM_FAULTS];

    return (is_byzantine(quorum, roles) ? 3 : must_agree(quorum, roles) ? 2 : 1) * faults + 1;
}

static int64_t to_be_read(const struct sla_quorum *quorum, unsigned roles)
{
    (void)roles;
    return quorum->asked[SLA_QUORUM_FAULTS];
}

/* Faulty holders may tell each other what they hold; those that only stop do not. */
static int64_t to_keep_secret(const struct sla_quorum *quorum, unsigned roles)
{
    return is_byzantine(quorum, roles) ? quorum->asked[SLA_QUORUM_FAULTS] + 1 : 0;
}

static int64_t to_hold(const struct sla_quorum *quorum, unsigned roles)
{
    (void)roles;
    return holders_of(quorum);
}

static int64_t to_spread(const struct sla_quorum *quorum, unsigned roles)
{
    (void)roles;
    return quorum->asked[SLA_QUORUM_SPREAD];
}

/* --- rules ------------------------------------------------------------------------------------ */

#define ROLE(role) SLA_BIT(SLA_QUORUM_##role)
enum { HELD = ROLE(NEEDED) | ROLE(SPARE) };

static const struct {
    unsigned roles;    /* whose clauses there must be */
    unsigned raises;   /* that may ask for more of it, where they are there */
    unsigned but_with; /* with one of these another rule speaks */
    unsigned counted;  /* what there must be enough of */
    int64_t (*have)(const struct sla_quorum *quorum);
    int64_t (*need)(const struct sla_quorum *quorum, unsigned roles);
    const char *one, *counts;
} rules[SLA_QUORUM_RULES] = {
    [SLA_QUORUM_COPIES_FAULTS] = { ROLE(FAULTS) | ROLE(COPIES), ROLE(MODEL) | ROLE(INTEGRITY), 0,
                                   ROLE(COPIES), copies_of, to_outlast, "copy", "copies" },
    [SLA_QUORUM_HOLDERS_FAULTS] = { ROLE(FAULTS) | HELD, ROLE(MODEL) | ROLE(INTEGRITY), 0, HELD,
                                    holders_of, to_outlast, "holder of shares",
                                    "holders of shares" },
    [SLA_QUORUM_SPARE_FAULTS] = { ROLE(FAULTS) | HELD, 0, 0, ROLE(SPARE), spare_of, to_be_read,
                                  "holder that may be gone", "holders that may be gone" },
    [SLA_QUORUM_SECRET_FAULTS] = { ROLE(FAULTS) | ROLE(MODEL) | ROLE(NEEDED), 0, 0, ROLE(NEEDED),
                                   needed_of, to_keep_secret, "holder needed to read",
                                   "holders needed to read" },
    [SLA_QUORUM_COPIES_HOLDERS] = { ROLE(COPIES) | HELD, 0, 0, ROLE(COPIES), copies_of, to_hold,
                                    "copy", "copies" },
    [SLA_QUORUM_COPIES_SPREAD] = { ROLE(COPIES) | ROLE(SPREAD), 0, 0, ROLE(COPIES), copies_of,
                                   to_spread, "copy", "copies" },
    [SLA_QUORUM_HOLDERS_SPREAD] = { HELD | ROLE(SPREAD), 0, ROLE(COPIES), HELD, holders_of,
                                    to_spread, "holder of shares", "holders of shares" },
    [SLA_QUORUM_PROVIDERS_HOLDERS] = { HELD | ROLE(PROVIDERS), 0, 0, ROLE(PROVIDERS), providers_of,
                                       to_hold, "provider", "providers" },
    [SLA_QUORUM_PLACES_SPREAD] = { ROLE(PLACES) | ROLE(SPREAD), 0, 0, ROLE(PLACES), places_of,
                                   to_spread, "place", "places" },
};

unsigned sla_quorum_roles(const struct sla_quorum *quorum)
{
    unsigned roles = 0;

    for (unsigned i = 0; i < SLA_QUORUM_ROLES; i++) {
        roles |= quorum->by[i] != NULL ? SLA_BIT(i) : 0;
    }
    /* all holders are needed: nobody asks that some may be gone, and that is said, too */
    return (roles & ROLE(NEEDED)) != 0 ? roles | ROLE(SPARE) : roles;
}

int64_t sla_quorum_have(const struct sla_quorum *quorum, enum sla_quorum_rule rule)
{
    return rules[rule].have(quorum);
}

int64_t sla_quorum_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule, unsigned roles)
{
    return rules[rule].need(quorum, roles);
}

unsigned sla_quorum_counted(enum sla_quorum_rule rule)
{
    return rules[rule].counted;
}

/* Those that the rule looks at; 0: it does not speak. */
static unsigned roles_of(const struct sla_quorum *quorum, enum sla_quorum_rule rule)
{
    unsigned there = sla_quorum_roles(quorum);
    bool speaks = (rules[rule].roles & ~there) == 0 && (rules[rule].but_with & there) == 0;

    return speaks ? rules[rule].roles | (rules[rule].raises & there) : 0;
}

int64_t sla_quorum_need_for_all(const struct sla_quorum *quorum, enum sla_quorum_rule rule)
{
    unsigned roles = roles_of(quorum, rule);

    return roles != 0 ? sla_quorum_need(quorum, rule, roles) : 0;
}

unsigned sla_quorum_breaks(const struct sla_quorum *quorum, enum sla_quorum_rule rule)
{
    unsigned roles = roles_of(quorum, rule);
    int64_t have = sla_quorum_have(quorum, rule);

    if (roles == 0 || have >= sla_quorum_need(quorum, rule, roles)) {
        return 0;
    }
    for (unsigned i = 0; i < SLA_QUORUM_ROLES; i++) {
        unsigned without = roles & ~SLA_BIT(i);
        if ((rules[rule].raises & SLA_BIT(i)) != 0 &&
            have < sla_quorum_need(quorum, rule, without)) {
            roles = without;
        }
    }
    return roles;
}

const char *sla_quorum_counts(enum sla_quorum_rule rule, int64_t count)
{
    return count == 1 ? rules[rule].one : rules[rule].counts;
}

void sla_quorum_format_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule,
                            unsigned roles, struct buf *out)
{
    int64_t need = sla_quorum_need(quorum, rule, roles);
    int64_t faults = quorum->asked[SLA_QUORUM_FAULTS];
    const char *kind = is_byzantine(quorum, roles) ? "byzantine " : "";

    if (rules[rule].need == to_outlast) {
        const char *formula = is_byzantine(quorum, roles) ? "3f"
                              : must_agree(quorum, roles) ? "2f"
                                                          : "f";
        buf_printf(out, "%s + 1 = %" PRId64 " for f = %" PRId64 " %sfaults%s", formula, need,
                   faults, kind, must_agree(quorum, roles) ? " where a quorum agrees" : "");
    } else if (rules[rule].need == to_be_read) {
        buf_printf(out, "f = %" PRId64 " for f faults", need);
    } else if (rules[rule].need == to_keep_secret) {
        buf_printf(out, "f + 1 = %" PRId64 " for f = %" PRId64 " byzantine faults", need, faults);
    } else if (rules[rule].need == to_hold) {
        buf_printf(out, "n = %" PRId64 ", one a holder", need);
    } else {
        const struct sla_clause *spread = quorum->by[SLA_QUORUM_SPREAD];
        buf_printf(out, "%" PRId64 ", one a %s", need, sla_spread_words.names[spread->value.unit]);
    }
}
