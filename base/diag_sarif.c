#include "base/diag_sarif.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/diag_export.h"
#include "base/fingerprint.h"

enum {
    RELATED_MAX = 100, /* other places of one result */
    SNIPPET_MAX = 256, /* bytes of a text that is quoted */
    CODE_MAX = 16
};

struct rule_use {
    uint32_t code;
    enum diag_level worst;
};

/* Fingerprints are made once for each source. */
struct source_prints {
    const struct diag_source *source;
    struct fingerprints prints;
};

struct log {
    struct arena arena; /* of the writing */
    const struct diag_sarif *about;
    struct json_writer json;
    struct diag_export results;
    struct rule_use *rules; /* by code */
    size_t rule_count;
    struct source_prints *sources;
    size_t source_count;
};

static const char *const code_format = "RDN%04u";

/* --- messages and places --------------------------------------------------------------------- */

/* Braces would be placeholders, and [words](target) a link: findings quote what others wrote. */
static void put_message(struct log *log, const char *key, struct slice text)
{
    CLEANUP(buf_done) struct buf escaped = { 0 };
    bool links = slice_find_text(text, SLICE("](")) < text.len;

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == '{' || byte == '}') {
            buf_add_char(&escaped, byte);
        } else if (links && (byte == '[' || byte == ']' || byte == '\\')) {
            buf_add_char(&escaped, '\\');
        }
        buf_add_char(&escaped, byte);
    }
    json_key(&log->json, key);
    json_open_object(&log->json);
    json_add_text(&log->json, "text", buf_slice(&escaped));
    json_close_object(&log->json);
}

static void add_uri(struct buf *out, struct slice path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.ptr[i];
        bool plain = byte < 0x80 && (isalnum(byte) != 0 || strchr("-._~/", byte) != NULL);
        if (plain && byte != '\0') {
            buf_add_char(out, (char)byte);
        } else {
            buf_printf(out, "%%%02X", (unsigned)byte);
        }
    }
}

static void put_artifact(struct log *log, const struct diag_source *source)
{
    CLEANUP(buf_done) struct buf path = { 0 };
    CLEANUP(buf_done) struct buf uri = { 0 };
    bool inside = diag_export_path(source->name, log->about->folder, &path);

    buf_add_cstr(&uri, inside ? "" : "file://");
    add_uri(&uri, buf_slice(&path));
    json_key(&log->json, "artifactLocation");
    json_open_object(&log->json);
    json_add_text(&log->json, "uri", buf_slice(&uri));
    if (inside) {
        json_add_cstr(&log->json, "uriBaseId", "%SRCROOT%");
    }
    json_close_object(&log->json);
}

static void put_region(struct log *log, const char *key, struct diag_span span, bool quote)
{
    struct diag_place start = diag_span_start(span);
    struct diag_place end = diag_span_end(span);
    struct slice text = slice_sub(span.source->text, span.byte, span.byte_end);

    json_key(&log->json, key);
    json_open_object(&log->json);
    json_add_i64(&log->json, "startLine", start.line);
    json_add_i64(&log->json, "startColumn", start.col);
    json_add_i64(&log->json, "endLine", end.line);
    json_add_i64(&log->json, "endColumn", end.col);
    if (quote && text.len > 0 && text.len <= SNIPPET_MAX) {
        json_key(&log->json, "snippet");
        json_open_object(&log->json);
        json_add_text(&log->json, "text", text);
        json_close_object(&log->json);
    }
    json_close_object(&log->json);
}

static void put_physical(struct log *log, struct diag_span span)
{
    json_key(&log->json, "physicalLocation");
    json_open_object(&log->json);
    put_artifact(log, span.source);
    put_region(log, "region", span, true);
    json_close_object(&log->json);
}

static void put_locations(struct log *log, struct diag_span span)
{
    json_key(&log->json, "locations");
    json_open_array(&log->json);
    if (span.source != NULL) {
        json_open_object(&log->json);
        put_physical(log, span);
        json_close_object(&log->json);
    }
    json_close_array(&log->json);
}

static void put_related(struct log *log, const struct diag_label *labels)
{
    int64_t id = 0;

    json_key(&log->json, "relatedLocations");
    json_open_array(&log->json);
    for (const struct diag_label *at = labels; at != NULL && id < RELATED_MAX; at = at->next) {
        if (at->span.source != NULL) {
            json_open_object(&log->json);
            json_add_i64(&log->json, "id", ++id);
            put_physical(log, at->span);
            put_message(log, "message", at->text);
            json_close_object(&log->json);
        }
    }
    json_close_array(&log->json);
}

/* --- fixes ----------------------------------------------------------------------------------- */

static bool changed_before(const struct diag_fix *fix, const struct diag_edit *edit)
{
    const struct diag_edit *at = fix->edits;

    while (at != edit && at->span.source != edit->span.source) {
        at = at->next;
    }
    return at != edit;
}

