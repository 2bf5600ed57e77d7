#include "sla/read/foreign.h"

#include "base/cleanup.h"
#include "sla/read/check.h"

#include <string.h>

enum { LOOK_BYTES = 64 * 1024 /* of a text that are looked at */ };

struct mark {
    const char *begins, *what;
};

/* --- files that are no text, or no YAML ------------------------------------------------------- */

static const struct mark first_bytes[] = {
    { "PK\x03\x04", "a file of a word processor or spreadsheet, or an archive" },
    { "\xd0\xcf\x11\xe0", "a file of an older word processor or spreadsheet" },
    { "{\\rtf", "a file of a word processor" },
    { "%PDF-", "a PDF file" },
    { "<", "XML or HTML" },
};

static const struct mark lines[] = {
    { "resource \"", "a Terraform file" }, { "terraform {", "a Terraform file" },
    { "provider \"", "a Terraform file" }, { "variable \"", "a Terraform file" },
    { "module \"", "a Terraform file" },   { "- hosts:", "an Ansible playbook" },
};

/* --- YAML and JSON, by a key of the outermost mapping ----------------------------------------- */

static const struct mark keys[] = {
    { "services", "a Compose file" },
    { "openapi", "a description of an interface (OpenAPI)" },
    { "swagger", "a description of an interface (OpenAPI)" },
    { "AWSTemplateFormatVersion", "a CloudFormation template" },
    { "Resources", "a CloudFormation template" },
    { "jobs", "a workflow of continuous integration" },
    { "dependencies", "the manifest of a program's package" },
    { "resource", "a Terraform file" },
};

static const char *const ours[] = { "apiVersion", "kind", "metadata", "spec" };

/* --- one line --------------------------------------------------------------------------------- */

struct look {
    struct slice text, line; /* the line without what ends it */
    size_t byte;             /* where it begins */
    uint32_t number;
};

static bool next_line(struct look *look)
{
    size_t at = look->number == 0 ? 0 : look->byte + look->line.len;

    while (look->number > 0 && at < look->text.len && look->text.ptr[at] == '\r') {
        at++;
    }
    at += look->number > 0 ? 1 : 0;
    if (at >= look->text.len) {
        return false;
    }
    struct slice rest = slice_sub(look->text, at, look->text.len);
    look->line = slice_sub(rest, 0, slice_find(rest, '\n'));
    while (look->line.len > 0 && look->line.ptr[look->line.len - 1] == '\r') {
        look->line.len--;
    }
    look->byte = at;
    look->number++;
    return true;
}

static bool tell(const struct look *look, const char *what, size_t len, struct sla_foreign *out)
{
    *out = (struct sla_foreign){ what, look->byte, look->byte + len, look->number };
    return true;
}

static struct slice without_quotes(struct slice text)
{
    bool quoted = text.len > 1 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
                  text.ptr[text.len - 1] == text.ptr[0];

    return quoted ? slice_sub(text, 1, text.len - 1) : text;
}

/* The value behind `key:` where the line begins with it, both in quotes or not, as YAML and JSON
 * have them: a comment and the comma behind it are none of it. */
static bool has_key(struct slice line, const char *key, struct slice *out_value)
{
    struct slice rest = line;
    struct slice name = without_quotes(slice_trim(slice_cut(&rest, ':')));
    struct slice value = rest;

    for (size_t i = 1; i < value.len; i++) {
        if (value.ptr[i] == '#' && value.ptr[i - 1] == ' ') {
            value.len = i;
        }
    }
    value = slice_trim(value);
    if (slice_ends(value, SLICE(","))) {
        value.len--;
    }
    *out_value = without_quotes(value);
    return rest.ptr != NULL && line.len > 0 && line.ptr[0] != ' ' && slice_is(name, key);
}

static bool is_ours(struct slice line)
{
    struct slice value;
    size_t at = 0;

    while (at < COUNT_OF(ours) && !has_key(line, ours[at], &value)) {
        at++;
    }
    return at < COUNT_OF(ours);
}

/* Blank, a comment, what stands around documents. */
static bool is_nothing(struct slice line)
{
    struct slice rest = slice_trim(line);

    return rest.len == 0 || rest.ptr[0] == '#' || slice_starts(rest, SLICE("---")) ||
           rest.ptr[0] == '%';
}

