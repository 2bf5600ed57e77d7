/* sla/terms/domain.h - what values of a term are: how they are read and shown, and when one of them
 * asks for at least as much as another. For sla/ and its tests.
 *
 * A term (sla/terms/term.h) names a domain and its parameter `of`: a universe, a quantity, a list
 * of words. Values of one term are ordered: `a` implies `b` when whatever satisfies `a` satisfies
 * `b`. Every operation takes the term, for its parameter. A domain without an order of its own
 * (rules, which are decided by modality) compares equal values only.
 *
 * A new domain is a file sla/terms/domain_*.c with one table here; the property tests
 * (tests/unit/sla/test_domain.c) run over every term, with the values of `sample`. Pure; what is
 * new lives in the arena given. */
#ifndef REDAN_SLA_TERMS_DOMAIN_H
#define REDAN_SLA_TERMS_DOMAIN_H

#include "base/json.h"
#include "sla/read/field.h"
#include "sla/terms/term.h"
#include "sla/world.h"

enum sla_meeting {
    SLA_MEET_ONE,  /* one value says what both ask for */
    SLA_MEET_BOTH, /* they cannot be compared, and can hold together: both stand */
    SLA_MEET_NONE  /* nothing satisfies both */
};

struct sla_domain {
    const char *name; /* "set": for people who read the reference */
    bool is_text;     /* values are names, not quantities or flags: noted where readers differ */

    /* A value node, after the clause's stance and operator were read. False: reported. Members of
     * the value that are fields of their own (`window`) are there already and stay. */
    bool (*parse)(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out);
    /* What stands after the operator, canonical: "{DE, FR}", "99.9 %". */
    void (*print)(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out);
    bool (*implies)(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b);
    /* `out` is filled by SLA_MEET_ONE alone. */
    enum sla_meeting (*meet)(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out);
    bool (*is_bottom)(const struct sla_term *term, const struct sla_value *value);
    /* How much weaker `to` is than `from`, in the unit told ("countries"); 0: not at all. */
    int64_t (*cost)(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit);
    /* The members of a JSON Schema for the value, into an open object. */
    void (*schema)(const struct sla_term *term, struct json_writer *writer);
    /* Any value that a clause could have, by the numbers that follow from `seed`. */
    void (*sample)(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out);
};

extern const struct sla_domain sla_domain_set;       /* of: sla_universe; the fewer, the tighter */
extern const struct sla_domain sla_domain_cover;     /* of: sla_universe; the more, the tighter */
extern const struct sla_domain sla_domain_names;     /* of: sla_naming; the fewer, the tighter */
extern const struct sla_domain sla_domain_mentions;  /* of: sla_naming; the more, the tighter */
extern const struct sla_domain sla_domain_level;     /* of: sla_words, each tighter than the last */
extern const struct sla_domain sla_domain_amount;    /* of: sla_quantity; both ends inwards */
extern const struct sla_domain sla_domain_downtime;  /* of: nothing; a share of each window */
extern const struct sla_domain sla_domain_threshold; /* of: nothing; k and n - k, both more */
extern const struct sla_domain sla_domain_week;    /* of: nothing; the fewer minutes, the tighter */
extern const struct sla_domain sla_domain_tiering; /* of: nothing; fewer classes at each age */
extern const struct sla_domain sla_domain_counted; /* of: sla_counting; so much in each window */
/* of: NULL, parties and roles; or &sla_with_members, people and groups too; by modality */
extern const struct sla_domain sla_domain_parties;
extern const bool sla_with_members;
extern const struct sla_domain sla_domain_flow; /* of: nothing; decided by modality */

/* What is counted: in `unit` of a value, never compared with what is counted otherwise. */
struct sla_counting {
    /* One scalar into the range, and what it says besides. False: reported. */
    bool (*read)(struct draft *draft, const struct yaml_node *node, struct sla_value *out);
    void (*print)(const struct sla_value *value, struct buf *out);
    const char *(*unit)(const struct sla_value *value); /* for costs of repairs */
};
extern const struct sla_counting sla_counting_money;
extern const struct sla_counting sla_counting_events; /* the value says in which time, too */

