#include "detect/sshd.h"
#include "model/event.h"
#include "tests/suite.h"

#include <string.h>

struct row {
    const char *text;
    const char *kind; /* NULL: nothing to us */
    const char *user, *src;
    unsigned port;
    const char *method;
};

/* Texts as OpenSSH 3 to 9 write them. */
static const struct row rows[] = {
    { "Failed password for root from 192.0.2.1 port 56502 ssh2", EVENT_AUTH_FAILURE, "root",
      "192.0.2.1", 56502, "password" },
    { "Failed password for invalid user  from 192.0.2.1 port 5 ssh2", EVENT_AUTH_FAILURE, "",
      "192.0.2.1", 5, "password" },
    { "Failed keyboard-interactive/pam for invalid user a b from 2001:db8::7 port 9 ssh2",
      EVENT_AUTH_FAILURE, "a b", "2001:db8::7", 9, "keyboard-interactive/pam" },
    { "Failed password for u from 192.0.2.1 port 5 ssh1: ruser from 198.51.100.4",
      EVENT_AUTH_FAILURE, "u", "192.0.2.1", 5, "password" },
    { "Failed password for u from 192.0.2.1", EVENT_AUTH_FAILURE, "u", "192.0.2.1", 0, "password" },
    { "Failed publickey for git from 192.0.2.1 port 57904 ssh2: ECDSA SHA256:abc",
      EVENT_AUTH_FAILURE, "git", "192.0.2.1", 57904, "publickey" },
    { "Accepted publickey for git from ::ffff:192.0.2.1 port 57904 ssh2: ED25519-CERT SHA256:abc "
      "ID \"git@x\" (serial 0) CA ED25519 SHA256:def",
      EVENT_AUTH_SUCCESS, "git", "::ffff:192.0.2.1", 57904, "publickey" },
    { "Accepted password for known from 192.0.2.114 port 52100 ssh2", EVENT_AUTH_SUCCESS, "known",
      "192.0.2.114", 52100, "password" },
    { "Invalid user admin from 192.0.2.117 port 44004", SSHD_INVALID_USER, "admin", "192.0.2.117",
      44004, "" },
    { "Illegal user admin from 192.0.2.117", SSHD_INVALID_USER, "admin", "192.0.2.117", 0, "" },
    { "User root from 192.0.2.3 not allowed because not listed in AllowUsers", SSHD_REFUSED, "root",
      "192.0.2.3", 0, "" },
    { "User root not allowed because account is locked", SSHD_REFUSED, "root", "", 0, "" },
    { "ROOT LOGIN REFUSED FROM 192.0.2.4 port 12345 [preauth]", SSHD_REFUSED, "", "192.0.2.4",
      12345, "" },
    { "refused connect from x@y (::ffff:192.0.2.4)", SSHD_REFUSED, "", "::ffff:192.0.2.4", 0, "" },
    { "error: maximum authentication attempts exceeded for invalid user x from 192.0.2.7 port 4 "
      "ssh2 [preauth]",
      SSHD_EXCEEDED, "x", "192.0.2.7", 4, "" },
    { "error: PAM: Authentication failure for illegal user k from 192.0.2.8 ", SSHD_PAM_FAILURE,
      "k", "192.0.2.8", 0, "pam" },
    { "error: PAM: Authentication failure for james from 192.0.2.9 via 192.0.2.10",
      SSHD_PAM_FAILURE, "james", "192.0.2.9", 0, "pam" },
    { "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
      "rhost=192.0.2.112  user=root",
      SSHD_PAM_FAILURE, "root", "192.0.2.112", 0, "pam" },
    { "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser=r "
      "rhost=192.0.2.113",
      SSHD_PAM_FAILURE, "", "192.0.2.113", 0, "pam" },
    { "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1",
      SSHD_PAM_FAILURE, "", "192.0.2.1", 0, "pam" },
    { "Connection from 192.0.2.5 port 62004 on 192.0.2.6 port 22", SSHD_OPENED, "", "192.0.2.5",
      62004, "" },
    { "Connection closed by 192.0.2.5 [preauth]", SSHD_CLOSED, "", "192.0.2.5", 0, "" },
    { "Connection closed by authenticating user root 192.0.2.10 port 46038 [preauth]", SSHD_CLOSED,
      "root", "192.0.2.10", 46038, "" },
    { "Connection closed by invalid user  192.0.2.68 port 34916 [preauth]", SSHD_CLOSED, "",
      "192.0.2.68", 34916, "" },
    { "Connection reset by 192.0.2.39 port 14282 [preauth]", SSHD_CLOSED, "", "192.0.2.39", 14282,
      "" },
    { "Disconnected from user x 192.0.2.6 port 33553", SSHD_CLOSED, "x", "192.0.2.6", 33553, "" },
    { "error: Received disconnect from 192.0.2.1 port 7736:3: from 192.0.2.9: Auth fail [preauth]",
      SSHD_CLOSED, "", "192.0.2.1", 7736, "" },
    { "Received disconnect from 192.0.2.1: 11: Bye Bye [preauth]", SSHD_CLOSED, "", "192.0.2.1", 0,
      "" },
    { "Received disconnect from 2001:db8::1: 11: Bye", SSHD_CLOSED, "", "2001:db8::1", 0, "" },
    { "Did not receive identification string from 192.0.2.5 port 35836", SSHD_REJECTED, "",
      "192.0.2.5", 35836, "" },
    { "Bad protocol version identification 'x' from 192.0.2.1' from 192.0.2.2 port 31778",
      SSHD_REJECTED, "", "192.0.2.2", 31778, "" },
    { "fatal: Timeout before authentication for 192.0.2.14 port 55555", SSHD_REJECTED, "",
      "192.0.2.14", 55555, "" },
    { "Failed password for dan from host.example port 45785 ssh2", EVENT_AUTH_FAILURE, "dan",
      "host.example", 45785, "password" },
    { "Failed password for root from fe80::2%eth0 port 56502 ssh2", EVENT_AUTH_FAILURE, "root",
      "fe80::2%eth0", 56502, "password" },
    { "Failed password for invalid user x from fe80::3%eth0 port 22 ssh2 from fe80::2%br-lan.7 "
      "port "
      "9 ssh2",
      EVENT_AUTH_FAILURE, "x from fe80::3%eth0 port 22 ssh2", "fe80::2%br-lan.7", 9, "password" },
    { "Received disconnect from fe80::2%eth0: 11: Bye", SSHD_CLOSED, "", "fe80::2%eth0", 0, "" },
    { "Connection from fe80::2%wire port 42944 on fe80::1%wire port 2222 rdomain \"wire\"",
      SSHD_OPENED, "", "fe80::2%wire", 42944, "" },
    { "[ID 800047 auth.info] Failed password for james from 192.0.2.30 port 54520 ssh2",
      EVENT_AUTH_FAILURE, "james", "192.0.2.30", 54520, "password" },
    { "Server listening on 0.0.0.0 port 22.", NULL, "", "", 0, "" },
    { "Failed password for root", NULL, "", "", 0, "" },
    { "Failed password for root from 192.0.2.1 port 99999 ssh2", NULL, "", "", 0, "" },
    { "Failed password for root from a/b port 9 ssh2", NULL, "", "", 0, "" },
    { "Failed x", NULL, "", "", 0, "" },
    { "User root is here", NULL, "", "", 0, "" },
    { "PAM: no", NULL, "", "", 0, "" },
    { "pam_unix(sshd:session): session opened for user known", NULL, "", "", 0, "" },
    { "pam_unix(sshd:auth): authentication failure; ruser=", NULL, "", "", 0, "" },
    { "Connection from UNKNOWN/x port 9", NULL, "", "", 0, "" },
    { "Connection from 192.0.2.1 port 999999", NULL, "", "", 0, "" },
    { "Connection closed by ", NULL, "", "", 0, "" },
    { "Connection closed by something odd 192.0.2.1 port 4", NULL, "", "", 0, "" },
    { "Connection closed by port 4", NULL, "", "", 0, "" },
    { "message repeated x times: [ Failed password for a from 192.0.2.1 port 4 ssh2]", NULL, "", "",
      0, "" },
};

