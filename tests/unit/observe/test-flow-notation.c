/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows in the order in which people think of them. */
#include "cases.h"

#include "observe/flow-question.h"

typedef struct {
    const char *name;
    const char *words; /* separated by "|" */
    const char *parts; /* in, from, source port, to, port, protocol; "!" and a message where it is
                          rejected */
    const char *in;    /* what options gave; NULL: nothing */
    const char *port;
} NotationCase;

static const NotationCase flows[] = {
    {.name = "all of it",
     .words = "cni0|10.244.2.2|->|192.168.150.131:8629/tcp",
     .parts = "cni0 10.244.2.2 - 192.168.150.131 8629 tcp"},
    {.name = "in one word",
     .words = "  cni0 10.244.2.2 -> \t192.168.150.131:8629/tcp ",
     .parts = "cni0 10.244.2.2 - 192.168.150.131 8629 tcp"},
    {.name = "sent by this host", .words = "->|10.0.0.5:22", .parts = "- - - 10.0.0.5 22 -"},
    {.name = "the arrow is a word", .words = "to|10.0.0.5", .parts = "- - - 10.0.0.5 - -"},
    {.name = "the arrow is one character",
     .words = "eth0|→|10.0.0.5",
     .parts = "eth0 - - 10.0.0.5 - -"},
    {.name = "no blank around the arrow",
     .words = "eth0->10.0.0.5",
     .parts = "eth0 - - 10.0.0.5 - -"},
    {.name = "a source without an interface",
     .words = "10.0.0.9|->|10.0.0.5",
     .parts = "- 10.0.0.9 - 10.0.0.5 - -"},
    {.name = "a source port",
     .words = "10.0.0.9:53|->|10.0.0.5/udp",
     .parts = "- 10.0.0.9 53 10.0.0.5 - udp"},
    {.name = "the first of two is the interface, whatever its name",
     .words = "10.0.0.1|10.0.0.9|->|10.0.0.5",
     .parts = "10.0.0.1 10.0.0.9 - 10.0.0.5 - -"},
    {.name = "names of service and protocol",
     .words = "->|10.0.0.5:Domain/UDP",
     .parts = "- - - 10.0.0.5 Domain UDP"},
    {.name = "IPv6", .words = "->|2001:db8::1/icmp", .parts = "- - - 2001:db8::1 - icmp"},
    {.name = "IPv6 ends in what may look like a port",
     .words = "->|2001:db8::1:22",
     .parts = "- - - 2001:db8::1:22 - -"},
    {.name = "IPv6 with a port",
     .words = "[fd00::2]:1024|->|[2001:db8::1]:22/tcp",
     .parts = "- fd00::2 1024 2001:db8::1 22 tcp"},
    {.name = "IPv6 in brackets without a port",
     .words = "->|[2001:db8::1]",
     .parts = "- - - 2001:db8::1 - -"},
    {.name = "an option adds what the words leave out",
     .words = "->|10.0.0.5",
     .parts = "eth0 - - 10.0.0.5 22 -",
     .in = "eth0",
     .port = "22"},
    {.name = "the interface twice",
     .words = "eth1|->|10.0.0.5",
     .parts = "!both --in and 'eth1' are given",
     .in = "eth0"},
    {.name = "the port twice",
     .words = "->|10.0.0.5:23",
     .parts = "!both --port and '23' are given",
     .port = "22"},
    {.name = "no words", .words = " ", .parts = "!the flow is empty"},
    {.name = "no destination", .words = "eth0|->", .parts = "!no destination follows '->'"},
    {.name = "two destinations",
     .words = "->|10.0.0.5|10.0.0.6",
     .parts = "!unexpected word '10.0.0.6' after the destination"},
    {.name = "three origins",
     .words = "a|10.0.0.9|c|->|10.0.0.5",
     .parts = "!unexpected word 'c' before the destination"},
    {.name = "two interfaces",
     .words = "a|b|->|10.0.0.5",
     .parts = "!'b' does not begin with an IP address"},
    {.name = "a host name",
     .words = "->|host.example:80",
     .parts = "!'host.example:80' does not begin with an IP address"},
    {.name = "a network", .words = "->|10.0.0.0/8", .parts = "!'10.0.0.0/8' is a network"},
    {.name = "a source network",
     .words = "10.0.0.0/8|->|10.0.0.5",
     .parts = "!'10.0.0.0/8' is a network"},
    {.name = "a protocol of the source",
     .words = "10.0.0.9/tcp|->|10.0.0.5",
     .parts = "!'10.0.0.9/tcp': the protocol belongs to the destination"},
    {.name = "an empty port", .words = "->|10.0.0.5:", .parts = "!'10.0.0.5:' ends too early"},
    {.name = "an empty protocol",
     .words = "->|10.0.0.5:22/",
     .parts = "!'10.0.0.5:22/' ends too early"},
    {.name = "an open bracket",
     .words = "->|[2001:db8::1",
     .parts = "!'[2001:db8::1' does not begin with an IP address"},
    {.name = "junk behind a bracket",
     .words = "->|[2001:db8::1]22",
     .parts = "!'[2001:db8::1]22' does not begin with an IP address"},
    {.name = "the shell took the arrow",
     .words = "cni0|-",
     .parts = "!the shell took the '>' of the arrow for a redirection to a file"},
    {.name = "no arrow",
     .words = "10.0.0.5:22",
     .parts = "!'10.0.0.5:22' is neither a flow nor a line of the kernel log"},
};

static const char *or_dash(const char *part)
{
    return part != NULL ? part : "-";
}

static void test_flow(void **state)
{
    const NotationCase *row = *state;
    g_auto(GStrv) words = g_strsplit(row->words, "|", -1);
    g_auto(FlowQuestion) question = flow_question_new();
    question.in = g_strdup(row->in);
    question.port_word = g_strdup(row->port);
    g_autoptr(GError) error = NULL;
    bool read = flow_question_from_words(words, &question, &error);
    assert_int_equal(read, *row->parts != '!');
    if (!read) {
        assert_string_equal(error->message, row->parts + 1);
        return;
    }
    g_autofree char *parts =
        g_strdup_printf("%s %s %s %s %s %s", or_dash(question.in), or_dash(question.from),
                        or_dash(question.source_port_word), or_dash(question.to),
                        or_dash(question.port_word), or_dash(question.protocol));
    assert_string_equal(parts, row->parts);
}

int main(void)
{
    return RUN_CASES(test_flow, flows);
}
