/* redan-sma: the agent of one node. The only place of the agent that names concrete planes. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/file.h"
#include "base/log.h"
#include "detect/rule_file.h"
#include "planes/compute/libvirt_plane.h"
#include "planes/remote.h"
#include "sma/config.h"
#include "sma/sense.h"
#include "sma/session.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 10, WATCHDOG_MS = 5000 };
enum { CONFIG_BYTES_MAX = 1024 * 1024, RULE_BYTES_MAX = 16 * 1024 * 1024 };

static const char usage[] =
    "usage: redan-sma [--config FILE] [--check] [--print-config] [--help] [--version]\n"
    "\n"
    "The agent of one node: reads logs, detects, reports, carries out signed orders.\n"
    "\n"
    "  --config FILE    configuration (default /etc/redan/sma.yaml)\n"
    "  --check          check the configuration and the rules, and exit\n"
    "  --print-config   print the configuration with its defaults and exit\n"
    "\n"
    "Started by redan-netd or redan-datad it has their plane; see those and redan-sma(8).\n"
    "Signals: SIGTERM and SIGINT stop cleanly.\n";

struct daemon {
    struct arena arena;
    struct sma_config config;
    const struct rule_set *rules;
    struct identity identity;
    struct trust trust;
    struct plane *planes[PLANE_KINDS];
    struct session *session;
    struct sense *sense;
};

struct arguments {
    const char *config;
    bool check, print;
    int exit_code; /* -1: go on */
};

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments out = { .config = "/etc/redan/sma.yaml", .exit_code = -1 };

    for (int i = 1; i < argc && out.exit_code < 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            (void)fputs(usage, stdout);
            out.exit_code = EXIT_DONE;
        } else if (strcmp(argv[i], "--version") == 0) {
            (void)puts("redan-sma " REDAN_VERSION);
            out.exit_code = EXIT_DONE;
        } else if (strcmp(argv[i], "--check") == 0) {
            out.check = true;
        } else if (strcmp(argv[i], "--print-config") == 0) {
            out.print = true;
        } else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            out.config = argv[++i];
        } else {
            (void)fprintf(stderr, "redan-sma: unknown argument `%s`\n%s", argv[i], usage);
            out.exit_code = EXIT_USAGE;
        }
    }
    return out;
}

/* --- files --------------------------------------------------------------------------------------
 */

static bool load_text(struct daemon *daemon, const char *path, size_t max_bytes,
                      struct diag_source *out)
{
    out->name = path;
    struct status loaded = file_load(&daemon->arena, path, max_bytes, &out->text);
    if (!status_ok(&loaded)) {
        (void)fprintf(stderr, "redan-sma: %s\n", loaded.msg);
    }
    return status_ok(&loaded);
}

static void show(const struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    diag_render_list(diags, (struct diag_style){ .color = false }, &text);
    (void)fprintf(stderr, "%.*s", SLICE_ARG(buf_slice(&text)));
}

static bool load_config(struct daemon *daemon, const char *path)
{
    struct diag_source *source = ARENA_NEW(&daemon->arena, struct diag_source, 1);
    struct diag_list diags;

    diag_list_init(&diags, &daemon->arena);
    if (!load_text(daemon, path, CONFIG_BYTES_MAX, source)) {
        return false;
    }
    bool good = config_read(&daemon->arena, source, &sma_config_table, &daemon->config, &diags);
    show(&diags);
    return good;
}

static bool load_rules(struct daemon *daemon)
{
    const struct config_texts *files = &daemon->config.rules;
    struct diag_source *sources = ARENA_NEW(&daemon->arena, struct diag_source, files->count);
    struct diag_list diags;

    diag_list_init(&diags, &daemon->arena);
    for (size_t i = 0; i < files->count; i++) {
        if (!load_text(daemon, files->items[i].ptr, RULE_BYTES_MAX, &sources[i])) {
            return false;
        }
    }
    daemon->rules = rules_read(&daemon->arena, sources, files->count, &diags);
    show(&diags);
    return daemon->rules != NULL;
}

static void print_config(const struct daemon *daemon)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    config_print(&sma_config_table, &daemon->config, &text);
    (void)fprintf(stdout, "%.*s", SLICE_ARG(buf_slice(&text)));
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
    struct address *protect = ARENA_NEW(&daemon->arena, struct address, config->protect.count);

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
        .state = file_path(&daemon->arena, daemon->config.state.ptr, "sense"),
        .network = daemon->planes[PLANE_NETWORK],
        .session = daemon->session,
        .clock = &clock_real,
    };

    return sense_open(loop, &options, &daemon->sense);
}

static struct status on_watchdog(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    (void)sd_notify(0, "WATCHDOG=1");
    return STATUS_SUCCESS;
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

    TRY(identity_load(file_path(&daemon->arena, keys, "identity.yaml"), &daemon->identity));
    TRY(trust_load(file_path(&daemon->arena, keys, "trust.yaml"), &daemon->trust));
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
    (void)actor_loop_timer(loop, WATCHDOG_MS, 0, on_watchdog, daemon);
    (void)sd_notify(0, "READY=1\nSTATUS=watching");
    log_info("redan-sma", "ready", LOG_CSTR("node", daemon->identity.name),
             LOG_NUMBER("sensors", daemon->config.sensors.count),
             LOG_NUMBER("rules", daemon->rules->count));
    return STATUS_SUCCESS;
}

static void end(struct actor_loop *loop, void *state)
{
    (void)sd_notify(0, "STOPPING=1");
    close_all(state, loop);
}

static int run(struct daemon *daemon)
{
    struct status ran = actor_run_root(begin, NULL, end, daemon);

    log_status(LOG_LEVEL_ERROR, "redan-sma", "stopped", &ran);
    if (status_ok(&ran)) {
        log_info("redan-sma", "stopped", LOG_CSTR("how", "cleanly"));
        return EXIT_DONE;
    }
    return ran.code == STATUS_INTERNAL ? EXIT_INTERNAL : EXIT_NO;
}

int main(int argc, char **argv)
{
    struct daemon daemon = { 0 };
    struct arguments arguments = read_arguments(argc, argv);

    if (arguments.exit_code >= 0) {
        return arguments.exit_code;
    }
    actor_block_signals();
    if (!load_config(&daemon, arguments.config) || (!arguments.print && !load_rules(&daemon))) {
        arena_done(&daemon.arena);
        return EXIT_NO;
    }
    log_setup(2, (enum log_format)daemon.config.log_format,
              (enum log_level)daemon.config.log_level);
    int code = EXIT_DONE;
    if (arguments.print) {
        print_config(&daemon);
    } else if (!arguments.check) {
        code = run(&daemon);
    }
    arena_done(&daemon.arena);
    return code;
}
