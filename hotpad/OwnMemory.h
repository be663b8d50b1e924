//===- OwnMemory.h - the memory of this process -----------------*- C++ -*-===//
//
// /proc/self/mem reads and writes memory whatever its page allows, as a
// debugger would, so code stays executable and becomes at no time writable.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_OWNMEMORY_H
#define HOTPAD_OWNMEMORY_H

#include "hotpad/OpenFile.h"
#include "patcher/core/Plan.h"

namespace hotpad::own {

class OwnMemory : public patch::Memory {
public:
  patch::Failure open();
  patch::Failure read(uint64_t address, uint8_t *bytes, size_t size) override;
  patch::Failure write(uint64_t address, const uint8_t *bytes,
                       size_t size) override;

private:
  OpenFile file;
};

} // namespace hotpad::own

#endif
