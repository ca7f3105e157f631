// Not part of any program: clang-tidy must refuse each of these, or a rule has died
// (tests/lint/tidy_test.py).
#include <string>
#include <utility>
#include <vector>

class bad_name {  // readability-identifier-naming
 public:
  bad_name(int value) : value_(value) {}  // google-explicit-constructor
  int value_;
};

int UseAfterMove() {
  std::vector<int> items = {1};
  std::vector<int> taken = std::move(items);
  return static_cast<int>(items.size() + taken.size());  // bugprone-use-after-move
}

struct Uninitialised {
  int* pointer;
};
int Read() {
  Uninitialised object;    // cppcoreguidelines-pro-type-member-init
  return *object.pointer;  // clang-analyzer-core
}

std::size_t Copies(std::vector<std::string> names) {  // performance-unnecessary-value-param
  std::size_t total = 0;
  for (const auto name : names) total += name.size();  // performance-for-range-copy
  return total;
}
