/* redan-agg: the aggregator. */
#include <unistd.h>

#include "aggregators/aggregator.h"
#include "aggregators/check.h"
#include "base/log.h"
#include "base/service.h"

static const struct program_spec about = {
    .name = "redan-agg",
    .version = REDAN_VERSION,
    .summary = "The aggregator: relays between node agents and the orchestrator.",
    .config_path = "/etc/redan/agg.yaml",
    .checks = "keys, registry, addresses",
    .signals = "Signals: SIGTERM and SIGINT stop cleanly; SIGHUP reads the node registry again.",
    .table = &agg_config_table,
};

struct daemon {
    struct program program;
    struct agg_config config;
    struct aggregator *aggregator;
};

static struct status on_counters(struct actor_loop *loop, void *state)
{
    const struct daemon *daemon = state;

    (void)loop;
    aggregator_log_counters(daemon->aggregator);
    return STATUS_SUCCESS;
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;
    const struct aggregator_options options = {
        .keys = daemon->config.keys.ptr,
        .registry = daemon->config.registry.ptr,
        .listen = daemon->config.listen.ptr,
        .orchestrator = daemon->config.orchestrator.ptr,
        .clock = &clock_real,
    };

    TRY(aggregator_open(loop, &options, &daemon->aggregator));
    if (daemon->config.counters_ms > 0) {
        (void)actor_loop_timer(loop, (unsigned)daemon->config.counters_ms, 0, on_counters, daemon);
    }
    log_info("agg", "ready", LOG_CSTR("listen", aggregator_endpoint(daemon->aggregator)),
             LOG_TEXT("orchestrator", daemon->config.orchestrator));
    return STATUS_SUCCESS;
}

static struct status reload(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;
    struct status reloaded = aggregator_reload(daemon->aggregator);

    (void)loop;
    log_status(LOG_LEVEL_ERROR, "agg", "reload-failed", &reloaded);
    if (status_ok(&reloaded)) {
        log_info("agg", "reloaded", LOG_CSTR("what", "registry"));
    }
    return STATUS_SUCCESS;
}

static void end(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;

    (void)loop;
    if (daemon->config.counters_ms > 0) {
        aggregator_log_counters(daemon->aggregator);
    }
    aggregator_close(&daemon->aggregator);
}

static int run(struct daemon *daemon)
{
    struct service service = { .actor = "agg",
                               .doing = "relaying",
                               .begin = begin,
                               .reload = reload,
                               .end = end,
                               .state = daemon };

    actor_block_signals(); /* not before: reading a file may wait */
    log_setup(STDERR_FILENO, (enum log_format)daemon->config.log_format,
              (enum log_level)daemon->config.log_level);
    return service_run(&service);
}

int main(int argc, char **argv)
{
    struct daemon daemon = { 0 };

    int code = program_begin(&daemon.program, &about, argc, argv, &daemon.config);
    if (code == PROGRAM_GO_ON) {
        code =
            daemon.program.check_only ? agg_check(&daemon.program, &daemon.config) : run(&daemon);
    }
    program_end(&daemon.program);
    return code;
}
