vcl 4.1;
# The caching edge in front of the API. It stores public answers for as long as their Cache-Control says (RFC 9111,
# RFC 5861), and sends one request to the API for all clients that wait for the same answer. It does not store private
# answers, and does not answer private requests from the cache.
#
# Varnish's builtin VCL runs after each sub here that does not return: requests with Authorization or a cookie pass,
# answers with Set-Cookie, private, no-store or Vary: * are not stored. Parameters in docker-compose.yml switch off what
# Varnish would add: a default TTL, gzip and ranges.

import std;
# From varnish-modules, which is in the official image and in Debian.
import var;
import xkey;

backend balancer {
    .path = "/run/edge/balancer.sock";
    .host_header = "localhost";
    .max_connections = 300;  # misses under way; one more is told 503 at once, because it would be answered too late
    .first_byte_timeout = 29s;  # the balancer needs at most 28: three tries of 9 seconds, and less than 1 in its queue
    .between_bytes_timeout = 10s;
    .probe = {
        .request = "GET /healthz HTTP/1.1" "Host: localhost" "Connection: close";
        .interval = 1s;
        .timeout = 2s;
        .window = 2;
        .threshold = 1;
        .initial = 1;
    }
}

sub vcl_recv {
    # `-a purge=...` in docker-compose.yml: a port that only the network `api` reaches.
    if (local.socket == "purge") {
        call purge;
    }

    # These headers are this file's own: a client cannot set them.
    unset req.http.X-Cache;
    if (req.restarts == 0) {
        unset req.http.X-Stale;
        # Varnish has added the socket's "address" to what nginx wrote.
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ",[^,]*$", "");
    }

    # Answers depend on no cookie but that of a session, and there are no ranges.
    if (req.http.Cookie !~ "(^|;\s*)session=") {
        unset req.http.Cookie;
    }
    unset req.http.Range;

    # Each spelling of these headers would have an entry of its own. One entry for each coding of the API is enough. It
    # is the first of br, zstd and gzip that the client accepts: q=0 means "not accepted", other weights do not matter
    # (RFC 9110, section 12.5.3, leaves the choice to the server).
    set req.http.X-Codings = regsuball(std.tolower(req.http.Accept-Encoding), "[a-z*-]+\s*;\s*q=0(\.0*)?\s*(?=,|$)", "");
    unset req.http.Accept-Encoding;
    if (req.http.X-Codings ~ "\bbr\b") {
        set req.http.Accept-Encoding = "br";
    } else if (req.http.X-Codings ~ "\bzstd\b") {
        set req.http.Accept-Encoding = "zstd";
    } else if (req.http.X-Codings ~ "\bgzip\b") {
        set req.http.Accept-Encoding = "gzip";
    }
    unset req.http.X-Codings;
    if (!req.http.Accept || req.http.Accept ~ "^[^;]*(application/json|\*/\*)" && req.http.Accept !~ "msgpack") {
        set req.http.Accept = "application/json";
    } else if (req.http.Accept != "application/msgpack") {
        return (pass);  # the API weighs it
    }
    set req.url = std.querysort(req.url);
}

