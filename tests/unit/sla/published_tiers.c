/* A tree of rules as tiers. What the strategies of a tier cannot say, Pass can: where denials of
 * some parts override and those parts let permissions win, each denial gets a tier of its own in
 * which the permissions that would have prevented it pass. */
#include "tests/unit/sla/published.h"

enum { PERMITS = 1, DENIES = 2 };

static const char *const strategies[] = {
    [SLA_COMBINE_FORBID_OVERRIDES] = "forbid-overrides",
    [SLA_COMBINE_PERMIT_OVERRIDES] = "permit-overrides",
    [SLA_COMBINE_FORBID_UNLESS_PERMIT] = "forbid-unless-permit",
    [SLA_COMBINE_PERMIT_UNLESS_FORBID] = "permit-unless-forbid",
    [SLA_COMBINE_FIRST_APPLICABLE] = "first-applicable",
    [SLA_COMBINE_FORBID_OVERRIDES_1_SET] = "forbid-overrides",
    [SLA_COMBINE_PERMIT_OVERRIDES_1_SET] = "permit-overrides",
};

/* --- what the tree holds ---------------------------------------------------------------------- */

static unsigned
effects_of(const struct published_node *node) /* NOLINT(misc-no-recursion): a tree */
{
    unsigned effects = 0;

    if (node->is_rule) {
        return node->permits ? PERMITS : DENIES;
    }
    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        effects |= effects_of(child);
    }
    return effects;
}

/* Does some rule of it match? */
static enum published_truth truth_of(struct published_case *self, /* NOLINT(misc-no-recursion) */
                                     const struct published_node *node,
                                     struct published_boxes around)
{
    struct published_boxes here = published_and(self, around, node->when);
    enum published_truth truth = PUBLISHED_NO;

    if (node->is_rule) {
        return published_truth(self, here);
    }
    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        enum published_truth one = truth_of(self, child, here);
        if (one == PUBLISHED_YES) {
            return one;
        }
        truth = one == PUBLISHED_UNKNOWN ? one : truth;
    }
    return truth;
}

/* Effects of the rules whose match is not known. */
static unsigned unknown_effects(struct published_case *self, /* NOLINT(misc-no-recursion) */
                                const struct published_node *node, struct published_boxes around)
{
    struct published_boxes here = published_and(self, around, node->when);
    unsigned effects = 0;

    if (node->is_rule) {
        return published_truth(self, here) == PUBLISHED_UNKNOWN ? effects_of(node) : 0;
    }
    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        effects |= unknown_effects(self, child, here);
    }
    return effects;
}

/* The first part that matches errs, and what comes next may say the same: there XACML stops, and we
 * have a verdict. */
static bool stops_early(struct published_case *self, const struct published_node *node,
                        struct published_boxes here)
{
    unsigned pending = 0;

    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        enum published_truth truth = truth_of(self, child, here);
        if (truth == PUBLISHED_YES) {
            return (pending & effects_of(child)) != 0;
        }
        if (truth == PUBLISHED_UNKNOWN && pending == 0) {
            pending = unknown_effects(self, child, here);
        }
    }
    return false;
}

/* Does more than one part match, or may? */
static bool has_rivals(struct published_case *self, const struct published_node *node,
                       struct published_boxes here)
{
    unsigned count = 0;

    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        count += truth_of(self, child, here) != PUBLISHED_NO;
    }
    return count > 1;
}

/* --- lists of entries ------------------------------------------------------------------------- */

static void add_entry(struct published_case *self, struct published_tier *tier,
                      const struct published_entry *entry, enum published_op op)
{
    struct published_entry *copy = ARENA_NEW(self->arena, struct published_entry, 1);
    struct published_entry **at = &tier->first;

    *copy = *entry;
    copy->op = op;
    copy->next = NULL;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = copy;
}

static unsigned ops_of(const struct published_tier *tier)
{
    unsigned ops = 0;

    for (const struct published_entry *at = tier->first; at != NULL; at = at->next) {
        ops |= 1U << at->op;
    }
    return ops;
}

