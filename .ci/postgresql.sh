#!/bin/sh
# Start a throwaway PostgreSQL 15 of Debian's packages on a loopback port.
#
#   eval "$(.ci/postgresql.sh start)"    sets CPPCC_TEST_POSTGRESQL_URL
#   .ci/postgresql.sh running            says by its exit code whether it is
#   .ci/postgresql.sh stop
#
# As root it installs the package where it is missing and runs the server as user postgres.
# Nothing but 127.0.0.1 is listened on; the cluster lives in CPPCC_PG_DIR and is deleted by stop.
# It does not wait for the disk (fsync=off): each test has a database of its own, and no test
# stops the server.
set -eu

PORT="${CPPCC_PG_PORT:-55432}"
DIR="${CPPCC_PG_DIR:-/tmp/cppcc-postgresql-$PORT}"
USER_NAME=cppcc

as_server() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

find_binaries() {
    for folder in /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin; do
        if [ -x "$folder/initdb" ]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

install_server() {
    if [ "$(id -u)" != 0 ]; then
        echo "postgresql.sh: no PostgreSQL server found, and only root can install one" >&2
        exit 1
    fi
    # The package would start a cluster of its own on 5432.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y postgresql; } >&2
}

start() {
    bin="$(find_binaries)" || { install_server; bin="$(find_binaries)"; }
    if ! running; then
        if [ ! -d "$DIR/data" ]; then
            mkdir -p "$DIR"
            [ "$(id -u)" != 0 ] || chown postgres: "$DIR"
            as_server "$bin/initdb" -D "$DIR/data" --username="$USER_NAME" --auth=trust \
                --encoding=UTF8 --locale=C.UTF-8 >&2
        fi
        as_server "$bin/pg_ctl" -D "$DIR/data" -l "$DIR/log" -w -t 60 \
            -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='$DIR' -c max_connections=60 -c fsync=off -c full_page_writes=off" \
            start >&2
    fi
    echo "export CPPCC_TEST_POSTGRESQL_URL=postgresql+psycopg://$USER_NAME@127.0.0.1:$PORT/postgres"
}

stop() {
    bin="$(find_binaries)" || exit 0
    as_server "$bin/pg_ctl" -D "$DIR/data" -m fast -w stop >&2 || true
    rm -rf "$DIR"
}

running() {
    bin="$(find_binaries)" && as_server "$bin/pg_ctl" -D "$DIR/data" status >/dev/null 2>&1
}

case "${1:-start}" in
running) running ;;
start) start ;;
stop) stop ;;
*)
    echo "usage: postgresql.sh start|running|stop" >&2
    exit 2
    ;;
esac
