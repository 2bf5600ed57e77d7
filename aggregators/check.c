#include "aggregators/check.h"

#include "aggregators/aggregator.h"
#include "base/file.h"
#include "wire/endpoint.h"

/* The keys that were loaded; the flags say which are good. */
struct keys {
    struct identity identity;
    struct trust trust;
    bool has_identity, has_trust;
};

static void keys_done(struct keys *keys)
{
    identity_done(&keys->identity);
}

static void check_keys(struct program *program, const struct agg_config *config,
                       struct check *check, struct keys *keys)
{
    const char *help = "`redan node add` makes identity.yaml and trust.yaml; the first belongs to "
                       "the user of redan-agg, mode 0600";
    struct check_place place = program_place(program, "keys", 0, NULL);
    const char *identity = file_path(&program->arena, config->keys.ptr, "identity.yaml");
    const char *trust = file_path(&program->arena, config->keys.ptr, "trust.yaml");

    if (!check_that(check, file_check_readable(config->keys.ptr, true), "keys", config->keys, place,
                    help)) {
        return; /* the cause of all that would follow */
    }
    keys->has_identity = check_that(check, identity_load(identity, &keys->identity), "identity",
                                    slice_from(identity), place, help);
    keys->has_trust =
        check_that(check, trust_load(trust, &keys->trust), "trust", slice_from(trust), place, help);
}

static void check_registry(struct program *program, const struct agg_config *config,
                           struct check *check, const struct keys *keys)
{
    struct check_place place = program_place(program, "registry", 0, NULL);
    CLEANUP(registry_unref) struct registry *registry = NULL;

    if (check_that(check, registry_load(config->registry.ptr, &registry), "registry",
                   config->registry, place, "it is a copy of the orchestrator's") &&
        keys->has_identity && keys->has_trust) {
        (void)check_that(
            check, aggregator_keys_agree(&keys->identity, &keys->trust, registry), "agreement",
            slice_from(keys->identity.name), place,
            "is it a fresh copy, and are the keys those that `redan node add` made for this "
            "aggregator?");
    }
}

int agg_check(struct program *program, const struct agg_config *config)
{
    CLEANUP(keys_done) struct keys keys = { 0 };
    struct check check;

    check_init(&check, &program->arena, program->config_path);
    (void)check_that(&check, STATUS_SUCCESS, "configuration", slice_from(program->config_path),
                     (struct check_place){ 0 }, NULL);
    check_keys(program, config, &check, &keys);
    check_registry(program, config, &check, &keys);
    (void)check_that(&check, endpoint_check_bindable(config->listen.ptr), "listen", config->listen,
                     program_place(program, "listen", 0, NULL), NULL);
    int code = check_finish(&check);
    check_done(&check);
    return code;
}
