// trainer/distributed/launch.h -- Which of how many processes this one is, from what launchers set.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace assay {

struct Launch {
  int rank = 0;
  int size = 1;
  int local_rank = 0;
  std::string address = "127.0.0.1";
  int port = 29500;
  bool store_is_served = false;  // the launcher keeps the store itself (torchrun)
  std::string attempt = "0";     // restarts of torchrun must not read each other's keys
};

using EnvironmentReader = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> ReadEnvironment(const char* name);

// RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT as torchrun sets them; else Open MPI's
// OMPI_COMM_WORLD_*, MPICH's PMI_*, or those of a Slurm step (srun). Alone when none is there.
// kUsage naming the variable that is missing or malformed.
Result<Launch> LaunchFrom(const EnvironmentReader& read = ReadEnvironment);

}  // namespace assay
