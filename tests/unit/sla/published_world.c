/* Tiers as documents. */
#include "model/decide.h"
#include "tests/unit/sla/published_priv.h"

const struct published_dimension published_dimensions[DIMENSIONS] = {
    { "phase: incident", POLICY_KNOWS_PHASE },
    { "severity: critical", POLICY_KNOWS_SEVERITY },
    { "purpose: unknown", POLICY_KNOWS_PURPOSE },
};

static const enum sla_act acts_of_data[ACTS_MAX] = {
    SLA_ACT_DATA_READ,   SLA_ACT_DATA_WRITE, SLA_ACT_DATA_DELETE, SLA_ACT_DATA_SHARE,
    SLA_ACT_DATA_EXPORT, SLA_ACT_DATA_SCAN,  SLA_ACT_KEY_USE,     SLA_ACT_KEY_DESTROY,
};

/* Literals of a box by where they stand in a clause. */
struct parts {
    struct published_box who, thing, act, around, unknown;
};

/* --- facts ------------------------------------------------------------------------------------ */

static const struct published_fact *fact_of(const struct teller *teller,
                                            struct published_literal literal)
{
    return &teller->self->facts[literal.fact];
}

static unsigned count_true(const struct published_case *self, enum published_kind kind)
{
    unsigned count = 0;

    for (size_t i = 0; i < self->fact_count; i++) {
        count += self->facts[i].kind == kind && self->facts[i].truth == PUBLISHED_YES;
    }
    return count;
}

static bool is_act_taken(const struct teller *teller, enum sla_act act)
{
    for (size_t i = 0; i < teller->act_count; i++) {
        if (teller->acts[i] == act) {
            return true;
        }
    }
    return false;
}

/* "read" is data.read where that is free, else the first free one. */
static enum sla_act act_for(const struct teller *teller, struct slice says)
{
    for (size_t i = 0; i < ACTS_MAX; i++) {
        struct slice name = slice_from(sla_act_name(acts_of_data[i]));
        struct slice word = slice_sub(name, slice_find(name, '.') + 1, name.len);
        if (slice_ends(says, word) && !is_act_taken(teller, acts_of_data[i])) {
            return acts_of_data[i];
        }
    }
    for (size_t i = 0; i < ACTS_MAX; i++) {
        if (!is_act_taken(teller, acts_of_data[i])) {
            return acts_of_data[i];
        }
    }
    published_note(teller->self, PUBLISHED_SIZE);
    return SLA_ACT_DATA_READ;
}

static void add_act(struct teller *teller, enum sla_act act, bool is_asked)
{
    if (teller->act_count < ACTS_MAX) {
        teller->acts[teller->act_count++] = act;
    }
    teller->asked = is_asked ? act : teller->asked;
}

/* Each act that is named gets one of ours, and one more stands for all others. */
static void place_acts(struct teller *teller)
{
    struct published_case *self = teller->self;
    bool found = count_true(self, PUBLISHED_ACT) == 1;

    if (count_true(self, PUBLISHED_ACT) > 1) {
        published_note(self, PUBLISHED_SEVERAL);
    }
    for (size_t i = 0; i < self->fact_count; i++) {
        if (self->facts[i].kind == PUBLISHED_ACT && self->facts[i].truth != PUBLISHED_UNKNOWN) {
            teller->act_of[i] = act_for(teller, self->facts[i].says);
            add_act(teller, teller->act_of[i], self->facts[i].truth == PUBLISHED_YES);
        }
    }
    if (!found) {
        add_act(teller, act_for(teller, SLICE("read")), true);
    }
}

