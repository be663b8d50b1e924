#define CASES(F)                                                               \
  case 0: return F(11);                                                        \
  case 1: return F(7) + x;                                                     \
  case 2: return F(5) - x;                                                     \
  case 3: return F(3) * 9;                                                     \
  case 4: return F(1) ^ x;                                                     \
  case 5: return F(2) | 64;                                                    \
  case 6: return F(9) << 2;                                                    \
  case 7: return F(4) % 3;
