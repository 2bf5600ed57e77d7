#include "sla/emit/priv.h"

/* Everything: what model/policy.h and model/desired.h hold. */

static void write_ref(struct json_writer *writer, const struct clause_ref *clause)
{
    json_key(writer, "clause");
    json_open_object(writer);
    json_add_text(writer, "party", clause->party);
    json_add_cstr(writer, "role", party_role_name(clause->role));
    json_add_text(writer, "document", clause->document);
    json_add_text(writer, "clause", clause->clause);
    json_add_text(writer, "file", clause->file);
    json_add_i64(writer, "line", clause->line);
    json_close_object(writer);
}

static void write_addresses(struct json_writer *writer, const char *key,
                            const struct address *addresses, size_t count)
{
    char text[ADDRESS_TEXT_MAX];

    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        address_format(&addresses[i], text);
        json_put_cstr(writer, text);
    }
    json_close_array(writer);
}

/* --- policies --------------------------------------------------------------------------------- */

static void write_size(struct json_writer *writer, const struct resource_size *size)
{
    json_key(writer, "size");
    json_open_object(writer);
    if (size->cpus > 0) {
        json_add_i64(writer, "cpus", size->cpus);
    }
    if (size->memory_bytes > 0) {
        json_add_i64(writer, "memory_bytes", (int64_t)size->memory_bytes);
    }
    if (size->disk_bytes > 0) {
        json_add_i64(writer, "disk_bytes", (int64_t)size->disk_bytes);
    }
    json_close_object(writer);
}

static void write_resource(struct json_writer *writer, const struct resource *resource)
{
    json_open_object(writer);
    json_add_text(writer, "name", resource->name);
    json_add_text(writer, "ucloud", resource->ucloud);
    json_add_cstr(writer, "plane", plane_kind_name(resource->plane));
    json_add_cstr(writer, "layer", layer_name(resource->layer));
    json_add_cstr(writer, "kind", resource_kind_name(resource->kind));
    json_add_text(writer, "role", resource->role);
    json_add_text(writer, "segment", resource->segment);
    write_size(writer, &resource->size);
    json_add_text(writer, "node", resource->node);
    json_add_text(writer, "provider", resource->provider);
    json_add_text(writer, "unit", resource->unit);
    json_add_text(writer, "handle", resource->handle);
    json_add_text(writer, "owner", resource->owner);
    json_key(writer, "class");
    json_open_array(writer);
    for (size_t i = 0; i < resource->class_count; i++) {
        json_put_text(writer, resource->classes[i]);
    }
    json_close_array(writer);
    write_addresses(writer, "addresses", resource->addresses, resource->address_count);
    json_close_object(writer);
}

static void write_resources(struct json_writer *writer, const struct desired *desired)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const bool *mentioned = emit_mentioned(&scratch, desired);

    json_key(writer, "resources");
    json_open_array(writer);
    for (size_t i = 0; i < desired->policies->resource_count; i++) {
        if (mentioned[i]) {
            write_resource(writer, &desired->policies->resources[i]);
        }
    }
    json_close_array(writer);
}

