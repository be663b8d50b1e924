//===- HandlerCopy.h - handler data for copied code -------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_HANDLERCOPY_H
#define HOTPAD_REWRITER_METADATA_HANDLERCOPY_H

#include "rewriter/core/ImageChanges.h"
#include "rewriter/metadata/HandlerData.h"

namespace hotpad::metadata {

/// Copies the data that the handler of \p info, of kind \p kind, has for
/// \p range.
class HandlerCopy {
public:
  HandlerCopy(const Binary &binary, HandlerKind kind, const UnwindRange &range,
              const UnwindInfo &info, const CodeCopy &copy)
      : binary(binary), rvas(binary), kind(kind), range(range), copy(copy),
        data{info.tail + 4, range.info.section, Side::Label} {}

  bool isPossible() const;
  /// Appends what the data leads to. \p address is of the first of \p bytes.
  void appendTables(uint64_t address, std::vector<uint8_t> &bytes);
  /// Appends the data itself. Addresses of fields that the loader must adjust
  /// go to \p relocated.
  void appendData(uint64_t address, std::vector<uint8_t> &bytes,
                  std::vector<uint64_t> &relocated) const;

private:
  uint64_t newRva(uint64_t rva, Side side) const;
  void appendScopes(std::vector<uint8_t> &bytes) const;
  void appendFuncInfo3(uint64_t address, std::vector<uint8_t> &bytes);
  void appendFuncInfo4(uint64_t address, std::vector<uint8_t> &bytes);
  void appendCookie(uint64_t behind, std::vector<uint8_t> &bytes) const;

  const Binary &binary;
  Rvas rvas;
  HandlerKind kind;
  const UnwindRange &range;
  const CodeCopy &copy;
  Place data;
  uint64_t table = 0; ///< RVA of the new FuncInfo.
};

} // namespace hotpad::metadata

#endif
