#include "model/decide.h"

#include "model/decide_priv.h"

enum {
    CURSORS_MAX = POLICY_GROUPS_MAX + 3,
    FORBIDDING = POLICY_RULE_FORBID | POLICY_RULE_OTHERS,
    VERDICTS = POLICY_RULE_PERMIT | POLICY_RULE_FORBID,
    MAY_PASS = 1U << 7 /* beside enum policy_rule_effect: a pass whose condition may hold */
};

/* --- looking up ------------------------------------------------------------------------------- */

/* What is left of one slot. */
struct cursor {
    const struct policy_rule *at, *end;
    uint8_t fast, first_tier;
};

struct deciding {
    const struct policy_rules *rules;
    const struct policy_request *request;
    const struct policy_class *class;
    uint32_t party;
    int32_t day;
    struct cursor cursors[CURSORS_MAX]; /* that of anyone comes last */
    size_t count;
};

/* The finalizer of splitmix64. */
uint64_t policy_slot_hash(uint32_t act_class, uint32_t subject)
{
    uint64_t hash = (uint64_t)act_class << 32U | subject;

    hash = (hash ^ (hash >> 30U)) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ (hash >> 27U)) * UINT64_C(0x94d049bb133111eb);
    return hash ^ (hash >> 31U);
}

static void add_cursor(struct deciding *deciding, uint32_t act_class, uint32_t subject)
{
    const struct policy_rules *rules = deciding->rules;
    size_t mask = rules->slot_room - 1;
    size_t at = (size_t)policy_slot_hash(act_class, subject) & mask;

    for (; rules->slots[at].count != 0; at = (at + 1) & mask) {
        const struct policy_slot *slot = &rules->slots[at];
        if (slot->act_class == act_class && slot->subject == subject) {
            deciding->cursors[deciding->count++] =
                (struct cursor){ &rules->rules[slot->at], &rules->rules[slot->at + slot->count],
                                 slot->fast, slot->first_tier };
            return;
        }
    }
}

static void add_ruled(struct deciding *deciding, uint32_t act_class, uint32_t subject)
{
    if (subject < deciding->rules->subject_count && deciding->rules->subjects[subject].is_ruled) {
        add_cursor(deciding, act_class, subject);
    }
}

static void look_up(struct deciding *deciding, const struct policy_set *set,
                    const struct policy_request *request)
{
    const struct policy_rules *rules = set->rules;
    uint32_t class = rules->class_of[request->resource];
    uint32_t act_class = (uint32_t)request->act << 26U | class;

    deciding->rules = rules;
    deciding->request = request;
    deciding->day = policy_request_day(request);
    deciding->class = &rules->classes[class];
    deciding->count = 0;
    deciding->party = POLICY_ANYONE;
    if (request->subject != POLICY_ANYONE && request->subject < rules->subject_count) {
        deciding->party = rules->subjects[request->subject].party;
        add_ruled(deciding, act_class, request->subject);
        if (deciding->party != request->subject) {
            add_ruled(deciding, act_class, deciding->party);
        }
    }
    for (size_t i = 0; i < request->group_count && i < POLICY_GROUPS_MAX; i++) {
        add_ruled(deciding, act_class, request->groups[i]);
    }
    add_cursor(deciding, act_class, POLICY_ANYONE);
}

/* --- one tier --------------------------------------------------------------------------------- */

/* Some subject of the request is named by the clause: rules of a slot ascend by tier and clause. */
static bool is_named(const struct deciding *deciding, uint8_t tier, uint32_t clause)
{
    for (size_t i = 0; i + 1 < deciding->count; i++) {
        const struct policy_rule *low = deciding->cursors[i].at;
        const struct policy_rule *high = deciding->cursors[i].end;
        while (low < high) {
            const struct policy_rule *middle = low + (high - low) / 2;
            bool before = middle->tier != tier ? middle->tier < tier : middle->clause < clause;
            low = before ? middle + 1 : low;
            high = before ? high : middle;
        }
        if (low < deciding->cursors[i].end && low->tier == tier && low->clause == clause &&
            (low->effects & POLICY_RULE_NAMED) != 0) {
            return true;
        }
    }
    return false;
}

