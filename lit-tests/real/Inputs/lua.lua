-- The script part of the lua workload. `quick` makes the loops shorter.
local N = quick and 40 or 4000

-- Arithmetic, integers and floats, bits.
print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, 2^53, 1e15, 1/0, -1/0, 3 | 8, 5 ~ 3, ~0, 1 << 62, 1 >> 1)
print(math.maxinteger + 1 == math.mininteger, math.type(1), math.type(1.0), math.type("1"), 10 / 2, "10" + 5, "0x1p4" * 1)
print(math.floor(-3.5), math.ceil(3.2), math.fmod(-7, 3), math.tointeger(3.0), math.ult(1, -1), math.abs(-4), math.max(3, 9, 2), math.sqrt(2))
print(string.format("%.10f %.10f %.10f", math.sin(1), math.exp(1), math.log(10, 2)))
math.randomseed(42)
local r = {}
for i = 1, 8 do r[i] = math.random(1, 100) end
print(table.concat(r, ","))

-- Strings and patterns.
print(("hello world"):gsub("o", "0"), ("abc"):rep(3, "-"), ("abc"):reverse(), #"\u{20AC}\x41\z
   tail")
for k, v in ("a=1, b=22, c=333"):gmatch("(%w+)=(%w+)") do print(k, v) end
print(("  trim  "):match("^%s*(.-)%s*$") .. "|", ("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("hello"):gsub("", "-"), ("abc"):gsub("%w", {a = "1", b = false}), ("x^2"):gsub("%^", "%%"), ("key = val"):gsub("(%w+) = (%w+)", "%2 = %1"))
print(("THE fox"):gsub("%f[%a]%a+", function(w) return w:lower():upper() end), ("a,b,,c"):find(",", 1, true), ("x"):byte(), string.char(72, 105))
print(string.format("%5d|%-5s|%05.1f|%x|%q|%s|%g|%c|%i|%a", 42, "ab", 3.14159, 255, 'a "q"\n\0', nil, 1e20, 65, 7, 1.0))
print(string.pack("<i4 z s1 d", 100, "zero", "len", 1.5):byte(1, -1))
print(string.unpack("<i4 z s1 d", string.pack("<i4 z s1 d", -2, "zero", "len", 1.5)))
print(utf8.char(228, 8364, 0x10FFFF), utf8.len("äöü"), utf8.codepoint("€", 1), utf8.offset("aäb", 3))
for p, c in utf8.codes("aß") do print(p, c) end
print(tostring(12345.678), tonumber("  0x1F  "), tonumber("z", 36), tonumber("1e1"), tonumber("abc"), "a" < "b", "a" .. 1 .. 2.0)
local long = {}
for i = 1, N do long[#long + 1] = ("%d:%s"):format(i, ("x"):rep(i % 7)) end
local joined = table.concat(long, ";")
print(#joined, joined:sub(-20), select("#", joined:gsub("x+", "y")), joined:find("%d+:xxxxxx;"))

-- Tables.
local t = {}
for i = 1, N do t[i] = (i * 7919) % 10007 end
table.sort(t)
for i = 2, N do assert(t[i - 1] <= t[i]) end
table.sort(t, function(a, b) return a % 100 > b % 100 or (a % 100 == b % 100 and a < b) end)
print(t[1], t[2], t[N], #t, table.unpack(t, 3, 6))
table.insert(t, 1, "first"); table.insert(t, "last")
print(table.remove(t, 1), table.remove(t), #t, table.concat(table.move({1, 2, 3}, 1, 3, 2), "-"), table.pack(1, nil, 3).n)
local h = {}
for i = 1, N do h["k" .. i] = i; h[i + 0.5] = -i end
local s, c = 0, 0
for k, v in pairs(h) do s = s + v; c = c + 1 end
for i = 1, N, 2 do h["k" .. i] = nil end
print(s, c, next({}), rawlen({1, 2}), rawequal(h, h), rawget(h, "k2"))
print(pcall(table.sort, {3, 1, 2, 5, 4, 9, 8}, function() return true end))

-- Metatables.
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({x = a.x + b.x}, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__concat = function(a, b) return "V" .. tostring(b) end
V.__call = function(self, y) return self.x * y end
V.__tostring = function(v) return "<" .. v.x .. ">" end
V.__len = function() return 99 end
V.__unm = function(v) return setmetatable({x = -v.x}, V) end
V.__idiv = function() return "idiv" end
V.__band = function() return "band" end
V.__shl = function() return "shl" end
V.__name = "Vector"
V.__close = function(v, e) print("close", v, e) end
local a, b = setmetatable({x = 1}, V), setmetatable({x = 2}, V)
print(tostring(a + b), a == b, a < b, a <= b, a .. b, a(21), #a, tostring(-b), a // b, a & b, a << b, a ~= b)
local proxy = setmetatable({}, {__index = function(_, k) return k .. "?" end, __newindex = function(t, k, v) rawset(t, k, v .. "!") end,
  __pairs = function() return function(_, i) if i < 3 then return i + 1, "p" end end, nil, 0 end, __metatable = "locked"})
proxy.z = "set"
print(proxy.y, proxy.z, getmetatable(proxy), pcall(setmetatable, proxy, nil))
for i, v in pairs(proxy) do print(i, v) end
do
  local x <close> = a
  local y <const> = 5
  print("in block", y)
end
print(pcall(function() local x <close> = b; error("closing") end))

-- Closures, varargs, goto, tail calls, deep recursion.
local function counter() local n = 0; return function() n = n + 1; return n end, function() return n end end
local inc, get = counter()
inc(); inc()
print(get(), select("#", nil, nil), select(-1, 1, 2, 3), (function(...) return ... end)(1, 2))
local fs = {}
for i = 1, 5 do fs[i] = function() i = i + 1; return i end end
print(fs[1](), fs[1](), fs[5]())
local function loop(n, acc) if n == 0 then return acc end; return loop(n - 1, acc + n) end
print(loop(N * 10, 0))
local function deep(n) if n == 0 then return 0 end; return 1 + deep(n - 1) end
print(deep(150))
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end; print(i, j) ::continue:: end end
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) else return ack(m - 1, ack(m, n - 1)) end end
print(ack(2, quick and 2 or 5))

-- Errors.
print(pcall(error, {code = 7}), select(2, pcall(error)))
print(pcall(function() local x = nil; return x.field end))
print(pcall(function() return 1 + {} end))
print(pcall(function() return #5 end))
print(pcall(function() return {} < {} end))
print(pcall(function() return 1 // 0 end))
print(pcall(string.rep, "x", -1), pcall(string.rep))
print(pcall(thrower))
print(xpcall(function() error("msg", 0) end, function(m) return "handled " .. m end))
print(pcall(pcall, error, "nested"))
if not quick then print(select(2, pcall(deep, 1e7)):match("stack overflow")) end
print(select(2, load("return " .. ("("):rep(300))):match("overflow"))
print(load("return 1 +"))
print(load("syntax error here"))
print(load(function() return nil end), pcall(load, 5))
print(load("local a <const> = 1; a = 2"), load("goto nowhere"), load("break"))
print(load("return ...", "chunk", "t", {})(3), pcall(require, "no.such.module") == false)

-- Coroutines.
local gen = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(i * a) end; return "done" end)
print(gen(2), gen(3), gen(4), gen(5))
print(pcall(gen))
local co = coroutine.create(function(...) local x = coroutine.yield(...); error("in co " .. x) end)
print(coroutine.resume(co, 1, 2), coroutine.status(co))
print(coroutine.resume(co, "value"))
print(coroutine.status(co), coroutine.isyieldable(), coroutine.close(co))
local closing = coroutine.create(function() local c <close> = a; coroutine.yield() end)
coroutine.resume(closing)
print(coroutine.close(closing))
local function permgen(a, n) if n <= 1 then coroutine.yield(table.concat(a)) else for i = 1, n do a[n], a[i] = a[i], a[n]; permgen(a, n - 1); a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function() permgen({"a", "b", "c"}, 3) end) do print(p) end
print(select(2, coroutine.resume(coroutine.create(function() return pcall(function() coroutine.yield("through pcall") end) end))))
table.sort({3, 2, 1}, function(a, b) return a < b end)

-- Garbage collection.
local weak = setmetatable({}, {__mode = "v"})
local ephemeron = setmetatable({}, {__mode = "k"})
local finalized = 0
for i = 1, N do
  weak[i] = {i}
  local k = {}
  ephemeron[k] = {k}
  setmetatable({}, {__gc = function() finalized = finalized + 1 end})
end
collectgarbage(); collectgarbage()
print(next(weak), next(ephemeron), finalized)
collectgarbage("generational")
for i = 1, N do local x = {{}, {tostring(i)}} end
collectgarbage("incremental")
collectgarbage("step", 100)
print(collectgarbage("isrunning"), collectgarbage("count") > 0)

-- os, io, debug, without anything that changes from run to run.
local name = os.tmpname()
local f = assert(io.open(name, "w"))
f:write("line one\n", 2, "\n", 3.5, "\nrest of it"):seek("set", 0)
f:close()
for l in io.lines(name) do print(l) end
f = io.open(name)
print(f:read("l", "n", "n", "L", "a"))
print(f:seek("end"), io.type(f), f:close(), io.type(f))
print(os.remove(name), (os.rename(name, name)), os.date("!%Y-%m-%d %H:%M:%S", 86400), os.time({year = 2020, month = 1, day = 1, hour = 12}) > 0)
local info = debug.getinfo(1, "Sl")
print(info.what, info.currentline, debug.getinfo(print).what, (debug.getlocal(1, 1)))
local function up() return inc end
print(debug.getupvalue(up, 1), debug.traceback("trace", 1):match("^trace\nstack traceback"))

-- N queens, sieve, matrix, string building: the interpreter's main loop.
local Q, solutions = quick and 5 or 7, 0
local function ok(board, n, c) for i = 1, n - 1 do if board[i] == c or board[i] - i == c - n or board[i] + i == c + n then return false end end; return true end
local function place(board, n) if n > Q then solutions = solutions + 1 else for c = 1, Q do if ok(board, n, c) then board[n] = c; place(board, n + 1) end end end end
place({}, 1)
local sieve, primes = {}, 0
for i = 2, N do if not sieve[i] then primes = primes + 1; for j = i * i, N, i do sieve[j] = true end end end
local m = {}
for i = 1, 12 do m[i] = {}; for j = 1, 12 do m[i][j] = i * j % 7 + 0.25 end end
local trace = 0
for i = 1, 12 do for j = 1, 12 do local v = 0.0; for k = 1, 12 do v = v + m[i][k] * m[k][j] end; if i == j then trace = trace + v end end end
print(solutions, primes, trace)
