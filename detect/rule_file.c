#include "detect/rule_file.h"

#include <stdarg.h>

#include "base/buf.h"
#include "detect/rule_read.h"

/* --- findings --------------------------------------------------------------------------------- */

void rule_refuse(struct rule_reader *reader, enum rule_code code, struct diag_span span,
                 const char *label, const char *help, const char *format, ...)
{
    CLEANUP(buf_done) struct buf message = { 0 };
    va_list args;

    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    struct diag *diag =
        diag_add(reader->diags, DIAG_ERROR, code, span, "%.*s", SLICE_ARG(buf_slice(&message)));
    diag_label(reader->diags, diag, "%s", label);
    diag_help(reader->diags, diag, "%s", help);
}

static bool is_known(struct slice key, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(key, known[i])) {
            return true;
        }
    }
    return false;
}

bool rule_check_keys(struct rule_reader *reader, const struct yaml_node *mapping,
                     const char *const *known, size_t known_count, const char *where)
{
    bool good = true;

    for (const struct yaml_node *member = mapping->first; member != NULL; member = member->next) {
        if (is_known(member->key, known, known_count)) {
            continue;
        }
        const char *help = "what Redan evaluates is in docs/reference/rules.md";
        for (size_t i = 0; i < known_count; i++) {
            if (slice_distance(member->key, slice_from(known[i]), 2) <= 2) {
                help = known[i];
            }
        }
        rule_refuse(reader, RULE_CODE_UNKNOWN_KEY, yaml_key_span(member), "not evaluated here",
                    help, "unknown key `%.*s` in %s", SLICE_ARG(member->key), where);
        good = false;
    }
    return good;
}

const struct yaml_node *rule_need(struct rule_reader *reader, const struct yaml_node *mapping,
                                  const char *key, enum yaml_kind kind, const char *where)
{
    static const char *const kinds[] = {
        [YAML_SCALAR] = "a value", [YAML_SEQUENCE] = "a list", [YAML_MAPPING] = "a mapping"
    };
    const struct yaml_node *node = yaml_get(mapping, key);
    struct diag_span span = mapping->key.len > 0 ? yaml_key_span(mapping) : yaml_span(mapping);

    if (node == NULL) {
        rule_refuse(reader, RULE_CODE_MISSING_KEY, span, "here", "add it", "%s needs `%s`", where,
                    key);
        return NULL;
    }
    if (node->kind != kind || (kind == YAML_SCALAR && node->text.len == 0)) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_key_span(node), kinds[kind],
                    "see docs/reference/rules.md", "`%s` must be %s", key, kinds[kind]);
        return NULL;
    }
    return node;
}

/* --- one document ----------------------------------------------------------------------------- */

static bool read_level(struct rule_reader *reader, const struct yaml_node *root, enum severity *out)
{
    static const struct {
        const char *sigma;
        enum severity severity;
    } levels[] = { { "informational", SEVERITY_INFO },
                   { "low", SEVERITY_LOW },
                   { "medium", SEVERITY_MEDIUM },
                   { "high", SEVERITY_HIGH },
                   { "critical", SEVERITY_CRITICAL } };
    const struct yaml_node *node = rule_need(reader, root, "level", YAML_SCALAR, "a rule");

    for (size_t i = 0; node != NULL && i < COUNT_OF(levels); i++) {
        if (slice_is(node->text, levels[i].sigma)) {
            *out = levels[i].severity;
            return true;
        }
    }
    if (node != NULL) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(node), "expected a level",
                    "informational, low, medium, high or critical", "`%.*s` is not a level",
                    SLICE_ARG(node->text));
    }
    return false;
}

static bool check_status(struct rule_reader *reader, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_get(root, "status");

    if (node != NULL && slice_is(node->text, "unsupported")) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_span(node), "its author says so",
                    "take the rule out of the folder", "the rule is marked as unsupported");
        return false;
    }
    return true;
}

static bool read_names(struct rule_reader *reader, struct rule_draft *draft)
{
    const struct yaml_node *title = rule_need(reader, draft->root, "title", YAML_SCALAR, "a rule");
    const struct yaml_node *id = rule_need(reader, draft->root, "id", YAML_SCALAR, "a rule");
    const struct yaml_node *name = yaml_get(draft->root, "name");

    if (title == NULL || id == NULL) {
        return false;
    }
    bool named = name != NULL && name->kind == YAML_SCALAR && name->text.len > 0;
    draft->rule.title = title->text;
    draft->rule.id = id->text;
    draft->rule.name = named ? name->text : id->text;
    draft->rule.span = yaml_span(title);
    if (draft->rule.name.len > RULE_NAME_MAX || id->text.len > RULE_NAME_MAX ||
        title->text.len > EVENT_VALUE_MAX) {
        rule_refuse(reader, RULE_CODE_LIMIT, yaml_span(title), "of this rule",
                    "at most 128 bytes for `name` and `id`, 4096 for `title`",
                    "a name is too long");
        return false;
    }
    return true;
}

