//===- Content.h - what a file holds ----------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_CONTENT_H
#define HOTPAD_REWRITER_CORE_CONTENT_H

#include <cstdint>

namespace hotpad {

/// What a file holds, as its first bytes say.
enum class Content : uint8_t {
  Unknown,
  Object, ///< Relocatable.
  Image,  ///< Linked.
  Stub,   ///< Holds no code and is no object, such as a DLL's import.
};

} // namespace hotpad

#endif
