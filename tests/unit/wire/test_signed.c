#include "wire/signed.h"

#include <string.h>

#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/pb_priv.h"
#include "wire/signed_priv.h"

static struct world world;
static struct arena arena;

static int set_up(void)
{
    world_make(&world, "signed");
    return 0;
}

static int tear_down(void)
{
    arena_done(&arena);
    world_done(&world);
    return 0;
}

static const struct identity_service *monitor(void)
{
    return identity_service(&world.app, &world_monitor);
}

static const struct identity_service *enforcer(void)
{
    return identity_service(&world.app, &world_enforce);
}

/* --- events ----------------------------------------------------------------------------- */

static void test_a_batch_opens_to_what_was_sealed(void)
{
    struct message message = world_events(&arena, &world.app, 7, 3, 2);
    struct event_batch batch;

    ASSERT_OK(events_open(&arena, &message.events, &monitor()->public_key, &batch));
    ASSERT_TEXT(batch.node, "app-1");
    CU_ASSERT_EQUAL(batch.epoch, 7);
    CU_ASSERT_EQUAL(batch.first_seq, 3);
    CU_ASSERT_EQUAL(batch.last_seq, 4);
    CU_ASSERT_EQUAL_FATAL(batch.event_count, 2);
    CU_ASSERT_EQUAL(batch.events[1].seq, 4);
    CU_ASSERT_EQUAL(batch.events[1].epoch, 7);
    ASSERT_TEXT(batch.events[1].node, "app-1");
    ASSERT_TEXT(event_value(&batch.events[1], "user"), "user-4");
    CU_ASSERT_EQUAL(event_field(&batch.events[1], "src_ip")->provenance, PROVENANCE_KERNEL);
    CU_ASSERT_EQUAL(batch.events[1].time_us, 1000004);
}

static void test_a_changed_batch_is_refused(void)
{
    struct message message = world_events(&arena, &world.app, 7, 3, 2);
    struct event_batch batch;
    char *bytes = arena_cstr(&arena, message.events.batch);

    for (size_t i = 0; i < message.events.batch.len; i += 7) {
        bytes[i] = (char)(bytes[i] ^ 1);
        struct signed_events changed = message.events;
        changed.batch.ptr = bytes;
        ASSERT_CODE(events_open(&arena, &changed, &monitor()->public_key, &batch), STATUS_DENIED);
        bytes[i] = (char)(bytes[i] ^ 1);
    }
    ASSERT_CODE(events_open(&arena, &message.events, &enforcer()->public_key, &batch),
                STATUS_DENIED);
    message.events.service = world_enforce;
    ASSERT_CODE(events_open(&arena, &message.events, &monitor()->public_key, &batch),
                STATUS_DENIED);
}

static struct status seal(struct event *events, size_t count, uint64_t first_seq,
                          struct signed_events *out)
{
    const struct event_batch batch = { .node = SLICE("app-1"),
                                       .service = world_monitor,
                                       .epoch = 1,
                                       .first_seq = first_seq,
                                       .events = events,
                                       .event_count = count };

    return events_seal(&arena, &batch, &monitor()->secret, out);
}

static void test_a_batch_says_what_is_still_held(void)
{
    static const struct {
        uint64_t first_held;
        enum status_code code;
    } rows[] = { { 0, STATUS_OK }, { 1, STATUS_OK }, { 5, STATUS_OK }, { 6, STATUS_INVALID } };
    struct event event = world_event(&arena, 5, SEVERITY_LOW);

    event.seq = 5;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct event_batch batch = { .node = SLICE("app-1"),
                                           .service = world_monitor,
                                           .epoch = 1,
                                           .first_seq = 5,
                                           .first_held = rows[i].first_held,
                                           .events = &event,
                                           .event_count = 1 };
        struct signed_events sealed;
        struct event_batch opened = { .first_held = 99 };
        struct status made = events_seal(&arena, &batch, &monitor()->secret, &sealed);
        CU_ASSERT_EQUAL(made.code, rows[i].code);
        if (status_ok(&made)) {
            ASSERT_OK(events_open(&arena, &sealed, &monitor()->public_key, &opened));
            CU_ASSERT_EQUAL(opened.first_held, rows[i].first_held);
        }
    }
}

