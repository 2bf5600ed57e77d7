#include "sla/read/field_types.h"

#include "sla/read/expand.h"
#include "sla/read/index.h"
#include "sla/report.h"

#include "base/parse.h"
#include "model/node.h"

#include <assert.h>
#include <string.h>

void *sla_field_place(void *filled, size_t offset)
{
    return (char *)filled + offset;
}

/* --- scalars --------------------------------------------------------------------------------- */

static bool is_name_byte(char byte, bool inside)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
        return true;
    }
    return inside && (byte == '-' || byte == '_' || byte == '.');
}

bool sla_is_name(struct slice text)
{
    if (text.len == 0 || text.len > SLA_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_name_byte(text.ptr[i], i > 0 && i + 1 < text.len)) {
            return false;
        }
    }
    return true;
}

/* In small letters, with `-` for blanks: when that makes it a name. */
static void suggest_name(struct draft *draft, struct diag *diag, struct slice text)
{
    char *name = arena_cstr(draft->arena, text);

    for (size_t i = 0; i < text.len; i++) {
        if (name[i] >= 'A' && name[i] <= 'Z') {
            name[i] = (char)(name[i] + ('a' - 'A'));
        } else if (name[i] == ' ') {
            name[i] = '-';
        }
    }
    if (sla_is_name((struct slice){ name, text.len })) {
        diag_help(draft->diags, diag, "for example `%s`", name);
    }
}

static bool read_name(struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    struct slice *out = sla_field_place(filled, field->offset);

    *out = node->text;
    if (sla_is_name(node->text)) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_NAME, yaml_span(node),
                                 "`%.*s` cannot be %s", SLICE_ARG(node->text), field->what);
    diag_label(diags, diag, "expected a name");
    suggest_name(reading->draft, diag, node->text);
    diag_help(diags, diag, "names have 1 to %d of a-z, 0-9 and, not at the ends, `-`, `_` and `.`",
              SLA_NAME_MAX);
    return false;
}

static bool read_names(struct sla_reading *reading, const struct sla_field *field,
                       const struct yaml_node *node, void *filled)
{
    struct slice *names = ARENA_NEW(reading->draft->arena, struct slice, sla_texts_count(node) + 1);
    const struct slice **out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);
    const struct sla_field one = { .what = field->what };
    bool good = sla_is_not_empty(reading->draft, node);

    for (const struct yaml_node *at = sla_texts_first(node);
         at != NULL && !sla_is_full(reading->draft, at); at = sla_texts_next(node, at)) {
        good &= read_name(reading, &one, at, &names[(*count)++]);
    }
    *out = names;
    return good;
}

/* A node's name goes into certificates and sockets: an RFC 1123 label. */
static bool read_node_name(struct sla_reading *reading, const struct sla_field *field,
                           const struct yaml_node *node, void *filled)
{
    struct slice *out = sla_field_place(filled, field->offset);

    *out = node->text;
    if (node_name_is_valid(node->text)) {
        return true;
    }
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_NAME, yaml_span(node),
                                 "`%.*s` cannot be the name of a node", SLICE_ARG(node->text));
    diag_help(diags, diag, "names of nodes have a-z, 0-9 and, not at the ends, `-`");
    return false;
}

static bool read_text(struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, void *filled)
{
    struct slice *out = sla_field_place(filled, field->offset);

    (void)reading;
    *out = node->text;
    return true;
}

static bool read_texts(struct sla_reading *reading, const struct sla_field *field,
                       const struct yaml_node *node, void *filled)
{
    struct slice *texts = ARENA_NEW(reading->draft->arena, struct slice, sla_texts_count(node) + 1);
    const struct slice **out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        texts[(*count)++] = at->text;
    }
    *out = texts;
    return true;
}

static bool find_word(const struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, unsigned *out)
{
    const struct sla_words *words = field->of.words;

    for (unsigned i = 0; i < words->count; i++) {
        if (words->names[i] != NULL && slice_is(node->text, words->names[i])) {
            *out = i;
            return true;
        }
    }
    (void)sla_report_word(reading->draft, SLA_CODE_WORD, yaml_span(node), node->text, field->what,
                          words->names, words->count);
    return false;
}

