#include "orchestrator/route.h"

#include "base/parse.h"

#include <stdio.h>
#include <string.h>

/* --- paths ----------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "%41" at `at` -> 'A'; -1: not an escape of two hex digits. */
static int read_escape(struct slice text, size_t at)
{
    if (at + 2 >= text.len) {
        return -1;
    }
    int high = hex_digit(text.ptr[at + 1]);
    int low = hex_digit(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Controls have no place in ids, names and numbers, escaped or not. */
static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

static bool decode(struct slice text, bool plus_is_blank, struct arena *arena, struct slice *out)
{
    char *copy = ARENA_NEW(arena, char, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int value = read_escape(text, i);
            if (value < 0) {
                return false;
            }
            c = (char)value;
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (is_control(c)) {
            return false;
        }
        copy[len++] = c;
    }
    *out = (struct slice){ copy, len };
    return true;
}

static bool decode_segment(struct slice segment, struct arena *arena, struct slice *out)
{
    return segment.len > 0 && decode(segment, false, arena, out) &&
           slice_find(*out, '/') == out->len;
}

/* "{id}" takes any segment; others compare as they are. */
static bool match_segment(struct slice pattern, struct slice segment, struct arena *arena,
                          struct route_match *match)
{
    if (pattern.len == 0 || pattern.ptr[0] != '{') {
        return slice_eq(pattern, segment);
    }
    if (match->param_count == ROUTE_PARAMS_MAX ||
        !decode_segment(segment, arena, &match->params[match->param_count])) {
        return false;
    }
    match->param_count++;
    return true;
}

static bool match_path(const char *pattern_text, struct slice path, struct arena *arena,
                       struct route_match *match)
{
    struct slice pattern = slice_from(pattern_text);

    *match = (struct route_match){ .param_count = 0 };
    while (pattern.ptr != NULL && path.ptr != NULL) {
        struct slice wanted = slice_cut(&pattern, '/');
        if (!match_segment(wanted, slice_cut(&path, '/'), arena, match)) {
            return false;
        }
    }
    return pattern.ptr == NULL && path.ptr == NULL;
}

static bool match_method(const char *wanted, struct slice method)
{
    return slice_is(method, wanted) || (slice_is(method, "HEAD") && strcmp(wanted, "GET") == 0);
}

/* A table has no more methods on one path than fit. */
static void add_allowed(char allow[ROUTE_ALLOW_MAX], const char *method)
{
    size_t used = strlen(allow);

    (void)snprintf(allow + used, ROUTE_ALLOW_MAX - used, "%s%s", used > 0 ? ", " : "",
                   strcmp(method, "GET") == 0 ? "GET, HEAD" : method);
}

enum route_outcome route_find(const struct route *routes, size_t count, struct slice method,
                              struct slice path, unsigned roles, struct arena *arena,
                              const struct route **out_route, struct route_match *out_match,
                              char allow[ROUTE_ALLOW_MAX])
{
    struct route_match match;

    allow[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (!match_path(routes[i].pattern, path, arena, &match)) {
            continue;
        }
        if (!match_method(routes[i].method, method)) {
            add_allowed(allow, routes[i].method);
            continue;
        }
        if (routes[i].roles != HTTP_ANYONE && (routes[i].roles & roles) == 0) {
            return ROUTE_DENIED;
        }
        *out_route = &routes[i];
        *out_match = match;
        return ROUTE_FOUND;
    }
    return allow[0] != '\0' ? ROUTE_METHOD : ROUTE_UNKNOWN;
}

/* --- queries --------------------------------------------------------------------------------- */

/* Takes the next "name=value" off `*rest`; false at the end. */
static bool next_pair(struct slice *rest, struct slice *out_name, struct slice *out_value)
{
    while (rest->len > 0) {
        struct slice pair = slice_cut(rest, '&');
        if (pair.len > 0) {
            *out_value = pair;
            *out_name = slice_cut(out_value, '=');
            return true;
        }
    }
    return false;
}

struct status query_text(struct slice query, const char *name, struct arena *arena,
                         struct slice *out)
{
    struct slice found = { .ptr = NULL };
    struct slice key;
    struct slice value;

    while (next_pair(&query, &key, &value)) {
        if (!slice_is(key, name)) {
            continue;
        }
        if (found.ptr != NULL) {
            return status_error(STATUS_INVALID, "`%s` is given twice", name);
        }
        if (!decode(value, true, arena, &found)) {
            return status_error(STATUS_INVALID, "`%s` is not well encoded", name);
        }
    }
    *out = found;
    return STATUS_SUCCESS;
}

struct status query_number(struct slice query, const char *name, uint64_t min, uint64_t max,
                           uint64_t fallback, struct arena *arena, uint64_t *out)
{
    struct slice text = { .ptr = NULL };

    TRY(query_text(query, name, arena, &text));
    if (text.ptr == NULL) {
        *out = fallback;
        return STATUS_SUCCESS;
    }
    return status_wrap(parse_u64(text, min, max, out), "%s", name);
}

static bool is_known(struct slice name, const char *const *known)
{
    for (size_t i = 0; known[i] != NULL; i++) {
        if (slice_is(name, known[i])) {
            return true;
        }
    }
    return false;
}

struct status query_check(struct slice query, const char *const *known, struct arena *arena)
{
    struct slice key;
    struct slice value;

    while (next_pair(&query, &key, &value)) {
        if (!is_known(key, known)) {
            struct slice name = SLICE("?");
            if (!decode(key, true, arena, &name)) {
                return status_error(STATUS_INVALID, "a parameter is not well encoded");
            }
            return status_error(STATUS_INVALID, "unknown parameter `%.*s`", SLICE_ARG(name));
        }
    }
    return STATUS_SUCCESS;
}
