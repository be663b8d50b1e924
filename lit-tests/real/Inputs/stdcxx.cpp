// libstdc++.a and libgcc_eh.a at work: exceptions of every kind thrown through
// library frames (unwinding reads the tables of every frame it passes),
// streams, strings, containers, regular expressions, locales, files, threads.
#include "workload.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <regex>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <valarray>
#include <variant>
#include <vector>
#ifdef _WIN32
#include <io.h>
#endif

namespace {

int failures;
void check(bool ok, const char *what) {
  if (!ok) {
    failures++;
    std::fprintf(stderr, "stdcxx: %s\n", what);
  }
}

int alive; // Objects constructed and not yet destroyed.
struct Guard {
  std::ostream &out;
  const char *name;
  Guard(std::ostream &o, const char *n) : out(o), name(n) { alive++; }
  ~Guard() { alive--, out << '~' << name << ' '; }
};

struct Base : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Left : virtual Base {
  Left() : Base("left") {}
};
struct Right : virtual Base {
  Right() : Base("right") {}
};
struct Both : Left, Right {
  Both() : Base("both") {}
};

[[gnu::noinline]] int thrower(int kind, std::ostream &out) {
  Guard g(out, "thrower");
  switch (kind) {
  case 0:
    throw 42;
  case 1:
    throw std::string("text");
  case 2:
    throw Both();
  case 3:
    throw static_cast<const char *>("pointer");
  case 4:
    std::vector<int>().at(3);
    break;
  case 5:
    (void)std::stoi("not a number");
    break;
  case 6:
    throw std::system_error(
        std::make_error_code(std::errc::no_such_file_or_directory), "sys");
  case 7:
    (void)std::any_of(&kind, &kind + 1, [](int k) -> bool { throw k; });
    break;
  case 8:
    (void)dynamic_cast<Both &>(
        static_cast<std::exception &>(*std::make_unique<Base>("cast")));
    break;
  case 9:
    throw nullptr;
  case 10:
    std::function<void()>()();
    break;
  case 11:
    (void)std::get<int>(std::variant<int, std::string>("s"));
    break;
  case 12:
    (void)std::optional<int>().value();
    break;
  case 13: {
    std::shared_ptr<int> p(std::weak_ptr<int>{});
    break;
  }
  case 14:
    (void)std::string("abc").substr(9);
    break;
  case 15: {
    volatile std::size_t tooMuch = std::size_t(-1) / 2 + 1;
    out << ::operator new(tooMuch);
    break;
  }
  case 16:
    (void)std::regex("(unbalanced");
    break;
  case 17: {
    std::istringstream in("x");
    in.exceptions(std::ios::failbit);
    int n;
    in >> n;
    break;
  }
  case 18:
    (void)std::bitset<4>(std::string("102"));
    break;
  case 19:
    std::promise<int>().set_exception(std::make_exception_ptr(1)),
        std::future<int>().get();
    break;
  }
  return kind;
}

[[gnu::noinline]] std::string caught(int kind, std::ostream &out) {
  Guard g(out, "caught");
  try {
    Guard inner(out, "inner");
    return std::to_string(thrower(kind, out));
  } catch (int n) {
    return "int " + std::to_string(n);
  } catch (const std::string &s) {
    return "string " + s;
  } catch (Left &l) {
    return std::string("left ") + l.what();
  } catch (const char *s) {
    return s ? std::string("chars ") + s : "null";
  } catch (std::system_error &e) {
    return "system " + e.code().message();
  } catch (std::exception &e) {
    return std::string(typeid(e).name()) + " " + e.what();
  } catch (...) {
    return "unknown";
  }
}

// Thrown again, nested, stored and rethrown elsewhere, in destructors.
void nested(std::ostream &out) {
  try {
    try {
      try {
        Guard g(out, "a");
        throw std::logic_error("inner");
      } catch (std::exception &e) {
        Guard g(out, "b");
        std::throw_with_nested(std::runtime_error("outer"));
      }
    } catch (...) {
      Guard g(out, "c");
      throw;
    }
  } catch (std::exception &e) {
    out << e.what();
    try {
      std::rethrow_if_nested(e);
    } catch (std::exception &n) {
      out << " <- " << n.what() << '\n';
    }
  }
  struct Swallows {
    std::ostream &out;
    ~Swallows() {
      out << std::uncaught_exceptions();
      try {
        throw 5;
      } catch (int n) {
        out << " swallowed " << n << ' ';
      }
    }
  };
  try {
    Swallows s{out};
    throw 6;
  } catch (int n) {
    out << n << '\n';
  }
  std::exception_ptr kept;
  try {
    throw Both();
  } catch (...) {
    kept = std::current_exception();
  }
  for (int i = 0; i < 3; i++)
    try {
      std::rethrow_exception(kept);
    } catch (Base &b) {
      out << b.what() << ' ';
    }
  // A member that throws in a constructor: what was built is taken down.
  struct Half {
    Guard a, b;
    std::vector<Guard> v;
    Half(std::ostream &o) try : a(o, "m1"), b(o, "m2") {
      v.emplace_back(o, "v");
      throw 8;
    } catch (int n) {
      if (n != 8)
        std::abort();
    }
  };
  try {
    Half h(out);
  } catch (int n) {
    out << "half " << n << '\n';
  }
  // A function-try, noexcept queries, exceptions out of a deep recursion.
  std::function<int(int)> deep = [&](int n) -> int {
    std::string local(n % 40, 'x');
    if (n == 0)
      throw std::out_of_range("deep");
    return deep(n - 1) + local.size();
  };
  try {
    deep(300);
  } catch (std::out_of_range &e) {
    out << e.what() << '\n';
  }
}

int compareThrows(const void *a, const void *b) {
  int x = *static_cast<const int *>(a), y = *static_cast<const int *>(b);
  if (x == 7)
    throw y;
  return x - y;
}

// Exceptions through the frames of libraries that call back.
void callbacks(std::ostream &out) {
  int c = 0;
  std::vector<int> v(100);
  std::iota(v.begin(), v.end(), 0);
  try {
    std::sort(v.begin(), v.end(), [&](int a, int b) {
      if (++c == 200)
        throw std::runtime_error("compare");
      return a * 37 % 101 < b * 37 % 101;
    });
  } catch (std::exception &e) {
    out << e.what() << ' ' << c << '\n';
  }
#ifndef _WIN32 // There, frames of C code cannot be passed.
  int array[] = {9, 8, 7, 6, 5, 4};
  try {
    std::qsort(array, 6, sizeof *array, compareThrows);
    out << "qsort did not throw\n";
  } catch (int) {
    out << "through qsort\n";
  }
#endif
  try {
    std::list<int> l(v.begin(), v.end());
    l.remove_if([](int n) -> bool { return n == 50 ? throw n : n % 2; });
  } catch (int n) {
    out << "through list " << n << '\n';
  }
  std::once_flag once;
  for (int i = 0; i < 3; i++)
    try {
      std::call_once(once, [&] {
#ifndef _WIN32
        if (i == 0)
          throw i;
#endif
        out << "once " << i << '\n';
      });
    } catch (int n) {
      out << "through call_once " << n << '\n';
    }
}

struct Thousands : std::numpunct<char> {
  char do_thousands_sep() const override { return '\''; }
  std::string do_grouping() const override { return "\3"; }
  std::string do_truename() const override { return "yes"; }
};

void streams(std::ostream &out) {
  out << std::setw(10) << std::setfill('*') << std::left << "left" << std::right
      << std::setw(8) << 42 << std::setfill(' ') << std::hex << std::showbase
      << 255 << std::oct << ' ' << 8 << std::dec << ' ' << std::fixed
      << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678
      << ' ' << std::hexfloat << 1.0 << ' ' << std::defaultfloat << 1e-7 << ' '
      << std::boolalpha << true << std::noboolalpha << std::noshowbase << '\n';
  std::ostringstream local;
  local.imbue(std::locale(std::locale::classic(), new Thousands));
  local << std::boolalpha << true << ' ' << 1234567890 << ' ' << 1234567.5
        << ' ' << std::put_money(123456) << ' '
        << std::put_time(std::gmtime(new std::time_t(0)), "%F %T %A");
  out << local.str() << '\n';
  std::istringstream in("12 0x1f 3.5e2 word \"quoted text\" 077 true 1,2");
  int a, b;
  double d;
  std::string w, q;
  bool t;
  in >> a >> std::hex >> b >> std::dec >> d >> w >> std::quoted(q) >> std::oct;
  int o;
  in >> o >> std::boolalpha >> t;
  out << a << ' ' << b << ' ' << d << ' ' << w << ' ' << q << ' ' << o << ' '
      << t << '\n';
  std::wstringstream wide;
  wide << L"wide " << 1.5 << L' ' << std::setw(5) << 7;
  out << wide.str().size() << '\n';
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + 64, 0.1);
  out << std::string_view(buffer, end.ptr - buffer) << ' ';
  end = std::to_chars(buffer, buffer + 64, 1e300, std::chars_format::scientific,
                      20);
  out << std::string_view(buffer, end.ptr - buffer) << ' ';
  double back;
  std::from_chars("2.5e-3", "2.5e-3" + 6, back);
  out << back << '\n';
}

