"""Reward functions for trainers: TRL's GRPOTrainer and its relatives, verl.

An outcome of "error" says nothing about the response: it is our failure or the task author's. It is never a reward.
Every other outcome has one, from 0 to 1: "wrong", "no_answer" and "limit" have 0.
"""
import importlib.metadata

from assay.errors import VerdictError
from assay.verifier import default_verifier

_SINCE = (1, 16)  # the first TRL release known to leave samples without any reward out


def trl_reward(verifier="math", *, reference="reference", verifier_column=None, problem_column=None, judge=None,
               on_error="none", name=None):
    """A reward function for TRL: f(prompts, completions, **columns) -> list of float or None.

    verifier         a kind, or a spec such as {"kind": "numeric", "rel": 1e-3}
    reference        the data set's column with the references
    verifier_column  a column with each row's verifier instead (a kind, a spec, or a spec as JSON text)
    problem_column   a column with names of problems ("suite/id") instead of both
    judge            an assay.Verifier; by default the shared one
    on_error         "none": no reward for an error; "raise": VerdictError
    name             what TRL's logs call it

    With "none", TRL leaves out a completion that has no reward from any function. Where the trainer has other
    reward functions too, it adds up those that there are, so that our failure would count as 0 after all: use "raise"
    there. TRL before 1.16 counts None as 0, so "none" is refused with it.
    """
    if on_error not in ("none", "raise"):
        raise ValueError(f'on_error: expected "none" or "raise", got {on_error!r}')
    if on_error == "none":
        _refuse_old_trl()

    def reward(prompts=None, completions=None, log_extra=None, log_metric=None, **columns):
        responses = [response_of(completion) for completion in completions]
        if problem_column is not None:
            items = [{"problem": problem, "response": response}
                     for problem, response in zip(_column(columns, problem_column, responses), responses)]
        else:
            verifiers = ([verifier] * len(responses) if verifier_column is None
                         else _column(columns, verifier_column, responses))
            references = _column(columns, reference, responses)
            items = [_item(response, truth, kind)
                     for response, truth, kind in zip(responses, references, verifiers)]
        verdicts = (judge or default_verifier()).verify(items)
        if on_error == "raise":
            _raise_errors(verdicts)
        if log_extra is not None:
            log_extra("assay_outcome", [verdict.outcome for verdict in verdicts])
        if log_metric is not None and verdicts:
            log_metric("assay/error_share", sum(v.outcome == "error" for v in verdicts) / len(verdicts))
        return [verdict.reward for verdict in verdicts]

    reward.__name__ = name or ("assay" if verifier_column or problem_column else f"assay_{_kind(verifier)}")
    return reward


def compute_score(data_source, solution_str, ground_truth, extra_info=None, *, verifier="math", judge=None, **_):
    """verl's reward function of one response; raises VerdictError for an error, as verl knows no "no reward".

    `verifier` (a key of verl's reward_kwargs) is a kind or a spec. A row's own goes before it:
    extra_info["assay_verifier"], or extra_info["assay_problem"] with a problem's name.
    """
    return compute_score_batch([data_source], [solution_str], [ground_truth], [extra_info],
                               verifier=verifier, judge=judge)[0]


def compute_score_batch(data_sources, solution_strs, ground_truths, extra_infos=None, *, verifier="math", judge=None,
                        **_):
    """The same for verl's batch reward manager: many responses, judged at once."""
    items = []
    for i, response in enumerate(solution_strs):
        info = extra_infos[i] if extra_infos is not None and extra_infos[i] is not None else {}
        if info.get("assay_problem") is not None:
            items.append({"problem": info["assay_problem"], "response": response})
        else:
            own = info.get("assay_verifier")
            items.append(_item(response, ground_truths[i], verifier if own is None else own))
    verdicts = (judge or default_verifier()).verify(items)
    _raise_errors(verdicts)
    return [verdict.reward for verdict in verdicts]


def response_of(completion):
    """The text that was judged of a completion: itself, or what the last assistant message says."""
    if isinstance(completion, str):
        return completion
    said = [message for message in completion if message.get("role", "assistant") == "assistant"]
    content = said[-1].get("content") if said else ""
    if isinstance(content, list):
        content = "".join(part.get("text") or "" for part in content if part.get("type", "text") == "text")
    return content or ""


def _item(response, reference, verifier):
    if isinstance(verifier, dict):  # a column of dicts has every row's keys, with None where a row has none
        verifier = {key: value for key, value in verifier.items() if value is not None}
    if isinstance(reference, (int, float)) and not isinstance(reference, bool):
        reference = repr(reference)
    return {"response": response, "reference": reference, "verifier": verifier}


def _column(columns, name, responses):
    if name not in columns:
        raise KeyError(f"the data set has no column {name!r}; it has {sorted(columns)}")
    if len(columns[name]) != len(responses):
        raise ValueError(f"column {name!r} has {len(columns[name])} rows for {len(responses)} completions")
    return columns[name]


def _kind(verifier):
    return verifier if isinstance(verifier, str) and not verifier.startswith("{") else \
        verifier.get("kind", "reward") if isinstance(verifier, dict) else "reward"


def _raise_errors(verdicts):
    failed = [verdict for verdict in verdicts if verdict.outcome == "error"]
    if failed:
        raise VerdictError(f"{len(failed)} of {len(verdicts)} verdicts are errors, the first: {failed[0].reason}", failed)


def _refuse_old_trl():
    try:
        version = importlib.metadata.version("trl")
    except importlib.metadata.PackageNotFoundError:
        return
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < _SINCE:
        raise ValueError(f'on_error="none": TRL {version} counts a missing reward as 0; use on_error="raise", or TRL '
                         f'{".".join(map(str, _SINCE))} and newer')