static void test_a_gap_stands_for_several_numbers(void)
{
    struct event events[3] = { world_event(&arena, 1, SEVERITY_LOW),
                               world_event(&arena, 2, SEVERITY_MEDIUM),
                               world_event(&arena, 3, SEVERITY_LOW) };
    struct signed_events sealed;
    struct event_batch batch;

    events[0].seq = 5;
    events[1].seq = 9; /* 6..9 */
    events[1].kind = SLICE(EVENT_SENSOR_GAP);
    events[1].plane = PLANE_DATA;
    events[2].seq = 10;
    ASSERT_OK(seal(events, 3, 5, &sealed));
    ASSERT_OK(events_open(&arena, &sealed, &monitor()->public_key, &batch));
    CU_ASSERT_EQUAL(batch.last_seq, 10);
    CU_ASSERT_EQUAL(batch.events[1].seq, 9);
    CU_ASSERT_EQUAL(batch.events[2].seq, 10);
    events[1].kind = SLICE(EVENT_AUTH_FAILURE);
    ASSERT_CODE(seal(events, 3, 5, &sealed), STATUS_INVALID);
    events[1].seq = 4; /* goes back */
    ASSERT_CODE(seal(events, 3, 5, &sealed), STATUS_INVALID);
}

static void test_batches_have_limits(void)
{
    static struct event events[BATCH_EVENTS_MAX + 1];
    struct signed_events sealed;
    struct event_batch batch;
    char *big = ARENA_NEW(&arena, char, EVENT_VALUE_MAX);

    for (size_t i = 0; i < COUNT_OF(events); i++) {
        events[i] = world_event(&arena, (unsigned)i, SEVERITY_LOW);
        events[i].seq = i + 1;
    }
    ASSERT_CODE(seal(events, 0, 1, &sealed), STATUS_EXHAUSTED);
    ASSERT_CODE(seal(events, COUNT_OF(events), 1, &sealed), STATUS_EXHAUSTED);
    for (size_t i = 0; i < 100; i++) {
        events[i].fields[0].value =
            (struct slice){ memset(big, 'x', EVENT_VALUE_MAX), EVENT_VALUE_MAX };
    }
    ASSERT_CODE(seal(events, 100, 1, &sealed), STATUS_EXHAUSTED);
    sealed.batch.len = BATCH_BYTES_MAX + 1;
    ASSERT_CODE(events_open(&arena, &sealed, &monitor()->public_key, &batch), STATUS_EXHAUSTED);
    events[0].kind = SLICE("Not a kind");
    ASSERT_CODE(seal(events, 1, 1, &sealed), STATUS_INVALID);
}

/* What a monitor with a good key could still send. */
static enum status_code open_body(Redan__Wire__EventBatch *body)
{
    struct signed_events sealed = { .service = world_monitor,
                                    .batch = pb_pack_new(&arena, &body->base) };
    struct event_batch batch;

    sealed.signature = signed_make(&arena, "redan/1 events", sealed.batch, &monitor()->secret);
    return events_open(&arena, &sealed, &monitor()->public_key, &batch).code;
}

static void test_well_signed_nonsense_is_refused(void)
{
    Redan__Wire__EventBatch body = REDAN__WIRE__EVENT_BATCH__INIT;
    Redan__Wire__Service service = pb_service(&world_monitor);
    Redan__Wire__Event event = REDAN__WIRE__EVENT__INIT;
    Redan__Wire__Field field = REDAN__WIRE__FIELD__INIT;
    Redan__Wire__Event *events[2] = { &event, &event };
    Redan__Wire__Field *fields[EVENT_FIELDS_MAX + 1];

    CU_ASSERT_EQUAL(open_body(&body), STATUS_CORRUPT);
    body.node = pb_text(SLICE("app-1"));
    body.service = &service;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_CORRUPT); /* number 0 */
    body.first_seq = 1;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_EXHAUSTED); /* empty */
    body.first_held = 2;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_CORRUPT); /* holds less than it sends */
    body.first_held = 1;
    body.events = events;
    body.n_events = 2;
    event.layer = LAYER_L2;
    event.plane = PLANE_NETWORK;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_INVALID); /* no kind */
    event.kind = pb_text(SLICE("auth.failure"));
    CU_ASSERT_EQUAL(open_body(&body), STATUS_OK);
    event.covers = 2;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_INVALID); /* no gap */
    event.covers = UINT64_MAX;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_CORRUPT);
    event.covers = 0;
    event.plane = PLANE_DATA;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_INVALID); /* another service's business */
    event.plane = 77;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_INVALID);
    event.plane = PLANE_NETWORK;
    event.severity = 77;
    CU_ASSERT_EQUAL(open_body(&body), STATUS_INVALID);
    event.severity = SEVERITY_LOW;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        fields[i] = &field;
    }
    event.fields = fields;
    event.n_fields = COUNT_OF(fields);
    CU_ASSERT_EQUAL(open_body(&body), STATUS_EXHAUSTED);

    struct signed_events junk = { .service = world_monitor, .batch = SLICE("\xff\xff") };
    struct event_batch batch;
    junk.signature = signed_make(&arena, "redan/1 events", junk.batch, &monitor()->secret);
    ASSERT_CODE(events_open(&arena, &junk, &monitor()->public_key, &batch), STATUS_CORRUPT);
}

