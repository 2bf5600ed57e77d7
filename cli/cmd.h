/* cli/cmd.h - the one table of commands: parser, help, manual page and completion walk it.
 *
 * A verb is one function in the file of its noun and one row here. */
#ifndef REDAN_CLI_CMD_H
#define REDAN_CLI_CMD_H

#include "cli/cli.h"
#include "cli/options.h"

enum { CMD_ARGS_ANY = 1024 };

/* What an argument names, for the completion. */
enum cmd_names {
    NAMES_NONE,
    NAMES_FILES,
    NAMES_OF_LIST,
    NAMES_SHELLS,
    NAMES_TOPICS,
    NAMES_SCHEMAS
};

/* An option by which a command means something of its own. */
struct cmd_wording {
    enum option_id id;
    const char *value, *doc;
};

struct cmd {
    const char *noun;
    const char *verb; /* NULL: the noun alone */
    const char *args; /* for people: "ID [FILE...]" */
    unsigned args_min, args_max;
    enum cmd_names names;
    const char *list_path;              /* NAMES_OF_LIST: where the ids are, "/v1/plans" */
    uint64_t options;                   /* besides the global ones */
    const struct cmd_wording *wordings; /* ends with a `doc` of NULL; NULL: as options.c has them */
    bool scans;                         /* its findings also come as `-o sarif` and `-o github` */
    bool annotates;                     /* its answer also comes as `-o github` */
    const char *summary;                /* third person, no full stop */
    const char *doc;                    /* more sentences, or NULL */
    const char *example;                /* lines */
    enum cli_exit (*run)(struct cli *cli);
};

const struct cmd *cmd_table(size_t *out_count);
/* `verb` with ptr NULL: the first command of the noun. NULL: none. */
const struct cmd *cmd_find(struct slice noun, struct slice verb);
bool cmd_has_noun(struct slice noun);
/* `check` is `sla check`: the one verb that may stand without its noun. */
#define CMD_SHORT_NOUN "sla"
#define CMD_SHORT_VERB "check"
/* An option in the words of the command; NULL: those of no command. */
struct option cmd_option(const struct cmd *command, enum option_id id);

enum cli_exit cmd_alert_list(struct cli *cli);
enum cli_exit cmd_alert_show(struct cli *cli);
enum cli_exit cmd_audit_verify(struct cli *cli);
enum cli_exit cmd_completion(struct cli *cli);
enum cli_exit cmd_conflict_list(struct cli *cli);
enum cli_exit cmd_conflict_resolve(struct cli *cli);
enum cli_exit cmd_conflict_show(struct cli *cli);
enum cli_exit cmd_demo(struct cli *cli);
enum cli_exit cmd_explain(struct cli *cli);
enum cli_exit cmd_incident_list(struct cli *cli);
enum cli_exit cmd_incident_show(struct cli *cli);
enum cli_exit cmd_init(struct cli *cli);
enum cli_exit cmd_node_add(struct cli *cli);
enum cli_exit cmd_node_list(struct cli *cli);
enum cli_exit cmd_plan_approve(struct cli *cli);
enum cli_exit cmd_plan_list(struct cli *cli);
enum cli_exit cmd_plan_show(struct cli *cli);
enum cli_exit cmd_plan_undo(struct cli *cli);
enum cli_exit cmd_replay_run(struct cli *cli);
enum cli_exit cmd_schema(struct cli *cli);
enum cli_exit cmd_sla_apply(struct cli *cli);
enum cli_exit cmd_sla_check(struct cli *cli);
enum cli_exit cmd_sla_compile(struct cli *cli);
enum cli_exit cmd_sla_diff(struct cli *cli);
enum cli_exit cmd_sla_fix(struct cli *cli);
enum cli_exit cmd_sla_fmt(struct cli *cli);
enum cli_exit cmd_sla_list(struct cli *cli);
enum cli_exit cmd_sla_sign(struct cli *cli);
enum cli_exit cmd_sla_test(struct cli *cli);
enum cli_exit cmd_sla_show(struct cli *cli);
enum cli_exit cmd_status(struct cli *cli);
enum cli_exit cmd_version(struct cli *cli);
enum cli_exit cmd_wait(struct cli *cli);

#endif