/* The effects of a rule for this request: permit, forbid, pass, a pass that is not sure, or
 * nothing.
 */
static unsigned effects_of(const struct deciding *deciding, const struct policy_rule *rule)
{
    unsigned matched = rule->guard == 0 ? POLICY_COVERS | POLICY_MEETS
                                        : policy_guard_match(&deciding->rules->guards[rule->guard],
                                                             deciding->request, deciding->day);
    unsigned effects = 0;

    if ((matched & POLICY_COVERS) != 0) {
        effects |= rule->effects & (POLICY_RULE_PERMIT | POLICY_RULE_PASS);
    } else if (matched != 0 && (rule->effects & POLICY_RULE_PASS) != 0) {
        effects |= MAY_PASS;
    }
    if ((matched & POLICY_MEETS) != 0 && (rule->effects & FORBIDDING) != 0) {
        bool spared = (rule->effects & POLICY_RULE_OTHERS) != 0 &&
                      is_named(deciding, rule->tier, rule->clause);
        effects |= spared ? 0U : (unsigned)POLICY_RULE_FORBID;
    }
    return effects;
}

static const struct policy_rule *tier_end(const struct cursor *cursor, uint8_t tier)
{
    const struct policy_rule *end = cursor->at;

    while (end < cursor->end && end->tier == tier) {
        end++;
    }
    return end;
}

/* All effects of a tier; with the effect that comes first in its document. What a clause grants has
 * its place, and comes after what it forbids to others. */
static unsigned look_at_tier(const struct deciding *deciding, uint8_t tier, unsigned *out_first)
{
    unsigned seen = 0;
    uint32_t first = UINT32_MAX;

    for (size_t i = 0; i < deciding->count; i++) {
        const struct cursor *cursor = &deciding->cursors[i];
        for (const struct policy_rule *rule = cursor->at; rule < cursor->end && rule->tier == tier;
             rule++) {
            unsigned effects = effects_of(deciding, rule);
            bool is_before = rule->order < first || (rule->order == first &&
                                                     (effects & (unsigned)POLICY_RULE_FORBID) != 0);
            if ((effects & VERDICTS) != 0 && is_before) {
                first = rule->order;
                *out_first = effects;
            }
            seen |= effects;
        }
    }
    return seen;
}

static void drop_tier(struct deciding *deciding, uint8_t tier)
{
    for (size_t i = 0; i < deciding->count; i++) {
        deciding->cursors[i].at = tier_end(&deciding->cursors[i], tier);
    }
}

/* --- most specific ---------------------------------------------------------------------------- */

static bool lists_within(const struct policy_list *inner, const struct policy_list *outer)
{
    size_t at = 0;

    for (size_t i = 0; i < inner->count; i++) {
        while (at < outer->count && outer->classes[at] < inner->classes[i]) {
            at++;
        }
        if (at == outer->count || outer->classes[at] != inner->classes[i]) {
            return false;
        }
    }
    return true;
}

/* Fewer resources and at least as specific a subject, one of the two strictly. */
static bool beats(const struct policy_rules *rules, const struct policy_rule *a,
                  const struct policy_rule *b)
{
    const struct policy_list *mine = &rules->lists[a->list];
    const struct policy_list *other = &rules->lists[b->list];

    return a->rank <= b->rank && lists_within(mine, other) &&
           (a->rank < b->rank || mine->count < other->count);
}

static bool is_beaten(const struct deciding *deciding, const struct policy_rule *rule)
{
    for (size_t i = 0; i < deciding->count; i++) {
        const struct cursor *cursor = &deciding->cursors[i];
        for (const struct policy_rule *other = cursor->at;
             other < cursor->end && other->tier == rule->tier; other++) {
            if ((effects_of(deciding, other) & VERDICTS) != 0 &&
                beats(deciding->rules, other, rule)) {
                return true;
            }
        }
    }
    return false;
}