static void put_change(struct log *log, const struct diag_edit *first)
{
    json_open_object(&log->json);
    put_artifact(log, first->span.source);
    json_key(&log->json, "replacements");
    json_open_array(&log->json);
    for (const struct diag_edit *at = first; at != NULL; at = at->next) {
        if (at->span.source == first->span.source) {
            json_open_object(&log->json);
            put_region(log, "deletedRegion", at->span, false);
            json_key(&log->json, "insertedContent");
            json_open_object(&log->json);
            json_add_text(&log->json, "text", at->text);
            json_close_object(&log->json);
            json_close_object(&log->json);
        }
    }
    json_close_array(&log->json);
    json_close_object(&log->json);
}

static void put_fix(struct log *log, const struct diag_fix *fix)
{
    json_open_object(&log->json);
    put_message(log, "description", fix->title);
    json_key(&log->json, "artifactChanges");
    json_open_array(&log->json);
    for (const struct diag_edit *at = fix->edits; at != NULL; at = at->next) {
        if (at->span.source != NULL && !changed_before(fix, at)) {
            put_change(log, at);
        }
    }
    json_close_array(&log->json);
    json_key(&log->json, "properties");
    json_open_object(&log->json);
    json_add_bool(&log->json, "safe", fix->safe);
    json_close_object(&log->json);
    json_close_object(&log->json);
}

static bool has_place(const struct diag_fix *fix)
{
    const struct diag_edit *at = fix->edits;

    while (at != NULL && at->span.source == NULL) {
        at = at->next;
    }
    return at != NULL;
}

static void put_fixes(struct log *log, const struct diag_fix *fixes)
{
    json_key(&log->json, "fixes");
    json_open_array(&log->json);
    for (const struct diag_fix *at = fixes; at != NULL; at = at->next) {
        if (has_place(at)) {
            put_fix(log, at);
        }
    }
    json_close_array(&log->json);
}

/* --- results --------------------------------------------------------------------------------- */

static const struct fingerprints *prints_of(struct log *log, const struct diag_source *source)
{
    size_t i = 0;

    while (i < log->source_count && log->sources[i].source != source) {
        i++;
    }
    if (i == log->source_count) {
        log->sources[log->source_count++] =
            (struct source_prints){ source, fingerprints_of(&log->arena, source->text) };
    }
    return &log->sources[i].prints;
}

/* Of a finding without a place: by its words. */
static void put_fingerprint(struct log *log, const struct diag *diag, struct diag_span place)
{
    char text[FINGERPRINT_TEXT_MAX];

    if (place.source != NULL) {
        fingerprint_print(prints_of(log, place.source), place.line, text);
    } else {
        struct fingerprints prints = fingerprints_of(&log->arena, diag->message);
        fingerprint_print(&prints, 1, text);
    }
    json_key(&log->json, "partialFingerprints");
    json_open_object(&log->json);
    json_add_cstr(&log->json, "primaryLocationLineHash", text);
    json_close_object(&log->json);
}

static size_t rule_index(const struct log *log, uint32_t code)
{
    size_t i = 0;

    while (i < log->rule_count && log->rules[i].code < code) {
        i++;
    }
    return i;
}

static void put_result(struct log *log, const struct diag *diag)
{
    CLEANUP(buf_done) struct buf words = { 0 };
    struct diag_span place = diag_export_place(diag);
    char code[CODE_MAX];

    (void)snprintf(code, sizeof(code), code_format, diag->code);
    diag_export_words(diag, &words);
    json_open_object(&log->json);
    json_add_cstr(&log->json, "ruleId", code);
    json_add_i64(&log->json, "ruleIndex", (int64_t)rule_index(log, diag->code));
    json_add_cstr(&log->json, "level", diag_level_name(diag->level));
    put_message(log, "message", buf_slice(&words));
    put_locations(log, place);
    if (diag->labels != NULL) {
        put_related(log, diag->labels);
    }
    if (diag->fixes != NULL) {
        put_fixes(log, diag->fixes);
    }
    put_fingerprint(log, diag, place);
    json_close_object(&log->json);
}

static void put_results(struct log *log)
{
    json_key(&log->json, "results");
    json_open_array(&log->json);
    for (size_t i = 0; i < log->results.count; i++) {
        put_result(log, log->results.items[i]);
    }
    json_close_array(&log->json);
}

/* --- the tool and its rules ------------------------------------------------------------------ */

/* Results come worst first, so the first of a code has its worst level. */
static void collect_rules(struct log *log)
{
    log->rules = ARENA_NEW(&log->arena, struct rule_use, log->results.count + 1);
    for (size_t i = 0; i < log->results.count; i++) {
        const struct diag *diag = log->results.items[i];
        size_t at = rule_index(log, diag->code);
        if (at == log->rule_count || log->rules[at].code != diag->code) {
            memmove(log->rules + at + 1, log->rules + at,
                    (log->rule_count - at) * sizeof(*log->rules));
            log->rules[at] = (struct rule_use){ diag->code, diag->level };
            log->rule_count++;
        }
    }
}

