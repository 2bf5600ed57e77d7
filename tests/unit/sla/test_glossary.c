/* Every word that is printed of an enum is explained, and each word can be asked for. */
#include <string.h>

#include "model/decide.h"
#include "model/names.h"
#include "sla/agree/agreement.h"
#include "sla/agree/promise.h"
#include "sla/compose/compose.h"
#include "sla/tell/explain.h"
#include "tests/suite.h"

enum { CONTROL_STATES = CONTROL_FAILED + 1, OBJECTIVE_STATES = OBJECTIVE_BREACHED + 1 };
enum { EVIDENCES = SLA_ATTESTED, ANSWERS = POLICY_VERDICT_CONFLICT + 1 };
enum { CLASSES = SLA_CONFLICT_DUTY + 1 };

static const char *op(size_t value)
{
    return sla_op_name((enum sla_op)value);
}

static const char *stance(size_t value)
{
    return sla_stance_name((enum sla_stance)value);
}

static const char *strength(size_t value)
{
    return sla_strength_name((enum sla_strength)value);
}

static const char *verdict(size_t value)
{
    return sla_verdict_name((enum sla_verdict)value);
}

static const char *formula(size_t value)
{
    return sla_formula_name((enum sla_formula)SLA_BIT(value));
}

static const char *evidence(size_t value)
{
    return sla_evidence_name((enum sla_evidence)(value + 1)); /* none has no name */
}

static const char *answer(size_t value)
{
    return policy_verdict_name((enum policy_verdict)value);
}

static const char *class(size_t value)
{
    return sla_conflict_class_name((enum sla_conflict_class)value);
}

static const char *agreement(size_t value)
{
    return sla_agreement_state_name((enum sla_agreement_state)value);
}

static const char *objective(size_t value)
{
    return objective_state_name((enum objective_state)value);
}

static const char *control(size_t value)
{
    return control_state_name((enum control_state)value);
}

static const struct sla_glossary *glossary_of(const char *title)
{
    size_t count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(glossaries[i].title, title) == 0) {
            return &glossaries[i];
        }
    }
    return NULL;
}

static bool explains(const struct sla_glossary *glossary, const char *word)
{
    bool found = false;

    for (size_t i = 0; i < glossary->count; i++) {
        found |= strcmp(sla_gloss_at(glossary, i).word, word) == 0;
    }
    return found;
}

static void every_word_of_an_enum_is_explained(void)
{
    static const struct {
        const char *title;
        const char *(*name)(size_t value);
        size_t count;
    } rows[] = {
        { "Stances", stance, SLA_STANCES },
        { "Strengths", strength, SLA_STRENGTHS },
        { "Operators", op, SLA_OPS },
        { "Verdicts", verdict, SLA_VERDICTS },
        { "Formulas", formula, SLA_FORMULAS },
        { "Knowledge", evidence, EVIDENCES },
        { "Answers", answer, ANSWERS },
        { "Conflicts", class, CLASSES },
        { "States of agreements", agreement, SLA_AGREEMENT_STATES },
        { "States of objectives", objective, OBJECTIVE_STATES },
        { "States of controls", control, CONTROL_STATES },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct sla_glossary *glossary = glossary_of(rows[i].title);
        CU_ASSERT_PTR_NOT_NULL_FATAL(glossary);
        for (size_t j = 0; j < rows[i].count; j++) {
            bool explained = explains(glossary, rows[i].name(j));
            if (!explained) {
                (void)printf("\n    %s: `%s` is not explained", rows[i].title, rows[i].name(j));
            }
            CU_ASSERT_TRUE(explained);
        }
    }
}

/* Once among those that are asked for, and whole sentences. */
static void every_word_can_be_asked_for(void)
{
    struct sla_topic topics[SLA_TOPICS_MAX];
    size_t glossary_count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&glossary_count);

    for (size_t i = 0; i < glossary_count; i++) {
        for (size_t j = 0; j < glossaries[i].count; j++) {
            struct sla_gloss gloss = sla_gloss_at(&glossaries[i], j);
            size_t count = sla_topics(slice_from(gloss.word), topics);
            size_t found = 0;
            for (size_t k = 0; k < count; k++) {
                found += topics[k].glossary == &glossaries[i] && topics[k].word == j;
            }
            CU_ASSERT_EQUAL(found, 1);
            CU_ASSERT_TRUE(slice_ends(slice_from(gloss.doc), SLICE(".")));
        }
    }
}

