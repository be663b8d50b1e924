//===- VerifyContract.cpp -------------------------------------------------===//

#include "rewriter/VerifyContract.h"
#include "rewriter/contract/Contract.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad {

Error verifyContract(const Binary &before, ArrayRef<uint8_t> bytes,
                     const Config &config, uint64_t patchable) {
  CheckOptions options;
  options.layout = config.layout;
  options.slots = config.slots;
  Expected<CheckedFile> checked = checkFile(bytes, before.name, options);
  if (!checked)
    return checked.takeError();
  if (checked->conforming() < patchable)
    return errorIn(before, "verify: only " + Twine(checked->conforming()) +
                               " of " + Twine(patchable) +
                               " functions meet the contract in the new image");
  return Error::success();
}

} // namespace hotpad
