/* sla/tell/explain.h - what the tables say about one name: a term, a word that is printed or
 * written, a member, a record, a kind of document or a place. Pure. */
#ifndef REDAN_SLA_TELL_EXPLAIN_H
#define REDAN_SLA_TELL_EXPLAIN_H

#include "base/arena.h"
#include "base/json.h"
#include "sla/read/schema.h"
#include "sla/terms/term.h"
#include "sla/words/glossary.h"

enum { SLA_TOPICS_MAX = 64, SLA_ABOUT_MAX = 8 };

/* Exactly one of term, glossary, record and place is set. */
struct sla_topic {
    const struct sla_term *term;
    const struct sla_glossary *glossary;
    size_t word; /* of the glossary */
    const struct sla_record *record;
    const struct sla_field *field; /* of the record; NULL: all of it */
    const char *place;             /* "DE", "EU" */
};

/* What `asked` names: a term; a word of a glossary; a kind of document, as its records; a member or
 * record by its path, or by the end of it ("clauses.window", "window"), with whatever in front
 * (`sla.spec.clauses.window`); if nothing of all that, a word that members take, as those members;
 * or else a country, as people write it, or a group of countries.
 * How many were put into `out`, in this order, SLA_TOPICS_MAX at most. */
size_t sla_topics(struct slice asked, struct sla_topic *out);

/* As Markdown, with a line break at the end. */
void sla_topic_print(const struct sla_topic *topic, struct buf *out);
/* The whole name, as it is asked for. */
void sla_topic_print_name(const struct sla_topic *topic, struct buf *out);
/* One object. */
void sla_topic_write_json(const struct sla_topic *topic, struct json_writer *writer);

/* Every name that has a topic: kinds, terms, words of glossaries, groups of countries, then paths,
 * then keys, then words that members take. For hints and completion; some are there more than once,
 * and countries are left out. */
const struct slice *sla_topic_names(struct arena *arena, size_t *out_count);

/* The groups of countries, each once; NULL behind the last. */
const char *sla_topic_group(size_t index);

/* Whether the word, or one that begins with it, stands in the text, in any case. False of a word of
 * one or two letters: those are everywhere. */
bool sla_speaks_of(struct slice text, struct slice word);
/* Names of topics whose text speaks of the word: terms, then words of glossaries, then members. How
 * many were put into `out`, SLA_ABOUT_MAX at most. */
size_t sla_topics_about(struct arena *arena, struct slice word, struct slice *out);

#endif