static void test_an_event_alone_goes_around(void)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    struct event event = world_event(&arena, 4, SEVERITY_HIGH);
    struct event back;

    ASSERT_OK(event_encode(&event, &bytes));
    ASSERT_OK(event_decode(&arena, buf_slice(&bytes), &back));
    ASSERT_TEXT(back.kind, EVENT_AUTH_FAILURE);
    CU_ASSERT_EQUAL(back.severity, SEVERITY_HIGH);
    ASSERT_CODE(event_decode(&arena, SLICE("\xff"), &back), STATUS_CORRUPT);
    ASSERT_CODE(event_decode(&arena, SLICE(""), &back), STATUS_INVALID);
    event.severity = (enum severity)9;
    ASSERT_CODE(event_encode(&event, &bytes), STATUS_INVALID);
}

/* --- commands --------------------------------------------------------------------------- */

static void test_a_command_opens_to_what_was_sealed(void)
{
    struct command command = world_command("app-1", 4);
    struct message message = world_command_message(&arena, &world, &command);
    struct command back;

    ASSERT_OK(command_open(&arena, &message.command, &world.app_trust, &back));
    CU_ASSERT_STRING_EQUAL(back.id.text, command.id.text);
    CU_ASSERT_STRING_EQUAL(back.action.id.text, command.action.id.text);
    CU_ASSERT_TRUE(action_same_effect(&back.action, &command.action));
    CU_ASSERT_EQUAL(back.action.lease.limit_ms, 3600000);
    CU_ASSERT_EQUAL(back.seq, 4);
    CU_ASSERT_EQUAL(back.fencing_epoch, 3);
    CU_ASSERT_STRING_EQUAL(back.policy_digest, "d1");

    command = world_command("app-1", 5);
    ASSERT_OK(address_parse(SLICE("2001:db8::7"), &command.action.source));
    command.verb = COMMAND_UNDO;
    message = world_command_message(&arena, &world, &command);
    ASSERT_OK(command_open(&arena, &message.command, &world.app_trust, &back));
    CU_ASSERT_TRUE(address_eq(&back.action.source, &command.action.source));
    CU_ASSERT_EQUAL(back.verb, COMMAND_UNDO);

    command = world_command("app-1", 6); /* the same address behind another interface is another */
    ASSERT_OK(address_parse(SLICE("fe80::2%eth0"), &command.action.source));
    message = world_command_message(&arena, &world, &command);
    ASSERT_OK(command_open(&arena, &message.command, &world.app_trust, &back));
    CU_ASSERT_STRING_EQUAL(back.action.source.zone, "eth0");
    CU_ASSERT_TRUE(address_eq(&back.action.source, &command.action.source));
}

static void test_only_trusted_replicas_count_and_only_once(void)
{
    struct command command = world_command("app-1", 4);
    struct message message = world_command_message(&arena, &world, &command);
    struct trust trust = world.app_trust;
    struct command back;
    struct replica_signature both[3];

    slice_to_cstr(SLICE("stranger"), trust.signers[0].replica, sizeof(trust.signers[0].replica));
    ASSERT_CODE(command_open(&arena, &message.command, &trust, &back), STATUS_DENIED);
    trust = world.app_trust;
    trust.membership.threshold = 2;
    ASSERT_CODE(command_open(&arena, &message.command, &trust, &back), STATUS_DENIED);
    both[0] = message.command.signatures[0];
    both[1] = both[0];
    both[2] = (struct replica_signature){ SLICE("nobody"), both[0].signature };
    struct signed_list twice = { message.command.bytes, both, 3 };
    ASSERT_CODE(command_open(&arena, &twice, &trust, &back), STATUS_DENIED);
    both[1].signature.bytes[3] ^= 1;
    both[2] = both[0]; /* a wrong one does not spoil a good one */
    both[0] = both[1];
    ASSERT_OK(command_open(&arena, &twice, &world.app_trust, &back));
    trust = world.app_trust;
    trust.membership.epoch = 2;
    ASSERT_CODE(command_open(&arena, &message.command, &trust, &back), STATUS_DENIED);
}

