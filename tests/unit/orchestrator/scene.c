#include "tests/unit/orchestrator/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "detect/engine.h"
#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/ingest.h"
#include "orchestrator/knowledge/journal.h"
#include "orchestrator/knowledge/nodes.h"
#include "tests/suite.h"

enum { EPOCH = 5, DOCUMENT_MAX = 1024 * 1024 };

struct core core;
static struct core_options options;
bool scene_is_away;
struct clock_virtual virtual_time;
static struct clock_source test_clock;
struct arena arena;
static struct arena change_arena;
static unsigned made;
static char folder[256];
bool scene_node_1_only_watches;
const char *scene_attacker = ATTACKER;

/* --- the scene ----------------------------------------------------------------------------- */

void scene_end_turn(void)
{
    if (core.turn_is_open) {
        ASSERT_OK(knowledge_commit(core.knowledge));
        core.turn_is_open = false;
        core.outbox_count = 0;
        core.outbox = core.outbox_last = NULL;
        arena_reset(&core.turn);
    }
}

static void enrol(void)
{
    static const struct service_id node_1[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                                { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE } };
    static const struct service_id node_2[] = { { LAYER_L2, PLANE_COMPUTE, SERVICE_MONITOR },
                                                { LAYER_L2, PLANE_COMPUTE, SERVICE_ENFORCE },
                                                { LAYER_L2, PLANE_DATA, SERVICE_MONITOR },
                                                { LAYER_L2, PLANE_DATA, SERVICE_ENFORCE } };
    const struct registry_node_spec specs[] = {
        { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR },
        { SLICE("node-1"), PEER_SMA, SLICE("agg-1"), node_1, COUNT_OF(node_1) },
        { SLICE("node-2"), PEER_SMA, SLICE("agg-1"), node_2, COUNT_OF(node_2) },
    };
    struct registry *registry = NULL;

    ASSERT_OK(file_make_folder(folder, 0700));
    ASSERT_OK(registry_init(folder, SLICE("redand")));
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        const char *out = arena_printf(&arena, "%s/%zu", folder, i).ptr;
        ASSERT_OK(file_make_folder(out, 0700));
        struct registry_node_spec spec = specs[i];
        spec.service_count = i == 1 && scene_node_1_only_watches ? 1 : spec.service_count;
        ASSERT_OK(registry_add_node(folder, &spec, out));
    }
    ASSERT_OK(identity_load(file_path(&arena, folder, "identity.yaml"), &core.identity));
    ASSERT_OK(registry_load(file_path(&arena, folder, "registry.yaml"), &registry));
    core.registry = registry_cell_new(registry);
}

static void agree(void)
{
    static const char *const names[] = { "imaging-archive.yaml", "imaging-ucloud.yaml",
                                         "private-dc.yaml" };
    struct world_document documents[COUNT_OF(names)];
    struct world_change *change = NULL;
    struct diag_list diags;

    diag_list_init(&diags, &change_arena);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        documents[i].name = slice_from(names[i]);
        ASSERT_OK(file_load(&arena, file_path(&arena, "examples/hospital", names[i]), DOCUMENT_MAX,
                            &documents[i].text));
    }
    ASSERT_OK(world_prepare(core.world, documents, COUNT_OF(names), NULL, &diags, &change));
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(world_store(core.world, core.knowledge, change, SLICE("a test"), 0, core.turn_us));
    scene_end_turn();
    world_swap(core.world, &change);
}

void scene_can(const char *node, enum action_kind kind)
{
    struct node_capability *capability = &core.capabilities[core.capability_count++];

    *capability = (struct node_capability){ .kind = kind };
    slice_to_cstr(slice_from(node), capability->node, sizeof(capability->node));
}

/* As at every start: from the registry. */
static void know_nodes(void)
{
    struct registry *registry = registry_cell_get(core.registry);

    ASSERT_OK(turn_join(&core));
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct registry_node *node = registry_at(registry, i);
        const struct node_record record = { .name = slice_from(node->name),
                                            .role = node->role,
                                            .state = node->state };
        ASSERT_OK(knowledge_put_node(core.knowledge, &record));
    }
    registry_unref(&registry);
    scene_end_turn();
}

static bool has_session(const struct server *server, struct slice node)
{
    (void)server;
    (void)node;
    return !scene_is_away;
}

