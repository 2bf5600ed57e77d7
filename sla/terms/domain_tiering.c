#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

#include "base/parse.h"

/* Where data may lie as it ages: at each age the storage classes that are left, the fewer the
 * tighter. A value is kept in one form only: ages ascending, nothing repeated, and no step where
 * nothing is asked yet, so that before the first one every class will do. Two values are compared
 * age by age, at each age at which one of them changes. */

static const char *const class_names[] = { "hot", "cool", "cold", "archive" };
const struct sla_words sla_storage_words = { class_names, COUNT_OF(class_names) };

enum { EVERY_CLASS = SLA_BIT(COUNT_OF(class_names)) - 1 };

/* --- one form --------------------------------------------------------------------------------- */

/* The next step of a value; one that changes nothing is none. */
static void add_step(struct sla_tiering_step *steps, size_t *count, int64_t from_ms,
                     unsigned classes)
{
    unsigned before = *count > 0 ? steps[*count - 1].classes : EVERY_CLASS;

    if (classes != before) {
        steps[(*count)++] = (struct sla_tiering_step){ from_ms, classes };
    }
}

unsigned sla_tiering_at(const struct sla_tiering *tiering, int64_t age_ms)
{
    unsigned classes = EVERY_CLASS;

    for (size_t i = 0; i < tiering->count && tiering->steps[i].from_ms <= age_ms; i++) {
        classes = tiering->steps[i].classes;
    }
    return classes;
}

/* --- two values, age by age ------------------------------------------------------------------- */

struct walk {
    const struct sla_tiering *values[2];
    size_t next[2];      /* steps that begin later */
    unsigned classes[2]; /* at the age */
    int64_t age_ms;
};

static void take_steps(struct walk *walk)
{
    for (size_t i = 0; i < COUNT_OF(walk->values); i++) {
        const struct sla_tiering *of = walk->values[i];
        while (walk->next[i] < of->count && of->steps[walk->next[i]].from_ms <= walk->age_ms) {
            walk->classes[i] = of->steps[walk->next[i]++].classes;
        }
    }
}

static struct walk from_birth(const struct sla_value *a, const struct sla_value *b)
{
    struct walk walk = { .values = { &a->tiering, &b->tiering },
                         .classes = { EVERY_CLASS, EVERY_CLASS } };

    take_steps(&walk);
    return walk;
}

/* False: nothing changes any more. */
static bool grow_older(struct walk *walk)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < COUNT_OF(walk->values); i++) {
        const struct sla_tiering *of = walk->values[i];
        if (walk->next[i] < of->count && of->steps[walk->next[i]].from_ms < next_ms) {
            next_ms = of->steps[walk->next[i]].from_ms;
        }
    }
    walk->age_ms = next_ms;
    take_steps(walk);
    return next_ms != INT64_MAX;
}

/* What `choose` makes of the classes of both, at every age. */
static struct sla_tiering combine(struct arena *arena, const struct sla_value *a,
                                  const struct sla_value *b, unsigned (*choose)(unsigned, unsigned))
{
    struct sla_tiering_step *steps =
        ARENA_NEW(arena, struct sla_tiering_step, a->tiering.count + b->tiering.count + 1);
    struct walk walk = from_birth(a, b);
    size_t count = 0;

    do {
        add_step(steps, &count, walk.age_ms, choose(walk.classes[0], walk.classes[1]));
    } while (grow_older(&walk));
    return (struct sla_tiering){ steps, count };
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool is_sorted(struct draft *draft, const struct yaml_node *at, int64_t before_ms,
                      int64_t from_ms)
{
    if (from_ms > before_ms) {
        return true;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBERS, yaml_span(yaml_get(at, "from")),
                 "this step begins no later than the one before");
    diag_help(draft->diags, diag, "put the steps in the order of their ages, each age once");
    return false;
}

static bool has_room(struct draft *draft, const struct yaml_node *node)
{
    if (node->count <= SLA_TIERING_STEPS_MAX) {
        return true;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(node),
                 "%u steps, at most %d are read", (unsigned)node->count, SLA_TIERING_STEPS_MAX);
    diag_help(draft->diags, diag, "let fewer ages change where data may lie");
    return false;
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;
    int64_t before_ms = -1;
    size_t count = 0;
    bool good = true;

    if (!sla_value_has_shape(draft, clause->term, node, node->kind == YAML_SEQUENCE) ||
        !sla_is_not_empty(draft, node) || !has_room(draft, node)) {
        return false;
    }
    struct sla_tiering_step *steps =
        ARENA_NEW(draft->arena, struct sla_tiering_step, SLA_TIERING_STEPS_MAX);
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        struct sla_tiering_step step = { 0 };
        if (!sla_value_has_shape(draft, clause->term, at, at->kind == YAML_MAPPING) ||
            !sla_record_fill(draft, reading->document, &sla_record_tiering_step, at, &step) ||
            !is_sorted(draft, at, before_ms, step.from_ms)) {
            good = false;
            continue;
        }
        before_ms = step.from_ms;
        add_step(steps, &count, step.from_ms, step.classes);
    }
    out->tiering = (struct sla_tiering){ steps, count };
    return good;
}

