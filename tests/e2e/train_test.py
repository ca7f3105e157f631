"""assay train from a user's side: that stages learn, that the scored checkpoint gives the same verdicts, that a killed
run goes on, and that bad input is refused with nothing lost.

ASSAY_SLOW=1 runs the longer ones too.
"""
import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

ASSAY = os.environ["ASSAY"]
CONFIGS = os.path.join(os.environ["ASSAY_SOURCE_DIR"], "trainer", "configs")
SORT = os.path.join(CONFIGS, "sort-4-digits", "grpo.json")
ADD = os.path.join(CONFIGS, "add-2-digits", "pipeline.json")
SLOW = os.environ.get("ASSAY_SLOW") == "1"


def assay(*words, **more):
    return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True,
                          stdin=more.pop("stdin", subprocess.DEVNULL) if "input" not in more else None,
                          timeout=more.pop("timeout", 850), **more)


def has_trainer():
    return assay("train", "--help").returncode == 0


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def train(self, stage, config, run, *more, expect=0):
        done = assay("train", stage, "--config", config, "--out", self.path(run), *more)
        self.assertEqual(done.returncode, expect, done.stdout[-2000:] + done.stderr[-2000:])
        return done

    def metrics(self, *run):
        with open(self.path(*run, "metrics.jsonl")) as file:
            return [json.loads(line) for line in file]

    def curve(self, name, *run):
        return {line["step"]: line[name] for line in self.metrics(*run) if name in line}

    def checkpoint(self, *run):
        return self.path(*run, max(name for name in os.listdir(self.path(*run)) if name.startswith("step-")))

    def judged(self, *run):
        """(problem, sample) -> verdict and text of a stored run."""
        db = sqlite3.connect(self.path(*run, "run.db"))
        rows = db.execute("SELECT problem, sample, outcome, reward, answer, reason, text FROM samples").fetchall()
        db.close()
        return {row[:2]: row[2:] for row in rows}

    def write(self, name, value):
        with open(self.path(name), "w") as file:
            json.dump(value, file)
        return self.path(name)


# A step of seconds: 102k parameters, few samples.
QUICK = ("--set", "rollout.prompts=4", "--set", "rollout.group=4", "--set", "data.count=200",
         "--set", "data.held_out_count=20", "--set", "threads=1")