void scene_begin(void)
{
    virtual_time =
        (struct clock_virtual){ .wall_us = INT64_C(1700000000000000), .mono_us = 1000000 };
    test_clock = clock_virtual_source(&virtual_time);
    (void)snprintf(folder, sizeof(folder), "%s/%u", suite_folder(), made++);
    core = (struct core){ .options = &options, .clock = &test_clock };
    core.has_session = has_session;
    core.turn_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    core.capabilities = calloc(CORE_NODE_CAPABILITIES_MAX, sizeof(*core.capabilities));
    enrol();
    ASSERT_OK(knowledge_open(file_path(&arena, folder, "redan.db"), virtual_time.wall_us,
                             &core.knowledge));
    ASSERT_OK(world_open(core.knowledge, NULL, &core.world));
    agree();
    know_nodes();
    scene_can("node-1", ACTION_NETWORK_DENY);
    scene_can("node-2", ACTION_COMPUTE_SNAPSHOT);
    scene_can("node-2", ACTION_COMPUTE_SUSPEND);
    scene_can("node-2", ACTION_DATA_FREEZE);
}

int scene_tear_down(void)
{
    arena_done(&arena);
    arena_done(&change_arena);
    return 0;
}

void scene_end_test(void)
{
    scene_node_1_only_watches = false;
    scene_is_away = false;
    scene_attacker = ATTACKER;
    world_close(&core.world);
    knowledge_close(&core.knowledge);
    registry_cell_free(&core.registry);
    identity_done(&core.identity);
    arena_done(&core.turn);
    free(core.capabilities);
    (void)close(core.turn_fd);
    core = (struct core){ .turn_fd = -1 };
}

/* --- what arrives -------------------------------------------------------------------------- */

struct event scene_detection(const char *rule, enum severity severity, const char *key)
{
    struct event_field *fields = ARENA_NEW(&arena, struct event_field, 4);

    fields[0] =
        (struct event_field){ SLICE(DETECT_FIELD_RULE), slice_from(rule), PROVENANCE_SERVICE };
    fields[1] =
        (struct event_field){ SLICE(DETECT_FIELD_KEY), slice_from(key), PROVENANCE_SERVICE };
    fields[2] =
        (struct event_field){ SLICE("src_ip"), slice_from(scene_attacker), PROVENANCE_KERNEL };
    fields[3] =
        (struct event_field){ SLICE(DETECT_FIELD_CORROBORATED), SLICE("true"), PROVENANCE_SERVICE };
    return (struct event){ .node = SLICE("node-1"),
                           .epoch = EPOCH,
                           .time_us = virtual_time.wall_us,
                           .seen_us = virtual_time.wall_us,
                           .kind = SLICE(EVENT_DETECTION),
                           .severity = severity,
                           .fields = fields,
                           .field_count = 4 };
}

/* In the turn that stays open, so that the outbox can be looked at. */
void scene_deliver(struct event *events, size_t count, uint64_t first_seq)
{
    const struct registry_node node = { .name = "node-1", .role = PEER_SMA };
    const struct message message = { .frame = { .type = FRAME_EVENTS,
                                                .raw = SLICE("as received") } };
    const struct event_batch batch = { .node = SLICE("node-1"),
                                       .epoch = EPOCH,
                                       .first_seq = first_seq,
                                       .last_seq = first_seq + count - 1,
                                       .events = events,
                                       .event_count = count };
    const struct server_arrival arrival = { .node = &node, .message = &message, .batch = &batch };
    const struct server_handlers handlers = intake_handlers(&core);

    for (size_t i = 0; i < count; i++) {
        events[i].seq = first_seq + i;
    }
    virtual_time.wall_us += 1000;
    scene_end_turn();
    handlers.message(handlers.arg, &arrival);
}

/* Only the log names the source. */
void scene_detect_unseen(const char *rule, enum severity severity, uint64_t seq)
{
    struct event event =
        scene_detection(rule, severity, arena_printf(&arena, "key-%u", (unsigned)seq).ptr);

    event.field_count--;
    scene_deliver(&event, 1, seq);
}

void scene_detect(const char *rule, enum severity severity, uint64_t seq)
{
    struct event event =
        scene_detection(rule, severity, arena_printf(&arena, "key-%u", (unsigned)seq).ptr);

    scene_deliver(&event, 1, seq);
}

void scene_hello(const char *node, const char *words)
{
    struct registry *registry = registry_cell_get(core.registry);
    const struct registry_node *about = registry_by_name(registry, slice_from(node));
    struct slice said[ACTION_KINDS];
    struct message message = { .frame = { .type = FRAME_HELLO },
                               .hello = { .capabilities = said } };
    const struct server_arrival arrival = { .node = about, .message = &message };
    const struct server_handlers handlers = intake_handlers(&core);
    struct slice rest = slice_from(words);

    while (rest.len > 0) {
        said[message.hello.capability_count++] = slice_cut(&rest, ' ');
    }
    scene_end_turn();
    handlers.message(handlers.arg, &arrival);
    registry_unref(&registry);
}

void scene_sweep(void)
{
    scene_end_turn();
    ASSERT_OK(core_sweep(&core));
}