static bool has_both(const struct published_tier *tier)
{
    return (ops_of(tier) & (PERMITS | DENIES)) == (PERMITS | DENIES);
}

static bool has_pass(const struct published_tiers *tiers)
{
    for (size_t i = 0; i < tiers->count; i++) {
        if ((ops_of(&tiers->list[i]) >> PUBLISHED_OP_PASS & 1U) != 0) {
            return true;
        }
    }
    return false;
}

static void add_tier(struct published_case *self, struct published_tier tier,
                     struct published_tiers *out)
{
    if (tier.first == NULL) {
        return;
    }
    if (out->count == PUBLISHED_TIERS_MAX) {
        published_note(self, PUBLISHED_SIZE);
        return;
    }
    out->list[out->count++] = tier;
}

/* --- several parts as one --------------------------------------------------------------------- */

/* Can the parts stand in one tier of this strategy? */
static bool fits_one_tier(const struct published_tiers *parts, size_t count, const char *strategy)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].count > 1 || parts[i].closes || has_pass(&parts[i]) ||
            (parts[i].count == 1 && has_both(&parts[i].list[0]) &&
             parts[i].list[0].combine != strategy)) {
            return false;
        }
    }
    return true;
}

static struct published_tier one_tier(struct published_case *self,
                                      const struct published_tiers *parts, size_t count,
                                      const char *strategy)
{
    struct published_tier tier = { 0 };

    for (size_t i = 0; i < count; i++) {
        const struct published_entry *at = parts[i].count > 0 ? parts[i].list[0].first : NULL;
        for (; at != NULL; at = at->next) {
            add_entry(self, &tier, at, at->op);
        }
    }
    tier.combine = has_both(&tier) ? strategy : NULL;
    return tier;
}

static void all_of(struct published_case *self, const struct published_tier *tier,
                   enum published_op wanted, enum published_op as, struct published_tier *out)
{
    for (const struct published_entry *at = tier->first; at != NULL; at = at->next) {
        if (at->op == wanted) {
            add_entry(self, out, at, as);
        }
    }
}

/* The entries of `wins` in a tier whose order counts: each is prevented by the others before it. */
static void expand_in_order(struct published_case *self, const struct published_tier *tier,
                            enum published_op wins, struct published_tier *prevents,
                            struct published_tiers *out)
{
    for (const struct published_entry *at = tier->first; at != NULL; at = at->next) {
        if (at->op != wins) {
            add_entry(self, prevents, at, PUBLISHED_OP_PASS);
            continue;
        }
        struct published_tier alone = { 0 };
        all_of(self, prevents, PUBLISHED_OP_PASS, PUBLISHED_OP_PASS, &alone);
        add_entry(self, &alone, at, wins);
        add_tier(self, alone, out);
    }
}

static void expand_tier(struct published_case *self, const struct published_tier *tier,
                        enum published_op wins, struct published_tier *prevents,
                        struct published_tiers *out)
{
    enum published_op other = wins == PUBLISHED_OP_DENY ? PUBLISHED_OP_PERMIT : PUBLISHED_OP_DENY;
    const char *win = strategies[wins == PUBLISHED_OP_DENY ? SLA_COMBINE_FORBID_OVERRIDES
                                                           : SLA_COMBINE_PERMIT_OVERRIDES];
    struct published_tier alone = { 0 };

    if (tier->combine == strategies[SLA_COMBINE_FIRST_APPLICABLE]) {
        expand_in_order(self, tier, wins, prevents, out);
        return;
    }
    if (has_both(tier) && tier->combine != win) {
        all_of(self, tier, other, PUBLISHED_OP_PASS, prevents);
    }
    if ((ops_of(tier) >> wins & 1U) != 0) {
        all_of(self, prevents, PUBLISHED_OP_PASS, PUBLISHED_OP_PASS, &alone);
        all_of(self, tier, wins, wins, &alone);
        add_tier(self, alone, out);
    }
    if (!has_both(tier) || tier->combine == win) {
        all_of(self, tier, other, PUBLISHED_OP_PASS, prevents);
    }
}

