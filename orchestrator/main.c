/* redand: the orchestrator. */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/file.h"
#include "base/log.h"
#include "orchestrator/config.h"
#include "orchestrator/core.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 10, WATCHDOG_MS = 5000 };
enum { CONFIG_BYTES_MAX = 1024 * 1024 };

static const char usage[] =
    "usage: redand [--config FILE] [--check] [--print-config] [--help] [--version]\n"
    "\n"
    "The orchestrator: knowledge, loops, the door for aggregators and the API.\n"
    "\n"
    "  --config FILE    configuration (default /etc/redan/redand.yaml)\n"
    "  --check          check the configuration and exit\n"
    "  --print-config   print the configuration with its defaults and exit\n"
    "\n"
    "Signals: SIGTERM and SIGINT stop cleanly; SIGHUP reads the node registry again.\n"
    "See redand(8).\n";

struct daemon {
    struct arena arena;
    struct redand_config config;
    struct core_options options;
    struct core *core;
};

struct arguments {
    const char *config;
    bool check, print;
    int exit_code; /* -1: go on */
};

static struct arguments read_arguments(int argc, char **argv)
{
    struct arguments out = { .config = "/etc/redan/redand.yaml", .exit_code = -1 };

    for (int i = 1; i < argc && out.exit_code < 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            (void)fputs(usage, stdout);
            out.exit_code = EXIT_DONE;
        } else if (strcmp(argv[i], "--version") == 0) {
            (void)puts("redand " REDAN_VERSION);
            out.exit_code = EXIT_DONE;
        } else if (strcmp(argv[i], "--check") == 0) {
            out.check = true;
        } else if (strcmp(argv[i], "--print-config") == 0) {
            out.print = true;
        } else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            out.config = argv[++i];
        } else {
            (void)fprintf(stderr, "redand: unknown argument `%s`\n%s", argv[i], usage);
            out.exit_code = EXIT_USAGE;
        }
    }
    return out;
}

static bool load_config(struct daemon *daemon, const char *path)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_source *source = ARENA_NEW(&daemon->arena, struct diag_source, 1);
    struct diag_list diags;

    diag_list_init(&diags, &daemon->arena);
    source->name = path;
    struct status loaded = file_load(&daemon->arena, path, CONFIG_BYTES_MAX, &source->text);
    if (!status_ok(&loaded)) {
        (void)fprintf(stderr, "redand: %s\n", loaded.msg);
        return false;
    }
    bool good = config_read(&daemon->arena, source, &redand_config_table, &daemon->config, &diags);
    diag_render_list(&diags, (struct diag_style){ .color = false }, &text);
    (void)fprintf(stderr, "%.*s", SLICE_ARG(buf_slice(&text)));
    return good;
}

static void print_config(const struct daemon *daemon)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    config_print(&redand_config_table, &daemon->config, &text);
    (void)fwrite(text.ptr, 1, text.len, stdout);
}

static struct status on_watchdog(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    (void)sd_notify(0, "WATCHDOG=1");
    return STATUS_SUCCESS;
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;
    const char *folder = daemon->config.state.ptr;

    TRY(file_make_folder(folder, 0700));
    daemon->options =
        (struct core_options){ .database = file_path(&daemon->arena, folder, "redan.db"),
                               .keys = daemon->config.keys.ptr,
                               .endpoint = daemon->config.listen.ptr,
                               .api_socket = daemon->config.api.ptr,
                               .clock = &clock_real };
    TRY(core_open(loop, &daemon->options, &daemon->core));
    (void)actor_loop_timer(loop, WATCHDOG_MS, 0, on_watchdog, daemon);
    (void)sd_notify(0, "READY=1\nSTATUS=serving");
    log_info("redand", "ready", LOG_TEXT("listen", daemon->config.listen),
             LOG_TEXT("api", daemon->config.api));
    return STATUS_SUCCESS;
}

static struct status reload(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;
    struct status reloaded = core_reload(daemon->core);

    (void)loop;
    log_status(LOG_LEVEL_ERROR, "redand", "reload-failed", &reloaded);
    if (status_ok(&reloaded)) {
        log_info("redand", "reloaded", LOG_CSTR("what", "registry"));
    }
    return STATUS_SUCCESS;
}

static void end(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;

    (void)loop;
    (void)sd_notify(0, "STOPPING=1");
    core_close(&daemon->core);
}

int main(int argc, char **argv)
{
    struct daemon daemon = { 0 };
    struct arguments arguments = read_arguments(argc, argv);

    if (arguments.exit_code >= 0) {
        return arguments.exit_code;
    }
    actor_block_signals();
    if (!load_config(&daemon, arguments.config)) {
        arena_done(&daemon.arena);
        return EXIT_NO;
    }
    if (arguments.check || arguments.print) {
        if (arguments.print) {
            print_config(&daemon);
        }
        arena_done(&daemon.arena);
        return EXIT_DONE;
    }
    log_setup(STDERR_FILENO, (enum log_format)daemon.config.log_format,
              (enum log_level)daemon.config.log_level);
    struct status run = actor_run_root(begin, reload, end, &daemon);
    log_status(LOG_LEVEL_ERROR, "redand", "stopped", &run);
    arena_done(&daemon.arena);
    return status_ok(&run) ? EXIT_DONE : EXIT_INTERNAL;
}
