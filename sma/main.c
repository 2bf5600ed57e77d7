/* redan-sma: the agent of one node. The only place of the agent that names concrete planes. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/service.h"
#include "planes/compute/libvirt_plane.h"
#include "planes/remote.h"
#include "sma/check.h"
#include "sma/sense.h"
#include "sma/session.h"

enum { REACH_MS = 500 };

static const struct program_spec about = {
    .name = "redan-sma",
    .version = REDAN_VERSION,
    .summary = "The agent of one node: reads logs, detects, reports, carries out signed orders.\n"
               "Started by redan-netd or redan-datad it has their plane.",
    .config_path = "/etc/redan/sma.yaml",
    .checks = "keys, state, rules, sensors, hypervisor",
    .signals = "Signals: SIGTERM and SIGINT stop cleanly.",
    .table = &sma_config_table,
};

struct daemon {
    struct program program;
    struct sma_config config;
    const struct rule_set *rules;
    struct identity identity;
    struct trust trust;
    struct plane *planes[PLANE_KINDS];
    struct session *session;
    struct sense *sense;
};

static bool load_rules(struct daemon *daemon)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_list diags;

    diag_list_init(&diags, &daemon->program.arena);
    daemon->rules = sma_read_rules(&daemon->program, &daemon->config, &diags);
    diag_render_list(&diags, (struct diag_style){ .color = false }, &text);
    if (text.len > 0) {
        (void)!write(STDERR_FILENO, text.ptr, text.len);
    }
    return daemon->rules != NULL;
}

/* --- planes -------------------------------------------------------------------------------------
 */

/* The helper that started us left its plane; no helper, no plane. */
static struct status inherit_plane(struct daemon *daemon, enum plane_kind kind)
{
    struct status inherited = plane_remote_inherit(kind, &daemon->planes[kind]);

    return inherited.code == STATUS_NOT_FOUND ? STATUS_SUCCESS : inherited;
}

static struct status open_planes(struct daemon *daemon)
{
    TRY(inherit_plane(daemon, PLANE_NETWORK));
    TRY(inherit_plane(daemon, PLANE_DATA));
    if (daemon->config.compute_uri.len == 0) {
        return STATUS_SUCCESS;
    }
    const struct libvirt_plane_spec spec = { .uri = daemon->config.compute_uri.ptr };
    return libvirt_plane_open(&spec, &daemon->planes[PLANE_COMPUTE]);
}

static struct status on_plane(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct daemon *daemon = state;

    (void)loop;
    (void)revents;
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        if (daemon->planes[i] != NULL && plane_fd(daemon->planes[i]) == fd) {
            struct status dispatched = plane_dispatch(daemon->planes[i]);
            if (daemon->session != NULL) {
                session_wake(daemon->session);
            }
            return status_wrap(dispatched, "plane %s", plane_name(daemon->planes[i]));
        }
    }
    return STATUS_SUCCESS;
}

static struct status watch_planes(struct daemon *daemon, struct actor_loop *loop)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        if (daemon->planes[i] != NULL) {
            TRY(actor_loop_fd(loop, plane_fd(daemon->planes[i]), POLLIN, on_plane, daemon));
        }
    }
    return STATUS_SUCCESS;
}

/* --- the agent ----------------------------------------------------------------------------------
 */

static bool has_evidence(void *arg, const struct action *action)
{
    const struct daemon *daemon = arg;

    return sense_has_evidence(daemon->sense, action);
}

static struct status open_session(struct daemon *daemon, struct actor_loop *loop)
{
    const struct sma_config *config = &daemon->config;
    struct address *protect =
        ARENA_NEW(&daemon->program.arena, struct address, config->protect.count);

    for (size_t i = 0; i < config->protect.count; i++) {
        TRY(address_parse(config->protect.items[i], &protect[i]));
    }
    struct session_options options = {
        .identity = &daemon->identity,
        .trust = &daemon->trust,
        .endpoints = { config->endpoints.items[0].ptr,
                       config->endpoints.count > 1 ? config->endpoints.items[1].ptr : NULL },
        .state = config->state.ptr,
        .spool_bytes = config->spool_bytes,
        .protect = protect,
        .protect_count = config->protect.count,
        .clock = &clock_real,
        .has_evidence = has_evidence,
        .evidence_arg = daemon,
    };
    memcpy(options.planes, daemon->planes, sizeof(options.planes));
    return session_open(loop, &options, &daemon->session);
}

