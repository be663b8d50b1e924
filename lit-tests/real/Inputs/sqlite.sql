-- The SQL part of the sqlite workload; scale(n) is n, or less in a quick run.
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT CHECK(age >= 0), dept INT REFERENCES dept(id));
CREATE TABLE dept(id INTEGER PRIMARY KEY, title TEXT UNIQUE);
CREATE TABLE audit(n INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
CREATE INDEX person_age ON person(age, name);
CREATE INDEX person_upper ON person(upper(name)) WHERE age > 30;
CREATE TRIGGER log_insert AFTER INSERT ON person BEGIN INSERT INTO audit(what) VALUES('+' || new.name); END;
CREATE TRIGGER log_update BEFORE UPDATE OF age ON person WHEN new.age > old.age BEGIN INSERT INTO audit(what) VALUES(old.age || '>' || new.age); END;
CREATE VIEW adult AS SELECT name, title FROM person JOIN dept ON dept.id = person.dept WHERE age >= 18;
CREATE TRIGGER adult_delete INSTEAD OF DELETE ON adult BEGIN DELETE FROM person WHERE name = old.name; END;
INSERT INTO dept VALUES(1,'alpha'),(2,'beta'),(3,'gamma');
INSERT INTO person(name,age,dept) VALUES('Ann',31,1),('Bob',17,1),('Cid',45,2),('Dee',62,2),('Eve',29,NULL),('Fay',8,3);
SELECT * FROM person ORDER BY name DESC;
SELECT * FROM adult ORDER BY 1;
DELETE FROM adult WHERE name = 'Dee';
UPDATE person SET age = age + 1 WHERE age < 30;
SELECT * FROM audit;
SELECT p.name, d.title FROM person p LEFT JOIN dept d ON p.dept = d.id ORDER BY p.id;
SELECT p.name, d.title FROM person p RIGHT JOIN dept d ON p.dept = d.id ORDER BY p.id;
SELECT p.name, d.title FROM person p FULL JOIN dept d ON p.dept = d.id AND d.id > 1 ORDER BY 1, 2;
SELECT a.name, b.name FROM person a CROSS JOIN person b WHERE a.age < b.age ORDER BY 1, 2;
SELECT dept, count(*), avg(age), min(name), max(name), total(age), group_concat(name, '+') FROM person GROUP BY dept HAVING count(*) > 0 ORDER BY dept NULLS LAST;
SELECT name FROM person WHERE dept IN (SELECT id FROM dept WHERE title LIKE '%a') AND EXISTS (SELECT 1 FROM audit) UNION SELECT 'zz' EXCEPT SELECT 'Bob' ORDER BY 1;
SELECT name FROM person INTERSECT SELECT substr(what, 2) FROM audit ORDER BY 1;
EXPLAIN QUERY PLAN SELECT * FROM person WHERE age = 31 AND name > 'A';

-- Errors are results too.
INSERT INTO person(name, age) VALUES(NULL, 1);
INSERT INTO person(name, age) VALUES('neg', -1);
INSERT INTO dept VALUES(9, 'alpha');
INSERT OR REPLACE INTO dept VALUES(4, 'alpha');
INSERT INTO dept VALUES(2,'x') ON CONFLICT(id) DO UPDATE SET title = excluded.title || title RETURNING id, title;
SELECT nonsense FROM person;
SELEKT 1;
SELECT abs(-9223372036854775807 - 1);

-- Common table expressions and window functions.
WITH RECURSIVE fib(n, a, b) AS (SELECT 0, 0, 1 UNION ALL SELECT n+1, b, a+b FROM fib WHERE n < 30) SELECT group_concat(a) FROM fib;
WITH RECURSIVE walk(x, y) AS (VALUES(3, 4) UNION SELECT (x*5+y)%17, (y*3+x)%17 FROM walk) SELECT count(*), sum(x), sum(y) FROM walk;
WITH RECURSIVE
  xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x+0.25 FROM xaxis WHERE x < 0.8),
  yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y+0.5 FROM yaxis WHERE y < 1.0),
  m(iter, cx, cy, x, y) AS (SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis UNION ALL SELECT iter+1, cx, cy, x*x-y*y+cx, 2.0*x*y+cy FROM m WHERE (x*x+y*y) < 4.0 AND iter < 12),
  m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy),
  line(t, cy) AS (SELECT group_concat(substr(' .+*#', 1+min(iter/3, 4), 1), ''), cy FROM m2 GROUP BY cy)
