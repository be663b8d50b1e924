//===- Runtimes.cpp -------------------------------------------------------===//
//
// The runtimes of some languages find their way through the stack, or from a
// closure to its description, by tables of their own that are keyed by
// addresses of code. They would not know what is copied elsewhere. Such an
// image is told by what its runtime cannot do without, stripped or not: its
// tables, or the variable of the environment that it reads its settings from.
//
//===----------------------------------------------------------------------===//

#include "rewriter/image/Runtimes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <string_view>

using namespace llvm;

namespace hotpad::image {

namespace {

/// StringRef::find(), which looks at all bytes one by one, some times as fast.
size_t find(StringRef bytes, StringRef what, size_t from = 0) {
  return std::string_view(bytes).find(std::string_view(what), from);
}

/// Go's table of functions begins like this: the first byte differs from
/// version to version; the last is the size of a pointer (runtime/symtab.go).
bool hasGoTable(StringRef bytes) {
  static constexpr char kMark[] = "\xFF\xFF\xFF\0\0\1";
  constexpr size_t kTableAlignment = 32;
  StringRef mark(kMark, sizeof(kMark) - 1);
  for (size_t at = find(bytes, mark); at != StringRef::npos;
       at = find(bytes, mark, at + 1)) {
    StringRef pointerSize = bytes.substr(at + mark.size(), 1);
    if (at != 0 && (at - 1) % kTableAlignment == 0 &&
        uint8_t(bytes[at - 1]) >= 0xF0 &&
        (pointerSize == "\4" || pointerSize == "\10"))
      return true;
  }
  return false;
}

/// Whether \p name stands in \p bytes as a string of C.
bool hasString(StringRef bytes, StringRef name) {
  for (size_t at = find(bytes, name); at != StringRef::npos;
       at = find(bytes, name, at + 1))
    if (at != 0 && bytes[at - 1] == 0 &&
        bytes.substr(at + name.size()).starts_with(StringRef("\0", 1)))
      return true;
  return false;
}

} // namespace

std::optional<StringRef> runtimeInTheWay(const Binary &binary) {
  constexpr StringLiteral kOCaml =
      "written in OCaml, whose runtime has tables of its own about the code";
  for (const Symbol &symbol : binary.symbols) // a plugin has no runtime
    if (symbol.name.starts_with("caml") && symbol.name.ends_with("frametable"))
      return kOCaml;
  constexpr StringLiteral kGo =
      "written in Go, whose runtime has tables of its own about the code";
  for (const Section &section : binary.sections) {
    StringRef bytes = toStringRef(section.bytes);
    // Of cmd/link's data.go: the table itself, and the note of a build.
    if (section.size != 0 && (section.name.ends_with(".gopclntab") ||
                              section.name == ".note.go.buildid"))
      return kGo;
    constexpr size_t kBuildIdEnd = 0x100;
    if (section.executable &&
        bytes.take_front(kBuildIdEnd).contains("\xFF Go build ID: \""))
      return kGo;
    if (!section.alloc || section.executable || section.writable)
      continue;
    if (hasGoTable(bytes))
      return kGo;
    if (hasString(bytes, "OCAMLRUNPARAM")) // runtime/startup_aux.c
      return kOCaml;
    if (hasString(bytes, "GHCRTS")) // rts/RtsFlags.c
      return "written in Haskell: GHC's runtime has tables of its own about "
             "the code, before each function";
  }
  return std::nullopt;
}

/// V8 has its built-in functions, which it compiled itself, among the code of
/// C++. Its garbage collector tells them by their addresses when it walks up
/// the stack. The setting has been in V8 since 2014
/// (src/flags/flag-definitions.h).
bool hasCodeKnownByAddress(const Binary &binary) {
  return any_of(binary.sections, [](const Section &section) {
    return section.alloc && !section.executable &&
           hasString(toStringRef(section.bytes), "max_semi_space_size");
  });
}

} // namespace hotpad::image