static void write_policies(struct json_writer *writer, const struct desired *desired)
{
    const struct policy_set *set = desired->policies;

    json_key(writer, "policies");
    json_open_array(writer);
    for (size_t i = 0; i < set->policy_count; i++) {
        const struct policy *policy = &set->policies[i];
        json_open_object(writer);
        json_add_cstr(writer, "effect", policy_effect_name(policy->effect));
        json_add_cstr(writer, "action", action_kind_name(policy->action));
        json_add_text(writer, "subject", policy->subject);
        emit_json_resources(writer, "on", desired, policy->targets, policy->target_count);
        write_ref(writer, policy->clause);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_severities(struct json_writer *writer, unsigned severities)
{
    json_key(writer, "severities");
    json_open_array(writer);
    for (unsigned i = 0; i < SEVERITY_KINDS; i++) {
        if ((severities >> i & 1U) != 0) {
            json_put_cstr(writer, severity_name((enum severity)i));
        }
    }
    json_close_array(writer);
}

static void write_objectives(struct json_writer *writer, const struct desired *desired)
{
    const struct policy_set *set = desired->policies;

    json_key(writer, "objectives");
    json_open_array(writer);
    for (size_t i = 0; i < set->objective_count; i++) {
        const struct objective *objective = &set->objectives[i];
        json_open_object(writer);
        json_add_cstr(writer, "kind", objective_kind_name(objective->kind));
        write_severities(writer, objective->severities);
        json_add_i64(writer, "limit", objective->limit);
        json_add_i64(writer, "window_ms", objective->window_ms);
        emit_json_resources(writer, "on", desired, objective->targets, objective->target_count);
        json_add_bool(writer, "gaveWay", objective->gave_way);
        json_add_i64(writer, "step", objective->step);
        write_ref(writer, &objective->clause);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_reaction(struct json_writer *writer, const struct desired *desired,
                           const struct reaction *reaction)
{
    json_open_object(writer);
    json_add_text(writer, "rule", reaction->rule);
    json_key(writer, "respond");
    json_open_array(writer);
    for (size_t i = 0; i < reaction->respond_count; i++) {
        json_put_cstr(writer, action_kind_name(reaction->respond[i]));
    }
    json_close_array(writer);
    json_add_i64(writer, "lease_ms", reaction->lease_ms);
    json_add_i64(writer, "within_ms", reaction->within_ms);
    json_add_cstr(writer, "approval", approval_name(reaction->approval));
    emit_json_resources(writer, "on", desired, reaction->targets, reaction->target_count);
    write_ref(writer, &reaction->clause);
    json_close_object(writer);
}

static void write_reactions(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "reactions");
    json_open_array(writer);
    for (size_t i = 0; i < desired->policies->reaction_count; i++) {
        write_reaction(writer, desired, &desired->policies->reactions[i]);
    }
    json_close_array(writer);
}

static void write_degradations(struct json_writer *writer, const struct desired *desired)
{
    const struct policy_set *set = desired->policies;

    json_key(writer, "degrade");
    json_open_array(writer);
    for (size_t i = 0; i < set->degrade_count; i++) {
        const struct degradation *degradation = &set->degrade[i];
        json_open_object(writer);
        json_add_i64(writer, "step", degradation->step);
        json_add_text(writer, "finding", degradation->finding);
        emit_json_resources(writer, "on", desired, degradation->targets, degradation->target_count);
        write_ref(writer, &degradation->clause);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_protected(struct json_writer *writer, const struct desired *desired)
{
    const struct policy_set *set = desired->policies;

    json_key(writer, "protected");
    json_open_array(writer);
    for (size_t i = 0; i < set->protected_count; i++) {
        char text[ADDRESS_TEXT_MAX];
        address_format(&set->protected_assets[i].network, text);
        json_open_object(writer);
        json_add_cstr(writer, "network", text);
        json_add_text(writer, "why", set->protected_assets[i].why);
        write_ref(writer, &set->protected_assets[i].clause);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* --- rulings ---------------------------------------------------------------------------------- */

static void write_texts(struct json_writer *writer, const char *key, const struct slice *texts,
                        size_t count)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_put_text(writer, texts[i]);
    }
    json_close_array(writer);
}

/* Members that were not written are left out. */
static void write_qualified(struct json_writer *writer, const struct desired_ruling *ruling)
{
    if (ruling->per != NULL) {
        json_add_cstr(writer, "per", ruling->per);
    }
    if (ruling->purpose_count > 0) {
        write_texts(writer, "withoutConsentFor", ruling->purposes, ruling->purpose_count);
    }
    if (ruling->within_ms > 0) {
        json_add_i64(writer, "within_ms", ruling->within_ms);
    }
    if (ruling->notice_ms > 0) {
        json_add_i64(writer, "notice_ms", ruling->notice_ms);
    }
    if (ruling->tier.len > 0) {
        json_add_text(writer, "tier", ruling->tier);
    }
    if (ruling->under != NULL) {
        emit_json_clauses(writer, "under", &(struct desired_origin){ &ruling->under, 1 });
    }
    if (ruling->delegate > 0) {
        json_add_i64(writer, "delegate", ruling->delegate);
    }
}

static void write_rulings(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "rules");
    json_open_array(writer);
    for (size_t i = 0; i < desired->ruling_count; i++) {
        const struct desired_ruling *ruling = &desired->rulings[i];
        json_open_object(writer);
        json_add_cstr(writer, "effect", ruling->effect);
        write_texts(writer, "acts", ruling->acts, ruling->act_count);
        write_texts(writer, "subjects", ruling->subjects, ruling->subject_count);
        write_qualified(writer, ruling);
        emit_json_resources(writer, "on", desired, ruling->resources, ruling->resource_count);
        write_ref(writer, ruling->clause);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* --- desired ---------------------------------------------------------------------------------- */

static void write_ports(struct json_writer *writer, const struct desired_rule *rule)
{
    json_key(writer, "ports");
    json_open_array(writer);
    for (size_t i = 0; i < rule->port_count; i++) {
        const struct desired_ports *ports = &rule->ports[i];
        json_open_object(writer);
        json_add_cstr(writer, "protocol", desired_protocol_name(ports->protocol));
        json_add_i64(writer, "first", ports->first);
        json_add_i64(writer, "last", ports->last);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_rule(struct json_writer *writer, const struct desired_rule *rule)
{
    json_open_object(writer);
    json_add_cstr(writer, "verdict", desired_verdict_name(rule->verdict));
    write_addresses(writer, "peers", rule->peers, rule->peer_count);
    write_ports(writer, rule);
    emit_json_clauses(writer, "clauses", &rule->origin);
    json_close_object(writer);
}

static void write_box(struct json_writer *writer, const struct desired *desired,
                      const struct desired_box *box)
{
    json_open_object(writer);
    emit_json_resource(writer, "resource", desired, box->resource);
    json_add_cstr(writer, "direction", desired_direction_name(box->direction));
    if (box->always.peer_count > 0) {
        json_key(writer, "always");
        write_rule(writer, &box->always);
    }
    json_key(writer, "rules");
    json_open_array(writer);
    for (size_t i = 0; i < box->rule_count; i++) {
        write_rule(writer, &box->rules[i]);
    }
    json_close_array(writer);
    json_add_bool(writer, "closed", box->closed);
    if (box->closed) {
        emit_json_clauses(writer, "closedBy", &box->closed_by);
    }
    json_close_object(writer);
}

static void write_boxes(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "boxes");
    json_open_array(writer);
    for (size_t i = 0; i < desired->box_count; i++) {
        write_box(writer, desired, &desired->boxes[i]);
    }
    json_close_array(writer);
}

static void write_items(struct json_writer *writer, const char *key, const struct desired *desired,
                        const struct desired_item *items, size_t count)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        emit_json_resource(writer, "resource", desired, items[i].resource);
        if (items[i].party.len > 0) {
            json_add_text(writer, "party", items[i].party);
        }
        emit_json_facts(writer, &items[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_watches(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "watches");
    json_open_array(writer);
    for (size_t i = 0; i < desired->watch_count; i++) {
        const struct desired_watch *watch = &desired->watches[i];
        json_open_object(writer);
        json_add_text(writer, "party", watch->party);
        json_add_text(writer, "node", watch->node);
        json_add_text(writer, "rule", watch->rule);
        emit_json_resources(writer, "on", desired, watch->resources, watch->resource_count);
        emit_json_clauses(writer, "clauses", &watch->origin);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void emit_policy(struct emit *emit)
{
    struct json_writer writer = { .out = emit->out, .pretty = true };
    const struct desired *desired = emit->desired;

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "Policy");
    emit_json_world(&writer, desired);
    write_resources(&writer, desired);
    write_policies(&writer, desired);
    write_rulings(&writer, desired);
    write_objectives(&writer, desired);
    write_reactions(&writer, desired);
    write_protected(&writer, desired);
    write_degradations(&writer, desired);
    write_boxes(&writer, desired);
    write_items(&writer, "items", desired, desired->items, desired->item_count);
    write_items(&writer, "heeds", desired, desired->heeds, desired->heed_count);
    write_watches(&writer, desired);
    emit_json_conditions(&writer, desired);
    emit_json_not_held(&writer, desired);
    json_close_object(&writer);
    buf_add_char(emit->out, '\n');
}