static void place_facts(struct teller *teller)
{
    struct published_case *self = teller->self;
    bool one = count_true(self, PUBLISHED_WHO) == 1;

    teller->who = -1;
    teller->purposes = count_true(self, PUBLISHED_AROUND) <= 1;
    for (size_t i = 0; i < self->fact_count; i++) {
        struct published_fact *fact = &self->facts[i];
        teller->dimension_of[i] = -1;
        if (fact->truth == PUBLISHED_UNKNOWN) {
            teller->dimension_of[i] = (int)teller->unknown_count++;
            published_note(self, PUBLISHED_EITHER_WAY);
        } else if (fact->kind == PUBLISHED_WHO && fact->truth == PUBLISHED_YES && one) {
            teller->who = (int)i;
        }
    }
    if (count_true(self, PUBLISHED_WHO) > 1) { /* names of one person: none of them is who asks */
        for (size_t i = 0; i < self->fact_count; i++) {
            if (self->facts[i].kind == PUBLISHED_WHO) {
                self->facts[i].kind = PUBLISHED_GROUP;
            }
        }
    }
    if (teller->unknown_count > DIMENSIONS) {
        published_note(self, PUBLISHED_SIZE);
    }
    teller->purposes = teller->purposes && teller->unknown_count < DIMENSIONS;
    place_acts(teller);
}

/* --- clauses ---------------------------------------------------------------------------------- */

static void add_literal(struct published_box *box, struct published_literal literal)
{
    box->literals[box->count++] = literal;
}

static void sort_literal(const struct teller *teller, struct published_literal literal,
                         struct parts *out)
{
    const struct published_fact *fact = fact_of(teller, literal);

    if (fact->truth == PUBLISHED_UNKNOWN) {
        add_literal(&out->unknown, literal);
        return;
    }
    switch (fact->kind) {
    case PUBLISHED_THING:
        add_literal(&out->thing, literal);
        return;
    case PUBLISHED_ACT:
        add_literal(&out->act, literal);
        return;
    case PUBLISHED_AROUND:
        add_literal(teller->purposes && !literal.is_denied && out->around.count == 0 ? &out->around
                                                                                     : &out->who,
                    literal);
        return;
    case PUBLISHED_WHO:
    case PUBLISHED_GROUP:
    case PUBLISHED_WORKED_OUT:
        add_literal(&out->who, literal);
        return;
    }
}

static bool holds(const struct teller *teller, const struct published_box *box)
{
    struct published_boxes alone = { box, 1 };

    return published_truth(teller->self, alone) == PUBLISHED_YES;
}

static void print_literals(const struct teller *teller, const struct published_box *box,
                           struct buf *out)
{
    for (size_t i = 0; i < box->count; i++) {
        buf_printf(out, "%s%s%.*s", i > 0 ? " and " : "", box->literals[i].is_denied ? "not " : "",
                   SLICE_ARG(fact_of(teller, box->literals[i])->says));
    }
}

/* The number of the group for all that is asked of who asks. */
static size_t group_for(struct teller *teller, const struct published_box *box)
{
    CLEANUP(buf_done) struct buf says = { 0 };
    size_t at = 0;

    print_literals(teller, box, &says);
    while (at < teller->group_count && !slice_eq(teller->groups[at], buf_slice(&says))) {
        at++;
    }
    if (at == GROUPS_MAX) {
        published_note(teller->self, PUBLISHED_SIZE);
        return 0;
    }
    if (at == teller->group_count) {
        teller->groups[at] = arena_copy(teller->self->arena, buf_slice(&says));
        teller->is_member[at] = holds(teller, box);
        teller->group_count++;
    }
    return at;
}

static void note_group(const struct teller *teller, const struct published_box *box)
{
    if (box->count > 1 || box->literals[0].is_denied ||
        fact_of(teller, box->literals[0])->kind == PUBLISHED_AROUND) {
        published_note(teller->self, PUBLISHED_TOGETHER);
    }
    for (size_t i = 0; i < box->count; i++) {
        if (fact_of(teller, box->literals[i])->kind == PUBLISHED_WORKED_OUT) {
            published_note(teller->self, PUBLISHED_COMPUTED);
        }
    }
}

static const char *party_of(const struct published_case *self)
{
    return self->is_closed ? "guests/" : "";
}

