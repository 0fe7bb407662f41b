# The user of app/promote, if there is a password for it: unlike the application's, it may exchange the tables.
promote_password=${PROMOTE_PASSWORD_FILE:+$(cat "$PROMOTE_PASSWORD_FILE")}${PROMOTE_PASSWORD-}
if [ -n "$promote_password" ]; then
    promote_password=$(printf %s "$promote_password" | sed "s/['\\\\]/\\\\&/g")
    docker_process_sql <<SQL
CREATE USER promote@'%' IDENTIFIED BY '$promote_password';
GRANT LOCK TABLES ON \`$MYSQL_DATABASE\`.* TO promote@'%';
GRANT SELECT ON \`$MYSQL_DATABASE\`.marker TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`$MYSQL_DATABASE\`.freezes TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`$MYSQL_DATABASE\`.promotions TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, DROP ON \`$MYSQL_DATABASE\`.changes TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, DROP ON \`$MYSQL_DATABASE\`.progress TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, TRIGGER ON \`$MYSQL_DATABASE\`.users TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, TRIGGER ON \`$MYSQL_DATABASE\`.incoming TO promote@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, TRIGGER ON \`$MYSQL_DATABASE\`.outgoing TO promote@'%';
SQL
fi
unset promote_password
