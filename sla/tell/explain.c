#include "sla/tell/explain.h"

#include "sla/sla.h"
#include "sla/tell/explain_place.h"

/* "spec.clauses" and "window": asked for by "window", "clauses.window", "sla.spec.clauses.window".
 */
static bool is_asked(struct slice asked, const char *path, const char *key)
{
    CLEANUP(buf_done) struct buf whole = { 0 };

    buf_printf(&whole, ".%s%s%s", path, key != NULL ? "." : "", key != NULL ? key : "");
    struct slice full = buf_slice(&whole);
    size_t extra = asked.len < full.len ? full.len - asked.len : 0;

    if (extra == 0) {
        return slice_ends(asked, full);
    }
    return slice_ends(full, asked) && full.ptr[extra - 1] == '.';
}

static void add(struct sla_topic *out, size_t *count, struct sla_topic topic)
{
    if (*count < SLA_TOPICS_MAX) {
        out[(*count)++] = topic;
    }
}

static void add_fields(struct slice asked, const struct sla_record *record, struct sla_topic *out,
                       size_t *count)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && is_asked(asked, record->path, field->key)) {
            add(out, count, (struct sla_topic){ .record = record, .field = field });
        }
    }
}

/* A kind of document: what stands in its metadata and its spec. */
static void add_kind(struct slice asked, struct sla_topic *out, size_t *count)
{
    for (unsigned i = 0; i < SLA_KINDS; i++) {
        if (slice_is(asked, sla_kind_name((enum sla_kind)i))) {
            add(out, count, (struct sla_topic){ .record = &sla_record_spec[i] });
            add(out, count, (struct sla_topic){ .record = &sla_record_metadata[i] });
        }
    }
}

static void add_glosses(struct slice asked, struct sla_topic *out, size_t *count)
{
    size_t glossary_count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&glossary_count);

    for (size_t i = 0; i < glossary_count; i++) {
        for (size_t j = 0; j < glossaries[i].count; j++) {
            if (slice_is(asked, sla_gloss_at(&glossaries[i], j).word)) {
                add(out, count, (struct sla_topic){ .glossary = &glossaries[i], .word = j });
            }
        }
    }
}

static bool takes_words(const struct sla_field *field)
{
    return field->key != NULL && (field->type == SLA_TYPE_WORD || field->type == SLA_TYPE_WORDS);
}

static bool takes(const struct sla_field *field, struct slice word)
{
    bool found = false;

    if (takes_words(field)) {
        for (size_t i = 0; i < field->of.words->count && !found; i++) {
            const char *name = field->of.words->names[i];
            found = name != NULL && slice_is(word, name);
        }
    }
    return found;
}

/* The members in which the word may stand. */
static void add_takers(struct slice asked, struct sla_topic *out, size_t *count)
{
    size_t record_count = 0;
    const struct sla_record *const *records = sla_records(&record_count);

    for (size_t i = 0; i < record_count; i++) {
        for (size_t j = 0; j < records[i]->count; j++) {
            const struct sla_field *field = &records[i]->fields[j];
            if (takes(field, asked)) {
                add(out, count, (struct sla_topic){ .record = records[i], .field = field });
            }
        }
    }
}

size_t sla_topics(struct slice asked, struct sla_topic *out)
{
    const struct sla_term *term = sla_term_find(asked);
    size_t record_count = 0;
    const struct sla_record *const *records = sla_records(&record_count);
    size_t count = 0;

    if (asked.len == 0) {
        return 0;
    }
    if (term != NULL) {
        add(out, &count, (struct sla_topic){ .term = term });
    }
    add_glosses(asked, out, &count);
    add_kind(asked, out, &count);
    for (size_t i = 0; i < record_count; i++) {
        if (is_asked(asked, records[i]->path, NULL)) {
            add(out, &count, (struct sla_topic){ .record = records[i] });
        }
    }
    for (size_t i = 0; i < record_count; i++) {
        add_fields(asked, records[i], out, &count);
    }
    if (count == 0) {
        add_takers(asked, out, &count);
    }
    const char *place = count == 0 ? sla_place_find(asked) : NULL;
    if (place != NULL) {
        add(out, &count, (struct sla_topic){ .place = place });
    }
    return count;
}

void sla_topic_print_name(const struct sla_topic *topic, struct buf *out)
{
    if (topic->term != NULL) {
        buf_add_cstr(out, topic->term->name);
    } else if (topic->glossary != NULL) {
        buf_add_cstr(out, sla_gloss_at(topic->glossary, topic->word).word);
    } else if (topic->place != NULL) {
        buf_add_cstr(out, topic->place);
    } else {
        buf_add_cstr(out, topic->record->path);
        if (topic->field != NULL) {
            buf_printf(out, ".%s", topic->field->key);
        }
    }
}

