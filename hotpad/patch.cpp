//===- patch.cpp - apply, revert, status, prepare -------------------------===//

#include "hotpad/OwnImage.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <linux/membarrier.h>
#include <memory>
#include <mutex>
#include <new>
#include <sys/syscall.h>
#include <unistd.h>

namespace hotpad::own {

namespace {

std::mutex oneAtATime;
thread_local char message[512];

/// Whether the calling thread is the only one.
bool isAlone() {
  DIR *folder = opendir("/proc/self/task");
  if (!folder)
    return false;
  unsigned count = 0;
  while (const dirent *entry = readdir(folder))
    count += entry->d_name[0] != '.';
  closedir(folder);
  return count == 1;
}

/// Every processor that runs a thread of this process executes an instruction
/// that serialises (Intel SDM volume 3, "Handling Self- and Cross-Modifying
/// Code").
patch::Failure serialise() {
  for (int command : {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
                      MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE})
    if (syscall(SYS_membarrier, command, 0, 0) != 0)
      return "membarrier: " + textOf(errno);
  return std::nullopt;
}

bool isExecutable(uint64_t address) {
  std::FILE *maps = std::fopen("/proc/self/maps", "re");
  if (!maps)
    return false;
  char line[512];
  bool isFound = false, beginsLine = true;
  while (!isFound && std::fgets(line, sizeof line, maps)) {
    unsigned long long begin = 0, end = 0;
    char access[5] = {};
    isFound = beginsLine &&
              std::sscanf(line, "%llx-%llx %4s", &begin, &end, access) == 3 &&
              address >= begin && address < end && access[2] == 'x';
    beginsLine = std::string(line).ends_with('\n');
  }
  std::fclose(maps);
  return isFound;
}

/// What one call from outside does.
class Session {
public:
  Result open() {
    if (patch::Failure failure = memory.open())
      return Problem{HOTPAD_SYSTEM, *failure};
    alone = isAlone();
    return std::nullopt;
  }

  Result apply(const hotpad_pair *pairs, size_t count);
  Result revert(const hotpad_function *functions, size_t count);
  Result prepare(const hotpad_function *functions, size_t count);
  Result status(hotpad_function function, hotpad_function *replacement);

private:
  Result find(hotpad_function function, Function &found, OwnImage *&image);
  Result findAnother(hotpad_function function, Function &found,
                     OwnImage *&image);
  Result slotFor(const Function &function, OwnImage &image, uint64_t &slot);
  Result run(const patch::Plan &plan);

