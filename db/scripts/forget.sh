# Deletes every user with the email address on standard input, in whatever case it was typed, and says how many there were.
set -eu
. /scripts/login.sh

colour=$(sql --execute="SELECT colour FROM marker")
# In hexadecimal, it cannot be taken for SQL, and is no part of a command line.
email=$(od -An -v -tx1 | tr -d ' \n')
count=$(echo "DELETE FROM users WHERE LOWER(email) = LOWER(CONVERT(X'$email' USING utf8mb4)); SELECT ROW_COUNT();" | sql)
echo "$colour: $count deleted"
