#include "sla/diff/delta.h"
#include "sla/resolve/digest.h"
#include "tests/unit/sla/retell.h"
#include "tests/unit/sla/worlds.h"

#include <stdio.h>

#define FOLDER "examples/hospital/"

enum {
    ROUNDS = 400,
    EDITS_MAX = 12,
    SEED = 20261201,
    DOCUMENTS = SLA_KINDS,
    CHANGE_KINDS = SLA_MOVED + 1
};

static struct bench bench;
static struct retell_random from_seed;

static void set_up(void)
{
    bench_start(&bench);
    from_seed = (struct retell_random){ SEED };
    (void)printf(" seed %d ", SEED);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static size_t draw(size_t below)
{
    return retell_draw(&from_seed, below);
}

/* --- applying a delta, written apart from what makes it -------------------------------------- */

struct list {
    struct yaml_node *items[512];
    size_t count;
};

static void open_list(const struct yaml_node *node, struct list *out)
{
    out->count = 0;
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        struct yaml_node *copy = ARENA_NEW(&bench.arena, struct yaml_node, 1);
        *copy = *at;
        CU_ASSERT_TRUE_FATAL(out->count < COUNT_OF(out->items));
        out->items[out->count++] = copy;
    }
}

static void close_list(struct list *list, struct yaml_node *node)
{
    node->first = NULL;
    for (size_t i = list->count; i > 0; i--) {
        list->items[i - 1]->next = node->first;
        node->first = list->items[i - 1];
    }
    node->count = (uint32_t)list->count;
}

static bool is_named(const struct yaml_node *node, const struct sla_step *step)
{
    if (!step->is_item) {
        return slice_eq(node->key, step->key);
    }
    const struct yaml_node *id = yaml_get(node, "id");
    id = id != NULL ? id : yaml_get(node, "name");
    return id != NULL && slice_eq(id->text, step->key);
}

static size_t place_of(const struct list *list, const struct sla_step *step)
{
    size_t i = 0;

    while (i < list->count && !is_named(list->items[i], step)) {
        i++;
    }
    return i;
}

/* The node at the end of the path, every node on the way a copy of its own. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the path */
static struct yaml_node *reach(struct yaml_node *root, const struct sla_step *path)
{
    struct list list;

    if (path == NULL) {
        return root;
    }
    struct yaml_node *above = reach(root, path->up);
    open_list(above, &list);
    close_list(&list, above);
    size_t at = place_of(&list, path);
    CU_ASSERT_TRUE_FATAL(at < list.count);
    return list.items[at];
}

static struct yaml_node *copy_of(const struct yaml_node *node, struct slice key)
{
    struct yaml_node *copy = ARENA_NEW(&bench.arena, struct yaml_node, 1);

    *copy = *node;
    copy->key = key;
    return copy;
}

static void insert(struct list *list, size_t at, struct yaml_node *node)
{
    CU_ASSERT_TRUE_FATAL(at <= list->count && list->count < COUNT_OF(list->items));
    for (size_t i = list->count++; i > at; i--) {
        list->items[i] = list->items[i - 1];
    }
    list->items[at] = node;
}

static struct yaml_node *take_out(struct list *list, const struct sla_step *step)
{
    size_t at = place_of(list, step);

    CU_ASSERT_TRUE_FATAL(at < list->count);
    struct yaml_node *taken = list->items[at];
    list->count--;
    for (size_t i = at; i < list->count; i++) {
        list->items[i] = list->items[i + 1];
    }
    return taken;
}

static bool is_of(const struct sla_change *change, const struct sla_document *document)
{
    return change->document->kind == document->kind &&
           slice_eq(change->document->party, document->party) &&
           change->document->role == document->role &&
           slice_eq(change->document->name, document->name);
}

static void replace(struct yaml_node *root, const struct sla_change *change)
{
    struct yaml_node *node = reach(root, change->path);
    const struct yaml_node *next = node->next;
    struct slice key = node->key;

    *node = *change->after;
    node->next = next;
    node->key = key;
}

