#include "orchestrator/party_keys.h"

#include "sla/agree/keys.h"

struct status redand_read_party_keys(struct program *program, const struct redand_config *config,
                                     struct diag_list *diags, struct party_keys *out)
{
    size_t count = config->party_keys.count;
    struct diag_source *files = ARENA_NEW(&program->arena, struct diag_source, count + 1);
    struct sla_key *keys = NULL;

    *out = (struct party_keys){ 0 };
    if (!program_read_files(program, "party_keys", &config->party_keys,
                            "party_keys: files with the public keys of parties, PARTY.pem", diags,
                            files)) {
        return status_error(STATUS_INVALID, "not all keys of parties can be read");
    }
    if (count == 0) {
        return STATUS_SUCCESS;
    }
    TRY(sla_keys_read(&program->arena, files, count, &keys, &out->count));
    out->items = keys;
    return STATUS_SUCCESS;
}