/* "not a country code": NotACountryCode */
static void put_rule_name(struct log *log, const char *title)
{
    CLEANUP(buf_done) struct buf name = { 0 };
    bool word_start = true;

    for (; *title != '\0'; title++) {
        unsigned char byte = (unsigned char)*title;
        bool letter = byte < 0x80 && isalnum(byte) != 0;
        if (letter) {
            buf_add_char(&name, (char)(word_start ? toupper(byte) : byte));
        }
        word_start = !letter;
    }
    json_add_text(&log->json, "name", buf_slice(&name));
}

static void put_rule_properties(struct log *log, const struct diag_rule *rule)
{
    json_key(&log->json, "properties");
    json_open_object(&log->json);
    json_key(&log->json, "tags");
    json_open_array(&log->json);
    json_put_cstr(&log->json, "security");
    json_put_cstr(&log->json, rule->tag);
    json_close_array(&log->json);
    json_add_cstr(&log->json, "precision", "very-high");
    json_add_cstr(&log->json, "security-severity", rule->severity);
    json_close_object(&log->json);
}

static void put_rule(struct log *log, const struct rule_use *use)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_rule rule = log->about->rule(use->code);
    char code[CODE_MAX];

    (void)snprintf(code, sizeof(code), code_format, use->code);
    json_open_object(&log->json);
    json_add_cstr(&log->json, "id", code);
    put_rule_name(log, rule.title);
    buf_printf(&text, "%c%s.", toupper((unsigned char)rule.title[0]), rule.title + 1);
    put_message(log, "shortDescription", buf_slice(&text));
    put_message(log, "fullDescription", buf_slice(&text));
    buf_clear(&text);
    buf_printf(&text, "%s%s.md", log->about->pages, code);
    json_add_text(&log->json, "helpUri", buf_slice(&text));
    buf_clear(&text);
    buf_printf(&text, "%s: %s. Its page has the cause, a file that fails and one that passes.",
               code, rule.title);
    put_message(log, "help", buf_slice(&text));
    json_key(&log->json, "defaultConfiguration");
    json_open_object(&log->json);
    json_add_cstr(&log->json, "level", diag_level_name(use->worst));
    json_close_object(&log->json);
    put_rule_properties(log, &rule);
    json_close_object(&log->json);
}

static void put_tool(struct log *log)
{
    json_key(&log->json, "tool");
    json_open_object(&log->json);
    json_key(&log->json, "driver");
    json_open_object(&log->json);
    json_add_cstr(&log->json, "name", log->about->tool);
    json_add_cstr(&log->json, "version", log->about->version);
    json_add_cstr(&log->json, "semanticVersion", log->about->version);
    json_key(&log->json, "rules");
    json_open_array(&log->json);
    for (size_t i = 0; i < log->rule_count; i++) {
        put_rule(log, &log->rules[i]);
    }
    json_close_array(&log->json);
    json_close_object(&log->json);
    json_close_object(&log->json);
}

/* --- the run --------------------------------------------------------------------------------- */

static void put_cut(struct log *log)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text, "Only %zu of %zu findings are listed, the worst first.", log->results.count,
               log->results.found);
    json_key(&log->json, "toolExecutionNotifications");
    json_open_array(&log->json);
    json_open_object(&log->json);
    json_add_cstr(&log->json, "level", "warning");
    put_message(log, "message", buf_slice(&text));
    json_close_object(&log->json);
    json_close_array(&log->json);
}

static void put_invocation(struct log *log)
{
    json_key(&log->json, "invocations");
    json_open_array(&log->json);
    json_open_object(&log->json);
    json_add_bool(&log->json, "executionSuccessful", true);
    json_add_i64(&log->json, "exitCode", log->about->exit_code);
    if (log->results.count < log->results.found) {
        put_cut(log);
    }
    json_close_object(&log->json);
    json_close_array(&log->json);
}

/* Where the folder is, is nobody's business but the machine's that ran the check. */
static void put_base(struct log *log)
{
    json_key(&log->json, "originalUriBaseIds");
    json_open_object(&log->json);
    json_key(&log->json, "%SRCROOT%");
    json_open_object(&log->json);
    put_message(log, "description", SLICE("The folder in which the check ran."));
    json_close_object(&log->json);
    json_close_object(&log->json);
}

static void put_log(struct log *log)
{
    json_open_object(&log->json);
    json_add_cstr(&log->json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_add_cstr(&log->json, "version", "2.1.0");
    json_key(&log->json, "runs");
    json_open_array(&log->json);
    json_open_object(&log->json);
    put_tool(log);
    put_invocation(log);
    put_base(log);
    json_add_cstr(&log->json, "columnKind", "unicodeCodePoints");
    put_results(log);
    json_close_object(&log->json);
    json_close_array(&log->json);
    json_close_object(&log->json);
    buf_add_char(log->json.out, '\n');
}

void diag_write_sarif(const struct diag_list *list, const struct diag_sarif *about, struct buf *out)
{
    struct log log = { .about = about, .json = { .out = out, .pretty = true } };

    log.results = diag_export_of(&log.arena, list);
    log.sources = ARENA_NEW(&log.arena, struct source_prints, log.results.count + 1);
    collect_rules(&log);
    put_log(&log);
    arena_done(&log.arena);
}
