#include "sma/check.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "sma/sensor.h"
#include "sma/session.h"

enum { STATE_NAMES_MAX = 4096 };

/* --- what the start reads as well --------------------------------------------------------------
 */

const struct rule_set *sma_read_rules(struct program *program, const struct sma_config *config,
                                      struct diag_list *diags)
{
    size_t count = config->rules.count;
    struct diag_source *sources = ARENA_NEW(&program->arena, struct diag_source, count + 1);
    bool good = program_read_files(program, "rules", &config->rules,
                                   "rules: files of detection rules", diags, sources);

    /* A file that is missing would make others look wrong that refer to it. */
    return good ? rules_read(&program->arena, sources, count, diags) : NULL;
}

struct status sma_check_identity(const struct identity *identity)
{
    struct service_id ids[NODE_SERVICES_MAX];

    if (identity->role != PEER_SMA) {
        return status_error(STATUS_DENIED, "identity.yaml is %s's, which is no node agent",
                            identity->name);
    }
    for (size_t i = 0; i < identity->service_count; i++) {
        ids[i] = identity->services[i].id;
    }
    return status_wrap(service_ids_check(ids, identity->service_count), "identity.yaml of %s",
                       identity->name);
}

/* --- the check ---------------------------------------------------------------------------------
 */

struct bench {
    struct program *program;
    const struct sma_config *config;
    struct check check;
    struct identity identity;
    struct trust trust;
    bool has_identity, has_trust;
};

static struct check_place place_of(struct bench *bench, const char *key)
{
    return program_place(bench->program, key, 0, NULL);
}

static void check_keys(struct bench *bench)
{
    const char *help = "`redan node add` makes identity.yaml and trust.yaml; the first belongs to "
                       "the user of redan-sma, mode 0600";
    struct arena *arena = &bench->program->arena;
    struct check *check = &bench->check;
    struct check_place place = place_of(bench, "keys");
    const char *identity = file_path(arena, bench->config->keys.ptr, "identity.yaml");
    const char *trust = file_path(arena, bench->config->keys.ptr, "trust.yaml");

    if (!check_that(check, file_check_readable(bench->config->keys.ptr, true), "keys",
                    bench->config->keys, place, help)) {
        return; /* the cause of all that would follow */
    }
    struct status loaded = identity_load(identity, &bench->identity);
    if (status_ok(&loaded)) {
        loaded = sma_check_identity(&bench->identity);
    }
    bench->has_identity = check_that(check, loaded, "identity", slice_from(identity), place, help);
    bench->has_trust = check_that(check, trust_load(trust, &bench->trust), "trust",
                                  slice_from(trust), place, help);
}

static struct status check_state_files(struct arena *arena, const char *folder)
{
    const char **names = NULL;
    size_t count = 0;
    struct status listed = file_list(arena, folder, STATE_NAMES_MAX, &names, &count);

    if (listed.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS; /* it will be made */
    }
    TRY(listed);
    for (size_t i = 0; i < count; i++) {
        const char *path = file_path(arena, folder, names[i]);
        struct stat info;
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode)) {
            TRY(file_check_writable(path));
        }
    }
    return STATUS_SUCCESS;
}

/* The folders that session and sensors keep, and the files in them. */
static struct status check_state_tree(struct bench *bench)
{
    static const char *const below[] = { ".", "spool", "commands", "sense" };
    struct arena *arena = &bench->program->arena;

    for (size_t i = 0; i < COUNT_OF(below); i++) {
        const char *folder = i == 0 ? bench->config->state.ptr
                                    : file_path(arena, bench->config->state.ptr, below[i]);
        TRY(file_check_folder(folder));
        TRY(check_state_files(arena, folder));
    }
    return STATUS_SUCCESS;
}

static void check_state(struct bench *bench)
{
    struct check_place place = place_of(bench, "state");

    if (check_that(&bench->check, check_state_tree(bench), "state", bench->config->state, place,
                   "the user of redan-sma must be able to write there, and to all that is in it") &&
        bench->has_trust) {
        (void)check_that(&bench->check,
                         session_check_snapshot(bench->config->state.ptr, &bench->trust),
                         "snapshot", (struct slice){ 0 }, place,
                         "it is the orchestrator's, of other keys or damaged: remove it, it is "
                         "sent anew");
    }
}

