#include "sla/diff/effects_priv.h"

#include "sla/emit/desired.h"

static const struct {
    const char *name;
    bool is_grave;
} kinds[SLA_EFFECT_KINDS] = {
    [SLA_NEW_NAME] = { "names newly doubted", false },
    [SLA_GONE_NAME] = { "names mended", false },
    [SLA_NEWLY_PERMITTED] = { "newly permitted", true },
    [SLA_NEWLY_FORBIDDEN] = { "newly forbidden", true },
    [SLA_NO_LONGER_RULED] = { "no longer ruled", true },
    [SLA_NEWLY_PASSED] = { "packets newly let through", true },
    [SLA_NO_LONGER_PASSED] = { "packets no longer let through", true },
    [SLA_NOT_ENUMERATED] = { "not enumerated", true },
    [SLA_NEWLY_UNMET] = { "newly unmet", true },
    [SLA_NEWLY_UNPROVEN] = { "newly unproven", true },
    [SLA_NEWLY_ASSUMED] = { "newly assumed", false },
    [SLA_NEWLY_ADVERTISED] = { "newly advertised", false },
    [SLA_NEWLY_TO_ENFORCE] = { "newly to enforce", false },
    [SLA_NEWLY_MET] = { "newly met", false },
    [SLA_NEW_CONFLICT] = { "new conflicts", true },
    [SLA_GONE_CONFLICT] = { "conflicts gone", false },
    [SLA_DEARER] = { "dearer", true },
    [SLA_CHEAPER] = { "cheaper", false },
    [SLA_ASKED_NEWLY] = { "newly asked or offered", false },
    [SLA_NO_LONGER_ASKED] = { "no longer asked or offered", true },
    [SLA_TIGHTER] = { "tighter", false },
    [SLA_LOOSER] = { "looser", true },
    [SLA_OTHERWISE] = { "otherwise", true },
    [SLA_STATE_ADDED] = { "newly told to planes", false },
    [SLA_STATE_CHANGED] = { "told otherwise to planes", false },
    [SLA_STATE_REMOVED] = { "no longer told to planes", false },
    [SLA_NEW_FINDING] = { "new findings", false },
    [SLA_GONE_FINDING] = { "findings gone", false },
};

const char *sla_effect_kind_name(enum sla_effect_kind kind)
{
    return kinds[kind].name;
}

void sla_effect_mark_grave(struct sla_effect_finding *self, enum sla_effect_kind kind)
{
    self->out->lists[kind].is_grave = true;
}

/* --- sentences ------------------------------------------------------------------------------- */

void sla_effect_tell(struct sla_effect_finding *self, enum sla_effect_kind kind, size_t count,
                     struct slice text)
{
    struct sla_effect_list *list = &self->out->lists[kind];

    if (self->rows[kind] == NULL) {
        self->rows[kind] = ARENA_NEW(self->arena, struct slice, SLA_EFFECTS_SHOWN);
        list->shown = self->rows[kind];
    }
    list->count += count;
    list->sentence_count++;
    if (list->shown_count < SLA_EFFECTS_SHOWN) {
        self->rows[kind][list->shown_count++] = text;
    }
}

bool sla_effect_is_shown(const struct sla_effect_finding *self, enum sla_effect_kind kind)
{
    return self->out->lists[kind].shown_count < SLA_EFFECTS_SHOWN;
}

void sla_effect_name(struct sla_effect_names *names, struct slice ucloud, struct slice name)
{
    if (names->count++ < SLA_EFFECT_NAMES_SHOWN) {
        buf_printf(names->out, "%s%.*s/%.*s", names->count > 1 ? ", " : "", SLICE_ARG(ucloud),
                   SLICE_ARG(name));
    }
}

void sla_effect_name_resource(struct sla_effect_names *names, const struct resource *resource)
{
    sla_effect_name(names, resource->ucloud, resource->name);
}

void sla_effect_names_end(const struct sla_effect_names *names)
{
    if (names->count > SLA_EFFECT_NAMES_SHOWN) {
        buf_printf(names->out, " and %zu more", names->count - SLA_EFFECT_NAMES_SHOWN);
    }
}

/* --- resources of both worlds ----------------------------------------------------------------- */

static size_t place_of(const struct sla_effect_walk *walk, size_t side)
{
    size_t at = walk->at[side];

    return walk->lists[side] != NULL ? walk->lists[side][at] : at;
}

static int walk_order(const struct sla_effect_walk *walk)
{
    if (walk->at[0] == walk->counts[0] || walk->at[1] == walk->counts[1]) {
        return walk->at[0] == walk->counts[0] ? 1 : -1;
    }
    const struct resource *before = &walk->sets[0]->resources[place_of(walk, 0)];
    const struct resource *after = &walk->sets[1]->resources[place_of(walk, 1)];
    int order = slice_cmp(before->ucloud, after->ucloud);
    return order != 0 ? order : slice_cmp(before->name, after->name);
}

bool sla_effect_next(struct sla_effect_walk *walk, size_t out_places[SLA_EFFECT_SIDES])
{
    out_places[0] = out_places[1] = SIZE_MAX;
    if (walk->at[0] == walk->counts[0] && walk->at[1] == walk->counts[1]) {
        return false;
    }
    int order = walk_order(walk);
    if (order <= 0) {
        out_places[0] = place_of(walk, 0);
        walk->at[0]++;
    }
    if (order >= 0) {
        out_places[1] = place_of(walk, 1);
        walk->at[1]++;
    }
    return true;
}

/* --- all of them ------------------------------------------------------------------------------ */

void sla_effects_find(struct arena *arena, const struct sla_effects_side *before,
                      const struct sla_effects_side *after, struct sla_effects *out)
{
    const struct sla_world *const worlds[] = { before->world, after->world };
    const struct diag_list *const findings[] = { before->findings, after->findings };
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct desired *const desired[] = { sla_desired(&scratch, before->world),
                                              sla_desired(&scratch, after->world) };
    struct sla_effect_finding self = {
        .arena = arena, .worlds = worlds, .desired = desired, .findings = findings, .out = out
    };

    *out = (struct sla_effects){ 0 };
    for (size_t i = 0; i < SLA_EFFECT_KINDS; i++) {
        out->lists[i].is_grave = kinds[i].is_grave;
    }
    sla_effects_find_rules(&self);
    sla_effects_find_flows(&self);
    sla_effects_find_verdicts(&self);
    sla_effects_find_costs(&self);
    sla_effects_find_clauses(&self);
    sla_effects_find_state(&self);
    sla_effects_find_findings(&self);
}

bool sla_effects_are_none(const struct sla_effects *effects)
{
    for (size_t i = 0; i < SLA_EFFECT_KINDS; i++) {
        if (effects->lists[i].count > 0) {
            return false;
        }
    }
    return true;
}

void sla_effects_write_json(const struct sla_effects *effects, struct json_writer *writer)
{
    json_open_array(writer);
    for (size_t i = 0; i < SLA_EFFECT_KINDS; i++) {
        const struct sla_effect_list *list = &effects->lists[i];
        if (list->count == 0) {
            continue;
        }
        json_open_object(writer);
        json_add_cstr(writer, "kind", kinds[i].name);
        json_add_bool(writer, "grave", list->is_grave);
        json_add_i64(writer, "count", (int64_t)list->count);
        json_add_i64(writer, "sentenceCount", (int64_t)list->sentence_count);
        json_key(writer, "sentences");
        json_open_array(writer);
        for (size_t j = 0; j < list->shown_count; j++) {
            json_put_text(writer, list->shown[j]);
        }
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}