/* A word that no glossary has is told by the members that take it, and only then. */
static void a_word_of_members_leads_to_them(void)
{
    static const struct {
        const char *word, *name;
    } rows[] = {
        { "vantage", "spec.clauses.measuredBy.how" },
        { "transcribed", "offer.metadata.assertedBy.how" },
        { "first-applicable", "spec.tiers.combine" },
        { "requires", "requires" },
        { "availability", "availability" },
    };
    struct sla_topic topics[SLA_TOPICS_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf name = { 0 };
        CU_ASSERT_EQUAL(sla_topics(slice_from(rows[i].word), topics), 1);
        sla_topic_print_name(&topics[0], &name);
        ASSERT_TEXT(buf_slice(&name), rows[i].name);
    }
    CU_ASSERT_EQUAL(sla_topics(SLICE("nonsense"), topics), 0);
    CU_ASSERT_EQUAL(sla_topics(SLICE(""), topics), 0);
}

static void a_place_is_known_by_what_people_call_it(void)
{
    static const struct {
        const char *asked, *name, *text;
    } rows[] = {
        { "DE", "DE", "Germany" },         { "de", "DE", "Germany" },
        { "PRT", "PT", "`EEA`, `EU`" },    { "Switzerland", "CH", "`EFTA`" },
        { "IN", "IN", "India" },           { "in", "in", "Among what is listed" },
        { "NO", "NO", "`EEA`" },           { "BR", "BR", "Brazil" },
        { "EU", "EU", "2020-02-01" },      { "eea", "EEA", "1994-01-01" },
        { "EFTA", "EFTA", "CH IS LI NO" },
    };
    struct sla_topic topics[SLA_TOPICS_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf name = { 0 };
        CLEANUP(buf_done) struct buf text = { 0 };
        CU_ASSERT_EQUAL_FATAL(sla_topics(slice_from(rows[i].asked), topics), 1);
        sla_topic_print_name(&topics[0], &name);
        ASSERT_TEXT(buf_slice(&name), rows[i].name);
        sla_topic_print(&topics[0], &text);
        CU_ASSERT_TRUE(slice_find_text(buf_slice(&text), slice_from(rows[i].text)) < text.len);
    }
    CU_ASSERT_EQUAL(sla_topics(SLICE("ZZ"), topics), 0);
}

static void what_speaks_of_a_word_is_found(void)
{
    static const struct {
        const char *text, *word;
        bool speaks;
    } rows[] = {
        { "Who sends: a host.", "host", true },
        { "Who sends: a host.", "HOST", true },
        { "of all hosts", "host", true },
        { "a ghost", "host", false },
        { "a host", "hosts", false },
        { "at home", "at", false },
        { "", "host", false },
        { "host", "", false },
    };
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice names[SLA_ABOUT_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(sla_speaks_of(slice_from(rows[i].text), slice_from(rows[i].word)),
                        rows[i].speaks);
    }
    CU_ASSERT_EQUAL(sla_topics_about(&arena, SLICE("clause"), names), SLA_ABOUT_MAX);
    CU_ASSERT_EQUAL_FATAL(sla_topics_about(&arena, SLICE("boole"), names), 1);
    ASSERT_TEXT(names[0], "F1");
    CU_ASSERT_EQUAL(sla_topics_about(&arena, SLICE("nonsense"), names), 0);
}

static CU_TestInfo tests[] = {
    { "every word of an enum is explained", every_word_of_an_enum_is_explained },
    { "every word can be asked for", every_word_can_be_asked_for },
    { "a word of members leads to them", a_word_of_members_leads_to_them },
    { "a place is known by what people call it", a_place_is_known_by_what_people_call_it },
    { "what speaks of a word is found", what_speaks_of_a_word_is_found },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla glossary", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
