#include "cli/local_model_flags.h"

namespace assay::cli {

void DeclareLocalModel(CLI::App& command, LocalFlags& flags) {
  command.add_option("--dtype", flags.dtype,
                     "Local models: weights held as f32 (exact), bf16 (half the memory), int8 "
                     "(fastest) or int4 (as a 4-bit file has them); GPU: f32, bf16, f16; absent: "
                     "f32, on a GPU bf16");
  command.add_option("--device", flags.device,
                     "Local models: cpu, cuda for the first GPU, or cuda:0,1,… for these; absent: "
                     "cpu");
  command
      .add_option(
          "--tensor-parallel", flags.tensor_parallel,
          "Local models: GPUs that hold one replica of the model together; the requests are "
          "shared by the replicas")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_flag("--deterministic", flags.deterministic,
                   "Local models: samples depend on nothing but themselves, at some cost on a GPU; "
                   "always so on the CPU");
  command
      .add_option("--memory-mb", flags.memory_mb,
                  "Local models: memory for all of it; absent or 0: what is available")
      ->check(CLI::Range(0, 1 << 24));
}

}  // namespace assay::cli
