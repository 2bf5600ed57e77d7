#include <stdio.h>
#include <string.h>

#include "planes/helper_priv.h"

enum { TEXT_COLUMNS = 16, NEAR_DISTANCE = 2 };

static const char *const common[] = { "--user", "--check", "--help", "--version" };

static void print_help(const struct helper_spec *spec)
{
    (void)printf("usage: %s [options] -- SMA [arguments]\n\n%s\n\noptions:\n", spec->program,
                 spec->summary);
    for (size_t i = 0; i < spec->option_count; i++) {
        const struct helper_option *option = &spec->options[i];
        (void)printf("  %s %-*s %s\n", option->name, TEXT_COLUMNS - 1 - (int)strlen(option->name),
                     option->argument, option->help);
    }
    (void)printf("  %-16s run the SMA as this user, with the groups it has\n"
                 "  %-16s check what a start needs, change nothing, and exit: the plane, the\n"
                 "  %-16s privileges, and what `SMA [arguments] --check` finds as its user\n"
                 "  %-16s print this help\n"
                 "  %-16s print the version\n\n"
                 "Signals: SIGTERM and SIGINT stop the SMA, then the helper.\nSee %s(8).\n",
                 "--user NAME", "--check", "", "--help", "--version", spec->program);
}

static const struct helper_option *find_option(const struct helper_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->option_count; i++) {
        if (strcmp(spec->options[i].name, name) == 0) {
            return &spec->options[i];
        }
    }
    return NULL;
}

/* The option it was meant to be; NULL: none is near. */
static const char *find_near(const struct helper_spec *spec, const char *given)
{
    const char *nearest = NULL;
    size_t best = NEAR_DISTANCE + 1;

    for (size_t i = 0; i < COUNT_OF(common) + spec->option_count; i++) {
        const char *name =
            i < COUNT_OF(common) ? common[i] : spec->options[i - COUNT_OF(common)].name;
        size_t distance = slice_distance(slice_from(given), slice_from(name), NEAR_DISTANCE);
        if (distance < best) {
            best = distance;
            nearest = name;
        }
    }
    return nearest;
}

static struct status unknown(const struct helper_spec *spec, const char *given)
{
    const char *near = find_near(spec, given);

    if (given[0] != '-') {
        return status_error(STATUS_INVALID, "unknown argument `%s`: the SMA comes after `--`",
                            given);
    }
    return near != NULL ? status_error(STATUS_INVALID, "unknown option `%s`: did you mean `%s`?",
                                       given, near)
                        : status_error(STATUS_INVALID, "unknown option `%s`", given);
}

static struct status take_valued(const struct helper_spec *spec, const char *name,
                                 const char *value, struct helper_arguments *out)
{
    const struct helper_option *option = find_option(spec, name);

    if (option == NULL && strcmp(name, "--user") != 0) {
        return unknown(spec, name);
    }
    if (value == NULL || strcmp(value, "--") == 0) {
        return status_error(STATUS_INVALID, "`%s` needs a value", name);
    }
    struct status taken = option != NULL ? option->take(spec->self, slice_from(value))
                                         : privilege_find_user(slice_from(value), &out->user);
    return status_wrap(taken, "%s", name);
}

static bool print_wanted(const struct helper_spec *spec, const char *given)
{
    if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0) {
        print_help(spec);
        return true;
    }
    if (strcmp(given, "--version") == 0) {
        (void)printf("%s %s\n", spec->program, spec->version);
        return true;
    }
    return false;
}

static struct status parse(const struct helper_spec *spec, int argc, char **argv, bool *out_done,
                           struct helper_arguments *out)
{
    int at = 1;

    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (print_wanted(spec, argv[at])) {
            *out_done = true;
            return STATUS_SUCCESS;
        }
        if (strcmp(argv[at], "--check") == 0) {
            out->check_only = true;
            continue;
        }
        TRY(take_valued(spec, argv[at], argv[at + 1], out));
        at++;
    }
    if (at + 1 >= argc) {
        return status_error(STATUS_INVALID, "no program to start: `-- redan-sma ...` is missing");
    }
    out->command = &argv[at + 1];
    out->command_count = (size_t)(argc - at - 1);
    return STATUS_SUCCESS;
}

enum helper_reading helper_read_arguments(const struct helper_spec *spec, int argc, char **argv,
                                          struct helper_arguments *out)
{
    bool done = false;
    struct status parsed = parse(spec, argc, argv, &done, out);

    if (!status_ok(&parsed)) {
        (void)fprintf(stderr, "%s: %s\ntry `%s --help`\n", spec->program, parsed.msg,
                      spec->program);
        return HELPER_WRONG;
    }
    return done ? HELPER_DONE : HELPER_GO_ON;
}
