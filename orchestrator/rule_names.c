#include "orchestrator/rule_names.h"

#include "detect/rule_file.h"

bool redand_read_rules(struct program *program, const struct redand_config *config,
                       struct diag_list *diags, struct rule_names *out)
{
    size_t count = config->rules.count;
    struct diag_source *sources = ARENA_NEW(&program->arena, struct diag_source, count + 1);
    bool good = program_read_files(program, "rules", &config->rules,
                                   "rules: files of detection rules, as the agents have them",
                                   diags, sources);

    *out = (struct rule_names){ 0 };
    if (count == 0 || !good) {
        return good;
    }
    const struct rule_set *rules = rules_read(&program->arena, sources, count, diags);
    if (rules == NULL) {
        return false;
    }
    struct slice *names = ARENA_NEW(&program->arena, struct slice, rules->count + 1);
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].emits) {
            names[out->count++] = rules->rules[i].name;
        }
    }
    out->items = names;
    return true;
}