void scene_restart(void)
{
    scene_end_turn();
    world_close(&core.world);
    knowledge_close(&core.knowledge);
    core.capability_count = 0;
    core.look = (struct look){ .wanted = false };
    core.knows_offset = false;
    core.id_ms = 0;
    core.overdue_after_ms = 0;
    core.checks_under_way = 0;
    core.started_us = virtual_time.wall_us;
    ASSERT_OK(knowledge_open(file_path(&arena, folder, "redan.db"), virtual_time.wall_us,
                             &core.knowledge));
    ASSERT_OK(world_open(core.knowledge, NULL, &core.world));
    ASSERT_OK(core_resume(&core));
}

/* --- what is seen -------------------------------------------------------------------------- */

struct scene_seen seen;

static struct status see_plan(void *arg, const struct plan_record *row)
{
    (void)arg;
    seen.plans[seen.plan_count++] = *row;
    return STATUS_SUCCESS;
}

static struct status see_incident(void *arg, const struct incident_record *row)
{
    (void)arg;
    seen.incidents[seen.incident_count++] = *row;
    return STATUS_SUCCESS;
}

static struct status see_alert(void *arg, const struct alert_record *row)
{
    (void)arg;
    (void)row;
    seen.alerts++;
    return STATUS_SUCCESS;
}

void scene_look(void)
{
    struct knowledge_reader *reader = knowledge_reading(core.knowledge);
    const struct knowledge_page page = { .limit = SCENE_SEEN_MAX };

    scene_end_turn();
    seen = (struct scene_seen){ .plan_count = 0 };
    ASSERT_OK(
        knowledge_list_plans(reader, &(struct plan_query){ .page = page }, see_plan, NULL, NULL));
    ASSERT_OK(knowledge_list_incidents(reader, &(struct incident_query){ .page = page },
                                       see_incident, NULL, NULL));
    ASSERT_OK(knowledge_list_alerts(reader, &(struct alert_query){ .page = page }, see_alert, NULL,
                                    NULL));
}

size_t scene_steps_of(size_t plan, struct step_record **out)
{
    size_t count = 0;

    ASSERT_OK(knowledge_get_steps(knowledge_reading(core.knowledge), &seen.plans[plan].id, &arena,
                                  out, &count));
    return count;
}

/* The node's answer to the last command of a step. */
void scene_answer(const struct step_record *step, enum command_verb verb,
                  enum command_outcome outcome)
{
    struct service_result result = { .node = slice_from(step->action.node) };

    result.result =
        (struct command_result){ .id = step->command,
                                 .verb = verb,
                                 .outcome = outcome,
                                 .state = verb == COMMAND_DO ? CONTROL_ENFORCED : CONTROL_UNDONE,
                                 .read_back_us = virtual_time.wall_us,
                                 .lease_left_ms = 1000 };
    virtual_time.wall_us += 1000;
    scene_end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_result(&core, &result, SLICE("as received")));
}

/* Every command of a plan, until nothing is in flight. */
void scene_carry_out(size_t plan)
{
    for (int round = 0; round < 4; round++) {
        struct step_record *steps = NULL;
        size_t count = scene_steps_of(plan, &steps);
        for (size_t i = 0; i < count; i++) {
            if (steps[i].state == CONTROL_PENDING && steps[i].sent_us != 0) {
                scene_answer(&steps[i], COMMAND_DO, COMMAND_DONE);
            }
        }
        scene_end_turn();
    }
}

void scene_report(const struct step_record *step, enum control_state state)
{
    struct event_field fields[] = {
        { SLICE("action"), slice_from(step->action.id.text), PROVENANCE_SERVICE },
        { SLICE("state"), slice_from(control_state_name(state)), PROVENANCE_SERVICE },
    };
    const struct event event = { .node = slice_from(step->action.node),
                                 .time_us = virtual_time.wall_us,
                                 .kind = SLICE(EVENT_CONTROL_CHANGED),
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields) };

    virtual_time.wall_us += 1000;
    scene_end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_control_changed(&core, &event));
}

struct incident_record scene_incident(void)
{
    struct incident_record incident = { .state = INCIDENT_CLOSED };

    scene_look();
    ASSERT_OK(knowledge_get_incident(knowledge_reading(core.knowledge),
                                     slice_from(seen.incidents[0].id.text), &arena, &incident));
    return incident;
}

struct rows_of {
    const char *kind;
    size_t count;
};

static struct status count_row(void *arg, const struct journal_row *row)
{
    struct rows_of *rows = arg;

    rows->count += slice_is(row->kind, rows->kind) ? 1 : 0;
    return STATUS_SUCCESS;
}

size_t scene_journal_rows(const char *kind)
{
    struct rows_of rows = { .kind = kind };

    ASSERT_OK(journal_list(knowledge_reading(core.knowledge), 0, KNOWLEDGE_PAGE_MAX, count_row,
                           &rows, NULL));
    return rows.count;
}