/* Parts of any strategies under one that lets `wins` win. */
static void expand(struct published_case *self, const struct published_tiers *parts, size_t count,
                   enum published_op wins, struct published_tiers *out)
{
    enum published_op other = wins == PUBLISHED_OP_DENY ? PUBLISHED_OP_PERMIT : PUBLISHED_OP_DENY;
    struct published_tier last = { 0 };

    for (size_t i = 0; i < count; i++) {
        struct published_tier prevents = { 0 };
        if (parts[i].closes || has_pass(&parts[i])) {
            published_note(self, PUBLISHED_NESTED);
            return;
        }
        for (size_t j = 0; j < parts[i].count; j++) {
            expand_tier(self, &parts[i].list[j], wins, &prevents, out);
            all_of(self, &parts[i].list[j], other, other, &last);
        }
    }
    add_tier(self, last, out);
}

/* --- by algorithm ----------------------------------------------------------------------------- */

static void override(struct published_case *self, const struct published_tiers *parts, size_t count,
                     enum sla_combining how, struct published_tiers *out)
{
    bool denies = how == SLA_COMBINE_FORBID_OVERRIDES || how == SLA_COMBINE_FORBID_OVERRIDES_1_SET;

    if (fits_one_tier(parts, count, strategies[how])) {
        add_tier(self, one_tier(self, parts, count, strategies[how]), out);
    } else {
        expand(self, parts, count, denies ? PUBLISHED_OP_DENY : PUBLISHED_OP_PERMIT, out);
    }
}

static void in_order(struct published_case *self, const struct published_tiers *parts, size_t count,
                     struct published_tiers *out)
{
    const char *strategy = strategies[SLA_COMBINE_FIRST_APPLICABLE];

    if (fits_one_tier(parts, count, strategy)) {
        add_tier(self, one_tier(self, parts, count, strategy), out);
        return;
    }
    for (size_t i = 0; i < count && !out->closes; i++) {
        for (size_t j = 0; j < parts[i].count; j++) {
            add_tier(self, parts[i].list[j], out);
        }
        out->closes = parts[i].closes;
    }
}

/* Overrides, and a last tier that decides what is left. */
static void unless(struct published_case *self, const struct published_tiers *parts, size_t count,
                   enum sla_combining how, struct published_tiers *out)
{
    bool denies = how == SLA_COMBINE_PERMIT_UNLESS_FORBID;

    override(self, parts, count,
             denies ? SLA_COMBINE_FORBID_OVERRIDES : SLA_COMBINE_PERMIT_OVERRIDES, out);
    if (out->count == 0) {
        published_note(self, PUBLISHED_NESTED); /* a tier without a rule is not asked */
        return;
    }
    out->list[out->count - 1].combine = strategies[how];
    out->closes = true;
}

/* Effects of the parts of one effect that match for sure, and of those that may; `out_mixed` when a
 * part of both effects does or may. */
static void weigh(struct published_case *self, const struct published_node *node,
                  struct published_boxes here, unsigned *out_sure, unsigned *out_unknown,
                  bool *out_mixed)
{
    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        unsigned effects = effects_of(child);
        enum published_truth truth = truth_of(self, child, here);
        if (effects == (PERMITS | DENIES)) {
            *out_mixed |= truth != PUBLISHED_NO;
        } else if (truth != PUBLISHED_NO) {
            *(truth == PUBLISHED_YES ? out_sure : out_unknown) |= effects;
        }
    }
}

/* In policy sets of version 1 an error denies, or is weaker than a denial: both is so for whoever
 * asks without what is not known, unless it might permit and nothing might deny. */
