/* sla/words/form.h - names that have a form of their own: techniques, labels, subjects.
 *
 * Errors: STATUS_INVALID, in words for a label. Pure. */
#ifndef REDAN_SLA_WORDS_FORM_H
#define REDAN_SLA_WORDS_FORM_H

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/names.h"

#include <stdint.h>

/* RFC 1123, section 2.1: what a NAME is. */
bool sla_is_label_name(struct slice text);

/* An id of ATT&CK: "T1110", or "T1110.003" of which it is a part. As a number: 1110 * 1000 + 3. */
struct status sla_parse_technique(struct slice text, uint32_t *out) MUST_USE;
void sla_format_technique(uint32_t technique, struct buf *out);

/* Keys and values of labels as Kubernetes has them: `[prefix/]name`; a value is a name or empty. */
enum { SLA_LABEL_PREFIX_MAX = 253, SLA_LABEL_NAME_MAX = 63 };
struct status sla_check_label_key(struct slice key) MUST_USE;
struct status sla_check_label_value(struct slice value) MUST_USE;

/* Who does something, least specific first: anyone, whoever has a role towards the resource, a
 * party, a group or a person of one. */
enum sla_subject_kind {
    SLA_SUBJECT_ANYONE,
    SLA_SUBJECT_ROLE,
    SLA_SUBJECT_PARTY,
    SLA_SUBJECT_GROUP,
    SLA_SUBJECT_USER
};
struct sla_subject {
    enum sla_subject_kind kind;
    enum party_role role; /* ROLE */
    struct slice party;   /* PARTY; GROUP and USER: of another party, empty: of the speaker's own */
    struct slice name;    /* GROUP, USER */
};
struct status sla_parse_subject(struct slice text, struct sla_subject *out) MUST_USE;
/* Words for everybody that people write: `all`, `everyone`, `*`. The language has `anyone` for who
 * asks and `any` for addresses. */
bool sla_says_everybody(struct slice text);
void sla_format_subject(const struct sla_subject *subject, struct buf *out);

#endif