static struct yaml_node *pull(struct yaml_node *root, const struct sla_change *change)
{
    struct yaml_node *above = reach(root, change->path->up);
    struct list list;

    open_list(above, &list);
    struct yaml_node *taken = take_out(&list, change->path);
    close_list(&list, above);
    return taken;
}

static void put(struct yaml_node *root, const struct sla_change *change, struct yaml_node *node)
{
    struct yaml_node *above = reach(root, change->path->up);
    struct list list;

    open_list(above, &list);
    insert(&list, change->path->is_item ? change->at : list.count, node);
    close_list(&list, above);
}

/* All of the delta must be of one document. */
static void apply(struct yaml_node *root, const struct sla_delta *delta)
{
    struct yaml_node **moved = ARENA_NEW(&bench.arena, struct yaml_node *, delta->count + 1);

    for (size_t i = delta->count; i-- > 0;) { /* out: from inside an item before the item */
        const struct sla_change *change = &delta->changes[i];
        if (change->kind == SLA_REMOVED || change->kind == SLA_MOVED) {
            moved[i] = pull(root, change);
        }
    }
    for (size_t i = 0; i < delta->count; i++) { /* in; a list's places come ascending */
        const struct sla_change *change = &delta->changes[i];
        if (change->kind == SLA_ADDED) {
            put(root, change, copy_of(change->after, change->path->key));
        } else if (change->kind == SLA_MOVED) {
            put(root, change, moved[i]);
        }
    }
    for (size_t i = 0; i < delta->count; i++) {
        if (delta->changes[i].kind == SLA_REPLACED) {
            replace(root, &delta->changes[i]);
        }
    }
}

/* The changes of one document. */
static struct sla_delta part_of(const struct sla_delta *delta, const struct sla_document *document)
{
    struct sla_delta part = { delta->changes, 0 };
    size_t from = 0;

    while (from < delta->count && !is_of(&delta->changes[from], document)) {
        from++;
    }
    part.changes += from;
    while (from + part.count < delta->count && is_of(&part.changes[part.count], document)) {
        part.count++;
    }
    return part;
}

/* --- worlds of documents --------------------------------------------------------------------- */

struct pair {
    struct sla_document documents[2][DOCUMENTS];
    const struct sla_document *pointers[2][DOCUMENTS];
    struct sla_world worlds[2];
};

static const char others[] =
    "apiVersion: redan/v1\nkind: ResponsePolicy\n"
    "metadata: {name: answers, party: hospital-a, role: tenant, version: 1}\nspec:\n"
    "  reactions:\n"
    "    - {id: guessing, when: {rule: ssh-bruteforce}, respond: [network.deny source], lease: "
    "1h}\n"
    "    - {id: break-in, when: {rule: ssh-guessed}, respond: [compute.snapshot], lease: 2h, "
    "within: "
    "10 s}\n"
    "---\n"
    "apiVersion: redan/v1\nkind: Agreement\n"
    "metadata: {name: imaging-2026, party: hospital-a, role: tenant, version: 1}\nspec:\n"
    "  state: draft\n  valid: {from: 2026-01-01, until: 2029-01-01}\n  documents:\n"
    "    - {kind: SecuritySLA, party: hospital-a, name: imaging-archive, version: 1}\n"
    "    - {kind: ProviderOffer, party: private-dc, name: private-dc, version: 1}\n";

/* One document of every kind. */
static void load(void)
{
    bench_clear(&bench);
    bench_add(&bench, slice_from(others));
    bench_add_file(&bench, FOLDER "imaging-archive.yaml");
    bench_add_file(&bench, FOLDER "private-dc.yaml");
    bench_add_file(&bench, FOLDER "imaging-ucloud.yaml");
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->document_count, DOCUMENTS);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        CU_ASSERT_EQUAL(bench.world->documents[i]->kind, i); /* in canonical order */
    }
}

static void take_root(struct sla_document *document, const struct yaml_node *root)
{
    document->root = root;
    document->digest = sla_digest_document(root);
}

