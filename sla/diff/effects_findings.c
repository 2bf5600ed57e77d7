#include "sla/diff/effects_priv.h"

#include "sla/code.h"
#include "sla/sla.h"

#include <stdlib.h>

/* --- conflicts ------------------------------------------------------------------------------- */

/* A `should` gave way there, and none does here: now somebody has to decide. */
static bool is_opened(const struct sla_conflict *conflict, const struct sla_conflict *was)
{
    return was != NULL && was->yields != NULL && conflict->yields == NULL;
}

static void find_conflicts(struct sla_effect_finding *self, enum sla_effect_kind kind,
                           const struct sla_world *of, const struct sla_world *not_in)
{
    for (size_t i = 0; i < of->conflict_count; i++) {
        const struct sla_conflict *conflict = &of->conflicts[i];
        const struct sla_conflict *was = sla_world_conflict(not_in, conflict->id);
        bool is_opened_here = is_opened(conflict, was);
        if (was == NULL || is_opened_here) {
            const char *why = !is_opened_here            ? ""
                              : kind == SLA_NEW_CONFLICT ? "; no `should` gives way any more"
                                                         : "; a `should` gives way now";
            sla_effect_tell(self, kind, 1,
                            arena_printf(self->arena, "%.*s: %.*s%s", SLICE_ARG(conflict->id),
                                         SLICE_ARG(conflict->witness), why));
        }
    }
}

/* --- findings -------------------------------------------------------------------------------- */

/* Conflicts and verdicts have lists of their own. */
static bool is_told_elsewhere(unsigned code)
{
    return code == SLA_CODE_UNPROVEN || code == SLA_CODE_ASSUMED || code == SLA_CODE_MODALITY ||
           code == SLA_CODE_SET || code == SLA_CODE_ARITHMETIC || code == SLA_CODE_DUTY ||
           code == SLA_CODE_SERVICE_IMPOSSIBLE;
}

struct findings {
    const struct diag **items;
    size_t count;
};

static int finding_order(const struct diag *a, const struct diag *b)
{
    int order = (a->level > b->level) - (a->level < b->level);

    order = order != 0 ? order : (a->code > b->code) - (a->code < b->code);
    return order != 0 ? order : slice_cmp(a->message, b->message);
}

static int pointer_order(const void *left, const void *right)
{
    return finding_order(*(const struct diag *const *)left, *(const struct diag *const *)right);
}

static struct findings sorted(struct arena *arena, const struct diag_list *list)
{
    size_t room = 1;

    for (const struct diag *at = list->first; at != NULL; at = at->next) {
        room++;
    }
    struct findings findings = { .items = ARENA_NEW(arena, const struct diag *, room) };
    for (const struct diag *at = list->first; at != NULL; at = at->next) {
        if (!is_told_elsewhere(at->code)) {
            findings.items[findings.count++] = at;
        }
    }
    qsort(findings.items, findings.count, sizeof(const struct diag *), pointer_order);
    return findings;
}

static void tell_finding(struct sla_effect_finding *self, bool is_new, const struct diag *diag)
{
    enum sla_effect_kind kind = is_new ? SLA_NEW_FINDING : SLA_GONE_FINDING;
    const struct diag_text *help = NULL;

    if (sla_code_is_of_names(diag->code)) {
        kind = is_new ? SLA_NEW_NAME : SLA_GONE_NAME;
        help = is_new ? diag->helps : NULL;
    }
    if (is_new && diag->level <= DIAG_WARNING) {
        sla_effect_mark_grave(self, kind);
    }
    struct slice text = help != NULL ? help->text : (struct slice){ 0 };
    sla_effect_tell(self, kind, 1,
                    arena_printf(self->arena, "%s[RDN%04u]: %.*s%s%.*s",
                                 diag_level_name(diag->level), diag->code, SLICE_ARG(diag->message),
                                 text.len > 0 ? ": " : "", SLICE_ARG(text)));
}

/* By what they say: places move. */
static void compare_findings(struct sla_effect_finding *self)
{
    const struct findings before = sorted(self->arena, self->findings[0]);
    const struct findings after = sorted(self->arena, self->findings[1]);
    size_t i = 0;
    size_t j = 0;

    while (i < before.count || j < after.count) {
        int order = i == before.count  ? 1
                    : j == after.count ? -1
                                       : finding_order(before.items[i], after.items[j]);
        if (order < 0) {
            tell_finding(self, false, before.items[i]);
        } else if (order > 0) {
            tell_finding(self, true, after.items[j]);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

void sla_effects_find_findings(struct sla_effect_finding *self)
{
    find_conflicts(self, SLA_NEW_CONFLICT, self->worlds[1], self->worlds[0]);
    find_conflicts(self, SLA_GONE_CONFLICT, self->worlds[0], self->worlds[1]);
    if (self->findings[0] != NULL && self->findings[1] != NULL) {
        compare_findings(self);
    }
}
