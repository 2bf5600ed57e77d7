#include "orchestrator/officer.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/conflicts.h"

static struct slice note(struct core *core, const struct officer *officer)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };

    json_open_object(&writer);
    json_add_text(&writer, "who", officer->who);
    json_add_i64(&writer, "uid", officer->uid);
    json_add_text(&writer, "reason", officer->reason);
    json_close_object(&writer);
    return arena_copy(&core->turn, buf_slice(&text));
}

/* Ends the turn of a call: what failed half-way leaves nothing behind. */
static struct status end_turn(struct core *core, struct status outcome)
{
    if (!status_ok(&outcome)) {
        turn_abandon(core);
        return outcome;
    }
    return turn_close(core);
}

/* A clean turn: what arrived before is committed first, so a refusal here cannot take it along. */
static struct status begin_turn(struct core *core)
{
    TRY(turn_close(core));
    return turn_join(core);
}

/* --- plans
 * ------------------------------------------------------------------------------------------ */

static struct status check_approvable(struct core *core, const struct plan_record *plan,
                                      struct slice digest, bool *out_stale)
{
    if (plan->state != PLAN_AWAITING_APPROVAL) {
        return status_error(STATUS_CONFLICT, "plan %s is %s: it waits for no approval",
                            plan->id.text, plan_state_name(plan->state));
    }
    *out_stale = !slice_is(digest, plan->digest) ||
                 strcmp(plan->base_digest, world_policies(core->world)->digest) != 0;
    return *out_stale ? status_error(STATUS_CONFLICT,
                                     "plan %s is not what was looked at, or the SLAs have changed",
                                     plan->id.text)
                      : STATUS_SUCCESS;
}

static struct status approve(struct core *core, const struct officer *officer, struct slice id,
                             struct slice digest, bool *out_stale)
{
    struct plan_record plan;
    uint32_t approvals = 0;

    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), id, &core->turn, &plan));
    TRY(check_approvable(core, &plan, digest, out_stale));
    if (officer->dry_run) {
        return STATUS_SUCCESS;
    }
    struct approval_record approval = { .uid = officer->uid,
                                        .who = officer->who,
                                        .at_us = core->turn_us };
    memcpy(approval.digest, plan.digest, sizeof(approval.digest));
    TRY(knowledge_add_approval(core->knowledge, &approval, &approvals));
    TRY(knowledge_record(core->knowledge, "plan.approved", id, note(core, officer)));
    if (approvals < (uint32_t)plan.approval) {
        return STATUS_SUCCESS;
    }
    plan.state = PLAN_APPROVED;
    plan.decided_us = core->turn_us;
    TRY(knowledge_put_plan(core->knowledge, &plan));
    return progress_plan(core, &plan);
}

struct status officer_approve(struct core *core, const struct officer *officer, struct slice plan,
                              struct slice digest, bool *out_stale)
{
    *out_stale = false;
    TRY(begin_turn(core));
    return end_turn(core, approve(core, officer, plan, digest, out_stale));
}

static struct status undo(struct core *core, const struct officer *officer, struct slice id)
{
    struct plan_record plan;

    if (officer->dry_run) {
        return knowledge_get_plan(knowledge_reading(core->knowledge), id, &core->turn, &plan);
    }
    return progress_undo(core, id, note(core, officer));
}

struct status officer_undo(struct core *core, const struct officer *officer, struct slice plan)
{
    TRY(begin_turn(core));
    return end_turn(core, undo(core, officer, plan));
}

/* --- documents
 * ---------------------------------------------------------------------------------------- */

struct status officer_announce(struct core *core)
{
    struct registry *registry = registry_cell_get(core->registry);
    struct membership membership = registry_trust(registry)->membership;
    struct signed_list snapshot = { 0 };

