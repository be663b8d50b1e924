static __attribute__((noinline, used)) int twin(int x) { return x + NUMBER; }
