#include "sla/tell/explain_place.h"

#include "sla/tell/explain.h"
#include "sla/terms/sets.h"
#include "sla/values/country.h"
#include "sla/words/everyday.h"

static bool is_group(const char *place)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    for (size_t i = 0; i < count; i++) {
        if (slice_is(slice_from(place), groups[i].name)) {
            return true;
        }
    }
    return false;
}

const char *sla_place_find(struct slice asked)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    for (size_t i = 0; i < count; i++) {
        if (sla_is_spoken(asked, slice_from(groups[i].name))) {
            return groups[i].name;
        }
    }
    return sla_country_code(asked);
}

/* A revision that no later one of its name follows. */
static bool is_newest(const struct sla_country_group *groups, size_t count, size_t at)
{
    return at + 1 == count || !slice_is(slice_from(groups[at].name), groups[at + 1].name);
}

const char *sla_topic_group(size_t index)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    for (size_t i = 0; i < count; i++) {
        if (is_newest(groups, count, i) && index-- == 0) {
            return groups[i].name;
        }
    }
    return NULL;
}

static bool has_member(const struct sla_country_group *group, const char *code)
{
    struct slice rest = slice_from(group->members);

    while (rest.len > 0) {
        if (slice_is(slice_cut(&rest, ' '), code)) {
            return true;
        }
    }
    return false;
}

static void print_group(const char *name, struct buf *out)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    buf_printf(
        out,
        "# `%s`\n\nA group of countries that is built in, with its members as they were on a "
        "day: `%s` alone is the newest, `%s@2016-01-01` the one in force on that day. Known "
        "until %s.\n\n",
        name, name, name, sla_country_groups_known_until);
    for (size_t i = 0; i < count; i++) {
        if (slice_is(slice_from(name), groups[i].name)) {
            buf_printf(out, "- from %s: %s\n", groups[i].from, groups[i].members);
        }
    }
    buf_printf(out, "- example: `term: location, op: in, value: [%s@%s]`\n", name,
               sla_country_groups_known_until);
}

static void print_country(const char *code, struct buf *out)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);
    size_t listed = 0;

    buf_printf(out, "# `%s`\n\nA country, by its code in ISO 3166-1: %s.\n\n", code,
               sla_country_name(code));
    for (size_t i = 0; i < count; i++) {
        if (is_newest(groups, count, i) && has_member(&groups[i], code)) {
            buf_printf(out, "%s`%s`", listed++ > 0 ? ", " : "- in the groups: ", groups[i].name);
        }
    }
    buf_printf(out, "%s- example: `term: location, op: in, value: [\"%s\"]`\n",
               listed > 0 ? "\n" : "", code);
}

void sla_place_print(const char *place, struct buf *out)
{
    if (is_group(place)) {
        print_group(place, out);
    } else {
        print_country(place, out);
    }
}

void sla_place_write_json(const char *place, struct json_writer *writer)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    sla_place_print(place, &text);
    json_open_object(writer);
    json_add_cstr(writer, "of", is_group(place) ? "group of countries" : "country");
    json_add_cstr(writer, "name", place);
    json_add_text(writer, "text", buf_slice(&text));
    json_close_object(writer);
}