static void test_what_each_message_says(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sshd_message read = { 0 };
        bool known = sshd_parse(SLICE("sshd"), slice_from(rows[i].text), &read);
        if (known != (rows[i].kind != NULL)) {
            suite_check(false, rows[i].text, __FILE__, __LINE__);
            continue;
        }
        ASSERT_TEXT(slice_from(read.kind), rows[i].kind != NULL ? rows[i].kind : "");
        ASSERT_TEXT(read.user, rows[i].user);
        ASSERT_TEXT(read.src_ip.len > 0 ? read.src_ip : read.src_host, rows[i].src);
        CU_ASSERT_EQUAL(read.src_port, rows[i].port);
        ASSERT_TEXT(read.method, rows[i].method);
    }
}

/* What a peer may call itself, and the address that must come out: the real one or none. */
static void test_no_user_name_frames_anyone(void)
{
    static const char *const frames[][2] = {
        { "Failed password for invalid user x from 10.99.0.3 port 22 ssh2 from 10.99.0.2 port "
          "40000 "
          "ssh2",
          "10.99.0.2" },
        { "Failed password for invalid user x from 10.99.0.3 port 22 ssh2: from 10.99.0.2 port "
          "40000 "
          "ssh2",
          "10.99.0.2" },
        { "Failed password for invalid user x from 10.99.0.3 from 10.99.0.2 port 40000 ssh2",
          "10.99.0.2" },
        { "Failed password for invalid user x from 10.99.0.3 port 22 ssh2 [preauth] from 10.99.0.2 "
          "port 4 ssh2",
          "10.99.0.2" },
        { "Failed publickey for invalid user x from 10.99.0.3 port 22 ssh2: RSA SHA256:a from "
          "10.99.0.2 port 4 ssh2: RSA SHA256:b",
          "10.99.0.2" },
        { "Failed publickey for x from 10.99.0.2 port 4 ssh2: RSA-CERT SHA256:b ID \"a from "
          "10.99.0.3 port 22 ssh2: RSA SHA256:c\" (serial 0) CA RSA SHA256:d",
          "" },
        { "Failed publickey for invalid user x from 10.99.0.3 port 22 ssh2: y from 10.99.0.2 port "
          "4 "
          "ssh2: RSA-CERT SHA256:b ID \"a\" (serial 0) CA RSA SHA256:d",
          "" },
        { "Failed hostbased for x from 10.99.0.2 port 4 ssh2: RSA aa, client user \"y from "
          "10.99.0.3 "
          "port 22 ssh2: z\", client host \"h\"",
          "" },
        { "Invalid user x from 10.99.0.3 port 22 from 10.99.0.2 port 40000", "10.99.0.2" },
        { "Invalid user from 10.99.0.3 port 22 ssh2 from 10.99.0.2 port 40000", "10.99.0.2" },
        { "Connection closed by invalid user x 10.99.0.3 port 22 10.99.0.2 port 4 [preauth]",
          "10.99.0.2" },
        { "error: PAM: Authentication failure for illegal user x from 10.99.0.3 via 1.1.1.1 from "
          "10.99.0.2",
          "10.99.0.2" },
        { "Received disconnect from 10.99.0.2 port 4:11: from 10.99.0.3 port 22", "10.99.0.2" },
        { "message repeated 2 times: [ Failed password for invalid user x from 10.99.0.3 port 22 "
          "ssh2] from 10.99.0.2 port 4 ssh2]",
          "10.99.0.2" },
    };

    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        struct sshd_message read = { 0 };
        bool known = sshd_parse(SLICE("sshd"), slice_from(frames[i][0]), &read);
        suite_check(known, frames[i][0], __FILE__, __LINE__);
        ASSERT_TEXT(read.src_ip, frames[i][1]);
        CU_ASSERT_EQUAL(read.src_host.len, 0);
    }
}