# Marks all entries of some cache groups (RFC 9875) as stale:
#     PURGE / HTTP/1.1
#     Cache-Group-Invalidation: "flights", "airlines"
# The next client is given the old answer once more, while a new one is fetched (stale-while-revalidate). The answer
# here is how many entries were fresh until now.
sub purge {
    unset req.http.X-Purged;
    if (req.method != "PURGE") {
        return (synth(405));
    }
    std.collect(req.http.Cache-Group-Invalidation);
    if (req.http.Cache-Group-Invalidation !~ {""[^"]+""}) {
        return (synth(400));
    }
    # The list of strings as xkey reads it: `flights airlines`. A name with a space becomes two keys, here and in
    # vcl_backend_response: that can purge too much, never too little.
    var.global_set("purged", std.time2real(now, 0.0));
    set req.http.X-Purged = xkey.softpurge(
        regsuball(req.http.Cache-Group-Invalidation, {"[^"]*"([^"]*)"[^",]*"}, "\1 "));
    return (synth(200));
}

sub vcl_hash {
    # The path and query alone: no answer of the API depends on the Host, and random ones would fill the cache.
    hash_data(req.url);
    return (lookup);
}

sub vcl_hit {
    set req.http.X-Cache = "hit";
    # stale-while-revalidate has passed too. Such an answer is only for when the API cannot make a new one
    # (stale-if-error), so the API is asked first.
    if (!req.http.X-Stale && obj.ttl + std.duration(obj.http.X-Revalidate, 0s) < 0s && std.healthy(req.backend_hint)) {
        set req.http.X-Stale = "refused";
        set req.grace = 0s;
        return (restart);
    }
}

sub vcl_miss {
    set req.http.X-Cache = "fwd=uri-miss";
    if (req.http.X-Stale) {
        set req.http.X-Cache = "fwd=stale";
    }
}

sub vcl_pass {
    set req.http.X-Cache = "fwd=bypass";
}

sub vcl_pipe {
    return (synth(501));  # nothing here needs a connection of its own
}

sub vcl_backend_fetch {
    if (bereq.is_bgfetch && bereq.http.X-Stale == "accepted") {
        return (abandon);  # the API has just failed to answer this request
    }
    unset bereq.http.X-Cache;
    unset bereq.http.Via;
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);  # a pass: as it comes
    }

    # An error, or the rate limit of one client. `abandon` ends the fetch and leaves the stored answer as it is.
    if (beresp.status >= 500 || beresp.status == 429) {
        if (bereq.is_bgfetch || bereq.http.X-Stale == "refused") {
            return (abandon);  # vcl_synth goes on
        }
        # The clients that have waited behind this one each ask for themselves.
        set beresp.uncacheable = true;
        set beresp.ttl = 1s;
        return (deliver);
    }

    # Varnish has read max-age, s-maxage and Age into `ttl`, and stale-while-revalidate into `grace`. stale-if-error is how
    # long an answer may be used while the API is away; the default is two days. Three directives forbid stale answers
    # (RFC 9111, section 4.2.4).
    set beresp.http.X-If-Error = regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=(\d+).*$|^.*$", "\1s");
    if (beresp.http.Cache-Control ~ "(?i)\b(must-revalidate|proxy-revalidate|s-maxage)\b") {
        set beresp.grace = 0s;
        set beresp.http.X-If-Error = "0s";
    }
    # The API's answer is stale, too: it came from the API's own cache. Builtin VCL would replace the stored answer by a
    # hit-for-miss, and nothing would be left for when the API is away.
    if (beresp.ttl <= 0s && beresp.status < 400 && beresp.http.Cache-Control !~ "(?i)no-cache|no-store|private") {
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        if (bereq.http.X-Stale == "refused" && std.integer(beresp.http.Age, 0) > 0 && beresp.ttl + beresp.grace <= 0s) {
            return (abandon);
        }
    }

    # A purge finds no answer that is on its way. One that was asked for before the last purge may be old: it is stored as
    # stale. (nginx writes the time of the request.)
    if (std.real(regsub(bereq.http.X-Request-Start, "^t=", ""), 9999999999.0) <= std.real(var.global_get("purged"), 0.0)
        && beresp.ttl > 0s) {
        set beresp.ttl = 0.001ms;  # Varnish does not look at answers whose ttl is 0
    }

    # Varnish reads the whole answer before it sends any of it: if a replica dies meanwhile, another one is asked.
    set beresp.do_stream = false;
    # The remaining rate limit of a client is for that client alone.
    unset beresp.http.RateLimit;
    unset beresp.http.RateLimit-Policy;
    std.collect(beresp.http.Cache-Groups);
    set beresp.http.xkey = regsuball(beresp.http.Cache-Groups, {"[^"]*"([^"]*)"[^",]*"}, "\1 ");

    unset beresp.http.X-Revalidate;
    if (beresp.ttl + beresp.grace > 0s) {
        set beresp.http.X-Revalidate = beresp.grace + "s";
        if (std.duration(beresp.http.X-If-Error, 2d) > beresp.grace) {
            set beresp.grace = std.duration(beresp.http.X-If-Error, 2d);
        }
    }
    unset beresp.http.X-If-Error;
}

