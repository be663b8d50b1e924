//===- Message.h - what goes wrong, in words --------------------*- C++ -*-===//
//
// hotpatch.exe has no LLVM. Whatever goes wrong is an Error, thrown where it is
// seen and caught in Main.cpp; on the way out, threads are resumed and memory
// in the process is given back.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_MESSAGE_H
#define HOTPAD_PATCHER_WINDOWS_MESSAGE_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace hotpad::windows {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string hex(uint64_t value);
/// What the system says of an error of its own.
std::string systemMessage(unsigned long code);

std::wstring wide(const std::string &utf8);
std::string utf8(const std::wstring &text);

/// Whether two paths are the same to Windows, which does not care for case.
bool isSamePath(const std::string &one, const std::string &other);
/// What stands behind the last separator.
std::string fileName(const std::string &path);

} // namespace hotpad::windows

#endif
