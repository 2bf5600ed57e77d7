#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/words/form.h"

/* Parties and roles of a rule. Rules of one act are decided by modality; here only equal lists are
 * comparable. */

/* People and groups, of terms that take them, by the path that starts with their party. */
static bool read_subject(struct sla_reading *reading, const struct sla_term *term,
                         const struct yaml_node *node, struct sla_party_ref *out)
{
    struct draft *draft = reading->draft;
    struct sla_subject subject;
    struct status status = sla_parse_subject(node->text, &subject);
    bool is_member = status_ok(&status) &&
                     (subject.kind == SLA_SUBJECT_GROUP || subject.kind == SLA_SUBJECT_USER);

    out->name = node->text;
    if (is_member && term->of == NULL) {
        status = status_error(STATUS_INVALID, "`%s` speaks of parties and roles", term->name);
    }
    if (!status_ok(&status)) {
        sla_report_subject(draft, node, &status, term->example);
        return false;
    }
    out->by_role = party_role_parse(node->text, &out->role);
    if (is_member && subject.party.len == 0) {
        out->name =
            arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(reading->document->document.party),
                         SLICE_ARG(node->text));
    }
    return true;
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;
    size_t count = 0;
    bool good = true;

    if (!sla_value_has_shape(draft, clause->term, node, sla_value_is_texts(node)) ||
        !sla_is_not_empty(draft, node)) {
        return false;
    }
    struct sla_party_ref *items =
        ARENA_NEW(draft->arena, struct sla_party_ref, sla_texts_count(node) + 1);
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        good &= read_subject(reading, clause->term, at, &items[count++]);
    }
    out->parties = (struct sla_parties){ items, count };
    return good;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    (void)term;
    (void)op;
    for (size_t i = 0; i < value->parties.count; i++) {
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(value->parties.items[i].name));
    }
}

static bool names(const struct sla_parties *parties, struct slice name)
{
    for (size_t i = 0; i < parties->count; i++) {
        if (slice_eq(parties->items[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool names_all(const struct sla_parties *all, const struct sla_parties *some)
{
    for (size_t i = 0; i < some->count; i++) {
        if (!names(all, some->items[i].name)) {
            return false;
        }
    }
    return true;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return names_all(&a->parties, &b->parties) && names_all(&b->parties, &a->parties);
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    (void)arena;
    if (!implies(term, a, b)) {
        return SLA_MEET_BOTH;
    }
    *out = *a;
    return SLA_MEET_ONE;
}

/* How many of `some` the others lack. */
static int64_t lacking(const struct sla_parties *some, const struct sla_parties *others)
{
    int64_t count = 0;

    for (size_t i = 0; i < some->count; i++) {
        count += names(others, some->items[i].name) ? 0 : 1;
    }
    return count;
}

/* Who leaves and who joins: which of it loosens depends on the operator. */
static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    (void)term;
    *out_unit = "parties";
    return lacking(&from->parties, &to->parties) + lacking(&to->parties, &from->parties);
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_texts(writer);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    static const char *const some[] = { "hospital-a", "private-dc", "tenant", "operator" };
    struct sla_party_ref *items = ARENA_NEW(arena, struct sla_party_ref, 2);

    (void)term;
    for (size_t i = 0; i < 2; i++) {
        items[i].name = slice_from(some[sla_sample_below(seed, COUNT_OF(some))]);
        items[i].by_role = party_role_parse(items[i].name, &items[i].role);
    }
    *out = (struct sla_value){ .parties = { items, 1 + sla_sample_below(seed, 2) } };
}

const bool sla_with_members = true;
const struct sla_domain sla_domain_parties = {
    .name = "parties",
    .is_text = true,
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = sla_never_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
