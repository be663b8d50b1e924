// liblua5.4.a at work: runs the script SCRIPT_PATH, with print() going to the
// result stream, and calls the C interface that a script cannot reach.
#include "workload.h"
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdlib.h>
#include <string.h>

static int failures;
static FILE *stream;

static void check(int ok, const char *what) {
  if (!ok) {
    failures++;
    fprintf(stderr, "lua: %s\n", what);
  }
}

// print(), but for values that would print as an address: those print as their
// type.
static int emit(lua_State *L) {
  for (int i = 1, n = lua_gettop(L); i <= n; i++) {
    const char *text = luaL_tolstring(L, i, 0);
    if (strstr(text, ": 0x"))
      text = luaL_typename(L, i);
    fprintf(stream, "%s%s", i > 1 ? "\t" : "", text);
    lua_pop(L, 1);
  }
  fputc('\n', stream);
  return 0;
}

// A C function that yields and goes on in a continuation.
static int afterYield(lua_State *L, int status, lua_KContext k) {
  lua_pushinteger(L, status == LUA_YIELD ? k : -1);
  return 1;
}
static int cYield(lua_State *L) {
  lua_settop(L, 1);
  return lua_yieldk(L, 1, 77, afterYield);
}

static int thrower(lua_State *L) {
  return luaL_error(L, "from C: %d %s %f", 42, "text", 1.5);
}

static int handler(lua_State *L) {
  luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

static int hookCount;
static void hook(lua_State *L, lua_Debug *d) {
  lua_getinfo(L, "nSl", d);
  hookCount += d->event + 1;
}

static int writer(lua_State *L, const void *p, size_t n, void *to) {
  (void)L;
  luaL_addlstring(to, p, n);
  return 0;
}

static void capi(lua_State *L) {
  lua_settop(L, 0);
  // Stack, tables, comparison, conversion.
  lua_newtable(L);
  for (int i = 1; i <= 10; i++) {
    lua_pushinteger(L, i * i);
    lua_rawseti(L, 1, i);
  }
  lua_pushnumber(L, 0.5);
  lua_setfield(L, 1, "half");
  lua_Integer sum = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
    sum += lua_tointeger(L, -1);
  check(sum == 385, "lua_next");
  lua_pushliteral(L, "0x10");
  lua_pushinteger(L, 4);
  lua_arith(L, LUA_OPPOW);
  check(lua_tonumber(L, -1) == 65536.0, "lua_arith");
  lua_pushinteger(L, 65536);
  check(lua_compare(L, -1, -2, LUA_OPEQ) == 1, "lua_compare");
  lua_rotate(L, 1, 1);
  lua_concat(L, 0);
  check(lua_gettop(L) == 4, "lua_gettop");
  lua_settop(L, 0);

  // Errors with a handler and a traceback.
  lua_pushcfunction(L, handler);
  lua_pushcfunction(L, thrower);
  check(lua_pcall(L, 0, 0, 1) == LUA_ERRRUN, "lua_pcall");
  fprintf(stream, "%s\n", lua_tostring(L, -1));
  lua_settop(L, 0);

  // Coroutines from C.
  lua_State *co = lua_newthread(L);
  lua_pushcfunction(co, cYield);
  lua_pushinteger(co, 5);
  int n = 0;
  check(lua_resume(co, L, 1, &n) == LUA_YIELD && n == 1, "yield");
  check(lua_resume(co, L, 0, &n) == LUA_OK && lua_tointeger(co, -1) == 77,
        "resume");
  lua_settop(L, 0);

  // Dump, load again, user data, registry references, hooks.
  check(luaL_loadstring(L, "local a, b = ... ; local s = 0 "
                           "for i = a, b do s = s + i end return s") == LUA_OK,
        "loadstring");
  luaL_Buffer code;
  lua_State *side = lua_newthread(L);
  luaL_buffinit(side, &code);
  lua_pushvalue(L, 1);
  lua_dump(L, writer, &code, 1);
  luaL_pushresult(&code);
  size_t size;
  const char *bytes = lua_tolstring(side, -1, &size);
  check(luaL_loadbufferx(L, bytes, size, "dump", "b") == LUA_OK, "load binary");
  lua_sethook(L, hook,
              LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 3);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 100);
  check(lua_pcall(L, 2, 1, 0) == LUA_OK && lua_tointeger(L, -1) == 5050, "sum");
  lua_sethook(L, 0, 0, 0);
  fprintf(stream, "hook %d\n", hookCount);
  hookCount = 0;
  lua_settop(L, 0);
  int *u = lua_newuserdatauv(L, sizeof *u, 2);
  *u = 9;
  lua_pushliteral(L, "attached");
  lua_setiuservalue(L, 1, 2);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
  check(*(int *)lua_touserdata(L, -1) == 9, "userdata");
  lua_getiuservalue(L, -1, 2);
  check(!strcmp(lua_tostring(L, -1), "attached"), "user value");
  luaL_unref(L, LUA_REGISTRYINDEX, ref);
  check(luaL_loadstring(L, "x = = 1") == LUA_ERRSYNTAX, "syntax");
  fprintf(stream, "%s\n", lua_tostring(L, -1));
  lua_settop(L, 0);
  lua_gc(L, LUA_GCGEN, 20, 100);
  lua_gc(L, LUA_GCCOLLECT);
  lua_gc(L, LUA_GCINC, 200, 100, 13);
  lua_gc(L, LUA_GCCOLLECT);
}

int workload(FILE *out, int quick) {
  failures = 0;
  stream = out;
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "print", emit);
  lua_register(L, "thrower", thrower);
  lua_pushboolean(L, quick);
  lua_setglobal(L, "quick");
  lua_pushcfunction(L, handler);
  if (luaL_loadfilex(L, SCRIPT_PATH, "t") || lua_pcall(L, 0, 0, 1)) {
    fprintf(stderr, "lua: %s\n", lua_tostring(L, -1));
    failures++;
  }
  capi(L);
  lua_close(L);
  fprintf(out, "lua: %d failures\n", failures);
  return failures != 0;
}