/* The effects of the rules of a tier that no other one beats. */
static unsigned most_specific(const struct deciding *deciding, uint8_t tier)
{
    unsigned seen = 0;

    for (size_t i = 0; i < deciding->count; i++) {
        const struct cursor *cursor = &deciding->cursors[i];
        for (const struct policy_rule *rule = cursor->at; rule < cursor->end && rule->tier == tier;
             rule++) {
            unsigned effects = effects_of(deciding, rule);
            if ((effects & ~seen) != 0 && !is_beaten(deciding, rule)) {
                seen |= effects;
            }
        }
    }
    return seen;
}

/* --- the verdict ------------------------------------------------------------------------------ */

static enum policy_outcome outcome_of(unsigned effects)
{
    static const enum policy_outcome outcomes[POLICY_SEEN] = { POLICY_NEXT, POLICY_PERMITS,
                                                               POLICY_FORBIDS, POLICY_CONFLICTS };

    return outcomes[effects & VERDICTS];
}

/* What the strategy of a tier makes of what was seen in it. */
static enum policy_outcome by_strategy(const struct deciding *deciding, uint8_t tier, unsigned seen,
                                       unsigned first)
{
    enum policy_outcome outcome =
        (enum policy_outcome)deciding->class->tiers[tier].outcome[seen & VERDICTS];

    if (outcome == POLICY_BY_ORDER) {
        return outcome_of(first);
    }
    return outcome == POLICY_BY_SPECIFICITY ? outcome_of(most_specific(deciding, tier)) : outcome;
}

/* What one tier makes of its rules. A pass that is not sure takes a permission away, since later
 * tiers could forbid, and spares from no prohibition. */
static enum policy_outcome ask_tier(const struct deciding *deciding, uint8_t tier)
{
    unsigned first = 0;
    unsigned seen = look_at_tier(deciding, tier, &first);

    if ((seen & POLICY_RULE_PASS) != 0) {
        return POLICY_NEXT;
    }
    enum policy_outcome outcome = by_strategy(deciding, tier, seen, first);
    return outcome == POLICY_PERMITS && (seen & MAY_PASS) != 0 ? POLICY_NEXT : outcome;
}

/* The next tier to ask: where a slot has rules, or where silence decides too. */
static uint8_t next_tier(const struct deciding *deciding, unsigned from)
{
    const struct policy_class *class = deciding->class;
    uint8_t next = POLICY_NO_TIER;

    for (unsigned tier = from > class->closes ? from : class->closes;
         tier < class->tier_count && next == POLICY_NO_TIER; tier++) {
        next = class->tiers[tier].outcome[0] != POLICY_NEXT ? (uint8_t)tier : next;
    }
    for (size_t i = 0; i < deciding->count; i++) {
        const struct cursor *cursor = &deciding->cursors[i];
        if (cursor->at < cursor->end && cursor->at->tier < next) {
            next = cursor->at->tier;
        }
    }
    return next;
}

static enum policy_verdict by_default(const struct deciding *deciding)
{
    bool own =
        deciding->party != POLICY_ANYONE && (deciding->party == deciding->class->parties[0] ||
                                             deciding->party == deciding->class->parties[1]);

    return own ? POLICY_VERDICT_NONE : POLICY_VERDICT_FORBID;
}

static enum policy_verdict verdict_of(enum policy_outcome outcome)
{
    return outcome == POLICY_PERMITS   ? POLICY_VERDICT_PERMIT
           : outcome == POLICY_FORBIDS ? POLICY_VERDICT_FORBID
                                       : POLICY_VERDICT_CONFLICT;
}

/* Leaves the cursors at the deciding tier. */
static enum policy_verdict ask(struct deciding *deciding, uint8_t *out_tier)
{
    for (uint8_t tier = next_tier(deciding, 0); tier != POLICY_NO_TIER;
         tier = next_tier(deciding, tier + 1U)) {
        enum policy_outcome outcome = ask_tier(deciding, tier);
        if (outcome != POLICY_NEXT) {
            *out_tier = tier;
            return verdict_of(outcome);
        }
        drop_tier(deciding, tier);
    }
    *out_tier = POLICY_NO_TIER;
    return by_default(deciding);
}

