#include "sla/emit/priv.h"

/* Facts as JSON: what they bound, then the clauses. */

static void write_list(struct json_writer *writer, const char *key, const struct slice *names,
                       size_t count)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_put_text(writer, names[i]);
    }
    json_close_array(writer);
}

static void write_names(struct json_writer *writer, const char *key,
                        const struct desired_fact *fact)
{
    write_list(writer, key, fact->names, fact->name_count);
}

static void write_ages(struct json_writer *writer, const struct desired_fact *fact)
{
    json_key(writer, "ages");
    json_open_array(writer);
    for (size_t i = 0; i < fact->age_count; i++) {
        json_open_object(writer);
        json_add_i64(writer, "from_ms", fact->ages[i].from_ms);
        write_list(writer, "among", fact->ages[i].names, fact->ages[i].name_count);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_range(struct json_writer *writer, const struct desired_fact *fact)
{
    if (fact->least > 0 || fact->most == INT64_MAX) {
        json_add_i64(writer, "least", fact->least);
    }
    if (fact->most != INT64_MAX) {
        json_add_i64(writer, "most", fact->most);
    }
    if (fact->unit[0] != '\0') {
        json_add_cstr(writer, "unit", fact->unit);
    }
}

static void write_fact(struct json_writer *writer, const struct desired_fact *fact)
{
    json_open_object(writer);
    json_add_cstr(writer, "term", fact->term);
    switch (fact->kind) {
    case DESIRED_RANGE:
        write_range(writer, fact);
        break;
    case DESIRED_WORD:
        json_add_cstr(writer, "atLeast", fact->word);
        break;
    case DESIRED_AMONG:
        write_names(writer, "among", fact);
        break;
    case DESIRED_BUT:
        write_names(writer, "noneOf", fact);
        break;
    case DESIRED_ALL:
        write_names(writer, "all", fact);
        break;
    case DESIRED_AGES:
        write_ages(writer, fact);
        break;
    case DESIRED_RATE:
        json_add_i64(writer, "most", fact->most);
        json_add_i64(writer, "window_ms", fact->window_ms);
        json_add_cstr(writer, "per", fact->unit);
        break;
    case DESIRED_TEXT:
        json_add_text(writer, "value", fact->text);
        break;
    }
    emit_json_clauses(writer, "clauses", &fact->origin);
    json_close_object(writer);
}

void emit_json_facts(struct json_writer *writer, const struct desired_item *item)
{
    json_key(writer, "facts");
    json_open_array(writer);
    for (size_t i = 0; i < item->fact_count; i++) {
        write_fact(writer, &item->facts[i]);
    }
    json_close_array(writer);
}
