# The official MySQL image sources this first, at its first start. It would give its user every right on MYSQL_DATABASE before
# that; so our set-ups name the database in DATABASE, and whatever breaks off, the user never has more rights than it needs.
docker_process_sql <<SQL
CREATE DATABASE IF NOT EXISTS \`${DATABASE:=${MYSQL_DATABASE-}}\`;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '$MYSQL_USER'@'%';
SQL
MYSQL_DATABASE=$DATABASE
