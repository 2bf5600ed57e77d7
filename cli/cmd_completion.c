#include "cli/cmd.h"
#include "cli/help.h"
#include "cli/report.h"

enum cli_exit cmd_completion(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    if (!completion_script(slice_from(cli->args[0]), &out)) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "no completion for `%s`", cli->args[0]);
        report_help(cli, "there is `bash`, `zsh`, `fish`");
        return code;
    }
    report_answer(buf_slice(&out));
    return CLI_DONE;
}