@unittest.skipUnless(has_trainer(), "SKIPPED: this program was built without the trainer")
class Learning(Folder):
    def sort_digits(self, seed):
        run = f"sort-{seed}"
        begin = time.monotonic()
        self.train("grpo", SORT, run, "--set", f"seed={seed}")
        print(f"\nsort-4-digits, seed {seed}: {time.monotonic() - begin:.1f} s, "
              f"greedy exact {self.curve('eval/correct', run)}", flush=True)
        exact = self.curve("eval/correct", run)
        self.assertLess(exact[0], 0.02)
        self.assertGreaterEqual(exact[120], 0.75)
        self.assertGreaterEqual(max(value for step, value in exact.items() if step >= 140), 0.88)
        return run

    def test_sort_four_digits_from_random_weights(self):
        run = self.sort_digits(1)
        # The checkpoint, scored by the runner, gives the trainer's own verdict on every sample.
        checkpoint = self.checkpoint(run)
        done = assay("score", checkpoint, "--suite", self.path(run, "held-out", "pack"), "--seed", 1,
                     "--out", self.path("scored"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.judged("scored"), self.judged(run, "held-out", "step-000160"))
        last = self.curve("eval/correct", run)[160]
        self.assertAlmostEqual(json.loads(done.stdout)["rows"][0]["pass"]["1"]["value"], last)
        # And it sorts when asked.
        prompts = "".join(json.dumps({"id": i, "prompt": digits + "="}) + "\n"
                          for i, digits in enumerate(("3142", "9081", "7765", "2003", "5314", "8642")))
        drawn = assay("sample", checkpoint, "-", "--max-tokens", 4, "--temperature", 0, input=prompts)
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        texts = [json.loads(line)["text"] for line in drawn.stdout.splitlines()]
        right = sum(text == "".join(sorted(digits)) for text, digits in
                    zip(texts, ("3142", "9081", "7765", "2003", "5314", "8642")))
        self.assertGreaterEqual(right, 4, texts)

    @unittest.skipUnless(SLOW, "slow")
    def test_sort_four_digits_with_other_seeds(self):
        for seed in (2, 3):
            self.sort_digits(seed)

    def test_shuffled_rewards_teach_nothing(self):
        self.train("grpo", SORT, "control", "--set", "reward.shuffle=true", "--set", "run.steps=120")
        exact = self.curve("eval/correct", "control")
        self.assertLessEqual(max(exact.values()), 0.01)

    def test_cold_start_then_grpo_on_arithmetic(self):
        self.train("pipeline", ADD, "add")
        cold = self.curve("eval/correct", "add", "01-cold-start")
        reward = self.curve("reward", "add", "02-rl")
        first = sum(reward[step] for step in range(1, 11)) / 10
        last = sum(reward[step] for step in range(141, 151)) / 10
        print(f"\nadd-2-digits: cold start {cold}, sampled reward {first:.3f} -> {last:.3f}", flush=True)
        self.assertGreaterEqual(last - first, 0.05)
        run = ("add", "04-second-rl")
        done = assay("score", self.checkpoint(*run), "--suite", self.path(*run, "held-out", "pack"),
                     "--seed", self.seed_of(*run), "--out", self.path("scored"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.judged("scored"), self.judged(*run, "held-out", "step-000050"))
        # Every stage wrote down all of its hyperparameters as given, and the report shows all stages.
        report = assay("report", self.path("add"), "--json")
        stages = json.loads(report.stdout)["stages"]
        self.assertEqual([stage["name"] for stage in stages],
                         ["01-cold-start", "02-rl", "03-rejection-sampling", "04-second-rl"])
        self.assertEqual(stages[1]["config"]["optimizer"]["learning_rate"], 3e-4)
        self.assertIn("eval/low", stages[1]["curves"])
        self.assertGreater(len(stages[1]["samples"]), 100)

    def seed_of(self, *run):
        with open(self.path(*run, "config.json")) as file:
            return json.load(file)["seed"]


@unittest.skipUnless(has_trainer(), "SKIPPED: this program was built without the trainer")
class Runs(Folder):
    def test_metrics_have_the_known_names_and_the_page_is_whole(self):
        self.train("grpo", SORT, "run", *QUICK, "--set", "run.steps=3", "--set", "run.eval_every=2",
                   "--set", "reward.format=0.1", "--set", "loss.beta=0.01", "--set", "loss.minibatches=1",
                   "--set", "loss.epochs=1")
        lines = self.metrics("run")
        self.assertEqual([line["step"] for line in lines], [0, 1, 2, 3])
        for name in ("reward", "reward_std", "rewards/accuracy/mean", "rewards/format/mean", "frac_reward_zero_std",
                     "completions/mean_length", "completions/clipped_ratio", "kl", "entropy", "grad_norm", "loss",
                     "clip_ratio/low_mean", "clip_ratio/high_mean", "sampling/sampling_logp_difference/max",
                     "training/rollout_probs_diff_max", "learning_rate", "num_tokens", "step_time", "timing_s/gen",
                     "timing_s/reward", "timing_s/ref", "timing_s/old_log_prob", "timing_s/update_actor",
                     "perf/throughput"):
            self.assertIn(name, lines[1], name)
        # Step 0 of a fresh policy: nothing has moved.
        self.assertEqual(lines[1]["kl"], 0)
        self.assertEqual(lines[1]["clip_ratio/region_mean"], 0)
        self.assertLess(lines[1]["sampling/sampling_logp_difference/max"], 1e-5)
        db = sqlite3.connect(self.path("run", "metrics.db"))
        self.assertEqual(db.execute("SELECT value FROM metrics WHERE step = 2 AND name = 'reward'").fetchone()[0],
                         lines[2]["reward"])
        self.assertEqual(db.execute("SELECT count(*) FROM samples WHERE step = 1").fetchone()[0], 4)
        db.close()
        page = assay("report", self.path("run"))
        self.assertEqual(page.returncode, 0, page.stderr)
        with open(self.path("run", "report.html")) as file:
            text = file.read()
        self.assertIn("eval/correct", text)
        self.assertNotIn("<script src", text)
        self.assertEqual(len(os.listdir(self.path("run", "tensorboard"))), 1)
        # Each held-out evaluation is a run that the runner's own commands read.
        table = assay("report", self.path("run", "held-out", "step-000002"), "--csv")
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertEqual(len(table.stdout.splitlines()), 21)

    def test_a_dry_run_plans_every_stage_and_writes_nothing(self):
        done = assay("train", "pipeline", "--config", ADD, "--out", self.path("run"), "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("parameters 102"), 4, done.stdout)
        self.assertFalse(os.path.exists(self.path("run")))
        script = subprocess.run([os.path.join(os.environ["ASSAY_SOURCE_DIR"], "scripts", "gpu-train"), "--dry-run",
                                 "no-such-model"], capture_output=True, text=True, env={**os.environ, "ASSAY": ASSAY})
        self.assertEqual(script.returncode, 2)
        self.assertIn("no-such-model", script.stderr)

    def test_dynamic_sampling_refills_up_to_the_cap(self):
        # At random weights, rewards of whole answers have no spread: every round is drawn, in vain.
        accuracy = ("--set", "data.sort_digits=null", "--set", "data.add_digits=2", "--set", "run.steps=2",
                    "--set", "data.held_out=")
        self.train("grpo", SORT, "off", *QUICK, *accuracy)
        self.train("grpo", SORT, "zero", *QUICK, *accuracy, "--set", "rollout.refill_rounds=0")
        self.train("grpo", SORT, "two", *QUICK, *accuracy, "--set", "rollout.refill_rounds=2")
        same = [{name: value for name, value in line.items() if not name.startswith(("timing", "perf", "step_time"))}
                for run in ("off", "zero") for line in self.metrics(run)]
        self.assertEqual(same[:2], same[2:])
        self.assertEqual(self.curve("rollout/groups_drawn", "zero")[1], 4)
        drawn = self.curve("rollout/groups_drawn", "two")[1]
        self.assertGreater(drawn, 4)
        self.assertLessEqual(drawn, 12)

    def test_streams_with_a_curriculum_go_on_after_a_kill(self):
        with open(SORT) as file:
            fresh = json.load(file)["model"]["fresh"]
        fresh.update(vocab_size=257, eos_token_id=256, max_position_embeddings=512)
        config = {"name": "streams", "seed": 1, "threads": 1,
                  "model": {"fresh": fresh, "tokenizer": self.byte_tokenizer()},
                  "data": {"streams": [{"family": "gcd_lcm", "level": "1-2"}], "chat": False, "curriculum": True},
                  # Somewhere in eight bytes of noise there is a letter: this reward has a spread.
                  "reward": {"accuracy": 1, "language": 1},
                  "rollout": {"prompts": 2, "group": 4, "max_tokens": 8},
                  "optimizer": {"learning_rate": 1e-3},
                  "run": {"steps": 6, "save_every": 1}}
        config = self.write("streams.json", config)
        self.train("grpo", config, "straight")
        running = subprocess.Popen([ASSAY, "train", "grpo", "--config", config, "--out", self.path("killed")],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in running.stdout:
            if "step 3/6" in line:
                os.kill(running.pid, signal.SIGKILL)
        running.stdout.close()
        self.assertEqual(running.wait(), -signal.SIGKILL)
        again = self.train("grpo", config, "killed")
        self.assertNotIn("step 2/6", again.stdout)
        steps = [[{name: value for name, value in line.items() if not name.startswith(("timing", "perf", "step_time"))}
                  for line in self.metrics(run)] for run in ("straight", "killed")]
        self.assertEqual(steps[0], steps[1])
        self.assertIn("streams/gcd_lcm/2/success", steps[0][0])
        self.assertGreater(max(line["grad_norm"] for line in steps[0]), 0)
        for name in ("model.safetensors", "trainer.json", "moments.bin"):
            with open(os.path.join(self.checkpoint("straight"), name), "rb") as a, \
                    open(os.path.join(self.checkpoint("killed"), name), "rb") as b:
                self.assertEqual(a.read(), b.read(), name)

    def byte_tokenizer(self):
        """One token a byte, and an end."""
        shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
        hidden = [byte for byte in range(256) if byte not in shown]
        letter = {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}
        folder = self.path("bytes")
        os.makedirs(folder)
        end = {"id": 256, "content": "<end>", "single_word": False, "lstrip": False, "rstrip": False,
               "normalized": False, "special": True}
        with open(os.path.join(folder, "tokenizer.json"), "w") as file:
            json.dump({"version": "1.0", "added_tokens": [end], "normalizer": None,
                       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
                       "post_processor": None, "decoder": {"type": "ByteLevel"},
                       "model": {"type": "BPE", "vocab": {letter[byte]: byte for byte in range(256)}, "merges": []}},
                      file)
        with open(os.path.join(folder, "tokenizer_config.json"), "w") as file:
            json.dump({"eos_token": "<end>"}, file)
        return folder

    def test_a_killed_pipeline_goes_on_and_ends_with_the_same_bytes(self):
        short = ["--set", "common.data.count=300", "--set", "common.data.held_out_count=20",
                 "--set", "common.rollout.prompts=4", "--set", "common.rollout.group=8",
                 "--set", "stages.0.run.steps=60", "--set", "stages.1.run.steps=12",
                 "--set", "stages.1.run.save_every=3", "--set", "stages.3.run.steps=4"]
        self.train("pipeline", ADD, "straight", *short)
        running = subprocess.Popen([ASSAY, "train", "pipeline", "--config", ADD, "--out", self.path("killed"), *short],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = []
        for line in running.stdout:
            seen.append(line)
            if "step 5/12" in line:
                os.kill(running.pid, signal.SIGKILL)
                break
        running.wait()
        running.stdout.close()
        self.assertTrue(any("step 5/12" in line for line in seen), seen)
        self.assertFalse(os.path.exists(self.path("killed", "03-rejection-sampling")))
        again = self.train("pipeline", ADD, "killed", *short)
        self.assertIn("cold-start (sft), done before", again.stdout)
        self.assertNotIn("step 1/12", again.stdout)
        for stage in ("01-cold-start", "02-rl", "03-rejection-sampling", "04-second-rl"):
            with open(os.path.join(self.checkpoint("straight", stage), "model.safetensors"), "rb") as a, \
                    open(os.path.join(self.checkpoint("killed", stage), "model.safetensors"), "rb") as b:
                self.assertEqual(a.read(), b.read(), stage)

    def test_distillation_learns_what_the_teacher_got_right(self):
        teacher = self.path("replies.jsonl")
        pack = self.path("pack")
        os.makedirs(pack)
        with open(os.path.join(pack, "pack.json"), "w") as file:
            json.dump({"name": "adds", "version": "1.0.0", "licence": "CC0-1.0", "source": "test"}, file)
        with open(os.path.join(pack, "problems.jsonl"), "w") as problems, open(teacher, "w") as replies:
            for i in range(30):
                problems.write(json.dumps({"id": f"p{i}", "prompt": f"{i:02}+{i:02}=", "reference": str(2 * i),
                                           "verifier": {"kind": "math"}}) + "\n")
                for sample, text in enumerate((str(2 * i), str(2 * i + 1))):
                    replies.write(json.dumps({"problem": f"adds/p{i}", "sample": sample, "response": text}) + "\n")
        self.train("distill", SORT, "run", "--set", "data.sort_digits=null", "--set", f"data.suite={pack}",
                   "--set", "data.held_out=", "--set", f"run.teacher=replay:{teacher}", "--set", "run.samples=2",
                   "--set", "run.batch=10", "--set", "run.epochs=40", "--set", "threads=1")
        with open(self.path("run", "gathered.jsonl")) as file:
            head, *kept = [json.loads(line) for line in file]
        self.assertEqual((head["drawn"], head["right"], len(kept)), (60, 30, 30))
        loss = self.curve("loss", "run")
        self.assertLess(loss[max(loss)], 0.5 * loss[1])


@unittest.skipUnless(has_trainer(), "SKIPPED: this program was built without the trainer")
class Refusals(Folder):
    def refused(self, *more, stage="grpo", config=SORT):
        done = assay("train", stage, "--config", config, "--out", self.path("run"), *more)
        self.assertEqual(done.returncode, 2, done.stdout[-500:] + done.stderr[-500:])
        self.assertFalse(os.path.exists(self.path("run", "metrics.jsonl")))
        return done.stderr

    def test_unknown_keys_name_the_nearest(self):
        self.assertIn('"learning_rate"', self.refused("--set", "optimizer.learnin_rate=1"))
        self.assertIn('"rollout"', self.refused("--set", "rolout.group=1"))
        self.assertIn("stages[1]", self.refused("--set", "stages.1.loss.bta=1", stage="pipeline", config=ADD))

    def test_a_device_that_is_not_there(self):
        self.assertIn("expected cpu, cuda or cuda:INDEX", self.refused("--set", "device=tpu"))
        self.assertIn("device cuda:99: LibTorch", self.refused("--set", "device=cuda:99"))

    def test_an_exchange_that_is_not_there(self):
        self.assertIn("expected auto, nccl or gloo", self.refused("--set", "exchange=mpi"))
        self.assertIn("device is cpu", self.refused("--set", "exchange=nccl"))

    def test_impossible_batches(self):
        self.assertIn("minibatches", self.refused("--set", "loss.minibatches=5"))
        self.assertIn("group", self.refused("--set", "rollout.group=1"))
        self.assertIn("context", self.refused("--set", "rollout.max_tokens=400"))

    def test_missing_parts(self):
        self.assertIn("tokenizer", self.refused("--set", "model.tokenizer=nowhere"))
        self.assertIn("no-such-model", self.refused("--set", "model.fresh=null", "--set", "model.tokenizer=null",
                                                    "--set", "model.path=no-such-model"))
        self.assertIn("chat", self.refused("--set", "data.chat=true"))
        self.assertEqual(assay("train", "grpo", "--config", self.path("nothing.json")).returncode, 2)

    def test_another_configuration_in_the_same_folder(self):
        self.train("grpo", SORT, "run", *QUICK, "--set", "run.steps=1")
        done = assay("train", "grpo", "--config", SORT, "--out", self.path("run"), *QUICK, "--set", "run.steps=2",
                     "--set", "optimizer.learning_rate=1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("another configuration", done.stderr)
        more = self.train("grpo", SORT, "run", *QUICK, "--set", "run.steps=2")
        self.assertIn("step 2/2", more.stdout)

    def test_a_full_disk_loses_nothing(self):
        """A file-size limit stands for the full disk: the checkpoint cannot be written whole."""
        self.train("grpo", SORT, "run", *QUICK, "--set", "run.steps=1")
        with open(os.path.join(self.checkpoint("run"), "model.safetensors"), "rb") as file:
            before = file.read()
        command = f"ulimit -f 300; exec {ASSAY} train grpo --config {SORT} --out {self.path('run')} " + \
            " ".join(QUICK) + " --set run.steps=2"
        done = subprocess.run(["bash", "-c", "trap '' XFSZ; " + command], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("model.safetensors", done.stderr)
        self.assertEqual(sorted(name for name in os.listdir(self.path("run")) if name.startswith("s")),
                         ["step-000001"])
        with open(os.path.join(self.checkpoint("run"), "model.safetensors"), "rb") as file:
            self.assertEqual(file.read(), before)
        again = self.train("grpo", SORT, "run", *QUICK, "--set", "run.steps=2")
        self.assertIn("step 2/2", again.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
