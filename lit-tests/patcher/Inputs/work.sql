create table person(id integer primary key, name text, age int, score real);
create index by_age on person(age, name);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
  insert into person(name, age, score) select printf('p%d', i * 7919 % 1000), i % 90, i / 7.0 from n;
begin;
update person set score = score * 2, name = upper(name) where age between 20 and 40;
delete from person where name like 'p%9';
commit;
select age, count(*), round(avg(score), 3), group_concat(name, '+') from person group by age having count(*) > 3 order by 2 desc, 1;
select a.name, b.name from person a join person b on a.age = b.age and a.id < b.id where a.age < 4 order by 1, 2;
select json_extract('{"a":[1,{"b":2}]}', '$.a[1].b'), hex(zeroblob(4)), date('2001-02-03', '+1 month');
select error from nowhere;
drop table person;
