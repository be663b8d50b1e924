// What classes.cpp and unwind.cpp share; the inline functions and templates are
// COMDAT, so each unit has a copy and the linker keeps one.
#ifndef CLASSES_H
#define CLASSES_H
#include "../../real/Inputs/workload.h"
#include <stdexcept>
#include <string>
#include <vector>

inline std::string trace; // What ran, in order.

struct Noted {
  std::string name;
  explicit Noted(const char *n) : name(n) { trace += "+" + name; }
  Noted(const Noted &o) : name(o.name + "'") { trace += "+" + name; }
  ~Noted() { trace += "-" + name; }
};

struct Shape {
  virtual ~Shape() {}
  virtual double area() const = 0;
  virtual const char *name() const { return "shape"; }
};
struct Named {
  int id = 0;
  virtual ~Named() {}
  virtual int number() const { return id; }
};
struct Square : Shape, Named { // A call of number() through Named is a thunk.
  double side;
  explicit Square(double s) : side(s) { id = 4; }
  double area() const override { return side * side; }
  const char *name() const override { return "square"; }
  int number() const override { return id + 100; }
};
struct VirtualBase : virtual Named {
  int number() const override { return -id; }
};

template <typename T> T power(T base, int exponent) {
  return exponent == 0  ? T(1)
         : exponent % 2 ? base * power(base, exponent - 1)
                        : power(base * base, exponent / 2);
}
inline int counter() {
  static int calls = 100; // One variable for both units.
  return ++calls, calls--;
}
inline const std::string &localStatic() {
  static const std::string s(30,
                             'q'); // With a guard, and a destructor at exit.
  return s;
}

struct Failed : std::runtime_error {
  int code;
  Failed(int c) : std::runtime_error("failed " + std::to_string(c)), code(c) {}
};

int riskyCleanup(int n);
int filter(int n);
std::string nestedThrow(int depth);
int throughNoexcept(int n) noexcept;
int callBack(int (*f)(int), int n);
int counterThere();
using CounterAddress = int (*)();
CounterAddress counterAddress();
std::string threadName(int n);

#endif
