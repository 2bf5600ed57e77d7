/* What nodes can do: what they said in their last HELLO, as far as one of their services may. Kept
 * in the knowledge, so that a restart need not wait for every node. */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/nodes.h"

/* Bits of enum action_kind. Unknown words are those of a newer agent. */
static uint32_t kind_of_word(struct slice word)
{
    enum action_kind kind = ACTION_NETWORK_DENY;

    return action_kind_parse(word, &kind) ? UINT32_C(1) << kind : 0;
}

static uint32_t kinds_of_text(struct slice text)
{
    uint32_t kinds = 0;

    while (text.len > 0) {
        kinds |= kind_of_word(slice_cut(&text, ' '));
    }
    return kinds;
}

static struct slice text_of_kinds(struct arena *arena, uint32_t kinds)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned kind = 0; kind < ACTION_KINDS; kind++) {
        if ((kinds & UINT32_C(1) << kind) != 0) {
            buf_printf(&text, "%s%s", text.len > 0 ? " " : "",
                       action_kind_name((enum action_kind)kind));
        }
    }
    return arena_copy(arena, buf_slice(&text));
}

static uint32_t allowed_to(const struct registry_node *node)
{
    uint32_t allowed = 0;

    for (size_t i = 0; node->state == NODE_ENROLLED && i < node->service_count; i++) {
        allowed |= node->services[i].actions;
    }
    return allowed;
}

/* --- the plan's view ------------------------------------------------------------------------- */

static uint32_t forget(struct core *core, struct slice node)
{
    size_t kept = 0;
    uint32_t forgotten = 0;

    for (size_t i = 0; i < core->capability_count; i++) {
        if (slice_is(node, core->capabilities[i].node)) {
            forgotten |= UINT32_C(1) << core->capabilities[i].kind;
        } else {
            core->capabilities[kept++] = core->capabilities[i];
        }
    }
    core->capability_count = kept;
    return forgotten;
}

/* True when that is something else than before. */
static bool remember(struct core *core, struct slice node, uint32_t kinds)
{
    uint32_t before = forget(core, node);

    for (unsigned kind = 0; kind < ACTION_KINDS; kind++) {
        if ((kinds & UINT32_C(1) << kind) == 0) {
            continue;
        }
        if (core->capability_count == CORE_NODE_CAPABILITIES_MAX) {
            log_warn("monitor", "too-many-capabilities", LOG_TEXT("node", node));
            break;
        }
        struct node_capability *capability = &core->capabilities[core->capability_count++];
        *capability = (struct node_capability){ .kind = (enum action_kind)kind };
        slice_to_cstr(node, capability->node, sizeof(capability->node));
    }
    return before != kinds;
}

/* --- HELLO ----------------------------------------------------------------------------------- */

static struct status journal_change(struct core *core, const struct node_record *node)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct json_writer writer = { .out = &json };
    struct slice rest = node->capabilities;

    json_open_object(&writer);
    json_key(&writer, "capabilities");
    json_open_array(&writer);
    while (rest.len > 0) {
        json_put_text(&writer, slice_cut(&rest, ' '));
    }
    json_close_array(&writer);
    json_close_object(&writer);
    log_info("monitor", "capabilities", LOG_TEXT("node", node->name),
             LOG_TEXT("can", node->capabilities));
    return knowledge_record(core->knowledge, "node.capabilities", node->name, buf_slice(&json));
}

struct status capable_hello(struct core *core, const struct registry_node *node,
                            const struct hello *hello)
{
    struct node_record record;
    uint32_t said = 0;

    for (size_t i = 0; i < hello->capability_count; i++) {
        said |= kind_of_word(hello->capabilities[i]);
    }
    TRY(knowledge_get_node(knowledge_reading(core->knowledge), slice_from(node->name), &core->turn,
                           &record));
    record.hello = core_new_id(core);
    if (said != kinds_of_text(record.capabilities)) {
        record.capabilities = text_of_kinds(&core->turn, said);
        record.capable = record.hello;
        TRY(journal_change(core, &record));
    }
    TRY(knowledge_node_said(core->knowledge, &record));
    (void)remember(core, record.name, said & allowed_to(node));
    look_again(core); /* also when it can what it could: it may have been out of reach */
    return STATUS_SUCCESS;
}

struct status capable_load(struct core *core)
{
    struct registry *registry = registry_cell_get(core->registry);
    struct status loaded = STATUS_SUCCESS;
    bool changed = false;

    for (size_t i = 0; status_ok(&loaded) && i < registry_count(registry); i++) {
        const struct registry_node *node = registry_at(registry, i);
        struct node_record record = { 0 };
        loaded = knowledge_get_node(knowledge_reading(core->knowledge), slice_from(node->name),
                                    &core->turn, &record);
        if (status_ok(&loaded)) {
            uint32_t kinds = kinds_of_text(record.capabilities) & allowed_to(node);
            changed = remember(core, record.name, kinds) || changed;
            core_know_id(core, &record.hello);
        }
    }
    registry_unref(&registry);
    core->look.wanted = core->look.wanted || changed;
    return loaded;
}
