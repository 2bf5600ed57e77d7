#include "sla/edit/fmt.h"
#include "sla/resolve/digest.h"
#include "tests/unit/sla/retell.h"
#include "tests/unit/sla/worlds.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "examples/hospital/"

enum { ROUNDS = 200, SEED = 20261130 };

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

static const struct yaml_node *tree_of(struct slice text)
{
    struct diag_source *source = ARENA_NEW(&bench.arena, struct diag_source, 1);

    struct diag_list diags;

    diag_list_init(&diags, &bench.arena);
    *source = (struct diag_source){ "t.yaml", text };
    const struct yaml_document *document = yaml_read(&bench.arena, source, &diags);
    CU_ASSERT_EQUAL_FATAL(diags.errors, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document->root);
    return document->root;
}

static struct slice canonical_of(struct slice text)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    sla_canonical_add(&bench.arena, tree_of(text), &out);
    return arena_copy(&bench.arena, buf_slice(&out));
}

static const struct {
    const char *text, *canonical;
} trees[] = {
    { "a", "S1:a" },
    { "''", "S0:" },
    { "[]", "L0:" },
    { "{}", "M0:" },
    { "[a, bc]", "L2:S1:aS2:bc" },
    { "b: 1\na: [x]\n", "M2:S1:aL1:S1:xS1:bS1:1" },
    { "ab: 1\na: 2\nB: 3\n", "M3:S1:BS1:3S1:aS1:2S2:abS1:1" },
    { "{a: {c: d}, b: }", "M2:S1:aM1:S1:cS1:dS1:bS0:" },
    { "|\n  two\n  lines\n", "S10:two\nlines\n" },
    { "\"caf\xc3\xa9\"", "S5:caf\xc3\xa9" },
};

static void a_tree_is_its_lengths_and_bytes(void)
{
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        ASSERT_TEXT(canonical_of(slice_from(trees[i].text)), trees[i].canonical);
    }
}

/* As `printf 'redan/1 document\0M1:S1:aS1:b' | sha256sum` says, and so on. */
static void digests_are_those_of_other_tools(void)
{
    char hex[2 * SHA256_BYTES + 1];
    struct sha256 both[] = { sha256_of(SLICE("one")), sha256_of(SLICE("two")) };

    struct sha256 document = sla_digest_document(tree_of(SLICE("a: b")));
    sha256_hex(&document, hex);
    ASSERT_TEXT(slice_from(hex),
                "c68d5fba19eabf1fa64674f1ee2a8a985b31783f7812407641b9849d4cd43a77");
    struct sha256 world = sla_digest_world(both, COUNT_OF(both), 258);
    sha256_hex(&world, hex);
    ASSERT_TEXT(slice_from(hex),
                "768c7a7a4b2aa6081d3ebd4e237c3ce9b9445a64d4191f0865cbe640740b499e");
}

static const struct {
    const char *one, *other;
    bool same;
} pairs[] = {
    { "value: NO", "value: \"NO\"", true },
    { "value: NO", "{'value': 'NO'} # Norway", true },
    { "value: [DE, FR]", "value:\n  - DE\n  - FR\n", true },
    { "value: two words", "value: >-\n  two\n  words\n", true },
    { "value: [DE, FR]", "value: [FR, DE]", false },
    { "value: DE", "value: [DE]", false },
    { "value: 1h", "value: 60 m", false },
    { "value: ''", "value: []", false },
    { "value: {a: b}", "value: [a, b]", false },
    { "{a: bc}", "{ab: c}", false },
    { "[a, [b]]", "[[a], b]", false },
    { "[ab]", "[a, b]", false },
};

static void layout_and_quotes_do_not_count_and_everything_else_does(void)
{
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct sha256 one = sla_digest_document(tree_of(slice_from(pairs[i].one)));
        struct sha256 other = sla_digest_document(tree_of(slice_from(pairs[i].other)));
        CU_ASSERT_EQUAL(sha256_eq(&one, &other), pairs[i].same);
    }
}

