// Runs for some seconds: numbers, strings, sorting, exceptions, expressions.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
var caught = 0, text = "", sum = 0;
for (var round = 0; round < 150; ++round) {
  try { null.x; } catch (e) { caught += e.message.length; }
  try { (function f() { f(); })(); } catch (e) { text = e.name; }
  var list = [];
  for (var i = 0; i < 500; ++i) list.push((i * 7919 + round) % 1009);
  sum += list.sort().map(String).join().replace(/(\d)1/g, "$1").length + fib(12);
  sum += JSON.parse(JSON.stringify({a: [round, {b: "x"}]})).a[0] * 0.5;
}
print(caught, text, sum);
