#include "cli/keys.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/crypto_pem.h"
#include "base/file.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "sla/agree/keys.h"

enum { SECRET_BYTES_MAX = 16 * 1024 };

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

/* What is in memory from here on is for this process alone: it leaves neither in a core dump nor to
 * a debugger of the same user. */
static struct status guard_memory(void)
{
    const struct rlimit none = { 0 };

    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) {
        return status_error(STATUS_INTERNAL, "core dumps cannot be turned off: %s",
                            strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

enum cli_exit keys_load_secret(struct cli *cli, const char *path, struct ed25519_secret *out)
{
    struct slice text = { 0 };
    enum cli_exit code = report_status(cli, guard_memory());

    if (code == CLI_DONE) {
        code = sources_report(cli, path,
                              file_load_private(&cli->arena, path, SECRET_BYTES_MAX, &text));
    }
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
