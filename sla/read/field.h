/* sla/read/field.h - the field table: which members a mapping of the language has, of which type,
 * and where in the draft each goes. The generic reader and the reference walk it; what crosses
 * fields is in the record's check. Pure; for sla/ and its tests. */
#ifndef REDAN_SLA_READ_FIELD_H
#define REDAN_SLA_READ_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"

struct draft;
struct draft_document;
struct yaml_node;
struct sla_record;

/* Spelling and check of a value, and (after the colon) what stands at the field's offset. */
enum sla_type {
    SLA_TYPE_NAME,      /* of ours: struct slice, also a refused one */
    SLA_TYPE_NAMES,     /* const struct slice *, counted; one at least */
    SLA_TYPE_NODE_NAME, /* of a node: struct slice */
    SLA_TYPE_TEXT,      /* any one value: struct slice */
    SLA_TYPE_TEXTS,     /* const struct slice *, counted */
    SLA_TYPE_WORD,      /* of a list of words: an enum */
    SLA_TYPE_FLAG,      /* `yes` or `no`: bool */
    SLA_TYPE_COUNT,     /* uint32_t, within of.limits */
    SLA_TYPE_WORDS,     /* of a list of words: unsigned, bit a word; one at least */
    SLA_TYPE_DURATION,  /* int64_t, ms */
    SLA_TYPE_SHARE,     /* int64_t, parts per billion */
    SLA_TYPE_DATE,      /* int32_t, days from 1970-01-01 */
    SLA_TYPE_DIGEST,    /* struct sha256 */
    SLA_TYPE_SIGNATURE, /* struct ed25519_signature */
    SLA_TYPE_BYTES,     /* more than none, with a unit: uint64_t */
    SLA_TYPE_WEEKLY,    /* windows of the week: const struct sla_weekly *, counted */
    SLA_TYPE_MOMENT,    /* of the week: struct sla_moment */
    SLA_TYPE_ADDRESS,   /* struct address */
    SLA_TYPE_ADDRESSES, /* const struct address *, counted */
    SLA_TYPE_SENDER,    /* of the packets of a test: struct address */
    SLA_TYPE_PEERS,     /* addresses, sets, `any` (then none): const struct address *, counted */
    SLA_TYPE_PORTS,     /* const struct sla_ports *, counted */
    SLA_TYPE_ACT,       /* enum sla_act */
    SLA_TYPE_ACTS,      /* uint64_t, bit an enum sla_act; or none */
    SLA_TYPE_ACTIONS,   /* enum action_kind[REACTION_ACTIONS_MAX], counted */
    SLA_TYPE_COUNTRIES, /* codes and groups with a date: struct sla_set */
    SLA_TYPE_PLACES,    /* these and sets of the document: struct sla_set */
    SLA_TYPE_SEVERITY,  /* "high", ">= high", "<= low": unsigned, bit an enum severity */
    SLA_TYPE_TERM,      /* const struct sla_term * */
    SLA_TYPE_KIND,      /* of a document: enum sla_kind */
    SLA_TYPE_OP,        /* typed by the term, in the check: nothing */
    SLA_TYPE_VALUE,     /* typed by the term, in the check: const struct yaml_node * */
    SLA_TYPE_EXPECT,    /* of a test, read in the check: const struct yaml_node * */
    SLA_TYPE_SUBJECTS,  /* read in the check: const struct yaml_node * */
    SLA_TYPE_REFS,      /* names bound later: const struct yaml_node * */
    SLA_TYPE_NEEDS,     /* names of parts, or the mapping of of.record: struct draft_needs */
    SLA_TYPE_STEPS,     /* names, or lists of names bound later: const struct yaml_node * */
    SLA_TYPE_SELECT,    /* one value a key: const struct yaml_node * */
    SLA_TYPE_ARGUMENTS, /* one value or a list a key: const struct yaml_node * */
    SLA_TYPE_LABELS,    /* one value a key, none that `select` has: const struct yaml_node * */
    SLA_TYPE_RECORD,    /* the struct of of.record; none (NULL): const struct yaml_node * */
    SLA_TYPE_RECORDS,   /* array of the structs of of.record, counted */
    SLA_TYPES
};

struct sla_words {
    const char *const *names; /* by the value of the enum; NULL: cannot be written */
    size_t count;
};

struct sla_limits {
    uint32_t least, most;
};

