#include "sla/tell/explain.h"

#include "sla/sla.h"

enum { WORD_BYTES_MIN = 3 }; /* "at" and "is" are everywhere */

static unsigned char lower(char byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

static bool is_letter(char byte)
{
    unsigned char low = lower(byte);

    return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
}

bool sla_speaks_of(struct slice text, struct slice word)
{
    bool starts = true;

    for (size_t i = 0; i + word.len <= text.len && word.len >= WORD_BYTES_MIN; i++) {
        size_t same = 0;
        while (starts && same < word.len && lower(text.ptr[i + same]) == lower(word.ptr[same])) {
            same++;
        }
        if (same == word.len) {
            return true;
        }
        starts = !is_letter(text.ptr[i]);
    }
    return false;
}

static void add(struct slice *out, size_t *count, struct slice name)
{
    if (*count < SLA_ABOUT_MAX) {
        out[(*count)++] = name;
    }
}

static void add_terms(struct slice word, struct slice *out, size_t *count)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        if (sla_speaks_of(slice_from(term->doc), word) ||
            sla_speaks_of(slice_from(term->value_doc), word)) {
            add(out, count, slice_from(term->name));
        }
    }
}

static void add_glosses(struct slice word, struct slice *out, size_t *count)
{
    size_t glossary_count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&glossary_count);

    for (size_t i = 0; i < glossary_count; i++) {
        for (size_t j = 0; j < glossaries[i].count; j++) {
            struct sla_gloss gloss = sla_gloss_at(&glossaries[i], j);
            if (sla_speaks_of(slice_from(gloss.doc), word)) {
                add(out, count, slice_from(gloss.word));
            }
        }
    }
}

static void add_members(struct arena *arena, struct slice word, struct slice *out, size_t *count)
{
    size_t record_count = 0;
    const struct sla_record *const *records = sla_records(&record_count);

    for (size_t i = 0; i < record_count; i++) {
        for (size_t j = 0; j < records[i]->count; j++) {
            const struct sla_field *field = &records[i]->fields[j];
            if (field->key != NULL && sla_speaks_of(slice_from(field->doc), word)) {
                add(out, count, arena_printf(arena, "%s.%s", records[i]->path, field->key));
            }
        }
    }
}

size_t sla_topics_about(struct arena *arena, struct slice word, struct slice *out)
{
    size_t count = 0;

    add_terms(word, out, &count);
    add_glosses(word, out, &count);
    add_members(arena, word, out, &count);
    return count;
}
