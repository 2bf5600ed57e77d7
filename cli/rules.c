#include "cli/rules.h"

#include "cli/report.h"
#include "cli/sources.h"
#include "detect/rule_file.h"

enum cli_exit rules_load(struct cli *cli, const struct rule_set **out)
{
    const char *given = cli->values[OPTION_RULES];
    const char *path = given != NULL ? given : sources_shipped(cli, "rules/linux");
    struct sources sources = { 0 };
    struct diag_list findings;

    *out = NULL;
    if (path == NULL) {
        return CLI_DONE;
    }
    enum cli_exit code = sources_load(cli, &path, 1, &sources);
    if (code != CLI_DONE) {
        return code;
    }
    diag_list_init(&findings, &cli->arena);
    *out = rules_read(&cli->arena, sources.items, sources.count, &findings);
    if (*out == NULL) {
        sources_print_findings(cli, &findings);
        return report_error(cli, CLI_NO, "the rules in `%s` have errors", path);
    }
    return CLI_DONE;
}

const struct slice *rules_detecting(struct arena *arena, const struct rule_set *rules,
                                    size_t *out_count)
{
    struct slice *names = ARENA_NEW(arena, struct slice, rules->count + 1);

    *out_count = 0;
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].emits) {
            names[(*out_count)++] = rules->rules[i].name;
        }
    }
    return names;
}
