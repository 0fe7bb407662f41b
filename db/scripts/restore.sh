# Replaces all users of this colour by those of a backup on standard input, in one transaction: all of it or nothing. The marker
# stays. The argument is another colour whose backup may be restored here.
set -eu
. /scripts/login.sh

refuse() {
    cat >/dev/null  # kubectl waits until all of its input is taken
    echo "$1: nothing was changed.${2-}" >&2
    exit 1
}

colour=$(sql --execute="SELECT colour FROM marker")
[ "$(sql --execute="SELECT COUNT(*) FROM freezes WHERE until > CURRENT_TIMESTAMP")" = 0 ] ||
    refuse "Its users were moved, or are being moved, to another colour"
read -r header || true
header=$(printf %s "$header" | tr -d '\r')  # a copy by way of Windows
case $header in
    "-- pii-demo: users of $colour" | "-- pii-demo: users of ${1:-$colour}") ;;
    "-- pii-demo: users of "*)
        other=${header##* }
        refuse "This is $other's backup, and $colour's database" " To put them there, add FROM=$other" ;;
    *)
        refuse "This is not a backup as 'make backup' writes it" ;;
esac

# Only a complete backup has the last line that becomes the COMMIT.
restored=$({
    echo "SET autocommit = 0; DELETE FROM users;"
    tr -d '\r' | sed '$s/^-- Dump completed$/COMMIT; SELECT COUNT(*) FROM users;/'
} | sql 2>/dev/null) || restored=""  # the client's own message would quote the users
[ -n "$restored" ] || refuse "The backup is damaged or not complete"
echo "$colour has the $restored users of the backup."
