-- What the demo runs with the original and with the rewritten library.
CREATE TABLE planet(name TEXT PRIMARY KEY, radius REAL, moons INT);
INSERT INTO planet VALUES
  ('Mercury', 2439.7, 0), ('Venus', 6051.8, 0), ('Earth', 6371.0, 1),
  ('Mars', 3389.5, 2), ('Jupiter', 69911, 95), ('Saturn', 58232, 146),
  ('Uranus', 25362, 28), ('Neptune', 24622, 16);
SELECT name, radius FROM planet ORDER BY radius DESC LIMIT 3;
SELECT count(*), sum(moons), printf('%.2f', avg(radius)) FROM planet;
SELECT name, moons, rank() OVER (ORDER BY moons DESC) FROM planet ORDER BY name;
WITH RECURSIVE fib(n, a, b) AS (
  SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM fib WHERE n < 40)
SELECT group_concat(a, ' ') FROM fib WHERE n % 4 = 0;
CREATE TRIGGER lost AFTER DELETE ON planet BEGIN
  INSERT OR REPLACE INTO planet VALUES('Vulcan', old.radius, NULL);
END;
DELETE FROM planet WHERE name = 'Mercury';
SELECT * FROM planet WHERE moons IS NULL;
CREATE VIRTUAL TABLE note USING fts5(text);
INSERT INTO note VALUES('every function can be replaced'), ('while the program runs');
SELECT highlight(note, 0, '<', '>') FROM note WHERE note MATCH 'function OR program';
SELECT json_group_object(name, moons) FROM planet WHERE moons > 20;
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 50000)
SELECT count(DISTINCT x * 7919 % 10007), sum(x * x % 97) FROM c;
SELECT hex(zeroblob(0)), upper('ok'), julianday('2000-01-01 12:00:00');
BEGIN;
DELETE FROM planet;
ROLLBACK;
SELECT count(*) FROM planet;
PRAGMA integrity_check;
