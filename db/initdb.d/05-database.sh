# The official MySQL image sources this first, at its first start. Before that, it would grant its user every right on
# MYSQL_DATABASE; so we name the database in DATABASE, and an interrupted start never leaves the user more rights than it needs.
docker_process_sql <<SQL
CREATE DATABASE IF NOT EXISTS \`${DATABASE:=${MYSQL_DATABASE-}}\`;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '$MYSQL_USER'@'%';
SQL
MYSQL_DATABASE=$DATABASE