/* --- the rest --------------------------------------------------------------------------------- */

static void print_step(const struct sla_tiering_step *step, struct buf *out)
{
    char age[PARSE_TEXT_MAX];
    bool first = true;

    format_duration_ms(step->from_ms, age);
    buf_printf(out, "{from: %s, classes: [", age);
    for (unsigned i = 0; i < COUNT_OF(class_names); i++) {
        if ((step->classes & SLA_BIT(i)) != 0) {
            buf_printf(out, "%s%s", first ? "" : ", ", class_names[i]);
            first = false;
        }
    }
    buf_add_cstr(out, "]}");
}

/* As it is written. */
static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_tiering_step anything = { 0, EVERY_CLASS };

    (void)term;
    (void)op;
    buf_add_char(out, '[');
    for (size_t i = 0; i < value->tiering.count; i++) {
        buf_add_cstr(out, i > 0 ? ", " : "");
        print_step(&value->tiering.steps[i], out);
    }
    if (value->tiering.count == 0) {
        print_step(&anything, out);
    }
    buf_add_char(out, ']');
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    struct walk walk = from_birth(a, b);

    (void)term;
    do {
        if ((walk.classes[0] & ~walk.classes[1]) != 0) {
            return false;
        }
    } while (grow_older(&walk));
    return true;
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    for (size_t i = 0; i < value->tiering.count; i++) {
        if (value->tiering.steps[i].classes == 0) {
            return true;
        }
    }
    return false;
}

static unsigned classes_of_both(unsigned a, unsigned b)
{
    return a & b;
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value both = *a;

    both.tiering = combine(arena, a, b, classes_of_both);
    if (is_bottom(term, &both)) {
        return SLA_MEET_NONE;
    }
    *out = both;
    return SLA_MEET_ONE;
}

/* What it has, and more only where they have nothing in common. */
static unsigned classes_widened(unsigned own, unsigned others)
{
    return (own & others) != 0 ? own : own | others;
}

struct sla_value sla_tiering_widen(struct arena *arena, const struct sla_value *value,
                                   const struct sla_value *others)
{
    struct sla_value wider = *value;

    wider.tiering = combine(arena, value, others, classes_widened);
    return wider;
}

/* Classes that are there more, at each age at which something changes. */
static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    struct walk walk = from_birth(from, to);
    int64_t more = 0;

    (void)term;
    *out_unit = "classes";
    do {
        more += __builtin_popcount(walk.classes[1] & ~walk.classes[0]);
    } while (grow_older(&walk));
    return more;
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    json_add_cstr(writer, "type", "array");
    json_key(writer, "items");
    json_open_object(writer);
    sla_schema_record(writer, &sla_record_tiering_step);
    json_close_object(writer);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    enum { SAMPLE_STEPS = 3 };
    struct sla_tiering_step *steps = ARENA_NEW(arena, struct sla_tiering_step, SAMPLE_STEPS);
    int64_t age_ms = (int64_t)sla_sample_below(seed, 2);
    size_t count = 0;

    (void)term;
    for (size_t i = 0; i < SAMPLE_STEPS; i++) {
        add_step(steps, &count, age_ms, 1 + (unsigned)sla_sample_below(seed, EVERY_CLASS));
        age_ms += 1 + (int64_t)sla_sample_below(seed, 2);
    }
    *out = (struct sla_value){ .tiering = { steps, count } };
}

const struct sla_domain sla_domain_tiering = {
    .name = "tiering",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
