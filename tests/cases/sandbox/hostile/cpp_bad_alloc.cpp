// expect: memory_limit
#include <vector>
int main() { std::vector<char> v(1UL << 40); return v[0]; }
