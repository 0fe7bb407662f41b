# Writes all users of this colour to standard output, as restore.sh reads them. The database goes on working meanwhile.
set -eu
. /scripts/login.sh

colour=$(sql --execute="SELECT colour FROM marker")
echo "-- pii-demo: users of $colour"
# Without locks or a transaction, for which our user has no right: one table is one SELECT, and so of one moment.
mysqldump --host=127.0.0.1 --user="$MYSQL_USER" --default-character-set=utf8mb4 --set-gtid-purged=OFF --no-tablespaces \
    --loose-skip-masking-policies \
    --skip-lock-tables --skip-add-locks --skip-disable-keys --skip-dump-date --no-create-info --complete-insert \
    "$DATABASE" users
