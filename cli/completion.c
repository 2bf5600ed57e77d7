#include <string.h>

#include "cli/codes.h"
#include "cli/daemon.h"
#include "cli/help.h"
#include "cli/report.h"
#include "sla/tell/explain.h"

/* Thin: all the knowledge is behind `redan __complete`. No candidates: the shell offers files. */
static const struct {
    const char *shell;
    const char *script;
} scripts[] = {
    { "bash",
      "_redan() {\n"
      "    local IFS=$'\\n'\n"
      "    COMPREPLY=($(redan __complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
      "}\n"
      "complete -o default -o nosort -F _redan redan\n" },
    { "zsh", "#compdef redan\n"
             "_redan() {\n"
             "    local -a found\n"
             "    found=(${(f)\"$(redan __complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
             "    if (( ${#found} )); then compadd -- $found; else _files; fi\n"
             "}\n"
             "compdef _redan redan\n" },
    { "fish", "complete -c redan -f -a '(redan __complete -- (commandline -opc)[2..-1] "
              "(commandline -ct) 2>/dev/null; or __fish_complete_path (commandline -ct))'\n" },
};

bool completion_script(struct slice shell, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        if (slice_is(shell, scripts[i].shell)) {
            buf_add_cstr(out, scripts[i].script);
            return true;
        }
    }
    return false;
}

static void offer(struct buf *out, struct slice start, const char *word)
{
    if (word != NULL && slice_starts(slice_from(word), start)) {
        buf_printf(out, "%s\n", word);
    }
}

static void offer_nouns(struct buf *out, struct slice start)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(all[i].noun, all[i - 1].noun) != 0) {
            offer(out, start, all[i].noun);
        }
    }
    offer(out, start, CMD_SHORT_VERB);
}

static void offer_verbs(struct buf *out, struct slice start, struct slice noun)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (slice_is(noun, all[i].noun)) {
            offer(out, start, all[i].verb);
        }
    }
}

static void offer_options(struct buf *out, struct slice start, uint64_t bits)
{
    for (unsigned i = 0; i < OPTIONS; i++) {
        char name[64];
        slice_to_cstr(slice_from("--"), name, sizeof(name));
        slice_to_cstr(slice_from(option_at((enum option_id)i)->name), name + 2, sizeof(name) - 2);
        if ((bits & OPTION_BIT(i)) != 0) {
            offer(out, start, name);
        }
    }
}

/* The option that takes `word` as its value, or NULL. */
static const struct option *awaiting_value(const char *word)
{
    struct slice text = slice_from(word);
    unsigned id = OPTIONS;

    if (slice_starts(text, SLICE("--"))) {
        id = option_find(slice_sub(text, 2, text.len));
    } else if (text.len == 2 && text.ptr[0] == '-') {
        id = option_find_letter(text.ptr[1]);
    }
    const struct option *option = id < OPTIONS ? option_at((enum option_id)id) : NULL;
    return option != NULL && option->value != NULL ? option : NULL;
}

/* The words that are neither options nor their values. */
static size_t plain_words(const char *const *words, size_t count, struct slice *out, size_t max)
{
    size_t found = 0;

    for (size_t i = 0; i < count && found < max; i++) {
        if (words[i][0] != '-') {
            out[found++] = slice_from(words[i]);
        } else if (awaiting_value(words[i]) != NULL) {
            i++;
        }
    }
    return found;
}

/* Names of the language; codes when the word begins like one. */
static void offer_topics(struct cli *cli, struct slice start, struct buf *out)
{
    size_t count = 0;
    const struct slice *names = sla_topic_names(&cli->arena, &count);

    for (size_t i = 0; i < count; i++) {
        offer(out, start, arena_cstr(&cli->arena, names[i]));
    }
    for (size_t i = 0; slice_starts(start, SLICE("R")) && code_at(i) != 0; i++) {
        offer(out, start, arena_printf(&cli->arena, "RDN%04u", code_at(i)).ptr);
    }
}

static void offer_arguments(struct cli *cli, const struct cmd *command, struct slice start,
                            struct buf *out)
{
    switch (command->names) {
    case NAMES_OF_LIST:
        daemon_complete(cli, command->list_path, start);
        break;
    case NAMES_SHELLS:
        for (size_t i = 0; i < COUNT_OF(scripts); i++) {
            offer(out, start, scripts[i].shell);
        }
        break;
    case NAMES_TOPICS:
        offer_topics(cli, start, out);
        break;
    case NAMES_SCHEMAS:
        offer(out, start, "sla");
        break;
    case NAMES_NONE:
    case NAMES_FILES:
        break;
    }
}

static void offer_after_noun(struct cli *cli, const struct slice *plain, size_t plain_count,
                             struct slice start, struct buf *out)
{
    const struct cmd *command = cmd_find(plain[0], (struct slice){ 0 });

    if (command == NULL) {
        return;
    }
    bool has_verbs = command->verb != NULL;
    if (has_verbs && plain_count > 1) {
        command = cmd_find(plain[0], plain[1]);
    }
    if (slice_starts(start, SLICE("-"))) {
        offer_options(out, start, options_global() | (command != NULL ? command->options : 0));
    } else if (has_verbs && plain_count == 1) {
        offer_verbs(out, start, plain[0]);
    } else if (command != NULL) {
        offer_arguments(cli, command, start, out);
    }
}

/* Formats of findings are not offered to a command that does not take them. */
static void offer_choices(const struct option *option, const struct cmd *command,
                          struct slice start, struct buf *out)
{
    bool all = option != option_at(OPTION_OUTPUT) || command == NULL || command->scans;
    bool annotates = all || command->annotates;

    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++) {
        const char *choice = option->choices[i];
        bool taken = strcmp(choice, "sarif") == 0    ? all
                     : strcmp(choice, "github") == 0 ? annotates
                                                     : true;
        if (taken) {
            offer(out, start, choice);
        }
    }
}

void completion_candidates(struct cli *cli, const char *const *words, size_t count)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice plain[2];
    struct slice start = slice_from(count > 0 ? words[count - 1] : "");
    size_t before = count > 0 ? count - 1 : 0;
    const struct option *option = before > 0 ? awaiting_value(words[before - 1]) : NULL;
    size_t plain_count = plain_words(words, before, plain, COUNT_OF(plain));

    if (plain_count > 0 && slice_is(plain[0], CMD_SHORT_VERB)) {
        plain[0] = SLICE(CMD_SHORT_NOUN);
        plain[1] = SLICE(CMD_SHORT_VERB);
        plain_count = COUNT_OF(plain);
    }
    if (option != NULL) {
        bool named = plain_count == COUNT_OF(plain);
        offer_choices(option, named ? cmd_find(plain[0], plain[1]) : NULL, start, &out);
    } else if (plain_count > 0) {
        offer_after_noun(cli, plain, plain_count, start, &out);
    } else if (slice_starts(start, SLICE("-"))) {
        offer_options(&out, start, options_global());
    } else {
        offer_nouns(&out, start);
    }
    report_answer(buf_slice(&out));
}