void containers(std::ostream &out, int n) {
  std::mt19937_64 random(12345);
  std::map<int, std::string> tree;
  std::unordered_map<std::string, int> hash;
  std::deque<int> deque;
  std::priority_queue<int> heap;
  std::multiset<int> bag;
  for (int i = 0; i < n; i++) {
    int k = random() % 1000;
    tree[k] += 'a' + i % 26;
    hash["key" + std::to_string(k)] += i;
    i % 3 ? deque.push_back(k) : deque.push_front(k);
    heap.push(k);
    bag.insert(k % 50);
    if (i % 5 == 0)
      tree.erase(tree.begin()), deque.pop_back();
  }
  std::size_t letters = 0;
  for (auto &[k, v] : tree)
    letters += v.size() * k;
  long sum = 0;
  for (auto &[k, v] : hash)
    sum += v * k.size();
  out << tree.size() << ' ' << letters << ' ' << hash.size() << ' ' << sum
      << ' ' << deque.size() << ' '
      << std::accumulate(deque.begin(), deque.end(), 0) << ' ' << heap.top()
      << ' ' << bag.count(7) << '\n';
  std::vector<double> v(n);
  std::normal_distribution<double> normal(0, 1);
  std::mt19937 r32(7);
  for (double &d : v)
    d = std::uniform_int_distribution<>(0, 1000)(r32);
  std::stable_sort(v.begin(), v.end());
  std::nth_element(v.begin(), v.begin() + n / 2, v.end());
  out << v[n / 2] << ' ' << std::accumulate(v.begin(), v.end(), 0.0) << '\n';
  std::byte memory[4096];
  std::pmr::monotonic_buffer_resource pool(memory, sizeof memory);
  std::pmr::unsynchronized_pool_resource pool2(&pool);
  std::pmr::vector<std::pmr::string> strings(&pool2);
  for (int i = 0; i < 50; i++)
    strings.emplace_back("a string that is not short " + std::to_string(i));
  out << strings.back() << '\n';
  std::string s;
  for (int i = 0; i < 200; i++)
    s.insert(s.size() / 2, std::to_string(i)), s.replace(s.size() / 3, 2, "-");
  out << s.substr(0, 40) << ' ' << s.find("99") << ' ' << s.rfind('1') << ' '
      << s.find_first_not_of("0123456789-") << ' '
      << std::hash<std::string>()(s) % 9973 << '\n';
  std::valarray<int> values = {5, 3, 9};
  out << (values * 2 + 1).sum() << ' ' << values.max() << '\n';
}