    struct status sealed = world_seal_snapshot(core->world, &core->turn, core->turn_us / 1000,
                                               &core->identity, &membership, &snapshot);
    for (size_t i = 0; status_ok(&sealed) && i < registry_count(registry); i++) {
        const struct registry_node *node = registry_at(registry, i);
        struct outbox_item *item = node->role == PEER_SMA
                                       ? outbox_add(core, OUTBOX_MESSAGE, slice_from(node->name))
                                       : NULL;
        if (item != NULL) {
            item->message.frame = (struct frame){ .type = FRAME_SNAPSHOT };
            item->message.snapshot = snapshot;
        }
    }
    registry_unref(&registry);
    return sealed;
}

/* Stores, commits, swaps, then tells the nodes. */
static struct status put_in_force(struct core *core, const struct officer *officer,
                                  struct world_change **change, uint32_t chosen)
{
    TRY(begin_turn(core));
    TRY(end_turn(core, world_store(core->world, core->knowledge, *change, note(core, officer),
                                   chosen, core->turn_us)));
    world_swap(core->world, change);
    log_info("sla", "applied", LOG_NUMBER("version", world_version(core->world)),
             LOG_TEXT("by", officer->who));
    TRY(begin_turn(core));
    TRY(end_turn(core, progress_world_changed(core)));
    TRY(begin_turn(core));
    return end_turn(core, officer_announce(core));
}

static struct status change_world(struct core *core, const struct officer *officer,
                                  struct world_change **change, uint32_t chosen,
                                  officer_world_fn *made, void *arg)
{
    if (world_change_compiled(*change) == NULL) {
        return status_error(STATUS_INVALID, "no documents");
    }
    bool unchanged = world_is_unchanged(core->world, *change);
    if (officer->dry_run || unchanged) {
        made(arg, officer->dry_run ? world_compiled(core->world) : NULL,
             world_change_compiled(*change), world_version(core->world), unchanged);
        return STATUS_SUCCESS;
    }
    TRY(put_in_force(core, officer, change, chosen));
    made(arg, NULL, world_compiled(core->world), world_version(core->world), false);
    return STATUS_SUCCESS;
}

/* What a name in the documents can be compared with. Names live in `arena`. */
static struct sla_options known_names(struct core *core, struct arena *arena)
{
    struct registry *registry = registry_cell_get(core->registry);
    struct slice *nodes = ARENA_NEW(arena, struct slice, registry_count(registry) + 1);
    struct sla_options options = { .rules = core->options->rules,
                                   .rule_count = core->options->rule_count,
                                   .rules_from = "the rules that redand is configured with",
                                   .has_day = true,
                                   .as_of_day = day_today(core),
                                   .keys = core->options->party_keys,
                                   .key_count = core->options->party_key_count };

    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct registry_node *node = registry_at(registry, i);
        if (node->state == NODE_ENROLLED && node->role == PEER_SMA) {
            nodes[options.node_count++] = arena_copy(arena, slice_from(node->name));
        }
    }
    registry_unref(&registry);
    options.nodes = options.node_count > 0 ? nodes : NULL; /* nothing to compare with yet */
    return options;
}

struct status officer_apply(struct core *core, const struct officer *officer,
                            const struct world_document *documents, size_t count,
                            struct diag_list *diags, officer_world_fn *made, void *arg)
{
    CLEANUP(world_change_free) struct world_change *change = NULL;

    struct sla_options options = known_names(core, diags->arena);
    TRY(world_prepare(core->world, documents, count, &options, diags, &change));
    return change_world(core, officer, &change, 0, made, arg);
}

struct status officer_resolve(struct core *core, const struct officer *officer,
                              struct slice conflict, uint32_t choose, struct diag_list *diags,
                              officer_world_fn *made, void *arg)
{
    CLEANUP(world_change_free) struct world_change *change = NULL;

    if (choose == 0) {
        return status_error(STATUS_INVALID, "repairs are numbered from 1");
    }
    struct sla_options options = known_names(core, diags->arena);
    TRY(world_prepare_repair(core->world, conflict, choose - 1, &options, diags, &change));
    return change_world(core, officer, &change, choose, made, arg);
}
