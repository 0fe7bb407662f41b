# The official MySQL image sources this at its first start: the marker, and no more rights than the application uses.
case "${COLOUR-}" in
    '' | *[!a-z]*) echo "COLOUR must say whose database this is: blue or green, not '${COLOUR-}'" >&2; exit 1 ;;
esac
docker_process_sql <<SQL
INSERT INTO marker VALUES ('$COLOUR');
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '$MYSQL_USER'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`$MYSQL_DATABASE\`.users TO '$MYSQL_USER'@'%';
GRANT SELECT ON \`$MYSQL_DATABASE\`.marker TO '$MYSQL_USER'@'%';
SQL
