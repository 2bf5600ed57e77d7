/* redand: the orchestrator. */
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/service.h"
#include "orchestrator/check.h"
#include "orchestrator/core.h"
#include "orchestrator/party_keys.h"
#include "orchestrator/rule_names.h"

static const struct program_spec about = {
    .name = "redand",
    .version = REDAN_VERSION,
    .summary = "The orchestrator: knowledge, loops, the door for aggregators and the API.",
    .config_path = "/etc/redan/redand.yaml",
    .checks = "keys, registry, state and database, rules, keys of parties, addresses",
    .signals = "Signals: SIGTERM and SIGINT stop cleanly; SIGHUP reads the node registry again.",
    .table = &redand_config_table,
};

struct daemon {
    struct program program;
    struct redand_config config;
    struct rule_names rules;
    struct party_keys party_keys;
    struct core_options options;
    struct core *core;
};

static struct status begin(struct actor_loop *loop, void *state)
{
    struct daemon *daemon = state;

    TRY(file_make_folder(daemon->config.state.ptr, 0700));
    daemon->options = (struct core_options){
        .database = redand_database(&daemon->program.arena, &daemon->config),
        .keys = daemon->config.keys.ptr,
        .endpoint = daemon->config.listen.ptr,
        .api_socket = daemon->config.api.ptr,
        .clock = &clock_real,
        .rules = daemon->rules.items,
        .rule_count = daemon->rules.count,
        .party_keys = daemon->party_keys.items,
        .party_key_count = daemon->party_keys.count,
    };
    TRY(core_open(loop, &daemon->options, &daemon->core));
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
    core_close(&daemon->core);
}

/* False: what is wrong with the files is told. */
static bool load_files(struct daemon *daemon)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_list diags;

    diag_list_init(&diags, &daemon->program.arena);
    bool good = redand_read_rules(&daemon->program, &daemon->config, &diags, &daemon->rules);
    struct status keys =
        redand_read_party_keys(&daemon->program, &daemon->config, &diags, &daemon->party_keys);
    diag_render_list(&diags, (struct diag_style){ .color = false }, &text);
    if (text.len > 0) {
        (void)!write(STDERR_FILENO, text.ptr, text.len);
    }
    log_status(LOG_LEVEL_ERROR, "redand", "keys-refused", &keys);
    return good && status_ok(&keys);
}

static int run(struct daemon *daemon)
{
    struct service service = { .actor = "redand",
                               .doing = "serving",
                               .begin = begin,
                               .reload = reload,
                               .end = end,
                               .state = daemon };

    actor_block_signals(); /* not before: reading a file may wait */
    log_setup(STDERR_FILENO, (enum log_format)daemon->config.log_format,
              (enum log_level)daemon->config.log_level);
    return load_files(daemon) ? service_run(&service) : 1;
}

int main(int argc, char **argv)
{
    struct daemon daemon = { 0 };

    int code = program_begin(&daemon.program, &about, argc, argv, &daemon.config);
    if (code == PROGRAM_GO_ON) {
        code = daemon.program.check_only ? redand_check(&daemon.program, &daemon.config)
                                         : run(&daemon);
    }
    program_end(&daemon.program);
    return code;
}
