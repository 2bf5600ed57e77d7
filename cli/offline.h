/* cli/offline.h - SLA documents compiled here, without redand; and what both ways of changing them
 * share. */
#ifndef REDAN_CLI_OFFLINE_H
#define REDAN_CLI_OFFLINE_H

#include "base/json.h"
#include "cli/cli.h"
#include "cli/sources.h"
#include "sla/sla.h"

struct offline {
    struct sources sources;
    struct sla_options options;
    struct diag_list diags;
    const struct sla_world *world; /* NULL: `diags` has errors */
};

enum offline_scope {
    OFFLINE_ALL_DOCUMENTS,
    OFFLINE_SOME_DOCUMENTS /* what is missing is a note, not an error */
};

/* Sources and options alone: nothing is compiled yet. The names of rules are those of --rules, else
 * those that come with Redan; keys are those of --keys. CLI_DONE when the files could be read,
 * whatever is in them. */
enum cli_exit offline_load(struct cli *cli, const char *const *paths, size_t count,
                           enum offline_scope scope, struct offline *out);
/* And compiled. */
enum cli_exit offline_compile(struct cli *cli, const char *const *paths, size_t count,
                              enum offline_scope scope, struct offline *out);
/* The same of all documents, as of the day of a time that is not now (unless --as-of names one). */
enum cli_exit offline_compile_as_at(struct cli *cli, const char *const *paths, size_t count,
                                    int64_t time_us, struct offline *out);
/* What was loaded, with the options as they are by now. */
void offline_compile_loaded(struct cli *cli, struct offline *offline);

/* Whether the findings fail a check: errors, with --strict warnings, too. */
bool offline_fails(const struct cli *cli, size_t errors, size_t warnings);
/* The exit code of a check; says so where it is --strict that fails it. */
enum cli_exit offline_verdict(const struct cli *cli, const struct diag_list *diags);

/* Nodes that redand has enrolled are known from here on: compiles once more, for the warnings. */
enum cli_exit offline_check_nodes(struct cli *cli, struct offline *offline);

/* The members that every changing call may have: dry_run, reason. */
void offline_write_change(const struct cli *cli, struct json_writer *writer);
/* The API's World object, in the format that was asked for; says so when it was a dry run. */
void offline_print_world(struct cli *cli, const struct json *world);

#endif