  OwnMemory memory;
  bool alone = false;
  std::vector<std::unique_ptr<OwnImage>> images;
  std::vector<uint64_t> seen; ///< Entries of this call.
};

Result Session::find(hotpad_function function, Function &found,
                     OwnImage *&image) {
  uint64_t address = reinterpret_cast<uintptr_t>(function);
  auto known = std::find_if(images.begin(), images.end(), [&](const auto &one) {
    return one->covers(address);
  });
  if (known == images.end()) {
    auto another = std::make_unique<OwnImage>();
    if (Result problem = another->read(memory, address))
      return problem;
    known = images.insert(images.end(), std::move(another));
  }
  image = known->get();
  return image->find(memory, address, found);
}

/// One that this call has not met.
Result Session::findAnother(hotpad_function function, Function &found,
                            OwnImage *&image) {
  if (Result problem = find(function, found, image))
    return problem;
  if (std::find(seen.begin(), seen.end(), found.place.entry) != seen.end())
    return Problem{HOTPAD_WRONG_ARGUMENT,
                   found.where + ": the same function twice"};
  seen.push_back(found.place.entry);
  return std::nullopt;
}

Result Session::slotFor(const Function &function, OwnImage &image,
                        uint64_t &slot) {
  slot = function.state.slot;
  return slot != 0 ? std::nullopt : image.takeSlot(memory, function, slot);
}

Result Session::run(const patch::Plan &plan) {
  patch::Failure failure =
      alone ? plan.run(memory) : plan.run(memory, serialise);
  if (!failure && !alone)
    failure = serialise();
  if (failure)
    return Problem{HOTPAD_SYSTEM, *failure};
  return std::nullopt;
}

Result Session::apply(const hotpad_pair *pairs, size_t count) {
  patch::Plan plan(kBits);
  for (size_t i = 0; i != count; ++i) {
    Function function, other;
    OwnImage *image = nullptr, *otherImage = nullptr;
    if (Result problem = findAnother(pairs[i].function, function, image))
      return problem;
    uint64_t target = reinterpret_cast<uintptr_t>(pairs[i].replacement);
    if (!isExecutable(target))
      return Problem{HOTPAD_WRONG_ARGUMENT,
                     hex(target) + ": there is no code to replace " +
                         function.where};
    if (!find(pairs[i].replacement, other, otherImage) &&
        other.place.entry == function.place.entry)
      return Problem{HOTPAD_WRONG_ARGUMENT,
                     function.where + " would replace itself"};
    if (!alone && function.mayRunThroughPad &&
        function.state.kind == patch::State::Original)
      return Problem{HOTPAD_NOT_PREPARED,
                     function.where +
                         ": code may run through the padding before it, and "
                         "other threads run: hotpad_prepare() was to be "
                         "called before they began"};
    uint64_t slot = 0;
    if (Result problem = slotFor(function, *image, slot))
      return problem;
    plan.replace(function.place, function.state, target, slot);
  }
  return run(plan);
}

Result Session::revert(const hotpad_function *functions, size_t count) {
  patch::Plan plan(kBits);
  for (size_t i = 0; i != count; ++i) {
    Function function;
    OwnImage *image = nullptr;
    if (Result problem = findAnother(functions[i], function, image))
      return problem;
    if (function.state.kind != patch::State::Replaced)
      return Problem{HOTPAD_NOT_REPLACED, function.where + " is not replaced"};
    plan.restore(function.place);
    // Who is on the way through the pad, or runs into it, gets here, too.
    plan.retarget(function.state, function.place.entry);
  }
  return run(plan);
}

Result Session::prepare(const hotpad_function *functions, size_t count) {
  if (!alone)
    return Problem{HOTPAD_NOT_PREPARED,
                   "the process has other threads already"};
  patch::Plan plan(kBits);
  for (size_t i = 0; i != count; ++i) {
    Function function;
    OwnImage *image = nullptr;
    if (Result problem = findAnother(functions[i], function, image))
      return problem;
    if (function.state.kind != patch::State::Original)
      continue;
    uint64_t slot = 0;
    if (Result problem = slotFor(function, *image, slot))
      return problem;
    plan.prepare(function.place, slot);
  }
  return run(plan);
}

Result Session::status(hotpad_function function, hotpad_function *replacement) {
  Function found;
  OwnImage *image = nullptr;
  if (Result problem = find(function, found, image))
    return problem;
  *replacement = nullptr;
  if (found.state.kind == patch::State::Replaced)
    *replacement = reinterpret_cast<hotpad_function>(
        static_cast<uintptr_t>(found.state.target));
  return std::nullopt;
}

template <typename Action> hotpad_error call(bool isComplete, Action action) {
  auto fail = [](hotpad_error code, const char *text) {
    std::snprintf(message, sizeof message, "%s", text);
    return code;
  };
  if (!isComplete)
    return fail(HOTPAD_WRONG_ARGUMENT, "a null pointer");
  try {
    std::lock_guard<std::mutex> lock(oneAtATime);
    Session session;
    Result problem = session.open();
    if (!problem)
      problem = action(session);
    return problem ? fail(problem->code, problem->text.c_str()) : HOTPAD_OK;
  } catch (const std::bad_alloc &) {
    return fail(HOTPAD_SYSTEM, "memory is used up");
  }
}

} // namespace

} // namespace hotpad::own

using hotpad::own::call;
using hotpad::own::Session;

hotpad_error hotpad_apply(const hotpad_pair *pairs, size_t count) {
  return call(pairs || count == 0,
              [&](Session &session) { return session.apply(pairs, count); });
}

hotpad_error hotpad_revert(const hotpad_function *functions, size_t count) {
  return call(functions || count == 0, [&](Session &session) {
    return session.revert(functions, count);
  });
}

hotpad_error hotpad_status(hotpad_function function,
                           hotpad_function *replacement) {
  return call(replacement, [&](Session &session) {
    return session.status(function, replacement);
  });
}

hotpad_error hotpad_prepare(const hotpad_function *functions, size_t count) {
  return call(functions || count == 0, [&](Session &session) {
    return session.prepare(functions, count);
  });
}

const char *hotpad_message(void) { return hotpad::own::message; }
