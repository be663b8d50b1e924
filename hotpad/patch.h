//===- patch.h - for programs that patch themselves ---------------*- C -*-===//
//
// Functions of a running program are replaced by others of it, and back:
//
//     #include <hotpad/patch.h>
//
//     hotpad_pair pair = {(hotpad_function)f, (hotpad_function)newF};
//     if (hotpad_apply(&pair, 1) != HOTPAD_OK)
//       puts(hotpad_message());
//
// The program, or the library that f is in, was made hot-patchable before it
// was started: from objects that `hotpad rewrite` has made, or as a whole.
// Calls that the compiler has inlined stay as they are. newF may be anywhere:
// in the program, in what dlopen has loaded, in memory with generated code. It
// has the type of f, and stays where it is as long as any thread may run it.
//
// Linux, x86-64. (It can be built for i386, where no test runs it.) /proc has
// to be there. With CMake: `target_link_libraries(program hotpad::patch)`. A
// process has one copy of the library: two do not wait for each other.
//
// **Threads.** Each function may be called from any thread, but not from signal
// handlers. Other threads run on. Each function is switched by one store, one
// after the other: at every moment a call runs the old or the new code, but a
// thread may call the new f and then, for an instant, the old g. Threads that
// are in the old code of a function stay in it until they return. Processors
// are serialised by membarrier(2), which Linux has from 4.16 on.
//
// Compilers put NOPs between functions, and some code runs through these into
// the function behind. Whether that is so cannot be known here; so what has
// such padding must be prepared, by hotpad_prepare(), before there is a second
// thread. Nothing but int3 stands before functions that begin a section
// (-ffunction-sections) and needs no preparing.
//
// **Memory** of code is written through /proc/self/mem, so that it is at no
// time writable and executable. Hardened systems may refuse that
// (HOTPAD_SYSTEM).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCH_H
#define HOTPAD_PATCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Any function, which is cast to this type.
typedef void (*hotpad_function)(void);

typedef struct hotpad_pair {
  hotpad_function function;
  hotpad_function replacement;
} hotpad_pair;

/// After any of these but HOTPAD_OK all functions are what they were before.
typedef enum hotpad_error {
  HOTPAD_OK = 0,
  HOTPAD_WRONG_ARGUMENT, ///< No code at an address; or a function twice.
  HOTPAD_NOT_PATCHABLE,  ///< Not in the list of its image.
  HOTPAD_NOT_PREPARED,   ///< See "Threads"; or hotpad_prepare() is too late.
  HOTPAD_NOT_REPLACED,   ///< hotpad_revert(): it runs its own code.
  HOTPAD_NO_SLOT,        ///< All slots of the image are in use.
  HOTPAD_CHANGED,        ///< Others have changed the function's first bytes.
  HOTPAD_NO_FILE, ///< The image's file cannot be read, or is another one.
  HOTPAD_SYSTEM,  ///< The system refuses a step, or memory is used up.
} hotpad_error;

/// Calls of each function go to its replacement from now on; to this one, when
/// the function was replaced before. All of them, or none.
hotpad_error hotpad_apply(const hotpad_pair *pairs, size_t count);

/// The functions run their own code again, whatever has replaced them. All of
/// them, or none. New calls no longer get into the replacements; threads that
/// are in them stay there until they return.
hotpad_error hotpad_revert(const hotpad_function *functions, size_t count);

/// Sets \p replacement to what calls of \p function run; to null when that is
/// its own code.
hotpad_error hotpad_status(hotpad_function function,
                           hotpad_function *replacement);

/// Gives each function its slot and the jump before it, which lead to itself as
/// yet. Fails with HOTPAD_NOT_PREPARED when the process has other threads. (It
/// does no harm to functions that need it not, or are prepared.)
hotpad_error hotpad_prepare(const hotpad_function *functions, size_t count);

/// What the last failure in this thread was, for people: which function, where.
/// Valid until the next one.
const char *hotpad_message(void);

#ifdef __cplusplus
}
#endif

#endif