static bool read_word(struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, void *filled)
{
    unsigned word = 0;
    bool good = find_word(reading, field, node, &word);

    if (good) {
        memcpy(sla_field_place(filled, field->offset), &word, sizeof(word)); /* an enum: any */
    }
    return good;
}

static bool read_words(struct sla_reading *reading, const struct sla_field *field,
                       const struct yaml_node *node, void *filled)
{
    unsigned *mask = sla_field_place(filled, field->offset);
    bool good = sla_is_not_empty(reading->draft, node);

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        unsigned word = 0;
        if (find_word(reading, field, at, &word)) {
            *mask |= SLA_BIT(word);
        } else {
            good = false;
        }
    }
    return good;
}
static_assert(sizeof(enum plane_kind) == sizeof(unsigned), "enums are written as unsigned");

static bool read_flag(struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, void *filled)
{
    static const char *const words[] = { "yes", "no" };
    bool *out = sla_field_place(filled, field->offset);

    *out = slice_is(node->text, "yes");
    if (*out || slice_is(node->text, "no")) {
        return true;
    }
    (void)sla_report_word(reading->draft, SLA_CODE_WORD, yaml_span(node), node->text, "a flag",
                          words, COUNT_OF(words));
    return false;
}

/* --- addresses ------------------------------------------------------------------------------- */

bool sla_read_address(struct draft *draft, const struct yaml_node *node, struct address *out)
{
    struct status status = address_parse(node->text, out);

    if (status_ok(&status)) {
        return true;
    }
    struct diag *diag =
        sla_report_value(draft, SLA_CODE_ADDRESS, yaml_span(node), "the address", &status);
    struct sla_hint hint;

    sla_hint_address(node->text, &hint);
    sla_report_hint(draft, diag, yaml_span(node), &hint);
    return false;
}

static bool read_address(struct sla_reading *reading, const struct sla_field *field,
                         const struct yaml_node *node, void *filled)
{
    return sla_read_address(reading->draft, node, sla_field_place(filled, field->offset));
}

static bool read_addresses(struct sla_reading *reading, const struct sla_field *field,
                           const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    const struct address **out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);
    struct address *addresses = ARENA_NEW(draft->arena, struct address, sla_texts_count(node) + 1);
    bool good = true;

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        if (sla_read_address(draft, at, &addresses[*count])) {
            (*count)++;
        } else {
            good = false;
        }
    }
    *out = addresses;
    return good;
}

/* --- kept as nodes --------------------------------------------------------------------------- */

bool sla_read_node(struct sla_reading *reading, const struct sla_field *field,
                   const struct yaml_node *node, void *filled)
{
    const struct yaml_node **out = sla_field_place(filled, field->offset);

    (void)reading;
    *out = node;
    return true;
}

static bool read_steps(struct sla_reading *reading, const struct sla_field *field,
                       const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    bool is_open = false; /* an order that is not known whole is none yet */

    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        for (const struct yaml_node *id = sla_texts_first(at); id != NULL;
             id = sla_texts_next(at, id)) {
            is_open |= sla_is_open(id);
            if (id->kind != YAML_SCALAR) {
                struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(id),
                                             "a step is a list of names");
                diag_help(diags, diag, "for example `%s`", field->example);
                return false;
            }
        }
    }
    return is_open || sla_read_node(reading, field, node, filled);
}

static bool read_arguments(struct sla_reading *reading, const struct sla_field *field,
                           const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    bool good = sla_read_node(reading, field, node, filled);

    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (!sla_shape_fits(SLA_SHAPE_TEXTS, at)) {
            struct diag *diag =
                diag_add(diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(at),
                         "`%.*s` is neither a value nor a list", SLICE_ARG(at->key));
            diag_help(diags, diag, "a parameter takes one value, or a list of values");
            good = false;
        }
    }
    return good;
}

/* --- records --------------------------------------------------------------------------------- */

static bool read_record(struct sla_reading *reading, const struct sla_field *field,
                        const struct yaml_node *node, void *filled)
{
    if (field->of.record == NULL) {
        return sla_read_node(reading, field, node, filled);
    }
    void *place = sla_field_place(filled, field->offset);
    if (field->apart) {
        void *own = arena_alloc(reading->draft->arena, 1, field->of.record->size);
        memcpy(place, &own, sizeof(own));
        place = own;
    }
    return sla_record_fill(reading->draft, reading->document, field->of.record, node, place);
}

