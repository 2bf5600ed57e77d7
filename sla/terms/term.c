#include "sla/terms/term.h"

#include "sla/words/everyday.h"

static const struct sla_term_group *const groups[] = {
    &sla_terms_place, &sla_terms_trust,    &sla_terms_secrecy, &sla_terms_amount,
    &sla_terms_data,  &sla_terms_response, &sla_terms_rule,    &sla_terms_given,
};

const struct sla_term_group *const *sla_term_groups(size_t *out_count)
{
    *out_count = COUNT_OF(groups);
    return groups;
}

unsigned sla_emit_targets(const struct resource *at)
{
    static const unsigned targets[RESOURCE_KINDS] = {
        [KIND_VM] = SLA_EMIT_LIBVIRT | SLA_EMIT_SIGMA,
        [KIND_CONTAINER] = SLA_EMIT_SIGMA,
        [KIND_BUCKET] = SLA_EMIT_STORE | SLA_EMIT_SIGMA,
        [KIND_VOLUME] = SLA_EMIT_SIGMA, /* neither a bucket nor the disk of a domain */
        [KIND_HOST] = SLA_EMIT_NFT | SLA_EMIT_OVN | SLA_EMIT_SIGMA,
        [KIND_SEGMENT] = SLA_EMIT_NFT | SLA_EMIT_OVN | SLA_EMIT_SIGMA,
    };

    return targets[at->kind];
}

size_t sla_term_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        count += groups[i]->count;
    }
    return count;
}

const struct sla_term *sla_term_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (index < groups[i]->count) {
            return &groups[i]->terms[index];
        }
        index -= groups[i]->count;
    }
    return NULL;
}

size_t sla_term_index(const struct sla_term *term)
{
    size_t before = 0;

    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        const struct sla_term *terms = groups[i]->terms;
        if (term >= terms && term < terms + groups[i]->count) {
            return before + (size_t)(term - terms);
        }
        before += groups[i]->count;
    }
    return before;
}

const struct sla_term *sla_term_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        for (size_t j = 0; j < groups[i]->count; j++) {
            if (slice_is(name, groups[i]->terms[j].name)) {
                return &groups[i]->terms[j];
            }
        }
    }
    return NULL;
}

static bool is_called(const struct sla_term *term, struct slice word)
{
    for (size_t i = 0; i < SLA_TERM_CALLED_MAX && term->called[i] != NULL; i++) {
        if (sla_is_spoken(word, slice_from(term->called[i]))) {
            return true;
        }
    }
    return false;
}

size_t sla_terms_called(struct slice word, struct slice *out)
{
    size_t count = 0;

    for (size_t i = 0; i < sla_term_count(); i++) {
        if (is_called(sla_term_at(i), word)) {
            out[count++] = slice_from(sla_term_at(i)->name);
        }
    }
    return count;
}

static const char *const op_names[SLA_OPS] = {
    [SLA_OP_IN] = "in",       [SLA_OP_NOT_IN] = "not in",     [SLA_OP_AT_LEAST] = ">=",
    [SLA_OP_AT_MOST] = "<=",  [SLA_OP_PERMIT] = "permit",     [SLA_OP_DENY] = "deny",
    [SLA_OP_ONLY] = "only",   [SLA_OP_OBLIGE] = "oblige",     [SLA_OP_PASS] = "pass",
    [SLA_OP_IS] = "is",       [SLA_OP_INCLUDES] = "includes", [SLA_OP_NEEDED] = "needed",
    [SLA_OP_APART] = "apart",
};
static const char *const stance_names[SLA_STANCES] = { "requires", "offers", "reserves" };
static const char *const strength_names[SLA_STRENGTHS] = { "must", "should" };

static bool find_name(const char *const *names, size_t count, struct slice text, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(text, names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

const char *sla_op_name(enum sla_op op)
{
    return op_names[op];
}

bool sla_op_parse(struct slice text, enum sla_op *out)
{
    size_t found = 0;

    if (!find_name(op_names, SLA_OPS, text, &found)) {
        return false;
    }
    *out = (enum sla_op)found;
    return true;
}

const char *sla_stance_name(enum sla_stance stance)
{
    return stance_names[stance];
}

bool sla_stance_parse(struct slice text, enum sla_stance *out)
{
    size_t found = 0;

    if (!find_name(stance_names, SLA_STANCES, text, &found)) {
        return false;
    }
    *out = (enum sla_stance)found;
    return true;
}

const char *sla_strength_name(enum sla_strength strength)
{
    return strength_names[strength];
}

bool sla_strength_parse(struct slice text, enum sla_strength *out)
{
    size_t found = 0;

    if (!find_name(strength_names, SLA_STRENGTHS, text, &found)) {
        return false;
    }
    *out = (enum sla_strength)found;
    return true;
}