static enum status_code open_command(Redan__Wire__Command *body)
{
    struct signed_list sealed;
    struct command back;

    signed_seal_list(&arena, "redan/1 command", &body->base, SLICE("redand"), &world.redand.signing,
                     &sealed);
    return command_open(&arena, &sealed, &world.app_trust, &back).code;
}

static void test_well_signed_commands_out_of_range_are_refused(void)
{
    static const char ulid[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    Redan__Wire__Command body = REDAN__WIRE__COMMAND__INIT;
    Redan__Wire__Address source = REDAN__WIRE__ADDRESS__INIT;

    body.membership_epoch = 1;
    body.threshold = 1;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    body.id = pb_text(slice_from(ulid));
    body.action_id = pb_text(slice_from(ulid));
    body.node = pb_text(SLICE("app-1"));
    body.action = ACTION_NETWORK_DENY;
    body.source = &source;
    body.lease_duration_ms = 1000;
    body.lease_limit_ms = 1000;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_INVALID); /* no source */
    source.network = pb_bytes("\x0a\x63\x00\x02", 4);
    source.prefix_len = 32;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_OK);
    source.prefix_len = 24; /* host bits */
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source.prefix_len = 200;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source.prefix_len = 32;
    source.network = pb_bytes("\x0a\x63\x00", 3);
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source.network = pb_bytes("\x0a\x63\x00\x02", 4);
    source.zone = pb_text(SLICE("eth0")); /* only link-local hosts have one */
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source.network = pb_bytes("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
    source.prefix_len = 128;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_OK);
    source.zone = pb_text(SLICE("an-interface-whose-name-is-too-long"));
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source.zone = pb_text(SLICE("eth0/1"));
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    source = (Redan__Wire__Address)REDAN__WIRE__ADDRESS__INIT;
    source.network = pb_bytes("\x0a\x63\x00\x02", 4);
    source.prefix_len = 32;
    body.verb = 3;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    body.verb = 0;
    body.action = ACTION_KINDS;
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);
    body.action = ACTION_NETWORK_DENY;
    body.node = pb_bytes("a\0b", 3);
    CU_ASSERT_EQUAL(open_command(&body), STATUS_CORRUPT);

    struct action bad = world_command("app-1", 1).action;
    struct command command = world_command("app-1", 1);
    struct signed_list sealed;
    bad.source = (struct address){ 0 };
    command.action = bad;
    ASSERT_CODE(command_seal(&arena, &command, &world.app_trust.membership, SLICE("redand"),
                             &world.redand.signing, &sealed),
                STATUS_INVALID);
}

/* --- results and snapshots -------------------------------------------------------------- */

static struct service_result a_result(void)
{
    struct service_result result = { .node = SLICE("app-1"),
                                     .service = world_enforce,
                                     .result = { .id = world_command("app-1", 1).id,
                                                 .verb = COMMAND_DO,
                                                 .outcome = COMMAND_DONE,
                                                 .state = CONTROL_ENFORCED,
                                                 .verified_by = VERIFIED_SELF,
                                                 .received_us = 1,
                                                 .applied_us = 2,
                                                 .read_back_us = 3,
                                                 .lease_left_ms = -1,
                                                 .detail = "sockets destroyed: 1" } };

    return result;
}