static struct status open_sense(struct daemon *daemon, struct actor_loop *loop)
{
    const struct sense_options options = {
        .node = slice_from(daemon->identity.name),
        .rules = daemon->rules,
        .sensors = daemon->config.sensors.items,
        .sensor_count = daemon->config.sensors.count,
        .state = file_path(&daemon->program.arena, daemon->config.state.ptr, "sense"),
        .network = daemon->planes[PLANE_NETWORK],
        .session = daemon->session,
        .clock = &clock_real,
    };

    return sense_open(loop, &options, &daemon->sense);
}

static void close_all(struct daemon *daemon, struct actor_loop *loop)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        if (daemon->planes[i] != NULL) { /* first: what is under way ends, and is told so */
            actor_loop_fd_end(loop, plane_fd(daemon->planes[i]));
            plane_close(&daemon->planes[i]);
        }
    }
    sense_close(&daemon->sense);
    session_close(&daemon->session);
    identity_done(&daemon->identity);
}

static struct status open_all(struct daemon *daemon, struct actor_loop *loop)
{
    const char *keys = daemon->config.keys.ptr;

    TRY(identity_load(file_path(&daemon->program.arena, keys, "identity.yaml"), &daemon->identity));
    TRY(sma_check_identity(&daemon->identity));
    TRY(trust_load(file_path(&daemon->program.arena, keys, "trust.yaml"), &daemon->trust));
    TRY(open_planes(daemon));
    TRY(watch_planes(daemon, loop));
    TRY(open_session(daemon, loop));
    return open_sense(daemon, loop);
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;
    struct status opened = open_all(daemon, loop);

    if (!status_ok(&opened)) {
        close_all(daemon, loop);
        return opened;
    }
    log_info("redan-sma", "ready", LOG_CSTR("node", daemon->identity.name),
             LOG_NUMBER("sensors", daemon->config.sensors.count),
             LOG_NUMBER("rules", daemon->rules->count));
    return STATUS_SUCCESS;
}

static void end(struct actor_loop *loop, void *state)
{
    close_all(state, loop);
}

static int run(struct daemon *daemon)
{
    struct service service = {
        .actor = "redan-sma", .doing = "watching", .begin = begin, .end = end, .state = daemon
    };

    actor_block_signals(); /* not before: reading a file may wait */
    log_setup(STDERR_FILENO, (enum log_format)daemon->config.log_format,
              (enum log_level)daemon->config.log_level);
    return load_rules(daemon) ? service_run(&service) : PROGRAM_NO;
}

/* --- the check ---------------------------------------------------------------------------------
 */

struct reach {
    bool answered;
    struct status outcome;
};

static void on_observed(void *arg, struct status outcome, const struct plane_control *controls,
                        size_t count)
{
    struct reach *reach = arg;

    (void)controls;
    (void)count;
    *reach = (struct reach){ true, outcome };
}

/* A look at the domains, as after a start. A hypervisor that does not answer in time is left to
 * the end of this process. */
static struct status reach_compute(const char *uri)
{
    static struct reach reach;
    static struct plane *plane;
    const struct libvirt_plane_spec compute = { .uri = uri, .read_ms = REACH_MS };
    struct pollfd ready = { .events = POLLIN };

    (void)setenv("LIBVIRT_AUTOSTART", "0", 1); /* NOLINT(concurrency-mt-unsafe): one thread yet */
    TRY(libvirt_plane_open(&compute, &plane));
    TRY(plane_observe(plane, on_observed, &reach));
    ready.fd = plane_fd(plane);
    while (!reach.answered && poll(&ready, 1, REACH_MS) == 1) {
        TRY(plane_dispatch(plane));
    }
    if (!reach.answered) {
        return status_error(STATUS_TIMEOUT, "%s: no answer within %d ms", uri, (int)REACH_MS);
    }
    if (reach.outcome.code != STATUS_TIMEOUT) {
        plane_close(&plane);
    }
    return reach.outcome;
}

int main(int argc, char **argv)
{
    struct daemon daemon = { 0 };

    int code = program_begin(&daemon.program, &about, argc, argv, &daemon.config);
    if (code == PROGRAM_GO_ON) {
        code = daemon.program.check_only ? sma_check(&daemon.program, &daemon.config, reach_compute)
                                         : run(&daemon);
    }
    program_end(&daemon.program);
    return code;
}
