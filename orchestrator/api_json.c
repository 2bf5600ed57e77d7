#include "orchestrator/api_priv.h"

void api_open_object(struct api_request *request, const char *kind)
{
    json_open_object(&request->json);
    json_add_cstr(&request->json, "apiVersion", "redan/v1");
    json_add_cstr(&request->json, "kind", kind);
}

void api_close_object(struct api_request *request)
{
    json_close_object(&request->json);
}

void api_open_list(struct api_request *request, const char *kind)
{
    api_open_object(request, kind);
    json_key(&request->json, "items");
    json_open_array(&request->json);
}

void api_close_list(struct api_request *request, bool more, struct slice last)
{
    json_close_array(&request->json);
    api_add_name(&request->json, "more", more ? last : (struct slice){ 0 });
    json_close_object(&request->json);
}

/* --- values ---------------------------------------------------------------------------------- */

void api_add_time(struct json_writer *json, const char *key, int64_t at_us)
{
    char text[CLOCK_TEXT_MAX];

    if (at_us == 0) {
        json_add_cstr(json, key, NULL);
        return;
    }
    clock_format_us(at_us, text);
    json_add_cstr(json, key, text);
}

void api_add_time_ms(struct json_writer *json, const char *key, int64_t at_ms)
{
    api_add_time(json, key, at_ms * 1000);
}

void api_add_name(struct json_writer *json, const char *key, struct slice name)
{
    if (name.len == 0) {
        json_add_cstr(json, key, NULL);
    } else {
        json_add_text(json, key, name);
    }
}

void api_add_id(struct json_writer *json, const char *key, const struct ulid *id)
{
    api_add_name(json, key, slice_from(id->text));
}

void api_add_u64(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_put_u64(json, value);
}

void api_add_json(struct json_writer *json, const char *key, struct slice text)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *tree = NULL;
    struct status read = json_read(&arena, text, &tree);

    json_key(json, key);
    if (status_ok(&read)) {
        json_put_tree(json, tree);
    } else {
        json_put_null(json);
    }
}

void api_add_hash(struct json_writer *json, const char *key, const struct sha256 *hash)
{
    char hex[2 * SHA256_BYTES + 1];

    sha256_hex(hash, hex);
    json_add_cstr(json, key, hex);
}

/* --- queries --------------------------------------------------------------------------------- */

enum { KNOWN_MAX = 8 };

static struct status check_names(struct api_request *request, const char *const *more)
{
    const char *known[KNOWN_MAX] = { "after", "limit" };
    size_t count = 2;

    for (size_t i = 0; more != NULL && more[i] != NULL && count + 1 < KNOWN_MAX; i++) {
        known[count++] = more[i];
    }
    return query_check(request->call->query, known, &request->arena);
}

struct status api_page(struct api_request *request, const char *const *known,
                       struct knowledge_page *out)
{
    uint64_t limit = API_LIMIT_DEFAULT;

    TRY(check_names(request, known));
    TRY(query_text(request->call->query, "after", &request->arena, &out->after));
    TRY(query_number(request->call->query, "limit", 1, KNOWLEDGE_PAGE_MAX, API_LIMIT_DEFAULT,
                     &request->arena, &limit));
    out->limit = (uint32_t)limit;
    return STATUS_SUCCESS;
}

struct status api_no_query(struct api_request *request)
{
    static const char *const none[] = { NULL };

    return query_check(request->call->query, none, &request->arena);
}

struct status api_filter(struct api_request *request, const char *name, struct slice *out)
{
    TRY(query_text(request->call->query, name, &request->arena, out));
    if (out->ptr != NULL && out->len == 0) {
        return status_error(STATUS_INVALID, "`%s` is empty", name);
    }
    return STATUS_SUCCESS;
}

struct status api_flag(struct api_request *request, const char *name, bool *out)
{
    struct slice text = { .ptr = NULL };

    TRY(query_text(request->call->query, name, &request->arena, &text));
    if (text.ptr != NULL && !slice_is(text, "true") && !slice_is(text, "false")) {
        return status_error(STATUS_INVALID, "`%s` is `true` or `false`", name);
    }
    *out = slice_is(text, "true");
    return STATUS_SUCCESS;
}

/* --- bodies ---------------------------------------------------------------------------------- */

static bool is_known(struct slice key, const char *const *known)
{
    for (size_t i = 0; known[i] != NULL; i++) {
        if (slice_is(key, known[i])) {
            return true;
        }
    }
    return slice_is(key, "dry_run") || slice_is(key, "reason");
}

static struct status check_keys(const struct json *body, const char *const *known)
{
    if (body->kind != JSON_OBJECT) {
        return status_error(STATUS_INVALID, "the body is not an object");
    }
    for (const struct json *member = body->first; member != NULL; member = member->next) {
        if (!is_known(member->key, known)) {
            return status_error(STATUS_INVALID, "unknown key `%.*s`", SLICE_ARG(member->key));
        }
    }
    return STATUS_SUCCESS;
}

static struct status read_officer(const struct api_request *request, const struct json *body,
                                  struct officer *out)
{
    const struct json *dry_run = json_get(body, "dry_run");
    const struct json *reason = json_get(body, "reason");

    if (dry_run != NULL && dry_run->kind != JSON_BOOL) {
        return status_error(STATUS_INVALID, "`dry_run` is true or false");
    }
    if (reason != NULL && (reason->kind != JSON_STRING || reason->text.len > KNOWLEDGE_TEXT_MAX)) {
        return status_error(STATUS_INVALID, "`reason` is a text of at most %d bytes",
                            KNOWLEDGE_TEXT_MAX);
    }
    *out = (struct officer){ .uid = request->call->identity.uid,
                             .who = slice_from(request->call->identity.name),
                             .reason = json_text(body, "reason"),
                             .dry_run = dry_run != NULL && dry_run->truth };
    return STATUS_SUCCESS;
}

struct status api_body(struct api_request *request, const char *const *known,
                       const struct json **out_body, struct officer *out_officer)
{
    TRY(api_no_query(request));
    TRY(status_wrap(json_read(&request->arena, request->call->body, out_body), "body"));
    TRY(check_keys(*out_body, known));
    return read_officer(request, *out_body, out_officer);
}

/* --- names that are like another ------------------------------------------------------------- */

enum { NEAR_DISTANCE = 2 };

void api_consider_near(struct api_request *request, struct slice wanted, struct slice name)
{
    bool is_like = slice_distance(wanted, name, NEAR_DISTANCE) <= NEAR_DISTANCE ||
                   (wanted.len > 0 && slice_starts(name, wanted));

    if (is_like && request->near_count < API_NEAR_MAX) {
        request->near[request->near_count++] = arena_copy(&request->arena, name);
    }
}
