<?php
require 'common.php';

// The original finds by location alone; without one, the newest 50 are shown, as the application's list does.
$location = $_GET['location'] ?? '';
$where = $location === '' ? '' : 'WHERE location = :location';
$statement = connect()->prepare("SELECT * FROM users $where ORDER BY id DESC LIMIT 50");
$statement->execute($location === '' ? [] : ['location' => $location]);
top();
?>
  <h2>Find a user by location</h2>
  <form>
    <label for="location">Location</label>
    <input type="text" id="location" name="location" value="<?= escape($location) ?>">
    <input type="submit" value="View results">
  </form>
  <table>
    <thead><tr><th>#</th><th>First name</th><th>Last name</th><th>Email address</th><th>Age</th><th>Location</th><th>Date</th></tr></thead>
    <tbody>
<?php foreach ($statement as $user) { ?>
      <tr>
        <td><?= escape((string) $user['id']) ?></td>
        <td><?= escape($user['firstname']) ?></td>
        <td><?= escape($user['lastname']) ?></td>
        <td><?= escape($user['email']) ?></td>
        <td><?= escape((string) $user['age']) ?></td>
        <td><?= escape($user['location']) ?></td>
        <td><?= escape($user['date']) ?></td>
      </tr>
<?php } ?>
    </tbody>
  </table>
<?php
bottom();
