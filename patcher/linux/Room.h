//===- Room.h - memory within reach of an image -----------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_ROOM_H
#define HOTPAD_PATCHER_LINUX_ROOM_H

#include "patcher/linux/BorrowedThread.h"
#include "patcher/linux/Images.h"

namespace hotpad::live {

/// A place for \p size bytes within reach of all of [low, high) and free in
/// \p maps; 0: there is none.
uint64_t findRoom(llvm::ArrayRef<Mapping> maps, uint64_t low, uint64_t high,
                  uint64_t size);

/// Maps \p size bytes, inaccessible as yet, within 2 GB of all of \p image.
llvm::Expected<uint64_t> reserveNear(Process &process, BorrowedThread &thread,
                                     const Image &image, uint64_t size);

} // namespace hotpad::live

#endif
