#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/report.h"
#include "cli/sources.h"

/* The demonstration is a script that drives the real programs; it takes this process's place. */
enum cli_exit cmd_demo(struct cli *cli)
{
    const char *set = getenv("REDAN_DEMO"); /* NOLINT(concurrency-mt-unsafe): one thread */
    const char *script =
        set != NULL && set[0] != '\0' ? set : sources_shipped(cli, "examples/demo/run");

    if (script == NULL) {
        enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "the demonstration is not installed");
        report_help(cli, "`REDAN_DEMO` may name its script");
        return code;
    }
    (void)fflush(stdout);
    if (cli_has(cli, OPTION_KEEP)) {
        (void)execl(script, script, "--keep", (char *)NULL);
    } else {
        (void)execl(script, script, (char *)NULL);
    }
    return report_error(cli, errno == ENOENT ? CLI_NOT_FOUND : CLI_INTERNAL, "%s: %s", script,
                        strerrordesc_np(errno));
}