static void print_subject(struct teller *teller, const struct published_box *box, struct buf *out)
{
    bool is_person = box->count == 1 && !box->literals[0].is_denied &&
                     fact_of(teller, box->literals[0])->kind == PUBLISHED_WHO;

    if (box->count == 0) {
        buf_add_cstr(out, "anyone");
    } else if (is_person) {
        buf_printf(out, "%suser/f%u", party_of(teller->self), box->literals[0].fact);
    } else {
        note_group(teller, box);
        buf_printf(out, "%sgroup/g%zu", party_of(teller->self), group_for(teller, box));
    }
}

static void print_when(const struct teller *teller, const struct parts *parts, struct buf *out)
{
    const char *before = ", when: {";

    for (size_t i = 0; i < parts->around.count; i++) {
        buf_printf(out, "%spurpose: f%u", before, parts->around.literals[i].fact);
        before = ", ";
    }
    for (size_t i = 0; i < parts->unknown.count; i++) {
        int dimension = teller->dimension_of[parts->unknown.literals[i].fact];
        buf_printf(out, "%s%s", before, published_dimensions[dimension].when);
        before = ", ";
    }
    buf_add_cstr(out, before[0] == ',' && before[2] == '\0' ? "}" : "");
}

/* Its number; a new one gets a resource that fits it, so that none selects nothing. */
static size_t target_for(struct teller *teller, const struct published_box *box)
{
    CLEANUP(buf_done) struct buf key = { 0 };
    CLEANUP(buf_done) struct buf labels = { 0 };
    size_t at = 0;

    for (size_t i = 0; i < box->count; i++) {
        unsigned fact = box->literals[i].fact;
        if (box->literals[i].is_denied) {
            continue;
        }
        buf_printf(&key, "f%u: in, ", fact);
        buf_printf(&labels, ", f%u: in", fact);
    }
    buf_add_cstr(&key, "matchExpressions: [{key: case, operator: Exists}");
    for (size_t i = 0; i < box->count; i++) {
        if (box->literals[i].is_denied) {
            buf_printf(&key, ", {key: f%u, operator: DoesNotExist}", box->literals[i].fact);
        }
    }
    while (at < teller->target_count && !slice_eq(teller->target_keys[at], buf_slice(&key))) {
        at++;
    }
    if (at == TARGETS_MAX) {
        published_note(teller->self, PUBLISHED_SIZE);
        return 0;
    }
    if (at == teller->target_count) {
        teller->target_keys[teller->target_count++] =
            arena_copy(teller->self->arena, buf_slice(&key));
        buf_printf(&teller->targets, "    - {id: t%zu, plane: data, select: {%.*s]}}\n", at,
                   SLICE_ARG(buf_slice(&key)));
        buf_printf(&teller->resources,
                   "    - {name: r%zu, plane: data, layer: L2, node: n1, provider: dc, labels: "
                   "{case: one%.*s}}\n",
                   at, SLICE_ARG(buf_slice(&labels)));
    }
    return at;
}

static bool box_means_act(const struct teller *teller, const struct published_box *box,
                          enum sla_act act)
{
    for (size_t i = 0; i < box->count; i++) {
        if ((teller->act_of[box->literals[i].fact] == act) == box->literals[i].is_denied) {
            return false;
        }
    }
    return true;
}

static void tell_clause(struct teller *teller, const struct published_entry *entry, size_t tier,
                        const struct parts *parts, enum sla_act act)
{
    static const char *const ops[] = { "permit", "deny", "pass" };
    struct buf *out = &teller->clauses;
    size_t target = target_for(teller, &parts->thing);

    if (teller->clause_count == CLAUSES_MAX) {
        published_note(teller->self, PUBLISHED_SIZE);
        return;
    }
    buf_printf(
        out,
        "    - {id: c%zu, on: t%zu, term: authorization, tier: t%zu, action: %s, op: %s, value: ",
        teller->clause_count, target, tier, sla_act_name(act), ops[entry->op]);
    print_subject(teller, &parts->who, out);
    print_when(teller, parts, out);
    buf_add_cstr(out, "}\n");
    teller->rule_of[teller->clause_count++] = entry->rule;
}