/* --- as Markdown ------------------------------------------------------------------------------ */

static void print_words(const struct sla_words *words, struct buf *out)
{
    buf_add_cstr(out, "- one of: ");
    for (size_t i = 0, listed = 0; i < words->count; i++) {
        if (words->names[i] != NULL) {
            buf_printf(out, "%s`%s`", listed++ > 0 ? ", " : "", words->names[i]);
        }
    }
    buf_add_char(out, '\n');
}

static void print_field(const struct sla_topic *topic, struct buf *out)
{
    const struct sla_field *field = topic->field;

    buf_printf(out, "# `%s.%s`\n\n%s\n\n", topic->record->path, field->key, field->doc);
    buf_printf(out, "- type: %s, %s\n", sla_type_name(field->type),
               field->required ? "required" : "may be left out");
    if (field->type == SLA_TYPE_WORD) {
        print_words(field->of.words, out);
    }
    buf_printf(out, "- of: %s\n- example: `%s: %s`\n", topic->record->name, field->key,
               field->example);
}

static void print_record(const struct sla_record *record, struct buf *out)
{
    buf_printf(out, "# `%s`: %s\n\n%s\n\n", record->path, record->name, record->doc);
    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && !field->is_older) {
            buf_printf(out, "- `%s` (%s%s): %s\n", field->key, sla_type_name(field->type),
                       field->required ? ", required" : "", field->doc);
        }
    }
}

static void print_gloss(const struct sla_topic *topic, struct buf *out)
{
    const struct sla_glossary *glossary = topic->glossary;
    struct sla_gloss gloss = sla_gloss_at(glossary, topic->word);

    buf_printf(out, "# `%s`\n\n%s\n\n- of: %s. %s\n- beside it: ", gloss.word, gloss.doc,
               glossary->title, glossary->doc);
    for (size_t i = 0, listed = 0; i < glossary->count; i++) {
        if (i != topic->word) {
            buf_printf(out, "%s`%s`", listed++ > 0 ? ", " : "", sla_gloss_at(glossary, i).word);
        }
    }
    buf_add_char(out, '\n');
}

