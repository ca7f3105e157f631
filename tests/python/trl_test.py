"""TRL's own code calls our reward function and takes what it returns. Needs .peers (scripts/setup --peers)."""
import math
import os
import subprocess
import sys

ROOT = os.environ["ASSAY_SOURCE_DIR"]
PEERS = os.path.join(ROOT, ".peers", "bin", "python")


def main():
    import accelerate
    import torch
    from trl import GRPOTrainer

    from assay.rewards import trl_reward

    accelerate.PartialState(cpu=True)  # TRL logs through it

    class Accelerator:
        device = "cpu"
        num_processes = 1
        is_main_process = True

        @staticmethod
        def gather(tensor):
            return tensor

    class Trainer:  # what GRPOTrainer._calculate_rewards asks of itself
        accelerator = Accelerator()
        args = type("Args", (), {"report_to": []})()
        environments = None
        state = type("State", (), {"global_step": 0})()
        reward_funcs = [trl_reward(verifier_column="verifier")]
        reward_processing_classes = [None]
        reward_func_names = ["assay"]
        logged = []
        model = torch.nn.Linear(1, 1)

        def _log_completion_extra(self, name, values):
            self.logged.append((name, values))

        def _log_metric(self, name, value):
            self.logged.append((name, value))

    rows = [{"prompt": [{"role": "user", "content": "?"}], "reference": reference, "verifier": kind}
            for reference, kind in (("1/2", "math"), ("1/2", "math"), ("1", "nonsense"))]
    completions = [[{"role": "assistant", "content": text}] for text in ("\\boxed{0.5}", "\\boxed{2}", "1")]
    got = GRPOTrainer._calculate_rewards(Trainer(), rows, [row["prompt"] for row in rows], completions,
                                         [[1]] * 3)[:, 0].tolist()
    assert got[:2] == [1.0, 0.0] and math.isnan(got[2]), got
    assert ("assay_outcome", ["correct", "wrong", "error"]) in Trainer.logged, Trainer.logged
    print("GRPOTrainer took", got)


if __name__ == "__main__":
    if "--inside" in sys.argv:
        main()
    elif not os.access(PEERS, os.X_OK):
        print("SKIPPED: TRL's view of the reward function (scripts/setup --peers)")
        sys.exit(77)
    else:
        sys.exit(subprocess.run([PEERS, os.path.abspath(__file__), "--inside"]).returncode)