SELECT rtrim(t) FROM line;
SELECT name, age, row_number() OVER w, rank() OVER w, dense_rank() OVER w, ntile(2) OVER w, lag(name) OVER w, lead(name, 2, '-') OVER w, first_value(name) OVER w, last_value(age) OVER w, nth_value(name, 2) OVER w, percent_rank() OVER w, cume_dist() OVER w FROM person WINDOW w AS (ORDER BY age) ORDER BY id;
SELECT name, sum(age) OVER (PARTITION BY dept ORDER BY age ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), count(*) FILTER (WHERE age > 20) OVER (ORDER BY id GROUPS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES), avg(age) OVER (ORDER BY age RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING) FROM person ORDER BY id;

-- JSON, dates, strings, mathematics.
SELECT json_extract('{"a":[1,2,{"b":"x"}],"c":null}', '$.a[2].b'), json('{"k" : [ 1, 2.5e3, true ] }'), json_set('{"a":1}', '$.b', json_array(1, 'two', NULL)), json_remove('[0,1,2]', '$[1]'), json_type('{"a":1.5}', '$.a'), json_valid('{"a":'), json_patch('{"a":1,"b":2}', '{"b":null,"c":3}'), '{"a":{"b":7}}' -> 'a' ->> 'b';
SELECT key, value, type, fullkey FROM json_tree('{"a":[1,{"b":true}],"s":"\u00e9\n"}');
SELECT json_group_array(name), json_group_object(name, age) FROM person;
SELECT date('2024-02-29', '+1 year'), datetime(86400*365.25, 'unixepoch'), julianday('2000-01-01 12:00'), strftime('%Y %j %W %w %H:%M:%f', '1999-12-31 23:59:59.5'), time('12:00', '-90 minutes'), date('2024-01-31', 'start of month', '+1 month', 'weekday 1');
SELECT printf('%5d|%-8s|%.3f|%x|%q|%,d', 42, 'abc', 2.0/3, 255, 'it''s', 1234567), hex('abc'), quote(x'0102'), replace('banana', 'an', '<>'), instr('hello', 'll'), trim('--x--', '-'), unicode('€'), char(72, 105), upper('straße'), substr('abcdef', -3, 2), like('a_c', 'abc'), 'x' GLOB '[w-y]', soundex('Robert');
SELECT round(sin(1), 12), round(exp(2.5), 10), round(ln(10), 12), pow(2, 40), sqrt(2.0), ceil(-1.5), floor(-1.5), mod(17, 5), round(atan2(1, 2), 12), pi(), 7/2, -7 % 3, 1e300*1e10, 0x7fffffffffffffff + 1, 5 & 6 | 8, ~5, 1 << 40, cast('12abc' AS INT), cast(3.99 AS INT);
SELECT rot13('Hello, World'), rot13(rot13('Hello')), mix(id) FROM person;
SELECT name FROM person ORDER BY name COLLATE reversed;
SELECT CASE WHEN NULL IS NULL THEN coalesce(NULL, nullif(1, 1), iif(2 > 1, 'y', 'n')) END, 1 IS NOT 2, 3 BETWEEN 2 AND 4, 'a' || 1 || NULL, max(3, 1, 2), typeof(x'00'), likely(1);

