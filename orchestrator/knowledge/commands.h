/* orchestrator/knowledge/commands.h - orders to SMA services: written before they are sent, kept
 * until they have ended. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_COMMANDS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_COMMANDS_H

#include "model/command.h"
#include "orchestrator/knowledge/knowledge.h"

enum command_state {
    COMMAND_STATE_PLANNED,
    COMMAND_STATE_SENT,
    COMMAND_STATE_ACCEPTED,
    COMMAND_STATE_DONE,
    COMMAND_STATE_FAILED,
    COMMAND_STATE_EXPIRED,
    COMMAND_STATE_REFUSED
};

struct command_record {
    struct ulid id;
    struct slice node;    /* target */
    struct slice service; /* "L2.network.enforce" */
    enum command_verb verb;
    struct ulid action; /* of the step it serves; text "": none */
    uint64_t seq;       /* per target node, contiguous */
    uint64_t fencing_epoch;
    enum command_state state;
    int64_t issued_ms, expires_ms;
    int64_t sent_ms;     /* last time */
    uint32_t sent_count; /* tries */
    struct slice bytes;  /* signed, as sent */
    struct slice result; /* as received; "" none yet */
    struct slice detail;
};

/* The next number for a target: 1, 2, 3 ... Taken in the turn that puts the command. */
struct status knowledge_next_command_seq(struct knowledge *knowledge, struct slice node,
                                         uint64_t *out) MUST_USE;

/* Adds or replaces by id. STATUS_CONFLICT: (node, seq) belongs to another command. */
struct status knowledge_put_command(struct knowledge *knowledge,
                                    const struct command_record *command) MUST_USE;
/* One that leaves no trace: a question that was answered. */
struct status knowledge_drop_command(struct knowledge *knowledge, const struct ulid *id) MUST_USE;
struct status knowledge_get_command(struct knowledge_reader *reader, struct slice id,
                                    struct arena *arena, struct command_record *out) MUST_USE;

struct command_query {
    struct knowledge_page page; /* oldest first when unfinished: the order to send in */
    struct slice node;          /* "" any */
    bool unfinished;            /* PLANNED, SENT, ACCEPTED */
    bool unanswered;            /* EXPIRED without a word of the node; oldest first too */
};
typedef struct status(command_row_fn)(void *arg, const struct command_record *row);
struct status knowledge_list_commands(struct knowledge_reader *reader,
                                      const struct command_query *query, command_row_fn *row,
                                      void *arg, bool *out_more) MUST_USE;

const char *command_state_name(enum command_state value); /* "planned" */
bool command_state_parse(struct slice text, enum command_state *out);
bool command_state_is_final(enum command_state value);

#endif