/* From what the slots carry, when none of them has a condition and nothing depends on more than
 * which effects there are. False: ask. */
static bool is_fast(const struct deciding *deciding, uint8_t *out_tier,
                    enum policy_verdict *out_verdict)
{
    uint8_t tier = deciding->class->closes;
    unsigned seen = 0;

    for (size_t i = 0; i < deciding->count; i++) {
        const struct cursor *cursor = &deciding->cursors[i];
        if (cursor->fast == 0) {
            return false;
        }
        if (cursor->first_tier < tier) {
            tier = cursor->first_tier;
            seen = 0;
        }
        seen |= cursor->first_tier == tier ? cursor->fast : 0U;
    }
    *out_tier = tier;
    if (tier == POLICY_NO_TIER) {
        *out_verdict = by_default(deciding);
        return true;
    }
    if ((seen & POLICY_RULE_PASS) != 0 ||
        ((seen & POLICY_RULE_NAMED) != 0 && (seen & POLICY_RULE_OTHERS) != 0)) {
        return false;
    }
    unsigned effects = (seen & POLICY_RULE_PERMIT) |
                       ((seen & FORBIDDING) != 0 ? (unsigned)POLICY_RULE_FORBID : 0U);
    enum policy_outcome outcome =
        (enum policy_outcome)deciding->class->tiers[tier].outcome[effects];
    *out_verdict = verdict_of(outcome);
    return outcome != POLICY_NEXT && outcome <= POLICY_CONFLICTS;
}

static enum policy_verdict decide(struct deciding *deciding, uint8_t *out_tier)
{
    enum policy_verdict verdict = POLICY_VERDICT_FORBID;

    return is_fast(deciding, out_tier, &verdict) ? verdict : ask(deciding, out_tier);
}

/* --- the clauses that decided ----------------------------------------------------------------- */

static unsigned effects_wanted(enum policy_verdict verdict)
{
    switch (verdict) {
    case POLICY_VERDICT_PERMIT:
        return POLICY_RULE_PERMIT;
    case POLICY_VERDICT_FORBID:
        return POLICY_RULE_FORBID;
    case POLICY_VERDICT_CONFLICT:
        return POLICY_RULE_PERMIT | POLICY_RULE_FORBID;
    case POLICY_VERDICT_NONE:
        break;
    }
    return 0;
}

static void add_clause(void *arg, uint32_t clause)
{
    struct policy_decision *out = arg;

    out->deciding_total++;
    if (out->deciding_count < POLICY_DECIDING_MAX) {
        out->deciding[out->deciding_count++] = clause;
    }
}

/* The least clause of the tier that is left in some slot; UINT32_MAX: none. */
static uint32_t least_clause(const struct cursor *rest, size_t count, uint8_t tier)
{
    uint32_t clause = UINT32_MAX;

    for (size_t i = 0; i < count; i++) {
        if (rest[i].at < rest[i].end && rest[i].at->tier == tier && rest[i].at->clause < clause) {
            clause = rest[i].at->clause;
        }
    }
    return clause;
}

static unsigned take_clause(const struct deciding *deciding, struct cursor *rest, uint32_t clause)
{
    unsigned effects = 0;

    for (size_t i = 0; i < deciding->count; i++) {
        if (rest[i].at < rest[i].end && rest[i].at->clause == clause) {
            effects |= effects_of(deciding, rest[i].at);
            rest[i].at++;
        }
    }
    return effects;
}

/* The slots of the tier merged by clause, each clause once. */
static void name_clauses(const struct deciding *deciding, enum policy_verdict verdict, uint8_t tier,
                         policy_deciding_fn *each, void *arg)
{
    struct cursor rest[CURSORS_MAX];
    unsigned wanted = effects_wanted(verdict);

    for (size_t i = 0; i < deciding->count; i++) {
        rest[i] = deciding->cursors[i];
        while (rest[i].at < rest[i].end && rest[i].at->tier < tier) {
            rest[i].at++;
        }
        rest[i].end = tier_end(&rest[i], tier);
    }
    for (uint32_t clause = least_clause(rest, deciding->count, tier); clause != UINT32_MAX;
         clause = least_clause(rest, deciding->count, tier)) {
        if ((take_clause(deciding, rest, clause) & wanted) != 0) {
            each(arg, clause);
        }
    }
}