static void tell_entry(struct teller *teller, const struct published_entry *entry, size_t tier)
{
    for (size_t i = 0; i < entry->when.count; i++) {
        struct parts parts = { 0 };
        for (size_t j = 0; j < entry->when.boxes[i].count; j++) {
            sort_literal(teller, entry->when.boxes[i].literals[j], &parts);
        }
        for (size_t j = 0; j < teller->act_count && !published_is_stopped(teller->self); j++) {
            if (box_means_act(teller, &parts.act, teller->acts[j])) {
                tell_clause(teller, entry, tier, &parts, teller->acts[j]);
            }
        }
    }
}

/* --- documents -------------------------------------------------------------------------------- */

static void tell_facts(const struct teller *teller, struct buf *out)
{
    static const char *const truths[] = { "no", "yes", "not known" };

    for (size_t i = 0; i < teller->self->fact_count; i++) {
        buf_printf(out, "# f%zu (%s): %.*s\n", i, truths[teller->self->facts[i].truth],
                   SLICE_ARG(teller->self->facts[i].says));
    }
    for (size_t i = 0; i < teller->group_count; i++) {
        buf_printf(out, "# g%zu (%s): %.*s\n", i, truths[teller->is_member[i]],
                   SLICE_ARG(teller->groups[i]));
    }
}

static void tell_asked(const struct teller *teller, struct buf *out)
{
    buf_add_cstr(
        out,
        "    - {name: asked, plane: data, layer: L2, node: n1, provider: dc, labels: {case: one");
    for (size_t i = 0; i < teller->self->fact_count; i++) {
        const struct published_fact *fact = &teller->self->facts[i];
        if (fact->kind == PUBLISHED_THING && fact->truth == PUBLISHED_YES) {
            buf_printf(out, ", f%zu: in", i);
        }
    }
    buf_add_cstr(out, "}}\n    - {name: theirs, plane: data, layer: L2, node: n1, provider: dc, "
                      "owner: guests}\n");
}

static void tell(struct teller *teller, const struct published_tiers *tiers, struct buf *out)
{
    for (size_t i = 0; i < tiers->count; i++) {
        for (const struct published_entry *at = tiers->list[i].first; at != NULL; at = at->next) {
            tell_entry(teller, at, i);
        }
    }
    tell_facts(teller, out);
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: UCloud\n"
                      "metadata: {name: store, party: house, role: tenant}\n"
                      "spec:\n  resources:\n");
    tell_asked(teller, out);
    buf_add_slice(out, buf_slice(&teller->resources));
    buf_add_cstr(out, "---\napiVersion: redan/v1\nkind: SecuritySLA\n"
                      "metadata: {name: rules, party: house, role: tenant, ucloud: store}\n"
                      "spec:\n");
    for (size_t i = 0; i < tiers->count; i++) {
        const char *combine = tiers->list[i].combine;
        buf_printf(out, "%s    - {id: t%zu%s%s}\n", i == 0 ? "  tiers:\n" : "", i,
                   combine != NULL ? ", combine: " : "", combine != NULL ? combine : "");
    }
    buf_printf(out, "  targets:%s\n", teller->target_count == 0 ? " []" : "");
    buf_add_slice(out, buf_slice(&teller->targets));
    buf_printf(out, "  clauses:%s\n", teller->clause_count == 0 ? " []" : "");
    buf_add_slice(out, buf_slice(&teller->clauses));
}

void teller_done(struct teller *teller)
{
    buf_done(&teller->targets);
    buf_done(&teller->resources);
    buf_done(&teller->clauses);
}

void teller_tell(struct teller *teller, const struct published_tiers *tiers, struct buf *out)
{
    place_facts(teller);
    if (!published_is_stopped(teller->self)) {
        tell(teller, tiers, out);
    }
}
