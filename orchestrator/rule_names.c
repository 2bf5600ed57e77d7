#include "orchestrator/rule_names.h"

#include "base/check.h"
#include "base/file.h"
#include "detect/rule_file.h"

enum { RULE_BYTES_MAX = 16 * 1024 * 1024 };

static bool load(struct program *program, const struct redand_config *config, size_t index,
                 struct diag_list *diags, struct diag_source *out)
{
    out->name = config->rules.items[index].ptr;
    struct status loaded = file_load(&program->arena, out->name, RULE_BYTES_MAX, &out->text);
    if (status_ok(&loaded)) {
        return true;
    }
    struct check_place place = program_place(program, "rules", index, NULL);
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, CHECK_CODE_UNUSABLE, place.value, "`rules` cannot be used");
    diag_label(diags, diag, "%s", loaded.msg);
    diag_help(diags, diag, "rules: files of detection rules, as the agents have them");
    return false;
}

bool redand_read_rules(struct program *program, const struct redand_config *config,
                       struct diag_list *diags, struct rule_names *out)
{
    size_t count = config->rules.count;
    struct diag_source *sources = ARENA_NEW(&program->arena, struct diag_source, count + 1);
    bool good = true;

    *out = (struct rule_names){ 0 };
    for (size_t i = 0; i < count; i++) {
        good = load(program, config, i, diags, &sources[i]) && good;
    }
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
