<?php
require 'common.php';
top();
?>
  <ul>
    <li><a href="/create.php"><strong>Create</strong></a> - add a user</li>
    <li><a href="/read.php"><strong>Read</strong></a> - find a user</li>
  </ul>
</body>
</html>
