#include "wire/sessions_priv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCH_TAG_BITS = 32 };

struct route route_from(struct slice bytes)
{
    struct route route = { .len = (uint8_t)bytes.len };

    assert(bytes.len <= SOCKET_ROUTE_MAX);
    memcpy(route.bytes, bytes.ptr, bytes.len);
    return route;
}

struct slice route_slice(const struct route *route)
{
    return (struct slice){ route->bytes, route->len };
}

bool route_eq(const struct route *a, const struct route *b)
{
    return slice_eq(route_slice(a), route_slice(b));
}

/* --- the table -------------------------------------------------------------------------- */

void sessions_done(struct sessions *table)
{
    for (size_t i = 0; i < table->map.room; i++) {
        struct session *session = name_map_at(&table->map, i);
        if (session != NULL) {
            session_drop_rival(session);
            free(session);
        }
    }
    name_map_done(&table->map);
}

struct session *sessions_find(const struct sessions *table, struct slice node)
{
    return name_map_find(&table->map, node);
}

struct session *sessions_make(struct sessions *table, struct slice node)
{
    struct session *session = sessions_find(table, node);

    if (session != NULL) {
        return session;
    }
    session = calloc(1, sizeof(*session));
    if (session == NULL) {
        abort();
    }
    slice_to_cstr(node, session->node, sizeof(session->node));
    name_map_add(&table->map, session->node, session);
    return session;
}

/* --- one session ------------------------------------------------------------------------ */

enum hello_verdict session_judge_hello(const struct session *session, const struct route *route,
                                       uint64_t instance)
{
    if (!session->present || session->lost) {
        return HELLO_FRESH;
    }
    if (route_eq(&session->route, route)) {
        return HELLO_REPEATED;
    }
    return session->instance == instance ? HELLO_RECONNECT : HELLO_RIVAL;
}

bool session_take_epoch(struct session *session, uint64_t epoch)
{
    uint64_t old_counter = session->epoch >> EPOCH_TAG_BITS;
    uint64_t new_counter = epoch >> EPOCH_TAG_BITS;
    bool known = session->epoch != 0;

    if (known && epoch != session->epoch && new_counter <= old_counter) {
        return false;
    }
    session->epoch = epoch;
    return true;
}

void session_begin(struct session *session, const struct route *route, struct slice via,
                   uint64_t instance, int64_t now_ms)
{
    session_drop_rival(session);
    session->route = *route;
    slice_to_cstr(via, session->via, sizeof(session->via));
    session->present = true;
    session->welcomed = false;
    session->lost = false;
    session->instance = instance;
    session->credit = 0;
    session->heard_ms = now_ms;
}

void session_drop_rival(struct session *session)
{
    buf_done(&session->rival.hello);
    session->rival = (struct rival){ 0 };
}

void session_end(struct session *session)
{
    session_drop_rival(session);
    session->present = false;
    session->welcomed = false;
    session->lost = false;
}

bool session_spend(struct session *session, int64_t reserve)
{
    if (session->credit <= -reserve) {
        return false;
    }
    session->credit--;
    return true;
}

void session_grant(struct session *session, const struct frame *frame)
{
    if (frame->type == FRAME_WELCOME) {
        session->welcomed = true;
        session->credit = frame->credit;
    } else if (frame->type == FRAME_ACK) {
        session->credit += frame->credit;
    }
}
