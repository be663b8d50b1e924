//===- Trace.cpp - count the calls of functions ---------------------------===//
//
// Functions are replaced by detours into themselves that count, for a while.
// Who asks for that may want to end it sooner (Ctrl-C), and functions must not
// go on counting then: the signals that end a program are held back until all
// is as it was.
//
//===----------------------------------------------------------------------===//

#include "patcher/live/Matching.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <csignal>
#include <ctime>

using namespace llvm;

namespace hotpad::live {

namespace {

using Clock = std::chrono::steady_clock;

class HeldSignals {
public:
  HeldSignals() {
    sigemptyset(&held);
    for (int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, &before);
  }
  ~HeldSignals() {
    while (arrives(0))
      ;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  HeldSignals(const HeldSignals &) = delete;

  /// Whether one arrives within \p seconds.
  bool arrives(double seconds) {
    timespec time{};
    time.tv_sec = static_cast<time_t>(seconds);
    time.tv_nsec = static_cast<long>((seconds - double(time.tv_sec)) * 1e9);
    return sigtimedwait(&held, nullptr, &time) > 0;
  }

private:
  sigset_t held, before;
};

/// The calls in the end, or what was read last before the process ended; then
/// \p ended says why.
Expected<std::vector<IdentityPatch::Calls>>
countCalls(const Process &process, const IdentityPatch &patch, double seconds,
           HeldSignals &signals, std::string &ended) {
  constexpr double kInterval = 0.1;
  Expected<std::vector<IdentityPatch::Calls>> calls = patch.readCalls(process);
  auto begin = Clock::now();
  for (bool goesOn = true; goesOn && calls;) {
    double left =
        seconds - std::chrono::duration<double>(Clock::now() - begin).count();
    goesOn = left > 0 && !signals.arrives(std::min(left, kInterval));
    Expected<std::vector<IdentityPatch::Calls>> now = patch.readCalls(process);
    if (!now) {
      ended = toString(now.takeError()) +
              " while it was traced; calls of its last 0.1 s are not counted";
      break;
    }
    calls = std::move(now);
  }
  return calls;
}

} // namespace

Expected<TraceReport> trace(const TraceRequest &request) {
  Expected<LiveProcess> live = LiveProcess::open(request.pid, request.symbols);
  if (!live)
    return live.takeError();
  Process &process = *live->process;
  TraceReport report;
  report.program = process.program();

  IdentityPatch patch(/*counts=*/true);
  Expected<std::vector<Wanted>> wanted = chooseMatching(
      *live, "", request.pattern, request.noStop, patch, report.warnings);
  if (!wanted)
    return wanted.takeError();
  Record record;
  record.sequence = live->records.nextSequence();
  record.patch = "trace " + request.pattern;
  if (Error error = findSlots(*live, record.patch, record.hash, *wanted))
    return error;

  HeldSignals signals;
  Report applied;
  if (Error error = replaceFunctions(*live, patch, *wanted, record,
                                     request.noStop, applied))
    return error;
  report.threads = applied.threads;
  report.pause = applied.pause;

  auto begin = Clock::now();
  std::string ended;
  Expected<std::vector<IdentityPatch::Calls>> calls =
      countCalls(process, patch, request.seconds, signals, ended);
  report.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (!calls)
    return calls.takeError();
  if (ended.empty()) {
    Expected<Records> records = Records::read(process);
    if (!records)
      return records.takeError();
    live->records = std::move(*records);
    RevertRequest back;
    back.patch = record.patch;
    back.noStop = request.noStop;
    Expected<Report> reverted = revert(*live, back);
    if (!reverted)
      return createStringError(toString(reverted.takeError()) +
                               "; what was traced goes on counting: `hotpad "
                               "revert --pid " +
                               Twine(process.pid()) + " --all` ends that");
    report.pause += reverted->pause;
  } else {
    report.warnings.push_back(ended);
  }
  for (const auto &[function, count] : *calls)
    report.functions.push_back({function->name, function->image->path,
                                function->oldEntry - function->image->bias,
                                count});
  llvm::stable_sort(report.functions,
                    [](const TracedFunction &a, const TracedFunction &b) {
                      return a.calls > b.calls;
                    });
  return report;
}

} // namespace hotpad::live