struct sla_reading;
/* An older spelling of a member as the one of today, noted (RDN0904); any other as it is. */
typedef const struct yaml_node *(sla_older_fn)(struct sla_reading *reading,
                                               const struct yaml_node *member);

struct sla_field {
    const char *key; /* NULL: no such member here; keeps the positions of the others */
    enum sla_type type;
    bool required;
    bool whole;      /* RECORDS: what extends a document replaces them all, since order counts */
    bool apart;      /* RECORD: a pointer to it, NULL where it is not written: few items have it */
    bool is_older;   /* read for ever, noted (RDN0904) by the check, not documented */
    uint16_t offset; /* in the struct that the record fills */
    uint16_t count;  /* of a counted type: offset of its size_t */
    union {
        const struct sla_words *words;   /* WORD, WORDS */
        const struct sla_record *record; /* RECORD, RECORDS, NEEDS */
        int64_t least_ms;                /* DURATION */
        struct sla_limits limits;        /* COUNT */
    } of;
    const char *always;  /* the one value there is: written where it is missing */
    sla_older_fn *older; /* NULL: no other spelling was ever read */
    const char *what;    /* in findings: "the id of a target" */
    const char *doc;
    const char *example; /* of the value; reads without a finding */
};

enum { SLA_FIELDS_MAX = 32 };

#define SLA_RECORD(fields_, type_, check_, name_, path_, doc_)                                     \
    {                                                                                              \
        .name = (name_), .path = (path_), .doc = (doc_), .fields = (fields_),                      \
        .count = COUNT_OF(fields_), .size = sizeof(type_), .check = (check_)                       \
    }

/* One mapping while it is read. */
struct sla_reading {
    struct draft *draft;
    struct draft_document *document; /* that it is part of */
    const struct sla_reading *outer; /* of the mapping around it; NULL: it is the outermost */
    const struct sla_record *record;
    const struct yaml_node *mapping;
    const struct yaml_node *nodes[SLA_FIELDS_MAX]; /* by position; NULL: absent, of a wrong shape */
    const struct yaml_node *before; /* the member ahead of the one that is looked at */
    const struct yaml_node *head;   /* the last one up to there that is no bare key */
    uint32_t seen;                  /* bit a field: there, of whatever shape */
    uint32_t filled;                /* bit a field: there and well typed */
    bool good;                      /* nothing was reported */
};

/* After the fields: what crosses them, defaults, places. Reports and clears `good`. It runs for a
 * mapping that was found wrong, too. */
typedef void(sla_check_fn)(struct sla_reading *reading, void *filled);

struct sla_record {
    const char *name; /* "a clause" */
    const char *path; /* "sla.spec.clauses" */
    const char *doc;
    const struct sla_field *fields;
    size_t count; /* at most SLA_FIELDS_MAX */
    size_t size;  /* of the struct it fills */
    sla_check_fn *check;
};

/* Reads a mapping into the (zeroed) struct of its record: unknown, missing and empty members, wrong
 * shapes and wrong values are reported, all of them. False when anything was. */
bool sla_record_fill(struct draft *draft, struct draft_document *document,
                     const struct sla_record *record, const struct yaml_node *mapping,
                     void *filled);

bool sla_reading_has(const struct sla_reading *reading, size_t field);    /* of whatever shape */
bool sla_reading_filled(const struct sla_reading *reading, size_t field); /* and well typed */
/* The member's place, or the mapping's when it is missing. */
struct diag_span sla_reading_span(const struct sla_reading *reading, size_t field);

/* --- the types (sla/read/field_types.c)
 * ----------------------------------------------------------- */

enum sla_shape {
    SLA_SHAPE_TEXT,  /* one scalar */
    SLA_SHAPE_TEXTS, /* one scalar or a list of them */
    SLA_SHAPE_LIST,  /* a list */
    SLA_SHAPE_MAPPING,
    SLA_SHAPE_ANY /* the term decides */
};

const char *sla_type_name(enum sla_type type); /* for the reference: "duration" */
enum sla_shape sla_type_shape(enum sla_type type);
/* Whether it is a list of what has no comma in it, so that one divides two of them. */
bool sla_type_divides(enum sla_type type);
bool sla_shape_fits(enum sla_shape shape, const struct yaml_node *node);

/* A node of the type's shape into the struct. False: reported. */
bool sla_field_read(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled);

#endif