static bool read_draft(struct rule_reader *reader, struct rule_draft *draft)
{
    static const char *const keys[] = { "title",          "id",          "name",     "logsource",
                                        "detection",      "correlation", "level",    "status",
                                        "author",         "date",        "modified", "description",
                                        "tags",           "references",  "fields",   "related",
                                        "falsepositives", "license",     "scope" };
    const struct yaml_node *root = draft->root;

    if (root->kind != YAML_MAPPING) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(root), "expected a mapping",
                    "a rule starts with `title:`", "this document is not a rule");
        return false;
    }
    bool good = rule_check_keys(reader, root, keys, COUNT_OF(keys), "a rule");
    good = read_names(reader, draft) && good;
    good = read_level(reader, root, &draft->rule.level) && good;
    good = check_status(reader, root) && good;
    bool base = yaml_get(root, "correlation") == NULL;
    bool read = base ? rule_read_detection(reader, draft) : rule_read_correlation(reader, draft);
    return read && good;
}

/* --- references ------------------------------------------------------------------------------- */

static void refuse_duplicate(struct rule_reader *reader, const struct rule_draft *first,
                             const struct rule_draft *second, const char *what, struct slice value)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, RULE_CODE_DUPLICATE, second->rule.span,
                                 "two rules have the %s `%.*s`", what, SLICE_ARG(value));

    diag_label(reader->diags, diag, "this rule");
    diag_secondary(reader->diags, diag, first->rule.span, "and this one");
    diag_help(reader->diags, diag, "a %s names one rule; change one of them", what);
}

static bool check_unique(struct rule_reader *reader)
{
    bool good = true;

    for (size_t i = 0; i < reader->draft_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct rule *a = &reader->drafts[j].rule;
            const struct rule *b = &reader->drafts[i].rule;
            bool same_id = slice_eq(a->id, b->id);
            if (same_id || slice_eq(a->name, b->name)) {
                refuse_duplicate(reader, &reader->drafts[j], &reader->drafts[i],
                                 same_id ? "id" : "name", same_id ? b->id : b->name);
                good = false;
            }
        }
    }
    return good;
}

static size_t find_draft(const struct rule_reader *reader, struct slice name)
{
    for (size_t i = 0; i < reader->draft_count; i++) {
        if (slice_eq(reader->drafts[i].rule.name, name) ||
            slice_eq(reader->drafts[i].rule.id, name)) {
            return i;
        }
    }
    return reader->draft_count;
}

static bool resolve(struct rule_reader *reader, struct rule_draft *draft)
{
    size_t count = 0;
    bool good = true;

    if (draft->references == NULL) {
        return true;
    }
    draft->refers_to = ARENA_NEW(reader->arena, size_t, draft->references->count);
    for (const struct yaml_node *item = draft->references->first; item != NULL; item = item->next) {
        size_t found = find_draft(reader, item->text);
        if (found == reader->draft_count) {
            rule_refuse(reader, RULE_CODE_UNKNOWN_RULE, yaml_span(item), "not in these files",
                        "rules are named by `name` or `id`", "there is no rule `%.*s`",
                        SLICE_ARG(item->text));
            good = false;
            continue;
        }
        struct rule_draft *target = &reader->drafts[found];
        target->referenced = true;
        target->referenced_with_generate = target->referenced_with_generate || draft->generate;
        draft->refers_to[count++] = found;
    }
    draft->rule.correlation.rule_count = count;
    return good;
}

static bool groups_by(const struct rule *rule, struct slice field)
{
    for (size_t i = 0; i < rule->correlation.group_by_count; i++) {
        if (slice_eq(rule->correlation.group_by[i], field)) {
            return true;
        }
    }
    return false;
}

/* What a correlation matched is known by its group only: an outer rule can group by no more. */
static bool check_groups(struct rule_reader *reader, const struct rule_draft *outer,
                         const struct rule_draft *inner)
{
    const struct rule_correlation *correlation = &inner->rule.correlation;

    if (inner->rule.kind == RULE_BASE) {
        return true;
    }
    if (correlation->type == CORRELATION_EVENT_COUNT && correlation->compare != COMPARE_GTE &&
        correlation->compare != COMPARE_GT) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(outer->references), "named here",
                    "name a count with `gte` or `gt`, which matches at an event",
                    "`%.*s` is known only when its time is over", SLICE_ARG(inner->rule.name));
        return false;
    }
    if (outer->group_by == NULL) {
        return true;
    }
    for (const struct yaml_node *item = outer->group_by->first; item != NULL; item = item->next) {
        if (!groups_by(&inner->rule, item->text)) {
            rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(item), "not a group there",
                        "add the field to the inner rule's `group-by`",
                        "`%.*s` does not group by `%.*s`", SLICE_ARG(inner->rule.name),
                        SLICE_ARG(item->text));
            return false;
        }
    }
    return true;
}

