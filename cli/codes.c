#include "cli/codes.h"

#include "cli/code_pages.inc"

static const struct {
    uint32_t code;
    const char *title;
    const char *page;
} titles[] = {
#include "cli/code_titles.inc"
};

static const char pages[] =
#include "cli/docs_uri.inc"
    "reference/diagnostics/";

/* By hundreds. A document with an error is refused whole, and what it requires is not in force; a
 * conflict leaves a party without what it was promised. */
static const struct {
    const char *tag, *severity, *title;
} families[] = {
    { "other", "5.0", NULL },
    { "yaml", "5.0", "YAML" },
    { "value", "5.0", "values" },
    { "reference", "5.0", "references" },
    { "unproven", "4.0", "what cannot be relied on" },
    { "conflict", "7.5", "conflicts" },
    { "test", "6.0", "tests in documents" },
    { "config", "5.0", "configuration" },
    { "replay", "3.0", NULL },
    { "style", "2.0", "what reads badly" },
    { "rule", "5.0", "rules of detection" },
};

static size_t family_of(uint32_t code)
{
    return code / CODE_FAMILY < COUNT_OF(families) ? code / CODE_FAMILY : 0;
}

struct diag_rule code_rule(uint32_t code)
{
    size_t family = family_of(code);
    struct diag_rule rule = {
        .title = "a finding",
        .tag = families[family].tag,
        .severity = families[family].severity,
    };

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        if (titles[i].code == code) {
            rule.title = titles[i].title;
        }
    }
    return rule;
}

struct slice code_page(uint32_t code)
{
    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        if (titles[i].code == code) {
            return slice_from(titles[i].page);
        }
    }
    return (struct slice){ 0 };
}

uint32_t code_at(size_t index)
{
    return index < COUNT_OF(titles) ? titles[index].code : 0;
}

const char *code_family(uint32_t code)
{
    return families[family_of(code)].title;
}

const char *code_pages(void)
{
    return pages;
}