void expressions(std::ostream &out) {
  std::string text = "alice@example.org, bob@test.net; carol at nowhere";
  std::regex mail(R"((\w+)@(\w+)\.(org|net))");
  for (std::sregex_iterator i(text.begin(), text.end(), mail), end; i != end;
       ++i)
    out << (*i)[1] << '/' << (*i)[3] << ' ';
  out << std::regex_replace(text, mail, "<$2:$1>") << '\n';
  std::cmatch m;
  out << std::regex_match("2024-02-29", m,
                          std::regex("(\\d{4})-(\\d\\d)-(\\d\\d)"))
      << m[2] << ' '
      << std::regex_search("foo BAR", std::regex("bar", std::regex::icase))
      << ' ' << std::regex_match("aaab", std::regex("(a*)*b"))
      << std::regex_match("abab", std::regex("(ab)\\1"))
      << std::regex_match(
             "x1", std::regex("[[:alpha:]][^[:space:]]", std::regex::extended))
      << '\n';
}

void files(std::ostream &out) {
  namespace fs = std::filesystem;
  std::string name =
      (fs::temp_directory_path() / "hotpad-stdcxx-XXXXXX").string();
#ifdef _WIN32
  fs::path root = _mktemp(name.data());
#else
  fs::path root = mkdtemp(name.data());
#endif
  fs::create_directories(root / "a" / "b");
  std::ofstream(root / "a" / "one.txt") << "line one\nline two\n";
  fs::copy_file(root / "a" / "one.txt", root / "a" / "b" / "two.txt");
#ifndef _WIN32
  fs::create_symlink("one.txt", root / "a" / "link");
#endif
  std::set<std::string> found;
  for (auto &e : fs::recursive_directory_iterator(root))
    found.insert(e.path().lexically_relative(root).string() +
                 (e.is_directory() ? "/" : ""));
  for (auto &f : found)
    out << f << ' ';
  std::fstream f(root / "a" / "b" / "two.txt",
                 std::ios::in | std::ios::out | std::ios::ate);
  f << "line three\n" << std::flush;
  f.seekg(0);
  std::string line, last;
  int lines = 0;
  while (std::getline(f, line))
    lines++, last = line;
  f.close();
  out << lines << last << ' ' << fs::file_size(root / "a" / "b" / "two.txt")
      << ' ' << fs::path("/x/./y/../z.tar.gz").lexically_normal()
      << fs::path("a/b.c").extension() << '\n';
  try {
    (void)fs::file_size(root / "missing");
  } catch (fs::filesystem_error &e) {
    out << e.code().message() << '\n';
  }
  out << fs::remove_all(root) << '\n';
}

