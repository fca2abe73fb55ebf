vcl 4.1;
# The caching edge in front of the API: it keeps what the API's own Cache-Control lets everybody share, for as long as
# it says (RFC 9111, RFC 5861), and asks once for all who wait. What is private passes by it, both ways.
#
# It builds on Varnish's builtin VCL, which runs after each sub here that does not return: requests with
# Authorization or a cookie pass, answers with Set-Cookie, private, no-store or Vary: * are not stored.
# Three parameters (docker-compose.yml) make Varnish do no more than that: no default TTL, no gzip and no ranges of its
# own.

import std;

backend balancer {
    .path = "/run/edge/balancer.sock";
    .host_header = "localhost";
    .max_connections = 300;  # misses under way: what the replicas could not answer in time is refused at once
    .first_byte_timeout = 29s;  # the balancer's longest is 28: three tries of 9 seconds, and less than one in its queue
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
    # What only this file may say.
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

    # Each spelling of these would be an entry of its own. One for each coding that the API has, chosen in its order:
    # one with q=0 is not wanted, and other weights do not matter (RFC 9110, section 12.5.3, leaves the choice to us).
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

    # A place for purging, when writes come. An entry's tags are known to the API; it would send them in a header
    # `xkey: flight airline`, and after a write `PURGE /` with `xkey-purge: flight`, to a socket of its own:
    #     import xkey;
    #     if (req.method == "PURGE" && local.socket == "purge") {
    #         return (synth(200, "" + xkey.softpurge(req.http.xkey-purge)));
    #     }
    # A soft purge makes entries stale, not gone: the next one who asks gets the old answer while a new one is made.
}

sub vcl_hash {
    # The path and query alone: no answer of the API depends on the Host, and random ones would fill the cache.
    hash_data(req.url);
    return (lookup);
}

sub vcl_hit {
    set req.http.X-Cache = "hit";
    # stale-while-revalidate has passed too: good enough only while nobody could make a new one (stale-if-error).
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
    unset bereq.http.X-Cache;
    unset bereq.http.Via;
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);  # a pass: as it comes
    }
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch || bereq.http.X-Stale == "refused") {
            return (abandon);  # see vcl_synth: the old answer is better
        }
        # Those who have waited behind this one each ask for themselves.
        set beresp.uncacheable = true;
        set beresp.ttl = 1s;
        return (deliver);
    }
    # Taken in whole before it is given on, so that a replica which dies in the middle of it can be replaced.
    set beresp.do_stream = false;
    # How much of its limit one client has left is nobody else's.
    unset beresp.http.RateLimit;
    unset beresp.http.RateLimit-Policy;
    # Varnish has read max-age, s-maxage, Age and stale-while-revalidate. How long an answer may be used while the API
    # is down is stale-if-error; where it says nothing, two days.
    if (beresp.ttl > 0s) {
        set beresp.http.X-Revalidate = beresp.grace + "s";
        set beresp.grace += std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=(\d+).*$|^.*$", "\1s"), 2d);
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
    # The API failed, and there was an answer too old to be given: now it is given after all (stale-if-error). Should it
    # have gone in the meantime, the API is asked again, and what it says then is what the client is told.
    if (resp.status == 503 && req.http.X-Stale == "refused") {
        set req.http.X-Stale = "accepted";
        set req.grace = 30d;
        return (restart);
    }
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Cache-Control = "no-store";
    set resp.body = """{"type":"about:blank","status":""" + resp.status + "}";
    return (deliver);
}

sub vcl_deliver {
    # Each cache says in Cache-Status what it did, the one nearest to the API first (RFC 9211).
    if (req.http.X-Cache == "hit") {
        set req.http.X-Cache = "hit; ttl=" + std.integer(duration = obj.ttl);
        # Server-Timing is of one exchange, and the stored one of another.
        set resp.http.Server-Timing = {"rid;desc=""} + req.http.X-Request-ID + {"", cache;desc="hit""};
    } else if (req.http.X-Cache != "fwd=bypass" && !obj.uncacheable) {
        set req.http.X-Cache = req.http.X-Cache + "; stored";
    }
    if (resp.http.Cache-Status) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; " + req.http.X-Cache;
    } else {
        set resp.http.Cache-Status = "varnish; " + req.http.X-Cache;
    }

    # Nobody's business: what software this is, and notes to self.
    unset resp.http.X-Revalidate;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    unset resp.http.Server;
}