/* Both sides as they were read; `after` with roots of its own to change. */
static void make_pair(struct pair *pair, struct retell_copy after[DOCUMENTS])
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        for (size_t side = 0; side < 2; side++) {
            pair->documents[side][i] = *bench.world->documents[i];
            pair->pointers[side][i] = &pair->documents[side][i];
        }
        after[i] = retell_copy(&bench.arena, bench.world->documents[i]->root);
    }
    for (size_t side = 0; side < 2; side++) {
        pair->worlds[side] =
            (struct sla_world){ .documents = pair->pointers[side], .document_count = DOCUMENTS };
    }
}

static struct sla_delta delta_of(const struct pair *pair)
{
    struct sla_delta delta = { 0 };

    sla_delta_make(&bench.arena, &pair->worlds[0], &pair->worlds[1], &delta);
    return delta;
}

/* --- edits ----------------------------------------------------------------------------------- */

static void drop_one(struct yaml_node *node)
{
    struct list list;

    open_list(node, &list);
    if (list.count > 0) {
        size_t at = draw(list.count);
        list.items[at] = list.items[--list.count];
        close_list(&list, node);
    }
}

static void swap_two(struct yaml_node *node)
{
    struct list list;

    open_list(node, &list);
    if (list.count > 1) {
        size_t one = draw(list.count);
        size_t other = draw(list.count);
        struct yaml_node *kept = list.items[one];
        list.items[one] = list.items[other];
        list.items[other] = kept;
        close_list(&list, node);
    }
}

/* An item of the same shape with another id, or a member with another key. */
static void add_one(struct yaml_node *node)
{
    struct list list;
    struct slice fresh = arena_printf(&bench.arena, "new-%zu", draw(1000000));

    open_list(node, &list);
    struct yaml_node *added =
        list.count > 0 ? retell_copy(&bench.arena, list.items[draw(list.count)]).nodes[0] : NULL;
    if (added == NULL) {
        return;
    }
    if (node->kind == YAML_MAPPING) {
        added->key = fresh;
    } else if (added->kind == YAML_MAPPING && added->first != NULL) {
        struct yaml_node *first = copy_of(added->first, added->first->key);
        first->text = fresh;
        first->next = added->first->next;
        added->first = first;
    }
    insert(&list, draw(list.count + 1), added);
    close_list(&list, node);
}

static void edit(struct yaml_node *node)
{
    switch (node->kind == YAML_SCALAR ? 3 : draw(4)) {
    case 0:
        drop_one(node);
        break;
    case 1:
        swap_two(node);
        break;
    case 2:
        add_one(node);
        break;
    default:
        if (node->kind == YAML_SCALAR) {
            node->text = arena_printf(&bench.arena, "%.*s%zu", SLICE_ARG(node->text), draw(10));
        } else {
            *node = (struct yaml_node){
                .kind = YAML_SCALAR, .text = SLICE("x"), .key = node->key, .next = node->next
            };
        }
        break;
    }
}

static void applying_a_delta_leads_to_the_other_world(void)
{
    size_t changes = 0;

    for (size_t round = 0; round < ROUNDS; round++) {
        struct pair pair;
        struct retell_copy after[DOCUMENTS];
        bench_end(&bench);
        bench_start(&bench);
        load();
        make_pair(&pair, after);
        for (size_t i = draw(EDITS_MAX); i > 0; i--) {
            struct retell_copy *document = &after[draw(DOCUMENTS)];
            edit(document->nodes[1 + draw(document->count - 1)]);
        }
        for (size_t i = 0; i < DOCUMENTS; i++) {
            take_root(&pair.documents[1][i], after[i].nodes[0]);
        }
        struct sla_delta delta = delta_of(&pair);
        changes += delta.count;
        for (size_t i = 0; i < DOCUMENTS; i++) {
            struct yaml_node *root = copy_of(pair.documents[0][i].root, (struct slice){ 0 });
            struct sla_delta part = part_of(&delta, &pair.documents[0][i]);
            apply(root, &part);
            struct sha256 digest = sla_digest_document(root);
            CU_ASSERT_TRUE(sha256_eq(&digest, &pair.documents[1][i].digest));
        }
    }
    CU_ASSERT_TRUE(changes > ROUNDS);
}