static bool refuse_place(struct rule_reader *reader, const struct rule_draft *draft,
                         enum rule_code code, const char *label)
{
    rule_refuse(reader, code, draft->rule.span, label,
                "a correlation names rules below it, at most 8 deep",
                "the rule `%.*s` cannot be placed", SLICE_ARG(draft->rule.name));
    return false;
}

static void put(struct rule_draft *draft, struct rule *rules, size_t *placed)
{
    draft->rule.emits = !draft->referenced || draft->referenced_with_generate;
    draft->state = DRAFT_PLACED;
    draft->place = *placed;
    rules[(*placed)++] = draft->rule;
}

/* Depth first: a draft is placed after all it names. `depth` bounds the recursion. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool place(struct rule_reader *reader, struct rule_draft *draft, struct rule *rules,
                  size_t *placed, size_t depth)
{
    struct rule_correlation *correlation = &draft->rule.correlation;
    size_t *indices = ARENA_NEW(reader->arena, size_t, correlation->rule_count);

    if (draft->state == DRAFT_PLACED) {
        return true;
    }
    if (draft->state == DRAFT_OPEN) {
        return refuse_place(reader, draft, RULE_CODE_CYCLE, "leads back to itself");
    }
    draft->state = DRAFT_OPEN;
    for (size_t i = 0; i < correlation->rule_count; i++) {
        struct rule_draft *inner = &reader->drafts[draft->refers_to[i]];
        if (depth == RULE_DEPTH_MAX || inner->depth == RULE_DEPTH_MAX) {
            return refuse_place(reader, draft, RULE_CODE_LIMIT, "too many levels below");
        }
        if (!place(reader, inner, rules, placed, depth + 1) ||
            !check_groups(reader, draft, inner)) {
            return false;
        }
        draft->depth = inner->depth + 1 > draft->depth ? inner->depth + 1 : draft->depth;
        indices[i] = inner->place;
    }
    correlation->rules = indices;
    put(draft, rules, placed);
    return true;
}

static const struct rule_set *finish(struct rule_reader *reader)
{
    struct rule_set *set = ARENA_NEW(reader->arena, struct rule_set, 1);
    struct rule *rules = ARENA_NEW(reader->arena, struct rule, reader->draft_count);
    bool good = check_unique(reader);

    for (size_t i = 0; i < reader->draft_count; i++) {
        good = resolve(reader, &reader->drafts[i]) && good;
    }
    for (size_t i = 0; good && i < reader->draft_count; i++) {
        good = place(reader, &reader->drafts[i], rules, &set->count, 0);
    }
    set->rules = rules;
    return good ? set : NULL;
}

/* --- all sources ------------------------------------------------------------------------------ */

/* Nothing between two `---`. */
static bool is_blank(const struct yaml_document *document)
{
    const struct yaml_node *root = document->root;

    return root == NULL || (root->kind == YAML_SCALAR && root->text.len == 0);
}

static size_t count_rules(const struct yaml_document *documents)
{
    size_t count = 0;

    for (const struct yaml_document *one = documents; one != NULL; one = one->next) {
        count += !is_blank(one);
    }
    return count;
}

static bool read_documents(struct rule_reader *reader, const struct yaml_document *documents)
{
    bool good = true;

    for (const struct yaml_document *one = documents; one != NULL; one = one->next) {
        if (!is_blank(one)) {
            struct rule_draft *draft = &reader->drafts[reader->draft_count++];
            draft->root = one->root;
            good = read_draft(reader, draft) && good;
        }
    }
    return good;
}

const struct rule_set *rules_read(struct arena *arena, const struct diag_source *sources,
                                  size_t source_count, struct diag_list *diags)
{
    struct rule_reader reader = { .arena = arena, .diags = diags };
    const struct yaml_document **documents =
        ARENA_NEW(arena, const struct yaml_document *, source_count);
    size_t errors_before = diags->errors;
    size_t count = 0;
    bool good = true;

    for (size_t i = 0; i < source_count; i++) {
        documents[i] = yaml_read(arena, &sources[i], diags);
        count += count_rules(documents[i]);
    }
    if (count > RULES_MAX) {
        rule_refuse(&reader, RULE_CODE_LIMIT, (struct diag_span){ 0 }, "in all",
                    "at most 10000 rules are read", "there are too many rules");
        return NULL;
    }
    reader.drafts = ARENA_NEW(arena, struct rule_draft, count);
    for (size_t i = 0; i < source_count; i++) {
        good = read_documents(&reader, documents[i]) && good;
    }
    return good && diags->errors == errors_before ? finish(&reader) : NULL;
}