static void test_repeats_are_counted_up_to_a_limit(void)
{
    struct sshd_message read = { 0 };

    CU_ASSERT_TRUE(sshd_parse(
        SLICE("sshd"),
        SLICE("message repeated 5 times: [ Failed password for root from 192.0.2.1 port 4 ssh2]"),
        &read));
    CU_ASSERT_EQUAL(read.repeat, 5);
    ASSERT_TEXT(read.src_ip, "192.0.2.1");
    CU_ASSERT_TRUE(sshd_parse(
        SLICE("sshd"), SLICE("message repeated 4000000000 times: [ Invalid user x from 192.0.2.1]"),
        &read));
    CU_ASSERT_EQUAL(read.repeat, SSHD_REPEAT_MAX);
}

/* "Connection from [authenticating user NAME ]ADDR port N: REASON" */
static void test_what_stands_before_an_address_is_not_a_host(void)
{
    static const struct {
        const char *text, *address;
    } texts[] = {
        { "ssh_dispatch_run_fatal: Connection from 192.0.2.1 port 4: Broken pipe", "192.0.2.1" },
        { "ssh_dispatch_run_fatal: Connection from authenticating user root 192.0.2.1 port 4: x",
          NULL },
        { "ssh_dispatch_run_fatal: Connection from invalid user 192.0.2.9 192.0.2.1 port 4: x",
          NULL },
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct sshd_message read = { 0 };
        bool is_read = sshd_parse(SLICE("sshd"), slice_from(texts[i].text), &read);
        CU_ASSERT_EQUAL(is_read, texts[i].address != NULL);
        CU_ASSERT_EQUAL(read.src_host.len, 0);
        ASSERT_TEXT(read.src_ip, is_read ? texts[i].address : "");
    }
}

