<?php
require 'common.php';

const FIELDS = [
    'firstname' => 'First name', 'lastname' => 'Last name', 'email' => 'Email address', 'age' => 'Age', 'location' => 'Location',
];

$stored = null;
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (!$strong && !hash_equals($token, $_POST['token'] ?? '')) {
        http_response_code(403);
        exit;
    }
    $names = array_keys(FIELDS);
    $statement = connect()->prepare(
        'INSERT INTO users (' . implode(', ', $names) . ') VALUES (:' . implode(', :', $names) . ')'
    );
    $statement->execute(array_intersect_key($_POST, FIELDS));
    $stored = $_POST['firstname'];
}
top();
if ($stored !== null) { ?>
  <p><?= escape($stored) ?> successfully added.</p>
<?php } ?>
  <h2>Add a user</h2>
  <form method="post">
    <input name="token" type="hidden" value="<?= escape($token) ?>">
<?php foreach (FIELDS as $name => $label) { ?>
    <label for="<?= $name ?>"><?= $label ?></label>
    <input type="text" name="<?= $name ?>" id="<?= $name ?>">
<?php } ?>
    <input type="submit" name="submit" value="Submit">
  </form>
<?php
bottom();