bool sla_count_is_good(struct draft *draft, const struct yaml_node *list)
{
    if (list->count <= SLA_ITEMS_MAX) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_key_span(list),
                                 "`%.*s` has %u items", SLICE_ARG(list->key), list->count);
    diag_help(draft->diags, diag, "a document has at most %d", SLA_ITEMS_MAX);
    return false;
}

/* A wrong item is marked as such and makes the list no worse. */
static bool read_records(struct sla_reading *reading, const struct sla_field *field,
                         const struct yaml_node *node, void *filled)
{
    const struct sla_record *record = field->of.record;
    size_t *count = sla_field_place(filled, field->count);

    if (!sla_count_is_good(reading->draft, node)) {
        return true;
    }
    char *items = arena_alloc(reading->draft->arena, (size_t)node->count + 1, record->size);
    memcpy(sla_field_place(filled, field->offset), &items,
           sizeof(items)); /* a pointer: any of them */
    for (const struct yaml_node *at = node->first; at != NULL && !sla_is_full(reading->draft, at);
         at = at->next) {
        (void)sla_record_fill(reading->draft, reading->document, record, at,
                              items + *count * record->size);
        (*count)++;
    }
    return true;
}

/* --- the table ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum sla_shape shape;
    sla_read_fn *read; /* NULL: left to the check of the record */
    bool is_text;      /* to other readers of YAML, too, or it is noted */
} types[SLA_TYPES] = {
    [SLA_TYPE_NAME] = { "name", SLA_SHAPE_TEXT, read_name, true },
    [SLA_TYPE_NAMES] = { "names", SLA_SHAPE_TEXTS, read_names, true },
    [SLA_TYPE_NODE_NAME] = { "name", SLA_SHAPE_TEXT, read_node_name, true },
    [SLA_TYPE_TEXT] = { "text", SLA_SHAPE_TEXT, read_text, true },
    [SLA_TYPE_TEXTS] = { "texts", SLA_SHAPE_TEXTS, read_texts, true },
    [SLA_TYPE_WORD] = { "word", SLA_SHAPE_TEXT, read_word, true },
    [SLA_TYPE_FLAG] = { "flag", SLA_SHAPE_TEXT, read_flag, false },
    [SLA_TYPE_COUNT] = { "count", SLA_SHAPE_TEXT, sla_read_count, false },
    [SLA_TYPE_WORDS] = { "words", SLA_SHAPE_TEXTS, read_words, true },
    [SLA_TYPE_DURATION] = { "duration", SLA_SHAPE_TEXT, sla_read_duration_field, false },
    [SLA_TYPE_SHARE] = { "share", SLA_SHAPE_TEXT, sla_read_share_field, false },
    [SLA_TYPE_DATE] = { "date", SLA_SHAPE_TEXT, sla_read_date, false },
    [SLA_TYPE_DIGEST] = { "digest", SLA_SHAPE_TEXT, sla_read_digest, false },
    [SLA_TYPE_SIGNATURE] = { "hex", SLA_SHAPE_TEXT, sla_read_signature, false },
    [SLA_TYPE_BYTES] = { "size", SLA_SHAPE_TEXT, sla_read_bytes, false },
    [SLA_TYPE_WEEKLY] = { "windows", SLA_SHAPE_TEXTS, sla_read_weekly, false },
    [SLA_TYPE_MOMENT] = { "time of the week", SLA_SHAPE_TEXT, sla_read_moment, false },
    [SLA_TYPE_ADDRESS] = { "address", SLA_SHAPE_TEXT, read_address, false },
    [SLA_TYPE_ADDRESSES] = { "addresses", SLA_SHAPE_TEXTS, read_addresses, false },
    [SLA_TYPE_SENDER] = { "address", SLA_SHAPE_TEXT, sla_read_sender, false },
    [SLA_TYPE_PEERS] = { "addresses", SLA_SHAPE_TEXTS, sla_read_peers, false },
    [SLA_TYPE_PORTS] = { "ports", SLA_SHAPE_TEXTS, sla_read_ports, false },
    [SLA_TYPE_ACT] = { "action", SLA_SHAPE_TEXT, sla_read_act, true },
    [SLA_TYPE_ACTS] = { "actions", SLA_SHAPE_TEXTS, sla_read_acts, true },
    [SLA_TYPE_ACTIONS] = { "actions", SLA_SHAPE_TEXTS, sla_read_actions, true },
    [SLA_TYPE_COUNTRIES] = { "countries", SLA_SHAPE_TEXTS, sla_read_countries, true },
    [SLA_TYPE_PLACES] = { "countries", SLA_SHAPE_TEXTS, sla_read_places, true },
    [SLA_TYPE_SEVERITY] = { "comparison", SLA_SHAPE_TEXT, sla_read_severity, false },
    [SLA_TYPE_TERM] = { "term", SLA_SHAPE_TEXT, sla_read_term, true },
    [SLA_TYPE_KIND] = { "word", SLA_SHAPE_TEXT, NULL, true },
    [SLA_TYPE_OP] = { "word", SLA_SHAPE_TEXT, NULL, false },
    [SLA_TYPE_VALUE] = { "by term", SLA_SHAPE_ANY, sla_read_node, false },
    [SLA_TYPE_EXPECT] = { "by kind of test", SLA_SHAPE_ANY, sla_read_node, false },
    [SLA_TYPE_SUBJECTS] = { "subjects", SLA_SHAPE_TEXTS, sla_read_node, true },
    [SLA_TYPE_REFS] = { "names", SLA_SHAPE_TEXTS, sla_read_node, true },
    [SLA_TYPE_NEEDS] = { "names, or a mapping", SLA_SHAPE_ANY, sla_read_needs, false },
    [SLA_TYPE_STEPS] = { "steps", SLA_SHAPE_LIST, read_steps, true },
    [SLA_TYPE_SELECT] = { "mapping", SLA_SHAPE_MAPPING, sla_read_select, true },
    [SLA_TYPE_ARGUMENTS] = { "mapping", SLA_SHAPE_MAPPING, read_arguments, false },
    [SLA_TYPE_LABELS] = { "mapping", SLA_SHAPE_MAPPING, sla_read_labels, true },
    [SLA_TYPE_RECORD] = { "mapping", SLA_SHAPE_MAPPING, read_record, false },
    [SLA_TYPE_RECORDS] = { "list", SLA_SHAPE_LIST, read_records, false },
};

