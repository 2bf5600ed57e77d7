/* /healthz, /readyz and /metrics (Prometheus text format 0.0.4). */
#include "orchestrator/api_priv.h"

#include <inttypes.h>
#include <stddef.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct status api_healthz(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;

    (void)match;
    buf_add_cstr(&request->out, "{\"status\":\"ok\"}");
    return STATUS_SUCCESS;
}

/* An empty turn: the file can be locked for writing, and nothing hangs. */
struct status api_readyz(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;

    (void)match;
    TRY(turn_join(request->core));
    TRY(turn_close(request->core));
    buf_add_cstr(&request->out, "{\"status\":\"ready\"}");
    return STATUS_SUCCESS;
}

/* --- metrics --------------------------------------------------------------------------------- */

static void describe(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_number(struct buf *out, const char *name, const char *type, const char *help,
                       uint64_t value)
{
    describe(out, name, type, help);
    buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

struct counter_row {
    size_t offset; /* in struct core_counters */
    const char *name;
    const char *help;
};

#define COUNTER(field, help_text)                                                                  \
    {                                                                                              \
        offsetof(struct core_counters, field), "redan_" #field "_total", help_text                 \
    }

static const struct counter_row counter_rows[] = {
    COUNTER(turns, "Committed turns of the core."),
    COUNTER(failed_events, "Events that could not be worked on; the journal has them."),
    COUNTER(failed_turns, "Turns that could not be committed."),
    COUNTER(events, "Events taken in."),
    COUNTER(duplicates, "Batches seen before."),
    COUNTER(gaps, "Gaps in a node's stream of events."),
    COUNTER(detections, "Detections received."),
    COUNTER(alerts, "Alerts raised."),
    COUNTER(incidents, "Incidents opened."),
    COUNTER(looks, "Times the managers looked at an incident."),
    COUNTER(plans, "Plans made."),
    COUNTER(refused_plans, "Plans the legality check refused."),
    COUNTER(commands, "Commands issued."),
    COUNTER(checks, "Nodes asked what became of a control, its lease overdue."),
    COUNTER(resends, "Commands sent again."),
    COUNTER(results, "Results of commands."),
    COUNTER(clock_jumps, "Jumps of the wall clock."),
    COUNTER(outbox_full, "Messages left out because the outbox was full."),
};

static void add_core(struct buf *out, const struct core_counters *counters)
{
    for (size_t i = 0; i < COUNT_OF(counter_rows); i++) {
        const struct counter_row *row = &counter_rows[i];
        const uint64_t *value =
            (const uint64_t *)(const void *)((const char *)counters + row->offset);
        add_number(out, row->name, "counter", row->help, *value);
    }
}

static void add_store(struct buf *out, const struct knowledge_stats *stats)
{
    add_number(out, "redan_store_commits_total", "counter", "Commits of the knowledge.",
               stats->commits);
    add_number(out, "redan_journal_rows_total", "counter", "Rows journaled since the start.",
               stats->journal_rows);
    add_number(out, "redan_journal_bytes_total", "counter", "Bytes journaled since the start.",
               stats->journal_bytes);
}

static void add_wire(struct buf *out, const struct server_counters *counters)
{
    add_number(out, "redan_wire_frames_in_total", "counter", "Frames received.",
               counters->frames_in);
    add_number(out, "redan_wire_frames_out_total", "counter", "Frames sent.", counters->frames_out);
    add_number(out, "redan_wire_sessions", "gauge", "Sessions now.", counters->sessions);
    describe(out, "redan_events_dropped_total", "counter", "Frames refused, by reason.");
    for (int i = 0; i < SERVER_REFUSALS; i++) {
        buf_printf(out, "redan_events_dropped_total{reason=\"%s\"} %" PRIu64 "\n",
                   server_refusal_name((enum server_refusal)i), counters->refused[i]);
    }
}

static void add_http(struct buf *out, const struct http_stats *stats)
{
    add_number(out, "redan_http_calls_total", "counter", "Calls handed over.", stats->calls);
    add_number(out, "redan_http_refused_total", "counter", "Requests the guard refused.",
               stats->refused);
    add_number(out, "redan_http_too_large_total", "counter", "Bodies over the limit.",
               stats->too_large);
    add_number(out, "redan_http_timed_out_total", "counter", "Clients and answers cut off.",
               stats->timed_out);
    add_number(out, "redan_http_connections", "gauge", "Connections now.", stats->open);
}

static struct status add_controls(struct api_request *request)
{
    uint64_t counts[CONTROL_STATES];

    TRY(knowledge_count_controls(request->reader, counts));
    describe(&request->out, "redan_controls", "gauge", "Controls of all plans, by state.");
    for (int i = 0; i < CONTROL_STATES; i++) {
        buf_printf(&request->out, "redan_controls{state=\"%s\"} %" PRIu64 "\n",
                   control_state_name((enum control_state)i), counts[i]);
    }
    return STATUS_SUCCESS;
}

struct status api_metrics(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    struct core *core = request->core;
    struct buf *out = &request->out;
    const struct knowledge_stats store = knowledge_stats(core->knowledge);
    const struct server_counters wire = server_read_counters(core->server);
    const struct http_stats http = http_server_stats(core->http);

    (void)match;
    describe(out, "redan_build_info", "gauge", "The running program.");
    buf_add_cstr(out, "redan_build_info{version=\"" REDAN_VERSION "\"} 1\n");
    add_core(out, &core->counters);
    add_store(out, &store);
    add_wire(out, &wire);
    add_http(out, &http);
    TRY(add_controls(request));
    request->content_type = METRICS_TYPE;
    return STATUS_SUCCESS;
}
