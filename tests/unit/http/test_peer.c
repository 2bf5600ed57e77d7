#include "orchestrator/http_peer.h"

#include "tests/suite.h"

#include <sys/socket.h>
#include <unistd.h>

enum { ALL = HTTP_OFFICER | HTTP_OPERATOR | HTTP_AUDITOR };

static void test_roles_come_from_groups(void)
{
    const struct http_role_groups groups = { { 10, 20, (gid_t)-1 } };
    const gid_t none[] = { 5, (gid_t)-1 };
    const gid_t operator[] = { 5, 20 };
    const gid_t both[] = { 20, 10 };

    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 0, none, 2), ALL);
    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 500, none, 2), ALL);
    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 501, none, 2), 0);
    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 501, operator, 2), HTTP_OPERATOR);
    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 501, both, 2), HTTP_OFFICER | HTTP_OPERATOR);
    CU_ASSERT_EQUAL(http_roles_of(&groups, 500, 501, both, 0), 0);
}

static void test_the_kernel_names_the_peer(void)
{
    const struct http_role_groups groups = http_role_groups_find();
    struct http_identity identity = { .uid = 12345 };
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ASSERT_OK(http_peer_read(ends[0], &groups, geteuid(), &identity));
    CU_ASSERT_EQUAL(identity.uid, geteuid());
    CU_ASSERT_EQUAL(identity.pid, getpid());
    CU_ASSERT_EQUAL(identity.roles, ALL);
    CU_ASSERT_TRUE(identity.name[0] != '\0');
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void test_what_is_no_socket_has_no_peer(void)
{
    const struct http_role_groups groups = { { 1, 2, 3 } };
    struct http_identity identity = { .uid = 12345 };

    ASSERT_CODE(http_peer_read(-1, &groups, 0, &identity), STATUS_UNAVAILABLE);
    CU_ASSERT_EQUAL(identity.uid, 12345);
}

static CU_TestInfo tests[] = {
    { "roles come from groups", test_roles_come_from_groups },
    { "the kernel names the peer", test_the_kernel_names_the_peer },
    { "what is no socket has no peer", test_what_is_no_socket_has_no_peer },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "peer", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
