#!/bin/sh
# Makes a certificate for this machine if there is none, and starts nginx.
set -eu
tls=/etc/edge/tls
if [ ! -e $tls/fullchain.pem ]; then
  echo "No certificate in $tls: making one that only this machine should trust."
  (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout $tls/privkey.pem -out $tls/fullchain.pem 2> /dev/null)
fi
# The port to which plain HTTP redirects, and how many requests one address may have under way.
port=${HTTPS_PORT:-443}
[ "$port" = 443 ] && port= || port=:$port
{
  printf 'map "" $public_port { default "%s"; }\n' "$port"
  printf 'limit_conn address %d;\n' "${REQUESTS_PER_ADDRESS:-256}"
  # Where the API makes traces, a page says so, and its requests begin traces (roundtrip-client's traced()).
  if [ -n "${OTEL_EXPORTER_OTLP_ENDPOINT:-}${OTEL_EXPORTER_OTLP_TRACES_ENDPOINT:-}" ]; then
    echo 'map $request_id $page_trace { "~^(?<span>.{16})" "traceparent;desc=\"00-$request_id-$span-00\""; }'
  else
    echo 'map "" $page_trace { default ""; }'
  fi
} > /tmp/settings.conf
# The site's names, each once: nginx warns of a name that it reads twice. It writes them as TRUSTED_HOSTS does: `.x.org`
# is x.org and all below.
names='~.'
[ -z "${TRUSTED_HOSTS:-}" ] || names=$(echo "localhost,$TRUSTED_HOSTS" | tr ', ' '\n\n' | sort -u | tr '\n' ' ')
echo "server_name $names;" > /tmp/names.conf
exec nginx -c /etc/edge/nginx.conf -e /dev/stderr -g 'daemon off;'