static void heed_old_errors(struct published_case *self, const struct published_node *node,
                            struct published_boxes here)
{
    unsigned wins = node->how == SLA_COMBINE_FORBID_OVERRIDES_1_SET ? DENIES : PERMITS;
    unsigned sure = 0;
    unsigned unknown = 0;
    bool is_mixed = false;

    weigh(self, node, here, &sure, &unknown, &is_mixed);
    if (is_mixed || (wins == DENIES && ((sure | unknown) & DENIES) == 0)) {
        published_note(self, PUBLISHED_OLD_ERRORS);
    }
    self->asks_once = (sure & wins) == 0 && (wins == DENIES || (sure & DENIES) != 0);
}

/* What an error comes to under this node, where it is not what asking either way says. */
static void heed_errors(struct published_case *self, const struct published_node *node,
                        struct published_boxes here)
{
    unsigned unknown = unknown_effects(self, node, here);
    unsigned sure = 0;
    bool is_mixed = false;

    if (unknown == 0 || node->how == SLA_COMBINE_FORBID_OVERRIDES ||
        node->how == SLA_COMBINE_PERMIT_OVERRIDES) {
        return;
    }
    if (node->how == SLA_COMBINE_FIRST_APPLICABLE) {
        if (stops_early(self, node, here)) {
            published_note(self, PUBLISHED_STOPS);
        } else if (node != self->root && has_rivals(self, node, here)) {
            published_note(self, PUBLISHED_NESTED); /* what it stops at counts further up */
        }
    } else if (node != self->root) {
        published_note(self, PUBLISHED_NESTED);
    } else if (node->how == SLA_COMBINE_FORBID_UNLESS_PERMIT) {
        self->asks_once = true;
    } else if (node->how == SLA_COMBINE_PERMIT_UNLESS_FORBID) {
        unknown = 0;
        weigh(self, node, here, &sure, &unknown, &is_mixed);
        if ((unknown & DENIES) != 0 || is_mixed) {
            published_note(self, PUBLISHED_OPENS);
        }
    } else {
        heed_old_errors(self, node, here);
    }
}

static bool is_always(struct published_boxes boxes)
{
    return boxes.count == 1 && boxes.boxes[0].count == 0;
}

static void plan(struct published_case *self, /* NOLINT(misc-no-recursion): a tree */
                 const struct published_node *node, struct published_boxes around,
                 struct published_tiers *out)
{
    struct published_boxes here = published_and(self, around, node->when);
    struct published_tiers *parts =
        ARENA_NEW(self->arena, struct published_tiers, PUBLISHED_RULES_MAX);
    size_t count = 0;

    if (node->is_rule) {
        struct published_entry entry = { node->permits ? PUBLISHED_OP_PERMIT : PUBLISHED_OP_DENY,
                                         node->number, here, NULL };
        struct published_tier tier = { 0 };
        add_entry(self, &tier, &entry, entry.op);
        add_tier(self, tier, out);
        return;
    }
    for (const struct published_node *child = node->first; child != NULL; child = child->next) {
        if (count == PUBLISHED_RULES_MAX) {
            published_note(self, PUBLISHED_SIZE);
            break;
        }
        plan(self, child, here, &parts[count++]);
    }
    if (published_is_stopped(self)) {
        return;
    }
    heed_errors(self, node, here);
    if (node->counts_targets && count > 1) {
        published_note(self, PUBLISHED_COUNTS_TARGETS);
    } else if (node->how == SLA_COMBINE_FIRST_APPLICABLE) {
        in_order(self, parts, count, out);
    } else if (node->how != SLA_COMBINE_FORBID_UNLESS_PERMIT &&
               node->how != SLA_COMBINE_PERMIT_UNLESS_FORBID) {
        override(self, parts, count, node->how, out);
    } else if (is_always(here)) {
        unless(self, parts, count, node->how, out);
    } else {
        published_note(self, PUBLISHED_NESTED);
    }
}

void published_tiers(struct published_case *self, struct published_tiers *out)
{
    *out = (struct published_tiers){ 0 };
    plan(self, self->root, published_always(self), out);
}