void sla_topic_print(const struct sla_topic *topic, struct buf *out)
{
    if (topic->term != NULL) {
        sla_print_term(topic->term, "#", out);
    } else if (topic->glossary != NULL) {
        print_gloss(topic, out);
    } else if (topic->place != NULL) {
        sla_place_print(topic->place, out);
    } else if (topic->field != NULL) {
        print_field(topic, out);
    } else {
        print_record(topic->record, out);
    }
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void write_field(const struct sla_record *record, const struct sla_field *field,
                        struct json_writer *writer)
{
    json_open_object(writer);
    json_add_cstr(writer, "of", "member");
    json_add_cstr(writer, "path", record->path);
    json_add_cstr(writer, "key", field->key);
    json_add_cstr(writer, "type", sla_type_name(field->type));
    json_add_bool(writer, "required", field->required);
    json_add_cstr(writer, "doc", field->doc);
    json_add_cstr(writer, "example", field->example);
    if (field->type == SLA_TYPE_WORD) {
        json_key(writer, "words");
        json_open_array(writer);
        for (size_t i = 0; i < field->of.words->count; i++) {
            json_put_cstr(writer, field->of.words->names[i]);
        }
        json_close_array(writer);
    }
    json_close_object(writer);
}

static void write_record(const struct sla_record *record, struct json_writer *writer)
{
    json_open_object(writer);
    json_add_cstr(writer, "of", "record");
    json_add_cstr(writer, "path", record->path);
    json_add_cstr(writer, "doc", record->doc);
    json_key(writer, "members");
    json_open_array(writer);
    for (size_t i = 0; i < record->count; i++) {
        if (record->fields[i].key != NULL) {
            write_field(record, &record->fields[i], writer);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void write_term(const struct sla_term *term, struct json_writer *writer)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    json_open_object(writer);
    json_add_cstr(writer, "of", "term");
    json_add_cstr(writer, "name", term->name);
    json_add_cstr(writer, "doc", term->doc);
    json_add_cstr(writer, "value", term->value_doc);
    json_add_cstr(writer, "example", term->example);
    json_key(writer, "controls");
    json_open_array(writer);
    for (size_t i = 0; i < SLA_TERM_CONTROLS_MAX && term->controls[i] != NULL; i++) {
        json_put_cstr(writer, term->controls[i]);
    }
    json_close_array(writer);
    sla_print_term(term, "#", &text);
    json_add_text(writer, "text", buf_slice(&text));
    json_close_object(writer);
}

static void write_gloss(const struct sla_topic *topic, struct json_writer *writer)
{
    struct sla_gloss gloss = sla_gloss_at(topic->glossary, topic->word);

    json_open_object(writer);
    json_add_cstr(writer, "of", "word");
    json_add_cstr(writer, "name", gloss.word);
    json_add_cstr(writer, "theme", topic->glossary->title);
    json_add_cstr(writer, "doc", gloss.doc);
    json_close_object(writer);
}

void sla_topic_write_json(const struct sla_topic *topic, struct json_writer *writer)
{
    if (topic->term != NULL) {
        write_term(topic->term, writer);
    } else if (topic->glossary != NULL) {
        write_gloss(topic, writer);
    } else if (topic->place != NULL) {
        sla_place_write_json(topic->place, writer);
    } else if (topic->field != NULL) {
        write_field(topic->record, topic->field, writer);
    } else {
        write_record(topic->record, writer);
    }
}

/* --- names ------------------------------------------------------------------------------------ */

static size_t count_glosses(void)
{
    size_t glossary_count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&glossary_count);
    size_t count = 0;

    for (size_t i = 0; i < glossary_count; i++) {
        count += glossaries[i].count;
    }
    return count;
}

static void name_glosses(struct slice *names, size_t *count)
{
    size_t glossary_count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&glossary_count);

    for (size_t i = 0; i < glossary_count; i++) {
        for (size_t j = 0; j < glossaries[i].count; j++) {
            names[(*count)++] = slice_from(sla_gloss_at(&glossaries[i], j).word);
        }
    }
}

static void name_groups(struct slice *names, size_t *count)
{
    for (size_t i = 0; sla_topic_group(i) != NULL; i++) {
        names[(*count)++] = slice_from(sla_topic_group(i));
    }
}

static size_t count_words(void)
{
    size_t record_count = 0;
    const struct sla_record *const *records = sla_records(&record_count);
    size_t count = 0;

    for (size_t i = 0; i < record_count; i++) {
        for (size_t j = 0; j < records[i]->count; j++) {
            const struct sla_field *field = &records[i]->fields[j];
            count += takes_words(field) ? field->of.words->count : 0;
        }
    }
    return count;
}

static void name_words(const struct sla_record *record, struct slice *names, size_t *count)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        for (size_t j = 0; takes_words(field) && j < field->of.words->count; j++) {
            const char *word = field->of.words->names[j];
            if (word != NULL) {
                names[(*count)++] = slice_from(word);
            }
        }
    }
}

static void name_paths(struct arena *arena, const struct sla_record *record, struct slice *names,
                       size_t *count)
{
    names[(*count)++] = slice_from(record->path);
    for (size_t i = 0; i < record->count; i++) {
        const char *key = record->fields[i].key;
        if (key != NULL) {
            names[(*count)++] = arena_printf(arena, "%s.%s", record->path, key);
        }
    }
}

static void name_keys(const struct sla_record *record, struct slice *names, size_t *count)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->fields[i].key != NULL) {
            names[(*count)++] = slice_from(record->fields[i].key);
        }
    }
}

const struct slice *sla_topic_names(struct arena *arena, size_t *out_count)
{
    size_t record_count = 0;
    const struct sla_record *const *records = sla_records(&record_count);
    size_t group_count = 0;
    while (sla_topic_group(group_count) != NULL) {
        group_count++;
    }
    size_t room = SLA_KINDS + sla_term_count() + count_glosses() + group_count + count_words() +
                  record_count * (1 + 2 * SLA_FIELDS_MAX);
    struct slice *names = ARENA_NEW(arena, struct slice, room);
    size_t count = 0;

    for (unsigned i = 0; i < SLA_KINDS; i++) {
        names[count++] = slice_from(sla_kind_name((enum sla_kind)i));
    }
    for (size_t i = 0; i < sla_term_count(); i++) {
        names[count++] = slice_from(sla_term_at(i)->name);
    }
    name_glosses(names, &count);
    name_groups(names, &count);
    for (size_t i = 0; i < record_count; i++) {
        name_paths(arena, records[i], names, &count);
    }
    for (size_t i = 0; i < record_count; i++) {
        name_keys(records[i], names, &count);
    }
    for (size_t i = 0; i < record_count; i++) {
        name_words(records[i], names, &count);
    }
    *out_count = count;
    return names;
}