void policy_decide(const struct policy_set *set, const struct policy_request *request,
                   struct policy_decision *out)
{
    struct deciding deciding;

    look_up(&deciding, set, request);
    *out = (struct policy_decision){ .tier = POLICY_NO_TIER };
    out->verdict = decide(&deciding, &out->tier);
    if (out->tier != POLICY_NO_TIER) {
        name_clauses(&deciding, out->verdict, out->tier, add_clause, out);
    }
}

void policy_each_deciding(const struct policy_set *set, const struct policy_request *request,
                          policy_deciding_fn *each, void *arg)
{
    struct deciding deciding;
    uint8_t tier = POLICY_NO_TIER;

    look_up(&deciding, set, request);
    enum policy_verdict verdict = decide(&deciding, &tier);
    if (tier != POLICY_NO_TIER) {
        name_clauses(&deciding, verdict, tier, each, arg);
    }
}

enum policy_verdict policy_verdict(const struct policy_set *set,
                                   const struct policy_request *request)
{
    struct deciding deciding;
    uint8_t tier = POLICY_NO_TIER;

    look_up(&deciding, set, request);
    return decide(&deciding, &tier);
}

static uint32_t find_exactly(const struct policy_rules *rules, struct slice name)
{
    size_t low = 1;
    size_t high = rules->subject_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_cmp(name, rules->subjects[middle].name);
        if (order == 0) {
            return (uint32_t)middle;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return POLICY_ANYONE;
}

uint32_t policy_subject_find(const struct policy_set *set, struct slice name)
{
    uint32_t found = find_exactly(set->rules, name);

    if (found != POLICY_ANYONE) {
        return found;
    }
    struct slice rest = name;
    return find_exactly(set->rules, slice_cut(&rest, '/'));
}

/* What a bucket holds, as far as the rules name it. */
static uint64_t classes_held(const struct policy_rules *rules, const struct resource *at)
{
    uint64_t classes = 0;

    for (size_t i = 0; i < at->class_count; i++) {
        size_t bit = 0;
        while (bit < rules->data_class_count &&
               !slice_eq(rules->data_classes[bit], at->classes[i])) {
            bit++;
        }
        bit = bit < rules->data_class_count ? bit : POLICY_OTHERS_BIT;
        classes |= UINT64_C(1) << bit;
    }
    return classes;
}

bool policy_may_respond(const struct policy_set *set, enum action_kind action, size_t resource,
                        struct slice party, const struct clause_ref **out_forbids)
{
    const struct resource *at = &set->resources[resource];
    bool is_data = at->plane == PLANE_DATA; /* of other planes nobody knows what data it touches */
    const struct policy_request request = {
        .subject = policy_subject_find(set, party),
        .resource = (uint32_t)resource,
        .classes = is_data ? classes_held(set->rules, at) : 0,
        .act = (uint16_t)action,
        .phase = PHASE_INCIDENT,
        .known = (uint8_t)(POLICY_KNOWS_PHASE | (is_data ? POLICY_KNOWS_CLASSES : 0U)),
    };
    struct policy_decision decision;

    policy_decide(set, &request, &decision);
    *out_forbids = decision.deciding_count > 0 ? set->rules->clauses[decision.deciding[0]] : NULL;
    return decision.verdict == POLICY_VERDICT_PERMIT || decision.verdict == POLICY_VERDICT_NONE;
}

const char *policy_verdict_name(enum policy_verdict value)
{
    static const char *const names[] = { "permit", "forbid", "none", "conflict" };

    return (size_t)value < COUNT_OF(names) ? names[value] : "unknown";
}