-- Full text search and R-tree.
CREATE VIRTUAL TABLE doc USING fts5(title, body, tokenize = 'porter unicode61');
INSERT INTO doc VALUES('one', 'the quick brown fox jumps over the lazy dog'), ('two', 'jumping foxes are quicker than sleeping dogs'), ('three', 'nothing to see here, moving on'), ('four', 'Ünïcödé text with accents');
SELECT title, highlight(doc, 1, '[', ']'), snippet(doc, 1, '<', '>', '...', 4) FROM doc WHERE doc MATCH 'fox AND jump*' ORDER BY rowid;
SELECT title FROM doc WHERE doc MATCH '"quick brown" OR unicode' ORDER BY bm25(doc), title;
SELECT title FROM doc('NEAR(quick dog, 10)') ORDER BY 1;
INSERT INTO doc(doc) VALUES('optimize');
INSERT INTO doc(doc) VALUES('integrity-check');
CREATE VIRTUAL TABLE old USING fts4(body, tokenize=porter);
INSERT INTO old SELECT body FROM doc;
SELECT docid, offsets(old), snippet(old) FROM old WHERE old MATCH 'fox dog' ORDER BY docid;
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT scale(2000)) INSERT INTO box SELECT i, i%37, i%37+2, i%53, i%53+3 FROM c;
SELECT count(*), sum(id) FROM box WHERE x0 >= 5 AND x1 <= 20 AND y0 > 10 AND y1 < 40;
DELETE FROM box WHERE id % 3 = 0;
SELECT count(*), rtreecheck('box') FROM box;

-- Bigger tables: sorting, joining, indexes, deletes, transactions, savepoints.
CREATE TABLE big1(a INTEGER PRIMARY KEY, b INT, c TEXT);
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT scale(10000)) INSERT INTO big1 SELECT x, (x*7919)%10007, 'row ' || ((x*31)%997) FROM c;
CREATE INDEX big1_b ON big1(b);
ANALYZE;
SELECT count(*), sum(a*b), min(c), max(c), count(DISTINCT c) FROM big1;
SELECT sum(x.a), count(*) FROM big1 x JOIN big1 y ON x.b = y.a WHERE y.c > 'row 5';
SELECT c, count(*) FROM big1 GROUP BY c ORDER BY count(*) DESC, c LIMIT 5 OFFSET 2;
BEGIN;
UPDATE big1 SET c = c || '!' WHERE b % 2;
SAVEPOINT inner_one;
DELETE FROM big1 WHERE a % 3 = 0;
SELECT count(*) FROM big1;
ROLLBACK TO inner_one;
SELECT count(*), mix(length(c)) FROM big1;
RELEASE inner_one;
COMMIT;
BEGIN IMMEDIATE;
DELETE FROM big1;
ROLLBACK;
SELECT mix(b) FROM (SELECT b FROM big1 ORDER BY c, b);
ALTER TABLE big1 ADD COLUMN d DEFAULT 'dflt';
ALTER TABLE big1 RENAME COLUMN c TO cc;
ALTER TABLE big1 RENAME TO big2;
ALTER TABLE big2 DROP COLUMN cc;
SELECT * FROM big2 ORDER BY b DESC LIMIT 2;
CREATE TABLE wr(k TEXT PRIMARY KEY, v, g GENERATED ALWAYS AS (v * 2) STORED) WITHOUT ROWID, STRICT;
CREATE TABLE wr(k TEXT PRIMARY KEY, v INT, g INT GENERATED ALWAYS AS (v * 2) STORED) WITHOUT ROWID;
INSERT INTO wr(k, v) VALUES('b', 2), ('a', 1), ('c', 3);
UPDATE wr SET v = o.v + 10 FROM wr AS o WHERE o.k = wr.k AND o.k <> 'b';
SELECT * FROM wr;
SELECT name FROM pragma_table_info('person') ORDER BY cid;
SELECT type, name FROM sqlite_schema WHERE name LIKE 'person%' ORDER BY 2;
PRAGMA foreign_keys = ON;
INSERT INTO person(name, age, dept) VALUES('Zed', 1, 99);
PRAGMA foreign_key_check;
PRAGMA integrity_check;
ATTACH ':memory:' AS other;
CREATE TABLE other.t AS SELECT * FROM person;
SELECT count(*) FROM other.t;
DETACH other;
VACUUM;
REINDEX;
