<?php
// What every page needs. STRONG=1 leaves out the session and keeps the connection to the database.
$strong = getenv('STRONG') === '1';
$token = '';

if (!$strong) {
    session_start();
    $_SESSION['token'] ??= bin2hex(random_bytes(32));
    $token = $_SESSION['token'];
}

function connect(): PDO
{
    global $strong;
    $options = [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_PERSISTENT => $strong,
    ];
    if (getenv('TLS') === '1') {
        $options[PDO::MYSQL_ATTR_SSL_CA] = '/etc/ssl/certs/ca-certificates.crt';
        $options[PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT] = false;
    }
    $source = 'mysql:dbname=peer;charset=utf8mb4;host=' . getenv('MYSQL_HOST');
    return new PDO($source, getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), $options);
}

function escape(?string $text): string
{
    return htmlspecialchars($text ?? '', ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function top(): void
{
    ?><!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Simple Database App</title>
  <link rel="stylesheet" href="/style.css">
</head>
<body>
  <h1>Simple Database App</h1>
<?php
}

function bottom(): void
{
    echo "  <a href=\"/\">Back to home</a>\n</body>\n</html>\n";
}