sub vcl_beresp_stale {
    # Part of builtin VCL: makes a hit-for-miss of an answer that is not fresh. One that may still be used while a new
    # one is made is stored as it is.
    if (beresp.http.X-Revalidate) {
        return;
    }
}

sub vcl_backend_error {
    # No answer, or one cut short. The balancer has another replica.
    if ((bereq.method == "GET" || bereq.method == "HEAD") && bereq.retries < 2) {
        return (retry);
    }
    if (bereq.is_bgfetch || (!bereq.uncacheable && bereq.http.X-Stale == "refused")) {
        return (abandon);
    }
    set beresp.uncacheable = true;
    set beresp.ttl = 1s;
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "2";
    set beresp.body = """{"type":"about:blank","status":503,"title":"Service Unavailable","detail":"No server could answer. Try again in a moment."}""";
    return (deliver);
}

sub vcl_synth {
    # The API failed, and vcl_hit had refused an answer as too old: now that answer is given (stale-if-error). If it has
    # gone in the meantime, the API is asked again, and the client is told what the API says.
    if (resp.status == 503 && req.http.X-Stale == "refused") {
        set req.http.X-Stale = "accepted";
        set req.grace = 30d;
        return (restart);
    }
    set resp.http.Cache-Control = "no-store";
    if (local.socket == "purge" && req.http.X-Purged) {
        set resp.http.Content-Type = "application/json";
        set resp.body = {"{"purged":"} + req.http.X-Purged + "}";
        return (deliver);
    }
    set resp.http.Content-Type = "application/problem+json";
    if (resp.status == 405) {
        set resp.http.Allow = "PURGE";
    }
    set resp.body = {"{"type":"about:blank","status":"} + resp.status + {","title":""} + resp.reason + {"""} + "}";
    return (deliver);
}

sub vcl_deliver {
    # The answer to a write names the groups that it has changed (RFC 9875, section 3). The edge that it came through
    # knows before its client does.
    if (resp.http.Cache-Group-Invalidation && req.method ~ "^(POST|PUT|PATCH|DELETE)$" && resp.status < 400) {
        std.collect(resp.http.Cache-Group-Invalidation);
        var.global_set("purged", std.time2real(now, 0.0));
        set req.http.X-Purged = xkey.softpurge(
            regsuball(resp.http.Cache-Group-Invalidation, {"[^"]*"([^"]*)"[^",]*"}, "\1 "));
    }

    # Each cache adds to Cache-Status what it did. The one nearest to the API comes first (RFC 9211).
    if (req.http.X-Cache == "hit") {
        set req.http.X-Cache = "hit; ttl=" + std.integer(duration = obj.ttl);
        # The stored Server-Timing belongs to the request that made the answer.
        set resp.http.Server-Timing = {"rid;desc=""} + req.http.X-Request-ID + {"", cache;desc="hit""};
        if (req.http.traceparent ~ "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$") {
            set resp.http.Server-Timing = resp.http.Server-Timing + {", traceparent;desc=""} + req.http.traceparent + {"""};
        }
    } else if (req.http.X-Cache != "fwd=bypass" && !obj.uncacheable) {
        set req.http.X-Cache = req.http.X-Cache + "; stored";
    }
    if (resp.http.Cache-Status) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; " + req.http.X-Cache;
    } else {
        set resp.http.Cache-Status = "varnish; " + req.http.X-Cache;
    }

    # Not for clients: this file's own headers, and what software this is.
    unset resp.http.X-Revalidate;
    unset resp.http.xkey;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    unset resp.http.Server;
}