/* More members than are sorted by insertion. */
static void large_mappings_are_in_order_too(void)
{
    CLEANUP(buf_done) struct buf up = { 0 };
    CLEANUP(buf_done) struct buf down = { 0 };

    for (int i = 0; i < 100; i++) {
        buf_printf(&up, "k%02d: %d\n", i, i);
        buf_printf(&down, "k%02d: %d\n", 99 - i, 99 - i);
    }
    CU_ASSERT_TRUE(slice_eq(canonical_of(buf_slice(&up)), canonical_of(buf_slice(&down))));
}

static void load(void)
{
    bench_clear(&bench);
    bench_add_file(&bench, FOLDER "imaging-archive.yaml");
    bench_add_file(&bench, FOLDER "private-dc.yaml");
    bench_add_file(&bench, FOLDER "imaging-ucloud.yaml");
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

/* Each source again in other words, and all of them in one file or each in its own. */
static void tell_again(struct slice before[], bool in_one)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    bench_clear(&bench);
    for (size_t i = 0; i < 3; i++) {
        retell_document(&from_seed, tree_of(before[i]), &text);
        if (!in_one || i == 2) {
            bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
            buf_clear(&text);
        }
    }
    bench_compile(&bench);
}

static void a_world_told_in_other_words_has_the_same_digest(void)
{
    struct slice before[3];
    char digest[65];

    load();
    memcpy(digest, bench.world->policies.digest, sizeof(digest));
    for (size_t i = 0; i < 3; i++) {
        before[i] = bench.sources[i].text;
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        tell_again(before, round % 2 == 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(slice_from(bench.world->policies.digest), digest);
    }
}

static void the_layout_of_fmt_has_the_same_digest(void)
{
    load();
    for (size_t i = 0; i < bench.world->document_count; i++) {
        const struct sla_document *document = bench.world->documents[i];
        struct slice formatted = { 0 };
        ASSERT_OK(sla_fmt(&bench.arena, document->source, &bench.diags, &formatted));
        struct sha256 digest = sla_digest_document(tree_of(formatted));
        CU_ASSERT_TRUE(sha256_eq(&digest, &document->digest));
    }
}

/* --- one change ------------------------------------------------------------------------------ */

/* Of one node: its text, or what is in it. */
static void change(struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        node->text = arena_printf(&bench.arena, "%.*s.", SLICE_ARG(node->text));
    } else if (node->first != NULL) {
        node->first = node->first->next;
        node->count--;
    } else {
        node->kind = node->kind == YAML_SEQUENCE ? YAML_MAPPING : YAML_SEQUENCE;
    }
}

static void any_change_of_a_node_changes_the_digest(void)
{
    load();
    const struct yaml_node *root = tree_of(bench.sources[0].text);
    struct sha256 before = sla_digest_document(root);
    size_t count = retell_copy(&bench.arena, root).count;
    CU_ASSERT_TRUE(count > 100);
    for (size_t i = 0; i < count; i++) {
        struct retell_copy edited = retell_copy(&bench.arena, root);
        change(edited.nodes[i]);
        struct sha256 after = sla_digest_document(edited.nodes[0]);
        CU_ASSERT_FALSE(sha256_eq(&before, &after));
    }
}

static CU_TestInfo tests[] = {
    { "a tree is its lengths and bytes", a_tree_is_its_lengths_and_bytes },
    { "digests are those of other tools", digests_are_those_of_other_tools },
    { "layout and quotes do not count, and everything else does",
      layout_and_quotes_do_not_count_and_everything_else_does },
    { "large mappings are in order too", large_mappings_are_in_order_too },
    { "a world told in other words has the same digest",
      a_world_told_in_other_words_has_the_same_digest },
    { "the layout of fmt has the same digest", the_layout_of_fmt_has_the_same_digest },
    { "any change of a node changes the digest", any_change_of_a_node_changes_the_digest },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla digest", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
