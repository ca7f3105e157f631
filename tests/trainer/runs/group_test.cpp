// Collectives, shards of the optimizer, and what is said when a process is missing: processes
// played by threads, over real sockets.
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/support/catch.h"
#include "trainer/distributed/shards.h"

namespace assay {
namespace {

using std::chrono::milliseconds;

int FreePort() {
  static std::atomic<int> next = 20000 + static_cast<int>(::getpid() % 20000);
  return next++;
}

// In threads: Catch2's own checks are for one thread.
void Must(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

// Runs `body` as each of `size` processes; results in rank order.
template <class Body>
auto Together(int size, milliseconds deadline, const Body& body) {
  using Out = decltype(body(std::declval<ProcessGroup&>()));
  std::vector<std::optional<Out>> results(static_cast<std::size_t>(size));
  std::vector<std::string> errors(static_cast<std::size_t>(size));
  const int port = FreePort();
  // c10d's flight recorder is one for a whole process and races where threads play processes.
  ::setenv("TORCH_FR_BUFFER_SIZE", "0", /*overwrite=*/0);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      const Launch launch{rank, size, rank, "127.0.0.1", port, false, "0"};
      auto group = Join(launch, deadline);
      if (!group) {
        errors[static_cast<std::size_t>(rank)] = group.error().message;
        return;
      }
      try {
        results[static_cast<std::size_t>(rank)] = body(**group);
      } catch (const std::exception& error) {
        errors[static_cast<std::size_t>(rank)] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Out> all;
  for (std::size_t i = 0; i < results.size(); ++i) {
    INFO("process " << i << ": " << errors[i]);
    REQUIRE(results[i].has_value());
    all.push_back(std::move(*results[i]));
  }
  return all;
}

TEST_CASE("processes exchange, gather, sum and agree", "[trainer][distributed]") {
  for (const int size : {2, 3}) {
    const auto texts = Together(size, milliseconds(60000), [](ProcessGroup& group) {
      const double rank = group.rank();
      std::vector<double> sums = {rank, 10 * rank, 1e16};
      std::vector<double> tops = {rank, 5 - rank};
      Must(group.Sum("sums", sums).has_value(), "sum");
      Must(group.Max("tops", tops).has_value(), "max");
      const auto strings =
          group.GatherStrings("strings", std::string(static_cast<std::size_t>(group.rank()), 'x'));
      Must(strings.has_value(), "strings");
      const auto fine = group.Agree("fine", {});
      const auto broken =
          group.Agree("broken", group.rank() == 1 ? Result<void>(Fail(ErrorCode::kInput, "no disk"))
                                                  : Result<void>());
      std::string text =
          fmt::format("{} {} {} {} {} ", sums[0], sums[1], sums[2], tops[0], tops[1]);
      for (const std::string& part : *strings) text += "[" + part + "]";
      return text + (fine ? " fine " : " ?? ") + (broken ? "??" : broken.error().message);
    });
    const std::string expected = size == 2 ? "1 10 2e+16 1 5 [][x] fine process 1: no disk"
                                           : "3 30 3e+16 2 5 [][x][xx] fine process 1: no disk";
    for (const std::string& text : texts) CHECK(text == expected);
  }
}

// Parameters of odd sizes, one of them frozen.
template <class Real>
struct Parameters {
  explicit Parameters(int rank) {
    const std::vector<std::int64_t> sizes = {5, 1, 7, 30};
    for (std::size_t p = 0; p < sizes.size(); ++p) {
      const auto n = static_cast<std::size_t>(sizes[p]);
      values.emplace_back(n);
      gradients.emplace_back(n);
      for (std::size_t i = 0; i < n; ++i) {
        values[p][i] = static_cast<Real>(0.01 * static_cast<double>(p * 100 + i));
        gradients[p][i] = static_cast<Real>(
            std::sin(static_cast<double>((p + 1) * (i + 3)) * (static_cast<double>(rank) + 1)));
      }
    }
    for (std::size_t p = 0; p < sizes.size(); ++p) {
      ParameterView view;
      view.columns = sizes[p];
      view.is_double = sizeof(Real) == 8;
      view.value = values[p].data();
      view.gradient = p == 1 ? nullptr : gradients[p].data();
      views.push_back(view);
    }
  }
  std::vector<std::vector<Real>> values, gradients;
  std::vector<ParameterView> views;
};

template <class Real>
void CheckShards(int size) {
  struct Out {
    std::vector<std::vector<Real>> values;
    double norm = 0;
    std::string moments;
  };
  const AdamWConfig config{0.9, 0.99, 1e-8, 0.01};
  // The truth: one process with all gradients added in rank order.
  Parameters<Real> truth(0);
  std::vector<std::vector<double>> sums(truth.gradients.size());
  for (std::size_t p = 0; p < sums.size(); ++p) sums[p].assign(truth.gradients[p].size(), 0);
  for (int rank = 0; rank < size; ++rank) {
    const Parameters<Real> own(rank);
    for (std::size_t p = 0; p < sums.size(); ++p) {
      for (std::size_t i = 0; i < sums[p].size(); ++i) {
        sums[p][i] += static_cast<double>(own.gradients[p][i]);
      }
    }
  }
  for (std::size_t p = 0; p < sums.size(); ++p) {
    for (std::size_t i = 0; i < sums[p].size(); ++i) {
      truth.gradients[p][i] = static_cast<Real>(sums[p][i]);
    }
  }
  const double norm = GradientNorm(truth.views);
  AdamW whole(config, truth.views);
  whole.Step(1e-2);
  whole.Step(1e-3);
  std::string moments;
  for (const auto& both : whole.StateBytes()) moments.append(both.data(), both.size());

  const auto found = Together(size, milliseconds(60000), [&](ProcessGroup& group) {
    Parameters<Real> own(group.rank());
    AdamW part(config, own.views, OwnShard(group, own.views));
    Must(SumGradients(group, own.views).has_value(), "a collective");
    const auto shared_norm = SharedGradientNorm(group, own.views);
    Must(shared_norm.has_value(), "a collective");
    part.Step(1e-2);
    // Through a checkpoint and back into a fresh optimizer.
    auto bytes = GatherMoments(group, own.views, part);
    Must(bytes.has_value(), "a collective");
    auto all = group.GatherStrings("moments", *bytes);
    Must(all.has_value(), "a collective");
    AdamW resumed(config, own.views, OwnShard(group, own.views));
    Must(TakeMoments((*all)[0], own.views, resumed), "a collective");
    resumed.set_steps(1);
    resumed.Step(1e-3);
    Must(ShareParameters(group, own.views).has_value(), "a collective");
    auto last = GatherMoments(group, own.views, resumed);
    Must(last.has_value(), "a collective");
    return Out{own.values, *shared_norm, *last};
  });
  for (const Out& out : found) {
    CHECK(out.values == truth.values);
    CHECK(out.norm == Approx(norm).epsilon(1e-14));
  }
  CHECK(found[0].moments == moments);
}

TEST_CASE("sharded AdamW equals AdamW bit by bit", "[trainer][distributed]") {
  CheckShards<float>(2);
  CheckShards<double>(3);
}

TEST_CASE("a process that does not come to a collective is named", "[trainer][distributed]") {
  const auto messages = Together(2, milliseconds(1500), [](ProcessGroup& group) -> std::string {
    double number = 1;
    Must(group.Sum("the start", std::span(&number, 1)).has_value(), "a collective");
    if (group.rank() == 1) {
      // Busy elsewhere: its heart beats, it is late.
      std::this_thread::sleep_for(milliseconds(5000));
      return "slept";
    }
    const auto done = group.Sum("the gradients of step 3", std::span(&number, 1));
    Must(!done.has_value(), "a collective");
    Must(!group.quiet(), "the first process speaks");
    return done.error().message;
  });
  CHECK(messages[0] == "process 1 of 2 did not come to the gradients of step 3 within 1.5 s");
}

TEST_CASE("a process that is gone raises no signal in the others", "[trainer][distributed]") {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  Together(2, milliseconds(20000), [](ProcessGroup& group) {
    double number = 1;
    return group.Sum("a number", std::span(&number, 1)).has_value();
  });
  CHECK(std::signal(SIGPIPE, before) == SIG_IGN);
}

TEST_CASE("a process that never started is named", "[trainer][distributed]") {
  const Launch launch{0, 2, 0, "127.0.0.1", FreePort(), false, "0"};
  const auto group = Join(launch, milliseconds(1000));
  REQUIRE(!group.has_value());
  CHECK(group.error().message.find("process 1 of 2 did not come to 127.0.0.1:") == 0);
  const Launch other{1, 2, 1, "127.0.0.1", FreePort(), false, "0"};
  const auto lost = Join(other, milliseconds(1000));
  REQUIRE(!lost.has_value());
  CHECK(lost.error().message.find("process 1 of 2 finds nobody at 127.0.0.1:") == 0);
}

Result<Launch> LaunchWith(const std::map<std::string, std::string>& variables) {
  return LaunchFrom([&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST_CASE("launchers' variables", "[trainer][distributed]") {
  CHECK(LaunchWith({})->size == 1);
  CHECK(LaunchWith({{"WORLD_SIZE", "1"}, {"RANK", "0"}})->size == 1);
  const auto torchrun = LaunchWith({{"RANK", "3"},
                                    {"WORLD_SIZE", "4"},
                                    {"LOCAL_RANK", "1"},
                                    {"MASTER_ADDR", "node7"},
                                    {"MASTER_PORT", "1234"},
                                    {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                    {"TORCHELASTIC_RESTART_COUNT", "2"}});
  REQUIRE(torchrun.has_value());
  CHECK(torchrun->rank == 3);
  CHECK(torchrun->size == 4);
  CHECK(torchrun->local_rank == 1);
  CHECK(torchrun->address == "node7");
  CHECK(torchrun->port == 1234);
  CHECK(torchrun->store_is_served);
  CHECK(torchrun->attempt == "2");
  const auto mpi = LaunchWith({{"OMPI_COMM_WORLD_RANK", "1"},
                               {"OMPI_COMM_WORLD_SIZE", "2"},
                               {"OMPI_COMM_WORLD_LOCAL_RANK", "1"}});
  REQUIRE(mpi.has_value());
  CHECK(mpi->rank == 1);
  CHECK(mpi->address == "127.0.0.1");
  const auto slurm = LaunchWith({{"SLURM_PROCID", "5"},
                                 {"SLURM_STEP_NUM_TASKS", "8"},
                                 {"SLURM_LOCALID", "1"},
                                 {"SLURM_STEP_NODELIST", "gpu[07-10,12]"}});
  REQUIRE(slurm.has_value());
  CHECK(slurm->rank == 5);
  CHECK(slurm->address == "gpu07");
  CHECK(LaunchWith({{"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "0"}})->size == 1);
  CHECK(LaunchWith({{"WORLD_SIZE", "2"}}).error().message == "WORLD_SIZE is 2 but RANK is not set");
  CHECK(LaunchWith({{"WORLD_SIZE", "2"}, {"RANK", "2"}}).error().message ==
        "RANK is \"2\": expected a number from 0 to 1");
}

}  // namespace
}  // namespace assay