static enum sla_change_kind turned(enum sla_change_kind kind)
{
    return kind == SLA_ADDED ? SLA_REMOVED : kind == SLA_REMOVED ? SLA_ADDED : kind;
}

/* As many of each kind, the other way about; what moved may be another item of the same list. */
static void exchanging_the_worlds_turns_the_changes(void)
{
    for (size_t round = 0; round < ROUNDS / 4; round++) {
        struct pair pair;
        struct retell_copy after[DOCUMENTS];
        size_t counts[2][CHANGE_KINDS] = { { 0 } };
        struct sla_delta back = { 0 };
        bench_end(&bench);
        bench_start(&bench);
        load();
        make_pair(&pair, after);
        for (size_t i = draw(EDITS_MAX); i > 0; i--) {
            struct retell_copy *document = &after[draw(DOCUMENTS)];
            edit(document->nodes[1 + draw(document->count - 1)]);
        }
        for (size_t i = 0; i < DOCUMENTS; i++) {
            take_root(&pair.documents[1][i], after[i].nodes[0]);
        }
        struct sla_delta forth = delta_of(&pair);
        sla_delta_make(&bench.arena, &pair.worlds[1], &pair.worlds[0], &back);
        for (size_t i = 0; i < forth.count; i++) {
            counts[0][turned(forth.changes[i].kind)]++;
        }
        for (size_t i = 0; i < back.count; i++) {
            counts[1][back.changes[i].kind]++;
        }
        for (size_t i = 0; i < CHANGE_KINDS; i++) {
            CU_ASSERT_EQUAL(counts[0][i], counts[1][i]);
        }
    }
}

/* Also when it is told in other words, in which nodes are others. */
static void a_world_does_not_differ_from_itself(void)
{
    struct pair pair;
    struct retell_copy after[DOCUMENTS];

    load();
    make_pair(&pair, after);
    CU_ASSERT_EQUAL(delta_of(&pair).count, 0);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        pair.documents[1][i].root = after[i].nodes[0];
        pair.documents[1][i].digest = sha256_of(SLICE("compare all the same"));
    }
    CU_ASSERT_EQUAL(delta_of(&pair).count, 0);
}

/* --- by hand --------------------------------------------------------------------------------- */

static const struct yaml_node *tree_of(const char *text)
{
    struct diag_source *source = ARENA_NEW(&bench.arena, struct diag_source, 1);

    *source = (struct diag_source){ "t.yaml", slice_from(text) };
    return yaml_read(&bench.arena, source, &bench.diags)->root;
}

static struct slice told(const struct sla_delta *delta)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; i < delta->count; i++) {
        const struct sla_change *change = &delta->changes[i];
        buf_printf(&out, "%s%s ", i > 0 ? "; " : "", sla_change_kind_name(change->kind));
        sla_step_format(change->path, &out);
        if (change->kind == SLA_MOVED) {
            buf_printf(&out, " to %u", change->at);
        }
    }
    return arena_copy(&bench.arena, buf_slice(&out));
}

static const struct {
    const char *before, *after, *told;
} rows[] = {
    { "a: 1", "a: 1", "" },
    { "a: 1", "a: 2", "replaced a" },
    { "a: 1", "b: 1", "removed a; added b" },
    { "a: {b: {c: 1}}", "a: {b: {c: 2}}", "replaced a.b.c" },
    { "a: [x, y]", "a: [y, x]", "replaced a" },
    { "a: x", "a: [x]", "replaced a" },
    { "a: [{id: x}, {id: y}]", "a: [{id: y}, {id: x}]", "moved a[x] to 1" },
    { "a: [{id: x, v: 1}, {id: y}]", "a: [{id: y}, {id: x, v: 2}]",
      "moved a[x] to 1; replaced a[x].v" },
    { "a: [{id: x}, {id: y}, {id: z}]", "a: [{id: z}, {id: x}, {id: y}]", "moved a[z] to 0" },
    { "a: [{id: x}]", "a: [{id: w}, {id: x}]", "added a[w]" },
    { "a: [{name: x, v: 1}]", "a: [{name: x}]", "removed a[x].v" },
    { "a: [{id: x, from: 1}, {id: x, from: 2}]", "a: [{id: x, from: 2}, {id: x, from: 1}]",
      "replaced a" },
    { "a: [{id: x}]", "a: [{v: x}]", "replaced a" },
    { "a: []", "a: [{id: x}]", "added a[x]" },
};