void threads(std::ostream &out) {
  std::atomic<long> sum{0};
  std::mutex mutex;
  std::condition_variable ready;
  std::queue<int> queue;
  bool done = false;
  std::vector<std::thread> workers;
  std::atomic<int> thrown{0};
  for (int i = 0; i < 4; i++)
    workers.emplace_back([&] {
      for (;;) {
        std::unique_lock<std::mutex> lock(mutex);
        ready.wait(lock, [&] { return done || !queue.empty(); });
        if (queue.empty())
          return;
        int n = queue.front();
        queue.pop();
        lock.unlock();
        try {
          if (n % 3 == 0)
            throw std::runtime_error(std::to_string(n));
          sum += n;
        } catch (std::exception &e) {
          thrown++;
          sum -= std::stoi(e.what());
        }
      }
    });
  for (int i = 1; i <= 300; i++) {
    std::lock_guard<std::mutex> lock(mutex);
    queue.push(i);
    ready.notify_one();
  }
  {
    std::lock_guard<std::mutex> lock(mutex);
    done = true;
    ready.notify_all();
  }
  for (auto &w : workers)
    w.join();
  out << sum << ' ' << thrown << '\n';
  auto f = std::async(std::launch::async,
                      []() -> int { throw std::logic_error("async"); });
  try {
    f.get();
  } catch (std::logic_error &e) {
    out << e.what() << '\n';
  }
  std::promise<int> promise;
  std::thread([&] { promise.set_value_at_thread_exit(11); }).detach();
  out << promise.get_future().get() << '\n';
  static thread_local std::string name = "main";
  std::thread([&] { name = "other"; }).join();
  out << name << '\n';
}

} // namespace

int workload(FILE *file, int quick) {
  failures = 0;
  std::ostringstream out;
  for (int i = 0; i < 21; i++)
    out << i << ": " << caught(i, out) << '\n';
  nested(out);
  callbacks(out);
  streams(out);
  containers(out, quick ? 200 : 20000);
  expressions(out);
  if (!quick) {
    files(out);
    threads(out);
  }
  check(alive == 0, "a cleanup did not run");
  out << "stdcxx: " << failures << " failures\n";
  std::fputs(out.str().c_str(), file);
  return failures != 0;
}
