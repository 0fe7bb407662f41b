# The rights that the application needs, and last the marker: without it, the application and healthy.sh refuse the database.
case "${COLOUR-}" in
    '' | *[!a-z]*) echo "COLOUR must say whose database this is: blue or green, not '${COLOUR-}'" >&2; exit 1 ;;
esac
docker_process_sql <<SQL
GRANT SELECT, INSERT, UPDATE, DELETE ON \`$MYSQL_DATABASE\`.users TO '$MYSQL_USER'@'%';
GRANT SELECT ON \`$MYSQL_DATABASE\`.marker TO '$MYSQL_USER'@'%';
GRANT SELECT ON \`$MYSQL_DATABASE\`.freezes TO '$MYSQL_USER'@'%';
GRANT SELECT ON \`$MYSQL_DATABASE\`.promotions TO '$MYSQL_USER'@'%';
INSERT INTO marker VALUES ('$COLOUR');
SQL