static void check_rules(struct bench *bench)
{
    struct check *check = &bench->check;
    size_t before = check->diags.errors;
    const struct rule_set *rules = sma_read_rules(bench->program, bench->config, &check->diags);

    if (rules == NULL) {
        return; /* said already */
    }
    struct status any = rules->count > 0
                            ? STATUS_SUCCESS
                            : status_error(STATUS_NOT_FOUND, "no rule: nothing will be detected");
    if (check->diags.errors == before) {
        (void)check_hope(check, any, "rules",
                         arena_printf(&bench->program->arena, "%zu rules, files: %zu", rules->count,
                                      bench->config->rules.count),
                         place_of(bench, "rules"), NULL);
    }
}

/* The folder must be there; the file may come. */
static struct status look_beside(struct arena *arena, struct slice path)
{
    size_t slash = slice_rfind(path, '/');
    const char *folder =
        slash == path.len ? "." : arena_cstr(arena, slice_sub(path, 0, slash > 0 ? slash : 1));

    return status_wrap(file_check_readable(folder, true), "no such log, nor its folder");
}

/* Will sensor.c be able to follow it? */
static struct status look_at_log(struct arena *arena, struct slice path)
{
    struct stat info;

    if (stat(path.ptr, &info) != 0) {
        return errno == ENOENT
                   ? look_beside(arena, path)
                   : status_error(STATUS_UNAVAILABLE, "%s: %s", path.ptr, strerrordesc_np(errno));
    }
    if (S_ISFIFO(info.st_mode)) {
        return file_check_writable(path.ptr);
    }
    return S_ISREG(info.st_mode)
               ? file_check_readable(path.ptr, false)
               : status_error(STATUS_INVALID, "%s: neither a file nor a named pipe", path.ptr);
}

static void check_service(struct bench *bench, const struct sma_sensor_config *sensor, size_t index)
{
    const struct service_id wanted = { (enum layer)sensor->layer, (enum plane_kind)sensor->plane,
                                       SERVICE_MONITOR };
    char text[SERVICE_ID_TEXT_MAX];

    if (!bench->has_identity || identity_service(&bench->identity, &wanted) != NULL) {
        return;
    }
    service_id_format(&wanted, text);
    (void)check_hope(&bench->check,
                     status_error(STATUS_DENIED, "%s has no service %s: what it sees is dropped",
                                  bench->identity.name, text),
                     "service", (struct slice){ 0 },
                     program_place(bench->program, "sensors", index, "plane"),
                     "enrol the node with this service, or say another layer or plane");
}

static void check_sensors(struct bench *bench)
{
    const struct sma_sensor_config *sensors = bench->config->sensors.items;
    size_t count = bench->config->sensors.count;

    if (count == 0) {
        (void)check_hope(&bench->check,
                         status_error(STATUS_NOT_FOUND, "no sensor: this node sees nothing"),
                         "sensors", (struct slice){ 0 }, place_of(bench, "sensors"), NULL);
    }
    for (size_t i = 0; i < count; i++) {
        struct slice path = sensors[i].path;
        if (sensors[i].kind != SENSOR_STDIN && path.len > 0) {
            (void)check_hope(&bench->check, look_at_log(&bench->program->arena, path), "sensor",
                             path, program_place(bench->program, "sensors", i, "path"),
                             "the agent reports it and tries again while it runs");
        }
        check_service(bench, &sensors[i], i);
    }
}

static void bench_done(struct bench *bench)
{
    identity_done(&bench->identity);
    check_done(&bench->check);
}

int sma_check(struct program *program, const struct sma_config *config, sma_reach_fn *reach)
{
    CLEANUP(bench_done) struct bench bench = { .program = program, .config = config };

    check_init(&bench.check, &program->arena, program->config_path);
    (void)check_that(&bench.check, STATUS_SUCCESS, "configuration",
                     slice_from(program->config_path), (struct check_place){ 0 }, NULL);
    check_keys(&bench);
    check_state(&bench);
    check_rules(&bench);
    check_sensors(&bench);
    if (config->compute_uri.len > 0) {
        (void)check_hope(&bench.check, reach(config->compute_uri.ptr), "compute",
                         config->compute_uri, place_of(&bench, "compute"),
                         "it may come later: the agent connects when it needs it");
    }
    return check_finish(&bench.check);
}
