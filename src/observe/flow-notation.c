/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flow in the order in which people think of it: "cni0 10.244.2.2 -> 192.168.150.131:8629/tcp".
 * The arrow may be written "to", which shells leave alone. */
#include "observe/flow-question.h"

#include "model/foreach.h"
#include "observe/flow-usage.h"

#include <string.h>

#define HINT_FORM "write [IFACE] [SOURCE] to DESTINATION[:PORT][/PROTOCOL]"

static bool is_arrow(const char *word)
{
    return g_str_equal(word, FLOW_ARROW) || g_str_equal(word, "to");
}

static bool is_address(const char *word)
{
    IpAddress address;
    return ip_address_parse(word, &address);
}

/* ---- one end of a flow ---- */

/* An address with what may follow it; NULL: does not follow. */
typedef struct {
    char *address;
    char *port;
    char *protocol;
} Endpoint;

static void endpoint_clear(Endpoint *endpoint)
{
    g_free(endpoint->address);
    g_free(endpoint->port);
    g_free(endpoint->protocol);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Endpoint, endpoint_clear)

/* Takes what follows the first SEPARATOR of WORD, which is cut there; NULL where there is none. */
static char *take_part(char *word, char separator)
{
    char *found = strchr(word, separator);
    if (found == NULL)
        return NULL;
    *found = '\0';
    return g_strdup(found + 1);
}

/* "10.0.0.5", "10.0.0.5:22", "2001:db8::1", "[2001:db8::1]:22". */
static bool split_address(const char *word, Endpoint *endpoint)
{
    if (is_address(word)) {
        endpoint->address = g_strdup(word);
    } else if (*word == '[') {
        const char *end = strchr(word, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        endpoint->address = g_strndup(word + 1, (gsize)(end - word - 1));
        endpoint->port = end[1] == ':' ? g_strdup(end + 2) : NULL;
    } else {
        endpoint->address = g_strdup(word);
        endpoint->port = take_part(endpoint->address, ':');
    }
    return is_address(endpoint->address);
}

static bool parse_endpoint(const char *word, Endpoint *endpoint, GError **error)
{
    g_autofree char *rest = g_strdup(word);
    endpoint->protocol = take_part(rest, '/');
    if (!split_address(rest, endpoint))
        return flow_usage(error,
                          "write ADDRESS, ADDRESS:PORT or [IPV6]:PORT; names are not looked up",
                          "'%s' does not begin with an IP address", word);
    if ((endpoint->port != NULL && *endpoint->port == '\0') ||
        (endpoint->protocol != NULL && *endpoint->protocol == '\0'))
        return flow_usage(error, "write ADDRESS:PORT/PROTOCOL", "'%s' ends too early", word);
    if (endpoint->protocol != NULL && g_ascii_isdigit(*endpoint->protocol))
        return flow_usage(error, "name one address, and a protocol such as tcp after the slash",
                          "'%s' is a network", word);
    return true;
}

/* ---- the parts of the question ---- */

/* Moves *WORD to *FIELD, which an option may have filled. */
static bool set_part(char **field, char **word, const char *option, GError **error)
{
    if (*word == NULL)
        return true;
    if (*field != NULL)
        return flow_usage(error, "name it once", "both %s and '%s' are given", option, *word);
    *field = g_steal_pointer(word);
    return true;
}

static bool set_source(const char *word, FlowQuestion *question, GError **error)
{
    g_auto(Endpoint) source = {0};
    if (!parse_endpoint(word, &source, error))
        return false;
    if (source.protocol != NULL)
        return flow_usage(error, HINT_FORM, "'%s': the protocol belongs to the destination", word);
    return set_part(&question->from, &source.address, "--from", error) &&
           set_part(&question->source_port_word, &source.port, "--source-port", error);
}

static bool set_destination(const char *word, FlowQuestion *question, GError **error)
{
    g_auto(Endpoint) destination = {0};
    return parse_endpoint(word, &destination, error) &&
           set_part(&question->to, &destination.address, "--to", error) &&
           set_part(&question->port_word, &destination.port, "--port", error) &&
           set_part(&question->protocol, &destination.protocol, "--protocol", error);
}

static bool looks_like_address(const char *word)
{
    g_auto(Endpoint) endpoint = {0};
    g_autofree char *rest = g_strdup(word);
    g_free(take_part(rest, '/'));
    return split_address(rest, &endpoint);
}

/* At most an interface and a source, in this order. */
static bool set_origin(char *const *words, guint count, FlowQuestion *question, GError **error)
{
    if (count > 2)
        return flow_usage(error, HINT_FORM, "unexpected word '%s' before the destination",
                          words[2]);
    bool has_interface = count == 2 || (count == 1 && !looks_like_address(words[0]));
    g_autofree char *interface = has_interface ? g_strdup(words[0]) : NULL;
    const char *source = count == (has_interface ? 2 : 1) ? words[count - 1] : NULL;
    return set_part(&question->in, &interface, "--in", error) &&
           (source == NULL || set_source(source, question, error));
}

/* ---- the whole ---- */

/* A shell takes the '>' of an arrow that is not quoted for a redirection, and leaves "-". */
static bool complain_of_missing_arrow(char **words, GError **error)
{
    guint count = g_strv_length(words);
    if (count == 0)
        return flow_usage(error, HINT_FORM, "the flow is empty");
    if (g_str_equal(words[count - 1], "-"))
        return flow_usage(error,
                          "quote it, or write 'to': nicfix explain cni0 to 192.0.2.7:443/tcp",
                          "the shell took the '>' of the arrow for a redirection to a file");
    return flow_usage(error, HINT_FORM ", or quote a whole line of the kernel log",
                      "'%s' is neither a flow nor a line of the kernel log", words[0]);
}

/* WORDS, some of which may be several, or glued to an arrow (transfer full). */
static char **split_words(char *const *words)
{
    g_autofree char *joined = g_strjoinv(" ", (char **)words);
    g_autoptr(GString) line = g_string_new(joined);
    g_string_replace(line, "→", FLOW_ARROW, 0);
    g_string_replace(line, FLOW_ARROW, " " FLOW_ARROW " ", 0);
    g_auto(GStrv) parts = g_strsplit_set(line->str, " \t\n", -1);
    g_autoptr(GPtrArray) split = g_ptr_array_new();
    STRV_FOREACH (part, parts) {
        if (**part != '\0')
            g_ptr_array_add(split, g_strdup(*part));
    }
    g_ptr_array_add(split, NULL);
    return (char **)g_ptr_array_steal(split, NULL);
}

bool flow_question_from_words(char *const *given, FlowQuestion *question, GError **error)
{
    g_auto(GStrv) words = split_words(given);
    guint arrow = 0;
    while (words[arrow] != NULL && !is_arrow(words[arrow]))
        arrow++;
    if (words[arrow] == NULL)
        return complain_of_missing_arrow(words, error);
    const char *destination = words[arrow + 1];
    if (destination == NULL)
        return flow_usage(error, HINT_FORM, "no destination follows '%s'", words[arrow]);
    if (words[arrow + 2] != NULL)
        return flow_usage(error, HINT_FORM, "unexpected word '%s' after the destination",
                          words[arrow + 2]);
    return set_origin(words, arrow, question, error) &&
           set_destination(destination, question, error);
}
