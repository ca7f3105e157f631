// expect: compile_failed
template <int N> struct A { static constexpr long v = A<N - 1>::v + A<N - 2>::v; };
int main() { return A<100000>::v; }
