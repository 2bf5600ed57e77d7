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
    const char *tag, *severity;
} families[] = {
    { "other", "5.0" },    { "yaml", "5.0" },     { "value", "5.0" }, { "reference", "5.0" },
    { "unproven", "4.0" }, { "conflict", "7.5" }, { "test", "6.0" },  { "config", "5.0" },
    { "replay", "3.0" },   { "style", "2.0" },    { "rule", "5.0" },
};

struct diag_rule code_rule(uint32_t code)
{
    size_t family = code / 100 < COUNT_OF(families) ? code / 100 : 0;
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

const char *code_pages(void)
{
    return pages;
}
