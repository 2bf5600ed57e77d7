#include "base/program.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml.h"

enum { NEAR_DISTANCE = 2 };

static const char *const options[] = { "--config", "--check",   "--print-config",
                                       "--help",   "--version", NULL };

static void print_help(const struct program_spec *spec)
{
    (void)printf("usage: %s [--config FILE] [--check] [--print-config] [--help] [--version]\n\n"
                 "%s\n\n"
                 "  --config FILE    configuration (default %s)\n"
                 "  --check          check what a start needs, change nothing, and exit:\n"
                 "                   %s\n"
                 "  --print-config   print the configuration with its defaults and exit\n"
                 "  --help           print this help\n"
                 "  --version        print the version\n\n"
                 "%s\nSee %s(8).\n",
                 spec->name, spec->summary, spec->config_path, spec->checks, spec->signals,
                 spec->name);
}

int program_unknown(const char *name, const char *given, const char *const *known)
{
    const char *nearest = NULL;
    size_t best = NEAR_DISTANCE + 1;

    for (; *known != NULL; known++) {
        size_t distance = slice_distance(slice_from(given), slice_from(*known), NEAR_DISTANCE);
        if (distance < best) {
            best = distance;
            nearest = *known;
        }
    }
    (void)fprintf(stderr, "%s: unknown %s `%s`", name, given[0] == '-' ? "option" : "argument",
                  given);
    if (nearest != NULL) {
        (void)fprintf(stderr, ": did you mean `%s`?", nearest);
    }
    (void)fprintf(stderr, "\ntry `%s --help`\n", name);
    return PROGRAM_USAGE;
}

/* One argument, and the one after it where it is a value. */
static int take_argument(struct program *program, char **argv, int *at)
{
    const char *given = argv[*at];

    if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0) {
        print_help(program->spec);
        return PROGRAM_DONE;
    }
    if (strcmp(given, "--version") == 0) {
        (void)printf("%s %s\n", program->spec->name, program->spec->version);
        return PROGRAM_DONE;
    }
    if (strcmp(given, "--check") == 0) {
        program->check_only = true;
    } else if (strcmp(given, "--print-config") == 0) {
        program->print_only = true;
    } else if (strcmp(given, "--config") != 0) {
        return program_unknown(program->spec->name, given, options);
    } else if (argv[*at + 1] == NULL) {
        (void)fprintf(stderr, "%s: `--config` needs a file\ntry `%s --help`\n", program->spec->name,
                      program->spec->name);
        return PROGRAM_USAGE;
    } else {
        program->config_path = argv[++*at];
    }
    return PROGRAM_GO_ON;
}

static bool read_config(struct program *program, void *config)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct program_spec *spec = program->spec;
    struct diag_list diags;

    program->source.name = program->config_path;
    struct status loaded = file_load(&program->arena, program->config_path,
                                     PROGRAM_CONFIG_BYTES_MAX, &program->source.text);
    if (!status_ok(&loaded)) {
        (void)fprintf(stderr, "%s: %s\n", spec->name, loaded.msg);
        return false;
    }
    diag_list_init(&diags, &program->arena);
    bool good = config_read(&program->arena, &program->source, spec->table, config, &diags);
    diag_render_list(&diags, (struct diag_style){ .color = false }, &text);
    (void)fprintf(stderr, "%.*s", SLICE_ARG(buf_slice(&text)));
    return good;
}

static void print_config(const struct program *program, const void *config)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    config_print(program->spec->table, config, &text);
    (void)printf("%.*s", SLICE_ARG(buf_slice(&text)));
}

int program_begin(struct program *program, const struct program_spec *spec, int argc, char **argv,
                  void *config)
{
    *program = (struct program){ .spec = spec, .config_path = spec->config_path };
    for (int at = 1; at < argc; at++) {
        int code = take_argument(program, argv, &at);
        if (code != PROGRAM_GO_ON) {
            return code;
        }
    }
    if (!read_config(program, config)) {
        return PROGRAM_NO;
    }
    if (program->print_only) {
        print_config(program, config);
        return PROGRAM_DONE;
    }
    return PROGRAM_GO_ON;
}

void program_end(struct program *program)
{
    arena_done(&program->arena);
}

static const struct yaml_node *item_of(const struct yaml_node *list, size_t item)
{
    const struct yaml_node *at = list->first;

    while (at != NULL && item > 0) {
        at = at->next;
        item--;
    }
    return at;
}

struct check_place program_place(struct program *program, const char *key, size_t item,
                                 const char *member)
{
    struct check_place place = { .key = member != NULL ? member : key };
    struct diag_list ignored; /* it was read before, without a finding */

    diag_list_init(&ignored, &program->arena);
    const struct yaml_document *document = yaml_read(&program->arena, &program->source, &ignored);
    const struct yaml_node *node =
        document != NULL && document->root != NULL ? yaml_get(document->root, key) : NULL;
    if (node != NULL && node->kind == YAML_SEQUENCE && node->first != NULL) {
        node = item_of(node, item);
    }
    if (node != NULL && member != NULL) {
        const struct yaml_node *found = yaml_get(node, member);
        node = found != NULL ? found : node;
    }
    if (node != NULL) {
        place.value = yaml_span(node);
    }
    return place;
}

static bool read_file(struct program *program, const char *key, size_t item, const char *help,
                      struct diag_list *diags, struct diag_source *out)
{
    struct status loaded =
        file_load(&program->arena, out->name, PROGRAM_FILE_BYTES_MAX, &out->text);

    if (status_ok(&loaded)) {
        return true;
    }
    struct check_place place = program_place(program, key, item, NULL);
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, CHECK_CODE_UNUSABLE, place.value, "`%s` cannot be used", key);
    diag_label(diags, diag, "%s", loaded.msg);
    diag_help(diags, diag, "%s", help);
    return false;
}

bool program_read_files(struct program *program, const char *key, const struct config_texts *names,
                        const char *help, struct diag_list *diags, struct diag_source *out)
{
    bool good = true;

    for (size_t i = 0; i < names->count; i++) {
        out[i].name = names->items[i].ptr;
        good = read_file(program, key, i, help, diags, &out[i]) && good;
    }
    return good;
}
