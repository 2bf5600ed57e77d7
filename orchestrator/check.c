#include "orchestrator/check.h"

#include "base/file.h"
#include "orchestrator/http_listen.h"
#include "orchestrator/knowledge/knowledge.h"
#include "orchestrator/own_keys.h"
#include "orchestrator/party_keys.h"
#include "orchestrator/rule_names.h"
#include "wire/endpoint.h"

const char *redand_database(struct arena *arena, const struct redand_config *config)
{
    return file_path(arena, config->state.ptr, "redan.db");
}

static void check_keys(struct program *program, const struct redand_config *config,
                       struct check *check)
{
    const char *help = "`redan node add` makes identity.yaml and registry.yaml; the first belongs "
                       "to the user of redand, mode 0600";
    CLEANUP(registry_unref) struct registry *registry = NULL;
    CLEANUP(identity_done) struct identity identity = { 0 };
    struct check_place place = program_place(program, "keys", 0, NULL);
    const char *files[] = { file_path(&program->arena, config->keys.ptr, "identity.yaml"),
                            file_path(&program->arena, config->keys.ptr, "registry.yaml") };

    if (!check_that(check, file_check_readable(config->keys.ptr, true), "keys", config->keys, place,
                    help)) {
        return; /* the cause of all that would follow */
    }
    bool has_identity = check_that(check, identity_load(files[0], &identity), "identity",
                                   slice_from(files[0]), place, help);
    bool has_registry = check_that(check, registry_load(files[1], &registry), "registry",
                                   slice_from(files[1]), place, help);
    if (has_identity && has_registry) {
        (void)check_that(
            check, own_keys_agree(&identity, registry), "agreement",
            arena_printf(&program->arena, "%s, %zu nodes", identity.name, registry_count(registry)),
            place, "both files must come from the same `redan node add`");
    }
}

static void check_state(struct program *program, const struct redand_config *config,
                        struct check *check)
{
    struct check_place place = program_place(program, "state", 0, NULL);
    const char *database = redand_database(&program->arena, config);

    if (check_that(check, file_check_folder(config->state.ptr), "state", config->state, place,
                   "the user of redand must be able to write there")) {
        (void)check_that(check, knowledge_check(database), "knowledge", slice_from(database), place,
                         "restore a backup, or run the version that wrote it");
    }
}

static void check_rules(struct program *program, const struct redand_config *config,
                        struct check *check)
{
    struct rule_names names;

    if (redand_read_rules(program, config, &check->diags, &names) && names.items != NULL) {
        (void)check_that(check, STATUS_SUCCESS, "rules",
                         arena_printf(&program->arena, "%zu that detect", names.count),
                         program_place(program, "rules", 0, NULL), NULL);
    }
}

static void check_party_keys(struct program *program, const struct redand_config *config,
                             struct check *check)
{
    struct party_keys keys;
    struct status read = redand_read_party_keys(program, config, &check->diags, &keys);

    if (!status_ok(&read) || keys.items != NULL) {
        (void)check_that(check, read, "party_keys",
                         arena_printf(&program->arena, "%zu keys", keys.count),
                         program_place(program, "party_keys", 0, NULL),
                         "`openssl pkey -in FILE -pubout` prints the public half of a key");
    }
}

int redand_check(struct program *program, const struct redand_config *config)
{
    struct check check;

    check_init(&check, &program->arena, program->config_path);
    (void)check_that(&check, STATUS_SUCCESS, "configuration", slice_from(program->config_path),
                     (struct check_place){ 0 }, NULL);
    check_keys(program, config, &check);
    check_state(program, config, &check);
    check_rules(program, config, &check);
    check_party_keys(program, config, &check);
    (void)check_that(&check, endpoint_check_bindable(config->listen.ptr), "listen", config->listen,
                     program_place(program, "listen", 0, NULL), NULL);
    (void)check_that(&check, http_listen_check(config->api.ptr), "api", config->api,
                     program_place(program, "api", 0, NULL),
                     "its folder must exist, and the user of redand be able to write there");
    int code = check_finish(&check);
    check_done(&check);
    return code;
}
