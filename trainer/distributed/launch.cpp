#include "trainer/distributed/launch.h"

#include <charconv>
#include <cstdlib>

namespace assay {
namespace {

struct Names {
  const char *rank, *size, *local_rank;
};
// A batch script of Slurm sees SLURM_NTASKS too without being a step: only srun sets STEP
// variables.
constexpr Names kLaunchers[] = {
    {"RANK", "WORLD_SIZE", "LOCAL_RANK"},
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"},
    {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"},
};

Result<int> Number(const char* name, const std::string& text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return Fail(ErrorCode::kUsage, "{} is \"{}\": expected a number from {} to {}", name, text, low,
                high);
  }
  return value;
}

// "node[03-07,9]" and "node03,node04": the first host.
std::string FirstHost(const std::string& list) {
  const std::size_t bracket = list.find('[');
  const std::size_t comma = list.find(',');
  if (bracket == std::string::npos || comma < bracket) return list.substr(0, comma);
  const std::size_t end = list.find_first_of(",-]", bracket);
  return list.substr(0, bracket) + list.substr(bracket + 1, end - bracket - 1);
}

}  // namespace

std::optional<std::string> ReadEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Result<Launch> LaunchFrom(const EnvironmentReader& read) {
  Launch launch;
  for (const Names& names : kLaunchers) {
    const auto size = read(names.size);
    if (!size) continue;
    const auto parsed_size = Number(names.size, *size, 1, 1 << 20);
    if (!parsed_size) return Pass(parsed_size.error());
    if (*parsed_size == 1) continue;
    const auto rank = read(names.rank);
    if (!rank) {
      return Fail(ErrorCode::kUsage, "{} is {} but {} is not set", names.size, *size, names.rank);
    }
    const auto parsed_rank = Number(names.rank, *rank, 0, *parsed_size - 1);
    if (!parsed_rank) return Pass(parsed_rank.error());
    launch.size = *parsed_size;
    launch.rank = *parsed_rank;
    if (const auto local = read(names.local_rank)) {
      const auto parsed = Number(names.local_rank, *local, 0, 1 << 20);
      if (!parsed) return Pass(parsed.error());
      launch.local_rank = *parsed;
    }
    break;
  }
  if (launch.size == 1) return launch;
  if (const auto address = read("MASTER_ADDR")) {
    launch.address = *address;
  } else if (const auto hosts = read("SLURM_STEP_NODELIST")) {
    launch.address = FirstHost(*hosts);
  }
  if (const auto port = read("MASTER_PORT")) {
    const auto parsed = Number("MASTER_PORT", *port, 1, 65535);
    if (!parsed) return Pass(parsed.error());
    launch.port = *parsed;
  }
  launch.store_is_served = read("TORCHELASTIC_USE_AGENT_STORE").value_or("") == "True";
  launch.attempt = read("TORCHELASTIC_RESTART_COUNT").value_or("0");
  return launch;
}

}  // namespace assay
