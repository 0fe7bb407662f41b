# Healthy means that MySQL's first start is complete: the marker names the colour, and the application's user can read it and has
# no right on the whole database. Over TCP, since the socket already answers during that start.
. /scripts/login.sh
mysqladmin --host=127.0.0.1 --silent ping 2>/dev/null || exit 1

state=$(sql --execute="
    SELECT CONCAT(COUNT(*) = 1 AND MIN(colour) = '$COLOUR', ' ', (SELECT COUNT(*) FROM information_schema.schema_privileges))
    FROM marker")
[ "$state" = "1 0" ] && exit 0

# To the log of the container.
echo "This database is not $COLOUR's, or its first start was interrupted. If nothing is stored in it, delete its volume." | tee /proc/1/fd/2
exit 1
