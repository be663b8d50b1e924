//===- RunLld.cpp ---------------------------------------------------------===//

#include "rewriter/relink/RunLld.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include <mutex>

namespace hotpad::relink {

llvm::Expected<int> runLld(llvm::ArrayRef<std::string> args,
                           lld::DriverDef driver, llvm::raw_ostream &out,
                           llvm::raw_ostream &err) {
  static std::mutex oneAtATime;
  static bool unusable = false;
  std::lock_guard<std::mutex> lock(oneAtATime);
  if (unusable)
    return llvm::createStringError("LLD cannot run again in this process "
                                   "after it ended with a fatal error");

  llvm::SmallVector<const char *, 64> argv;
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());

  // Without this a fatal error of LLD ends the process, with our temporary
  // directory still there.
  llvm::CrashRecoveryContext::Enable();
  llvm::scope_exit disable([] { llvm::CrashRecoveryContext::Disable(); });
  lld::Result result = lld::lldMain(argv, out, err, {driver});
  unusable = !result.canRunAgain;
  if (llvm::CrashRecoveryContext::isCrash(result.retCode))
    return llvm::createStringError("LLD crashed (status %d)", result.retCode);
  return result.retCode;
}

} // namespace hotpad::relink