/* --- looks ------------------------------------------------------------------------------------ */

static bool look_at_start(struct slice text, struct sla_foreign *out)
{
    for (size_t i = 0; i < COUNT_OF(first_bytes); i++) {
        struct slice begins = slice_from(first_bytes[i].begins);
        if (slice_starts(text, begins)) {
            *out = (struct sla_foreign){ first_bytes[i].what, 0, begins.len, 1 };
            return true;
        }
    }
    return false;
}

/* `apps/v1` and a kind that is none of ours. */
static bool look_for_kubernetes(struct slice text, struct sla_foreign *out)
{
    struct look look = { .text = text };
    struct slice value;
    struct slice version = { 0 };
    struct slice kind = { 0 };
    enum sla_kind known = SLA_SECURITY_SLA;
    bool found = false;

    while (next_line(&look) && kind.len == 0 &&
           (version.len == 0 || !slice_starts(look.line, SLICE("---")))) {
        if (has_key(look.line, "apiVersion", &value)) {
            version = value;
            found = tell(&look, "a Kubernetes manifest", look.line.len, out);
        } else if (has_key(look.line, "kind", &value)) {
            kind = value;
        }
    }
    bool is_theirs = slice_is(version, "v1") || slice_find(version, '/') < version.len;
    return found && is_theirs && kind.len > 0 && !slice_starts(version, SLICE("redan")) &&
           !slice_starts(version, SLICE("Redan")) && !sla_kind_parse(kind, &known);
}

/* `[sla]` alone on the first line. */
static bool is_section(struct slice line)
{
    size_t at = 1;

    while (at < line.len &&
           ((line.ptr[at] >= 'a' && line.ptr[at] <= 'z') || strchr("-_. ", line.ptr[at]) != NULL)) {
        at++;
    }
    return line.len > 2 && line.ptr[0] == '[' && at + 1 == line.len && line.ptr[at] == ']';
}

/* The first line that says something is neither a key nor what else YAML may begin with. */
static bool is_prose(struct slice line)
{
    return slice_find(line, ':') == line.len && slice_find(line, ' ') < line.len &&
           strchr("-[]{}\"'&*!|>@`?, \t", line.ptr[0]) == NULL;
}

static bool look_at_line(const struct look *look, bool is_first, struct sla_foreign *out)
{
    struct slice value;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct slice begins = slice_from(lines[i].begins);
        if (slice_starts(look->line, begins)) {
            return tell(look, lines[i].what, begins.len, out);
        }
    }
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (has_key(look->line, keys[i].begins, &value)) {
            return tell(look, keys[i].what, slice_find(look->line, ':'), out);
        }
    }
    if (is_first && is_section(look->line)) {
        return tell(look, "a file of settings", look->line.len, out);
    }
    return is_first && is_prose(look->line) && tell(look, "plain text", look->line.len, out);
}

/* By its lines, when none of them is ours. In JSON the keys are indented. */
static bool look_at_lines(struct slice text, struct sla_foreign *out)
{
    struct look look = { .text = text };
    bool is_json = false;
    bool is_first = true;
    bool found = false;

    while (next_line(&look)) {
        struct slice line = is_json ? slice_trim(look.line) : look.line;
        if (is_nothing(line)) {
            continue;
        }
        if (is_ours(line)) {
            return false;
        }
        struct look shown = look;
        shown.byte += (size_t)(line.ptr - look.line.ptr);
        shown.line = line;
        is_json |= is_first && slice_is(line, "{");
        found = found || look_at_line(&shown, is_first, out);
        is_first = false;
    }
    return found;
}

bool sla_foreign_look(struct slice text, struct sla_foreign *out)
{
    struct slice head = slice_sub(text, 0, LOOK_BYTES);
    bool is_text = slice_find(head, '\0') == head.len;
    struct sla_foreign found;

    if (look_at_start(head, &found) ||
        (is_text && (look_for_kubernetes(head, &found) || look_at_lines(head, &found)))) {
        *out = found;
        return true;
    }
    return false;
}