static void test_only_sshd_is_believed(void)
{
    static const struct slice text = { "Invalid user x from 192.0.2.1 port 4", 36 };
    struct sshd_message read = { 0 };

    CU_ASSERT_TRUE(sshd_parse(SLICE("sshd-session"), text, &read));
    CU_ASSERT_TRUE(sshd_parse(SLICE("sshd-auth"), text, &read));
    CU_ASSERT_FALSE(sshd_parse(SLICE("su"), text, &read));
    CU_ASSERT_FALSE(sshd_parse(SLICE(""), text, &read));
}

static void test_flags_and_ports(void)
{
    struct sshd_message read = { 0 };

    CU_ASSERT_TRUE(sshd_parse(
        SLICE("sshd"), SLICE("Connection from 192.0.2.5 port 620 on 192.0.2.6 port 2222"), &read));
    CU_ASSERT_EQUAL(read.local_port, 2222);
    CU_ASSERT_FALSE(read.has_user);
    CU_ASSERT_TRUE(
        sshd_parse(SLICE("sshd"),
                   SLICE("Failed password for invalid user x from 192.0.2.5 port 6 ssh2"), &read));
    CU_ASSERT_TRUE(read.invalid_user);
    CU_ASSERT_TRUE(read.has_user);
    CU_ASSERT_TRUE(sshd_parse(SLICE("sshd"),
                              SLICE("Failed password for root from 192.0.2.5 port 6 ssh2"), &read));
    CU_ASSERT_FALSE(read.invalid_user);
}

static CU_TestInfo tests[] = {
    { "what each message says", test_what_each_message_says },
    { "no user name frames anyone", test_no_user_name_frames_anyone },
    { "repeats are counted up to a limit", test_repeats_are_counted_up_to_a_limit },
    { "what stands before an address is not a host",
      test_what_stands_before_an_address_is_not_a_host },
    { "only sshd is believed", test_only_sshd_is_believed },
    { "flags and ports", test_flags_and_ports },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "sshd", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
