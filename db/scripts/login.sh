# Sourced by the other scripts: `sql` runs statements as the application's user, in the database of this container's colour.
# The password goes into the environment: others could read a command line.
export MYSQL_PWD="${MYSQL_PASSWORD_FILE:+$(cat "$MYSQL_PASSWORD_FILE")}${MYSQL_PASSWORD-}"
sql() {
    mysql --host=127.0.0.1 --user="$MYSQL_USER" --database="$DATABASE" --default-character-set=utf8mb4 \
        --batch --skip-column-names "$@"
}
