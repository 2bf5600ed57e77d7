/* sla/words/glossary.h - what the words mean that the program prints and documents are written in,
 * where no table of fields or terms tells it. One table: `redan explain` and the reference show it.
 * Pure.
 */
#ifndef REDAN_SLA_WORDS_GLOSSARY_H
#define REDAN_SLA_WORDS_GLOSSARY_H

#include <stddef.h>

struct sla_gloss {
    const char *word; /* as it is printed: "to-enforce", "F1" */
    const char *doc;  /* sentences */
};

struct sla_glossary {
    const char *title;             /* "Verdicts" */
    const char *doc;               /* where the words are met */
    const struct sla_gloss *words; /* NULL: the acts of sla/values/acts.h */
    size_t count;
};

/* In the order of the reference. A word may stand in several. */
const struct sla_glossary *sla_glossaries(size_t *out_count);
struct sla_gloss sla_gloss_at(const struct sla_glossary *glossary, size_t index);

#endif