static void test_a_result_opens_to_what_was_sealed(void)
{
    struct service_result result = a_result();
    struct service_result back;
    struct signed_result sealed;

    ASSERT_OK(result_seal(&arena, &result, &enforcer()->secret, &sealed));
    ASSERT_OK(result_open(&arena, &sealed, &enforcer()->public_key, &back));
    ASSERT_TEXT(back.node, "app-1");
    CU_ASSERT_EQUAL(back.result.state, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(back.result.lease_left_ms, -1);
    CU_ASSERT_STRING_EQUAL(back.result.detail, "sockets destroyed: 1");
    ASSERT_CODE(result_open(&arena, &sealed, &monitor()->public_key, &back), STATUS_DENIED);
    result.result.outcome = (enum command_outcome)7;
    ASSERT_OK(result_seal(&arena, &result, &enforcer()->secret, &sealed));
    ASSERT_CODE(result_open(&arena, &sealed, &enforcer()->public_key, &back), STATUS_CORRUPT);
    sealed.bytes = SLICE("\xff");
    sealed.signature = signed_make(&arena, "redan/1 result", sealed.bytes, &enforcer()->secret);
    ASSERT_CODE(result_open(&arena, &sealed, &enforcer()->public_key, &back), STATUS_CORRUPT);
    struct command_result unsigned_back;
    ASSERT_CODE(result_decode(&arena, SLICE("\xff"), &unsigned_back), STATUS_CORRUPT);
}

static struct status seal_snapshot(const struct snapshot *snapshot, struct signed_list *out)
{
    return snapshot_seal(&arena, snapshot, &world.app_trust.membership, SLICE("redand"),
                         &world.redand.signing, out);
}

static void test_a_snapshot_opens_to_what_was_sealed(void)
{
    struct address networks[2];
    struct snapshot snapshot = { .policy_digest = "d2",
                                 .version = 9,
                                 .issued_ms = 10,
                                 .protected_networks = networks,
                                 .network_count = 2 };
    struct signed_list sealed;
    struct snapshot back;

    ASSERT_OK(address_parse(SLICE("10.0.0.0/8"), &networks[0]));
    ASSERT_OK(address_parse(SLICE("2001:db8::/32"), &networks[1]));
    ASSERT_OK(seal_snapshot(&snapshot, &sealed));
    ASSERT_OK(snapshot_open(&arena, &sealed, &world.app_trust, &back));
    CU_ASSERT_EQUAL(back.version, 9);
    CU_ASSERT_STRING_EQUAL(back.policy_digest, "d2");
    CU_ASSERT_EQUAL_FATAL(back.network_count, 2);
    CU_ASSERT_TRUE(address_eq(&back.protected_networks[1], &networks[1]));
    sealed.signatures[0].signature.bytes[0] ^= 1;
    ASSERT_CODE(snapshot_open(&arena, &sealed, &world.app_trust, &back), STATUS_DENIED);
    networks[0] = (struct address){ 0 };
    ASSERT_OK(seal_snapshot(&snapshot, &sealed));
    ASSERT_CODE(snapshot_open(&arena, &sealed, &world.app_trust, &back), STATUS_CORRUPT);
    snapshot.network_count = SNAPSHOT_NETWORKS_MAX + 1;
    ASSERT_CODE(seal_snapshot(&snapshot, &sealed), STATUS_EXHAUSTED);
}

static void test_signed_as_one_thing_never_passes_as_another(void)
{
    struct snapshot snapshot = { .policy_digest = "d2", .version = 9 };
    struct signed_list sealed;
    struct command command;

    ASSERT_OK(seal_snapshot(&snapshot, &sealed));
    ASSERT_CODE(command_open(&arena, &sealed, &world.app_trust, &command), STATUS_DENIED);
}

static CU_TestInfo tests[] = {
    { "a batch opens to what was sealed", test_a_batch_opens_to_what_was_sealed },
    { "a changed batch is refused", test_a_changed_batch_is_refused },
    { "a gap stands for several numbers", test_a_gap_stands_for_several_numbers },
    { "a batch says what is still held", test_a_batch_says_what_is_still_held },
    { "batches have limits", test_batches_have_limits },
    { "well-signed nonsense is refused", test_well_signed_nonsense_is_refused },
    { "an event alone goes around", test_an_event_alone_goes_around },
    { "a command opens to what was sealed", test_a_command_opens_to_what_was_sealed },
    { "only trusted replicas count, and only once",
      test_only_trusted_replicas_count_and_only_once },
    { "well-signed commands out of range are refused",
      test_well_signed_commands_out_of_range_are_refused },
    { "a result opens to what was sealed", test_a_result_opens_to_what_was_sealed },
    { "a snapshot opens to what was sealed", test_a_snapshot_opens_to_what_was_sealed },
    { "signed as one thing never passes as another",
      test_signed_as_one_thing_never_passes_as_another },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/signed", set_up, tear_down, NULL, NULL, tests },
                          CU_SUITE_INFO_NULL };
