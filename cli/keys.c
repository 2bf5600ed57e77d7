#include "cli/keys.h"

#include "base/crypto_pem.h"
#include "base/file.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "sla/keys.h"

enum cli_exit keys_load(struct cli *cli, struct sla_options *options)
{
    const char *path = cli->values[OPTION_KEYS];
    struct sources files = { 0 };
    struct sla_key *keys = NULL;

    if (path == NULL) {
        return CLI_DONE;
    }
    enum cli_exit code = sources_load_keys(cli, path, &files);
    if (code == CLI_DONE) {
        code = report_file(
            cli, sla_keys_read(&cli->arena, files.items, files.count, &keys, &options->key_count));
    }
    options->keys = keys;
    return code;
}

enum cli_exit keys_load_secret(struct cli *cli, const char *path, struct ed25519_secret *out)
{
    struct slice text = { 0 };
    struct status private = file_check_private(path);

    if (!status_ok(&private)) {
        return report_error(cli, CLI_USAGE, "%s", private.msg);
    }
    enum cli_exit code = sources_load_file(cli, path, SLA_KEY_FILE_BYTES_MAX, &text);
    if (code != CLI_DONE) {
        return code;
    }
    struct status read = ed25519_secret_read_pem(text, out);
    crypto_wipe_text(text);
    if (!status_ok(&read)) {
        code = report_error(cli, CLI_USAGE, "%s: %s", path, read.msg);
        report_help(cli, "`openssl genpkey -algorithm ed25519 -out FILE` makes a private key");
    }
    return code;
}