/* An open universe. */
struct sla_naming {
    const char *what;     /* "a technique": for messages, after "is not" */
    const char *expected; /* "expected an id of ATT&CK: `T1110` or `T1110.003`" */
    const char *plural;   /* "techniques" */
    unsigned diag_code;   /* of what is not well formed */
    bool (*is_well_formed)(struct slice name);
    const char *const *samples; /* some of it, ascending */
    size_t sample_count;
    bool by_role; /* names of parties, and roles, which stand for parties */
};

extern const struct sla_naming sla_naming_parties;

/* Storage classes of sla_domain_tiering; those at an age, bit a word; and a value with what
 * `others` leave wherever the two have no class in common. */
extern const struct sla_words sla_storage_words;
unsigned sla_tiering_at(const struct sla_tiering *tiering, int64_t age_ms);
struct sla_value sla_tiering_widen(struct arena *arena, const struct sla_value *value,
                                   const struct sla_value *others);

/* Flags are levels: `yes` asks for more than `no`. */
extern const struct sla_words sla_flag_words;

/* What stands after the operator and the members that qualify it: "99.9 % over 30 d". */
void sla_value_format(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                      struct buf *out);
extern const struct sla_words sla_spread_words; /* of `by` */
extern const struct sla_words sla_per_words;    /* of `per`: enum sla_per */
enum sla_per { SLA_PER_RESOURCE, SLA_PER_SOURCE, SLA_PER_SUBJECT };

/* Of sla_domain_set: as it stands in a clause with this operator (and back: what is written, into
 * what is allowed); then as "{DE, FR}". */
struct sla_set sla_set_as_written(const struct sla_universe *universe, enum sla_op op,
                                  const struct sla_set *set);
void sla_set_format(const struct sla_universe *universe, const struct sla_set *set,
                    struct buf *out);

/* --- for the domains (sla/read/value.c, sla/terms/domain.c)
 * ---------------------------------------- */

/* False, and reported with what is expected, unless `good`. */
bool sla_value_has_shape(struct draft *draft, const struct sla_term *term,
                         const struct yaml_node *node, bool good);
/* One scalar, or a list of scalars. */
bool sla_value_is_texts(const struct yaml_node *node);
/* `is_bottom` of a domain in which something satisfies every value; `schema` of one scalar. */
bool sla_never_bottom(const struct sla_term *term, const struct sla_value *value);
void sla_schema_one_scalar(const struct sla_term *term, struct json_writer *writer);
/* Ranges: contained; the intersection; least > most. Values whose unit or window differ are not
 * comparable, nor those of which one holds in more cases and the other bounds tighter. */
bool sla_range_implies(const struct sla_value *a, const struct sla_value *b);
enum sla_meeting sla_range_meet(const struct sla_value *a, const struct sla_value *b,
                                struct sla_value *out);
bool sla_range_is_bottom(const struct sla_value *value);

/* The next number below `below` (not 0) of a sample: splitmix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014). */
uint64_t sla_sample_below(uint64_t *seed, uint64_t below);
enum { SLA_SAMPLE_AMOUNTS = 12 }; /* few, so that samples meet often */

/* Members of JSON Schemas: one scalar of any kind; one of `names` (NULLs are skipped); likewise of
 * names that other readers take for truth values (`yes`, `NO`); one or a list of them, or of what
 * fits `pattern`, when there is one; any one text or list. A parameter (`$x`) may stand for any.
 * Flags and numbers count as scalars, since other readers of YAML take `NO` and `7` for such. */
void sla_schema_scalar(struct json_writer *writer);
void sla_schema_words(struct json_writer *writer, const char *const *names, size_t count);
void sla_schema_levels(struct json_writer *writer, const char *const *names, size_t count);
void sla_schema_names(struct json_writer *writer, const char *const *names, size_t count,
                      const char *pattern);
/* A text of that form, never a number. */
void sla_schema_pattern(struct json_writer *writer, const char *pattern);
void sla_schema_texts(struct json_writer *writer);
/* As a record of the field table says. */
void sla_schema_record(struct json_writer *writer, const struct sla_record *record);

/* Whether the operator bounds from below, after which a value's range is written by its `least`. */
bool sla_op_is_lower_bound(enum sla_op op);

#endif