const char *sla_type_name(enum sla_type type)
{
    return types[type].name;
}

enum sla_shape sla_type_shape(enum sla_type type)
{
    return types[type].shape;
}

bool sla_type_divides(enum sla_type type)
{
    const unsigned long long types_of_names =
        1ULL << SLA_TYPE_NAMES | 1ULL << SLA_TYPE_WORDS | 1ULL << SLA_TYPE_ADDRESSES |
        1ULL << SLA_TYPE_PEERS | 1ULL << SLA_TYPE_PORTS | 1ULL << SLA_TYPE_ACTS |
        1ULL << SLA_TYPE_ACTIONS | 1ULL << SLA_TYPE_SUBJECTS | 1ULL << SLA_TYPE_REFS;

    return (types_of_names >> type & 1U) != 0;
}

bool sla_field_read(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    bool is_word = field->type == SLA_TYPE_WORD || field->type == SLA_TYPE_WORDS;
    bool good =
        types[field->type].read == NULL || types[field->type].read(reading, field, node, filled);

    if (types[field->type].is_text && (good || !is_word)) { /* quotes make no word right */
        sla_note_readers(reading->draft, node);
    }
    return good;
}

/* --- lists of scalars ------------------------------------------------------------------------ */

const struct yaml_node *sla_texts_first(const struct yaml_node *node)
{
    return node != NULL && node->kind == YAML_SEQUENCE ? node->first : node;
}

const struct yaml_node *sla_texts_next(const struct yaml_node *node, const struct yaml_node *at)
{
    return node->kind == YAML_SEQUENCE ? at->next : NULL;
}

size_t sla_texts_count(const struct yaml_node *node)
{
    if (node == NULL) {
        return 0;
    }
    return node->kind == YAML_SEQUENCE ? node->count : 1;
}

bool sla_is_not_empty(struct draft *draft, const struct yaml_node *node)
{
    if (sla_texts_count(node) > 0) {
        return true;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(node), "the list is empty");
    diag_help(draft->diags, diag,
              "an empty list can never be met: name at least one, or remove "
              "the clause");
    return false;
}