static void changes_are_told_where_they_are(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pair pair;
        struct retell_copy after[DOCUMENTS];
        load();
        make_pair(&pair, after);
        take_root(&pair.documents[0][0], tree_of(rows[i].before));
        take_root(&pair.documents[1][0], tree_of(rows[i].after));
        struct sla_delta delta = delta_of(&pair);
        ASSERT_TEXT(told(&delta), rows[i].told);
    }
}

static void documents_come_and_go(void)
{
    struct pair pair;
    struct retell_copy after[DOCUMENTS];

    load();
    make_pair(&pair, after);
    pair.worlds[1].document_count = DOCUMENTS - 1;
    struct sla_delta delta = delta_of(&pair);
    CU_ASSERT_EQUAL_FATAL(delta.count, 1);
    CU_ASSERT_EQUAL(delta.changes[0].kind, SLA_REMOVED);
    CU_ASSERT_PTR_NULL(delta.changes[0].path);
    pair.worlds[1].document_count = DOCUMENTS;
    pair.documents[1][0].role = PARTY_USER; /* another speaker, so another document */
    delta = delta_of(&pair);
    ASSERT_TEXT(told(&delta), "removed ; added ");
}

static const struct {
    const char *text;
    size_t max;
    const char *shown;
} shown[] = {
    { "[a, {b: c}]", 60, "[a, {b: c}]" },
    { "value", 3, "val..." },
    { "[\"\xc3\xa9\xc3\xa9\"]", 2, "[..." },
};

static void trees_are_shown_on_a_line(void)
{
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        sla_tree_format(tree_of(shown[i].text), shown[i].max, &out);
        ASSERT_TEXT(buf_slice(&out), shown[i].shown);
    }
}

/* What comes and goes is the version, not a change of the one beside it. */
static void agreements_are_known_by_their_version(void)
{
    enum { VERSIONS = 3 };
    struct sla_document versions[VERSIONS];

    load();
    for (size_t i = 0; i < VERSIONS; i++) {
        versions[i] = (struct sla_document){ .kind = SLA_AGREEMENT,
                                             .name = SLICE("deal"),
                                             .party = SLICE("shop"),
                                             .version = (uint32_t)i + 1 };
        take_root(&versions[i], bench.world->documents[i]->root);
    }
    const struct sla_document *before[] = { &versions[0], &versions[1] };
    const struct sla_document *after[] = { &versions[1], &versions[2] };
    const struct sla_world worlds[] = { { .documents = before, .document_count = 2 },
                                        { .documents = after, .document_count = 2 } };
    struct sla_delta delta = { 0 };
    sla_delta_make(&bench.arena, &worlds[0], &worlds[1], &delta);
    CU_ASSERT_EQUAL_FATAL(delta.count, 2);
    CU_ASSERT_EQUAL(delta.changes[0].kind, SLA_REMOVED);
    CU_ASSERT_PTR_EQUAL(delta.changes[0].document, &versions[0]);
    CU_ASSERT_EQUAL(delta.changes[1].kind, SLA_ADDED);
    CU_ASSERT_PTR_EQUAL(delta.changes[1].document, &versions[2]);
}

static CU_TestInfo tests[] = {
    { "applying a delta leads to the other world", applying_a_delta_leads_to_the_other_world },
    { "exchanging the worlds turns the changes", exchanging_the_worlds_turns_the_changes },
    { "a world does not differ from itself", a_world_does_not_differ_from_itself },
    { "changes are told where they are", changes_are_told_where_they_are },
    { "documents come and go", documents_come_and_go },
    { "trees are shown on a line", trees_are_shown_on_a_line },
    { "agreements are known by their version", agreements_are_known_by_their_version },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla delta", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
